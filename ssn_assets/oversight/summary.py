"""The funnel as a few lines for the terminal, from the files handed out. Counting is SQL's, the page `report.py`'s."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from ssn_assets.home import Home
from ssn_assets.oversight.wording import number

FUNNEL = (
    ("baris", "Baris DTKS"),
    ("padan", "Padan dengan data kependudukan"),
    ("ragu", "Ragu, menunggu kelurahan"),
    ("tidak_padan", "Tidak padan"),
    ("belum", "Belum dipadankan"),
    ("ganda", "Ganda"),
    ("kasus_terbuka", "Kasus di daftar kerja kelurahan"),
    ("terverifikasi", "Sudah dijawab kelurahan"),
    ("valid", "VALID"),
    ("menunggu", "MENUNGGU"),
    ("tidak_valid", "TIDAK_VALID"),
)
"""Column of ringkasan.csv -> its words, in the order of the work."""

CARD = "kartu_"
HIDDEN_WHEN_ZERO = {"belum"}
WIDTH = 34


def funnel_lines(home: Home, period: str) -> list[str]:
    """The funnel of a period as last written; [] before the first.

    Args:
        period: YYYY-MM.
    """
    path = home.period(period) / "ringkasan.csv"
    if not path.exists():
        return []
    totals = _totals(path)
    lines = [
        _line(words, totals[column])
        for column, words in FUNNEL
        if column in totals and (totals[column] or column not in HIDDEN_WHEN_ZERO)
    ]
    published = _published(home)
    if published:
        name, entries = published
        lines.append(_line("Entri publikasi SANTER", entries) + f"   ({name})")
    cards = {name: count for name, count in totals.items() if name.startswith(CARD) and count}
    lines.append(_line("Kartu menurut langkah", sum(cards.values())) + _in_brackets(cards))
    batches = sorted(home.bank.glob("penerbitan_*.txt"))
    if batches:
        lines.append(_line("Berkas bank", len(batches)) + f"   (terakhir {batches[-1].name})")
    return [f"Corong {period}", *lines]


def _totals(path: Path) -> Counter[str]:
    totals: Counter[str] = Counter()
    with path.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            totals.update({name: int(value) for name, value in row.items() if value and value.isdigit()})
    return totals


def _published(home: Home) -> tuple[str, int] | None:
    """Id and entries of the publication in force."""
    try:
        name = json.loads((home.santer / "current.json").read_text())["publication_id"]
        return name, int(json.loads((home.santer / name / "manifest.json").read_text())["rows"])
    except (OSError, ValueError, KeyError):
        return None


def _line(words: str, count: int) -> str:
    return f"  {words:<{WIDTH}} {number(count):>10}"


def _in_brackets(cards: dict[str, int]) -> str:
    parts = ", ".join(f"{name.removeprefix(CARD).upper()} {number(count)}" for name, count in cards.items())
    return f"   ({parts})" if parts else ""
