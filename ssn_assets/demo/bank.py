"""The demo bank: reads the sealed issuance files, answers step by step into inbox/bank/ (README, Formats and codes).

It is a rude one. Lines come twice and out of order, some never, some a turn late; the total below them is wrong, and the
whole file comes once more, under another name, with the right one.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from ssn_assets.demo.sheets import write_csv, write_sheet
from ssn_assets.home import Home
from ssn_assets.settings import WITA

HEADER = ("id_penerbitan", "status", "alasan", "tanggal", "referensi_bank")
UNKNOWN_ID = "P-TIDAK-DIKENAL"
AGAIN = "revisi.csv"
SHEET_ISSUANCES = 200
"""Issuances of a batch that the branch answers as a workbook; the head office answers the rest as CSV."""

UNANSWERED, LATE = 0.01, 0.03
"""Shares of the issuances that the bank forgets, and of those of which it first says only that it got them."""

NEVER_OPENED = ((0.020, "DITOLAK", "data tidak sesuai"), (0.035, "GAGAL_BUKA", "NIK sudah punya rekening lain"))
HAND_OUT = (
    (0.84, ("DISERAHKAN",)),
    (0.89, ("BELUM_DIAMBIL", "DISERAHKAN")),
    (0.98, ("BELUM_DIAMBIL",)),
    (1.0, ("BELUM_DIAMBIL", "DIKEMBALIKAN")),
)
REASONS = {"BELUM_DIAMBIL": "pemegang belum datang", "DIKEMBALIKAN": "lewat jatuh tempo"}

Line = tuple[str, str, str, str, str]


@dataclass
class BankReport:
    """Counts of what the bank answered."""

    batches: int = 0
    issuances: int = 0
    lines: int = 0
    late: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        if self.late:
            return f"Bank: berkas jawaban dikirim ulang, dengan {self.late:,} baris yang terlambat."
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.statuses.most_common())
        return f"Bank: {self.batches} berkas, {self.issuances:,} penerbitan, {self.lines:,} baris jawaban ({kinds})."


def answer_bank_files(home: Home, seed: int = 1) -> BankReport:
    """Answer every issuance file in outbox/bank/ that has no answer in inbox/bank/ yet; send what is late of the others.

    One line names an issuance that does not exist.
    """
    report = BankReport()
    inbox = home.prepare().inbox("bank")
    for path in sorted(home.bank.glob("penerbitan_*.txt")):
        number = re.sub(r"\D", "", path.stem)
        rnd = random.Random(f"{seed}|{number}")
        day, issuances = _read(path)
        now, later = _split(_said(issuances, number, day, rnd), rnd)
        if not any(inbox.glob(f"jawaban_{number}_*")):
            report.batches += 1
            report.issuances += len(issuances)
            report.statuses.update(line[1] for lines in now for line in lines)
            now.append([(UNKNOWN_ID, "DITERIMA", "", day, f"BKT{number}X")])
            report.lines += drop(inbox, f"jawaban_{number}", HEADER, now, rnd, sheet="Jawaban")
        elif not any(inbox.glob(f"jawaban_{number}_{AGAIN}")):
            reissue(inbox, f"jawaban_{number}", HEADER, [*now, *later])
            report.late += sum(map(len, later))
    return report


def _said(issuances: Sequence[tuple[str, str]], number: str, day: str, rnd: random.Random) -> list[list[Line]]:
    """What the bank knows to say about each issuance."""
    return [
        [(issuance, status, reason, day, f"BKT{number}{position:07d}") for status, reason in _steps(kind, rnd)]
        for position, (issuance, kind) in enumerate(issuances, start=1)
    ]


def _split(said: Sequence[list[Line]], rnd: random.Random) -> tuple[list[list[Line]], list[list[Line]]]:
    """What it says at once, and what a turn later; some it never says."""
    now, later = [], []
    for lines in said:
        draw = rnd.random()
        if draw < UNANSWERED:
            continue
        late = draw < UNANSWERED + LATE
        now.append(lines[:1] if late else lines)
        later += [lines[1:]] if late else []
    return now, later


def _read(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """The day the file was made, and (id_penerbitan, jenis) of its D lines."""
    day, issuances = "", []
    with path.open(encoding="utf-8") as handle:
        for line in handle:
            fields = line.rstrip("\n").split("|")
            if fields[0] == "H":
                day = day_made(fields)
            elif fields[0] == "D":
                issuances.append((fields[2], fields[3]))
    return day, issuances


def day_made(head: list[str]) -> str:
    """The city's day on which a file was made, from its H line: after 16 h UTC that is the next one."""
    return datetime.fromisoformat(head[4]).astimezone(WITA).date().isoformat()


def _steps(kind: str, rnd: random.Random) -> list[tuple[str, str]]:
    """What the bank reports about one issuance, in order."""
    if kind == "BLOKIR":
        return [("DITERIMA", ""), ("DIBLOKIR", "")]
    draw = rnd.random()
    for edge, status, reason in NEVER_OPENED:
        if draw < edge:
            return [("DITERIMA", ""), (status, reason)]
    steps = ["DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL"]
    handed = rnd.random()
    steps += next(last for edge, last in HAND_OUT if handed <= edge)
    return [(step, REASONS.get(step, "")) for step in steps]


def drop(inbox: Path, name: str, header: Sequence[str], said: list[list[Line]], rnd: random.Random, sheet: str) -> int:
    """Lay answers into the inbox, the first ones as the branch's workbook, the others as the head office's CSV.

    The total below the CSV counts the workbook's lines as well, which are not in it.

    Args:
        said: the lines about each card or payment; the last of the head office.

    Returns:
        How many lines there are.
    """
    place = min(SHEET_ISSUANCES, len(said) - 1)
    branch, office = (list(chain.from_iterable(part)) for part in (said[:place], said[place:]))
    for lines in (branch, office):
        _disturb(lines, rnd)
    if branch:
        write_sheet(inbox / f"{name}_cabang.xlsx", [header], branch, sheet=sheet)
    write_csv(inbox / f"{name}_pusat.csv", header, [*office, _total(len(branch) + len(office))])
    return len(branch) + len(office)


def reissue(inbox: Path, name: str, header: Sequence[str], said: list[list[Line]]) -> None:
    """Lay the whole answer into the inbox once more, as one file with a total that is right."""
    lines = list(chain.from_iterable(said))
    write_csv(inbox / f"{name}_{AGAIN}", header, [*lines, _total(len(lines))])


def _total(count: int) -> Line:
    return (f"JUMLAH {count} baris", "", "", "", "")


def _disturb(lines: list[Line], rnd: random.Random) -> None:
    """What a rude bank does to its lines: one in a hundred comes twice, one in fifty out of order."""
    lines += [line for line in lines if rnd.random() < 0.01]
    for _ in range(len(lines) // 50):
        a, b = rnd.randrange(len(lines)), rnd.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
