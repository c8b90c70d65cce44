"""karantina.csv and ringkasan.csv as a spreadsheet and an auditor get them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest

from ssn_assets.oversight.files import as_csv, write_funnel, write_quarantine


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute(
        "create table raw.karantina (jenis text, folder text, berkas text, baris bigint, alasan text, keterangan text)"
    )
    con.execute(
        """insert into raw.karantina values
        ('dtks', '2026-10', 'b.csv', 10, 'X', '=1+1'), ('dtks', '2026-10', 'b.csv', 9, 'X', 'kata, "dua"'),
        ('bansos', '2026-10', 'z.csv', null, 'KOSONG', 'Berkas kosong')"""
    )
    return con


def test_quarantine_is_sorted_harmless_and_private(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "2026-10" / "karantina.csv"
    assert write_quarantine(con, path) == 3
    lines = list(csv.reader(io.StringIO(path.read_text())))
    assert lines == [
        ["berkas", "baris", "alasan", "keterangan"],
        ["z.csv", "", "KOSONG", "Berkas kosong"],
        ["b.csv", "9", "X", 'kata, "dua"'],
        ["b.csv", "10", "X", "'=1+1"],
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["karantina.csv"]


def test_funnel_has_the_models_columns(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute(
        "create table mart_ringkasan as from (values ('64.72.02.1001', 3), ('64.72.01.1001', 5)) k(kode_kelurahan, n)"
    )
    assert write_funnel(con, tmp_path / "ringkasan.csv") == 2
    assert (tmp_path / "ringkasan.csv").read_text() == "kode_kelurahan,n\n64.72.01.1001,5\n64.72.02.1001,3\n"


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_no_cell_is_a_formula(start: str) -> None:
    (cell,) = list(csv.reader(io.StringIO(as_csv(["a"], [[f"{start}SUM(A1)"]]), newline="")))[1]
    assert cell.startswith("'")
