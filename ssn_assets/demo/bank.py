"""The demo bank: reads the sealed issuance files, answers step by step into inbox/bank/ (README, Formats and codes)."""

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
SHEET_ISSUANCES = 200
"""Issuances of a batch that the branch answers as a workbook; the head office answers the rest as CSV."""

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
    statuses: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.statuses.most_common())
        return f"Bank: {self.batches} berkas, {self.issuances:,} penerbitan, {self.lines:,} baris jawaban ({kinds})."


def answer_bank_files(home: Home, seed: int = 1) -> BankReport:
    """Answer every issuance file in outbox/bank/ that has no answer in inbox/bank/ yet.

    Some lines come twice or out of order, and one names an issuance that does not exist.
    """
    report = BankReport()
    inbox = home.prepare().inbox("bank")
    for path in sorted(home.bank.glob("penerbitan_*.txt")):
        number = re.sub(r"\D", "", path.stem)
        if not any(inbox.glob(f"jawaban_{number}_*")):
            _answer(path, number, inbox, random.Random(f"{seed}|{number}"), report)
    return report


def _answer(path: Path, number: str, inbox: Path, rnd: random.Random, report: BankReport) -> None:
    day, issuances = _read(path)
    report.batches += 1
    report.issuances += len(issuances)
    said: list[list[Line]] = []
    for position, (issuance, kind) in enumerate(issuances, start=1):
        steps = _steps(kind, rnd)
        said.append([(issuance, status, reason, day, f"BKT{number}{position:07d}") for status, reason in steps])
        report.statuses.update(status for status, _ in steps)
    said.append([(UNKNOWN_ID, "DITERIMA", "", day, f"BKT{number}X")])
    report.lines += drop(inbox, f"jawaban_{number}", HEADER, said, rnd, sheet="Jawaban")


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
    write_csv(inbox / f"{name}_pusat.csv", header, office)
    return len(branch) + len(office)


def _disturb(lines: list[Line], rnd: random.Random) -> None:
    """What a rude bank does to its lines: one in a hundred comes twice, one in fifty out of order."""
    lines += [line for line in lines if rnd.random() < 0.01]
    for _ in range(len(lines) // 50):
        a, b = rnd.randrange(len(lines)), rnd.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
