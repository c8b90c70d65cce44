"""Shared by the intake tests: dropping files into an inbox, loading them, looking at what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from ssn_assets.home import Home, private_dir
from ssn_assets.intake import load
from ssn_assets.warehouse import open_warehouse

SAMPLES = Path(__file__).parents[1] / "samples"
PERIOD = "2026-10"
FOLDERS = {"dtks": PERIOD, "bansos": PERIOD, "dukcapil": "2026-10-01"}
HEADER = "NIK,Nama,Nomor KK,Alamat,RT,Kelurahan,Kode Pos"


def person(serial: int, kelurahan: str = "Bugis", nik: str | None = None, nama: str = "BUDI SANTOSO") -> list[str]:
    """One dtks row with a sound NIK."""
    return [
        nik or f"647203170890{serial:04d}",
        nama,
        f"647203120215{serial:04d}",
        "JL. GERILYA NO. 1",
        "002",
        kelurahan,
        "75117",
    ]


def csv_text(rows: Sequence[Sequence[str]], separator: str = ",", header: str = HEADER, end: str = "\n") -> str:
    lines = [header.replace(",", separator), *(separator.join(row) for row in rows)]
    return end.join(lines) + end


def drop(home: Home, kind: str, name: str, content: str | bytes, folder: str | None = None) -> Path:
    """Put a file into the inbox, in the folder of the period unless named."""
    place = home.inbox(kind) / (FOLDERS.get(kind, "") if folder is None else folder)
    path = private_dir(place) / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """An XLSX of these sheets; numbers stay numbers."""
    private_dir(path.parent)
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return path


@contextmanager
def loaded(home: Home, kind: str = "dtks", period: str = PERIOD) -> Iterator[Loaded]:
    """Load one input, and look at it."""
    with open_warehouse(home) as con:
        yield Loaded(con, load.load(con, home, kind, period))


class Loaded:
    """A warehouse after a load."""

    def __init__(self, con: duckdb.DuckDBPyConnection, report: load.Report) -> None:
        self.con = con
        self.report = report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def column(self, sql: str) -> list[Any]:
        return [row[0] for row in self.rows(sql)]

    @property
    def refusals(self) -> dict[str, str]:
        return dict(self.rows("select berkas, alasan from raw.berkas where not diterima"))

    @property
    def quarantine(self) -> list[tuple[int | None, str]]:
        return self.rows("select baris, alasan from raw.karantina order by berkas, baris")
