"""Demo readers: two people fill in the sheets of the matching sample, mostly right, now and then of two minds.

They see the sheet and know the truth; what the platform decided they do not know. The sheet itself is oversight's.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from ssn_assets.demo.sheets import read_sheet, write_sheet
from ssn_assets.demo.truth import TRUTH_FILE
from ssn_assets.home import Home

UNSURE, WRONG = 0.02, 0.01
"""Parts of the lines where a reader cannot tell, or errs."""

NIK_PLACE = 1
"""Which line of a side of the sheet is the NIK."""


@dataclass
class ReadingReport:
    """Counts of what the readers did."""

    sheets: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.labels.most_common())
        return f"Pembaca sampel: {self.sheets} lembar ({kinds})."


def read_samples(home: Home, period: str, seed: int = 1) -> ReadingReport:
    """Fill in both sheets of a period and drop them into inbox/sampel/.

    Raises:
        FileNotFoundError: no truth (not a demo city).
    """
    home.prepare()
    persons = _persons(home, period)
    report = ReadingReport()
    for path in sorted(home.samples(period).glob("pembaca_*.xlsx")):
        title, header, rows = read_sheet(path, "id_sampel")
        at = {name: i for i, name in enumerate(header)}
        shown = [
            ((str(row[at["berkas"]]), int(row[at["baris"]])), str(row[at["di_registri"]]).split("\n")[NIK_PLACE]) for row in rows
        ]
        on_sheet = set(shown)
        for row, (place, who) in zip(rows, shown, strict=True):
            right = persons.get(place)
            elsewhere = right is not None and (place, right) not in on_sheet
            label = _label(who == right, elsewhere, f"{seed}|{row[at['pembaca']]}|{row[at['id_sampel']]}")
            row[at["putusan"]] = label
            report.labels[label] += 1
        write_sheet(home.inbox("sampel") / f"{period}_{path.name}", [*title, header], rows, sheet="Sampel")
        report.sheets += 1
    return report


def _persons(home: Home, period: str) -> dict[tuple[str, int], str | None]:
    """Who each row really is, by file and row."""
    import duckdb

    truth = home.truth / period / TRUTH_FILE
    if not truth.is_file():
        raise FileNotFoundError(truth)
    with duckdb.connect() as con:
        found = con.execute("select berkas, baris, nik_benar from read_parquet($truth)", {"truth": str(truth)}).fetchall()
    return {(file, row): person for file, row, person in found}


def _label(same: bool, elsewhere: bool, who_and_what: str) -> str:
    draw = int.from_bytes(hashlib.sha256(who_and_what.encode()).digest()[:4]) / 2**32
    if draw < UNSURE:
        return "TIDAK_TAHU"
    if same is (draw >= UNSURE + WRONG):
        return "SAMA"
    return "ADA_LAIN" if elsewhere else "BEDA"
