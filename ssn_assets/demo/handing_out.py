"""Demo officers who hand out cards: they walk the jemput bola lists, stand at the counters, and send both lists back.

They see the sheets only. Some people are not at home, some cards meet a death or a move, and a line or two cannot be read.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ssn_assets.demo.sheets import read_sheet, write_csv, write_sheet
from ssn_assets.home import Home

AT_HOME = (
    *((0.80, "DISERAHKAN"), (0.90, "TIDAK_DI_TEMPAT"), (0.93, "TIDAK_DITEMUKAN"), (0.96, "MENINGGAL")),
    *((0.98, "PINDAH"), (1.0, "MENOLAK")),
)
AT_COUNTER = ((0.55, "DISERAHKAN"), (0.60, "TIDAK_DATANG"), (1.0, ""))
"""Shares of what becomes of a line, added up; an empty one is not done yet."""

WAYS = ("TANDA_TANGAN", "TANDA_TANGAN", "CAP_JEMPOL", "BIOMETRIK_PENARIKAN_PERTAMA")
COLUMNS = ("id_penerbitan", "status", "petugas", "tanggal", "cara_identifikasi", "catatan")
UNKNOWN_ID = "P0000000000000000"


@dataclass
class HandingOutReport:
    """Counts of what the officers did."""

    sheets: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.outcomes.most_common())
        return f"Petugas penyerahan: {self.sheets} daftar ({kinds})."


def hand_out_cards(home: Home, period: str, today: dt.date, seed: int = 1) -> HandingOutReport:
    """Fill in the lists of a period and drop them into inbox/penyerahan/.

    Args:
        today: the day that is written beside each result.
    """
    home.prepare()
    report = HandingOutReport()
    for folder, outcomes in (("jemput_bola", AT_HOME), ("loket", AT_COUNTER)):
        for path in sorted((home.collection(period) / folder).glob("*.xlsx")):
            rnd = random.Random(f"{seed}|{folder}|{path.stem}")
            title, header, rows = read_sheet(path, "id_penerbitan")
            _fill(header, rows, outcomes, today, rnd, report)
            write_sheet(home.inbox("penyerahan") / f"{period}_{folder}_{path.name}", [*title, header], rows, sheet="Daftar")
            report.sheets += 1
    if report.sheets:
        unknown = (UNKNOWN_ID, "DISERAHKAN", "Petugas 1", today.isoformat(), "TANDA_TANGAN", "")
        write_csv(home.inbox("penyerahan") / f"{period}_susulan.csv", COLUMNS, [unknown])
    return report


def _fill(
    header: list[str],
    rows: list[list[Any]],
    outcomes: tuple[tuple[float, str], ...],
    today: dt.date,
    rnd: random.Random,
    report: HandingOutReport,
) -> None:
    at = {name: i for i, name in enumerate(header)}
    for row in rows:
        draw = rnd.random()
        outcome = next(name for edge, name in outcomes if draw <= edge)
        if not outcome or ("jemput_bola" in at and row[at["jemput_bola"]]):  # whoever is visited does not come to the counter
            continue
        row[at["status"]] = outcome
        row[at["petugas"]] = f"Petugas {rnd.randrange(1, 4)}"
        row[at["tanggal"]] = today
        row[at["cara_identifikasi"]] = rnd.choice(WAYS) if outcome == "DISERAHKAN" else ""
        report.outcomes[outcome] += 1
