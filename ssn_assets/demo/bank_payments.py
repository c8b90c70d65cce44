"""The demo bank pays: it answers the payment files it was handed into inbox/bank/, some failed, returned or not at all."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ssn_assets.demo.bank import Line, day_made, drop, reissue
from ssn_assets.home import Home

HEADER = ("id_pembayaran", "status", "alasan", "tanggal", "referensi_bank")
UNKNOWN_ID = "B-TIDAK-DIKENAL"

OUTCOMES: tuple[tuple[float, tuple[tuple[str, str], ...]], ...] = (
    (0.020, (("GAGAL", "rekening pasif"),)),
    (0.030, (("GAGAL", "rekening sudah ditutup"),)),
    (0.040, (("BERHASIL", ""), ("RETUR", "nama berbeda dengan data bank"))),
    (0.045, ()),
    (1.0, (("BERHASIL", ""),)),
)
"""Upper edge of the draw, and what the bank says, in order."""


@dataclass
class PaymentReport:
    """Counts of what the bank answered."""

    batches: int = 0
    payments: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.statuses.most_common())
        return f"Bank: {self.batches} berkas pembayaran, {self.payments:,} perintah ({kinds})."


def answer_payment_files(home: Home, seed: int = 1) -> PaymentReport:
    """Answer every payment file that was handed over and has no answer in inbox/bank/ yet.

    Some lines come twice or out of order, and one names a payment that does not exist; the whole file comes a second time.
    """
    report = PaymentReport()
    inbox = home.prepare().inbox("bank")
    for closed in sorted(home.outgoing.glob("pembayaran_*.txt.*")):
        number = re.sub(r"\D", "", closed.name.split(".", 1)[0])
        if not any(inbox.glob(f"bayar_{number}_*")):
            _answer(home.bank / closed.stem, number, inbox, random.Random(f"{seed}|bayar|{number}"), report)
    return report


def _answer(path: Path, number: str, inbox: Path, rnd: random.Random, report: PaymentReport) -> None:
    rows = [line.split("|") for line in path.read_text(encoding="utf-8").splitlines()]
    day, payments = day_made(rows[0]), [row[2] for row in rows if row[0] == "D"]
    report.batches += 1
    report.payments += len(payments)
    said: list[list[Line]] = []
    for position, payment in enumerate(payments, start=1):
        draw = rnd.random()
        steps = next(outcome for edge, outcome in OUTCOMES if draw < edge)
        said.append([(payment, status, reason, day, f"TRX{number}{position:07d}") for status, reason in steps])
        report.statuses.update(status for status, _ in steps)
    reissue(inbox, f"bayar_{number}", HEADER, said)
    said.append([(UNKNOWN_ID, "BERHASIL", "", day, f"TRX{number}X")])
    drop(inbox, f"bayar_{number}", HEADER, said, rnd, sheet="Pembayaran")
