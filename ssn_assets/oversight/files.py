"""The CSV files of oversight: what could not be read, the funnel per kelurahan, the cards' way, how right the matching is.

Counting is SQL's work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ssn_assets.csvfile import write_csv

if TYPE_CHECKING:
    import duckdb

QUARANTINE = """
    select berkas, baris, alasan, keterangan from raw.karantina
    order by jenis, folder, berkas, baris nulls first, alasan, keterangan
"""
FUNNEL = "select * from mart_ringkasan order by all"
JOURNEY = "select * from ops.perjalanan_kartu order by all"
HOLDERS = "select * from ops.penahan_kartu order by kode_kelurahan, tahap, kartu desc, penahan, menunggu"
QUALITY = "select * from ops.mutu_padan order by all"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_quarantine(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write karantina.csv: berkas, baris (empty = whole file), alasan, keterangan.

    Returns:
        The number of lines below the header.
    """
    return _write(con, QUARANTINE, path)


def write_funnel(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write ringkasan.csv, one line a kelurahan.

    Returns:
        The number of lines below the header.
    """
    return _write(con, FUNNEL, path)


def write_journey(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write perjalanan_kartu.csv, a line for the city and one a kelurahan.

    Returns:
        The number of lines below the header.
    """
    return _write(con, JOURNEY, path)


def write_holders(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write penahan.csv: open cards by who has them, for the city and each kelurahan.

    Returns:
        The number of lines below the header.
    """
    return _write(con, HOLDERS, path)


def write_quality(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write mutu_padan.csv, one line a measure and group.

    Returns:
        The number of lines below the header.
    """
    return _write(con, QUALITY, path)


def _write(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    answer = con.execute(query)
    header = [column[0] for column in answer.description or ()]
    lines = answer.fetchall()
    write_csv(path, header, ([harmless(value) for value in line] for line in lines))
    return len(lines)


def harmless(value: object) -> object:
    """A value that a spreadsheet shows as text and never runs as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
