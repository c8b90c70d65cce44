"""karantina.csv and ringkasan.csv as a spreadsheet and an auditor get them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest

from ssn_assets.home import Home, write_atomically
from ssn_assets.oversight.files import harmless, write_funnel, write_quarantine
from ssn_assets.oversight.summary import funnel_lines


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute("create table raw.karantina (jenis text, folder text, berkas text, baris bigint, alasan text, keterangan text)")
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
    con.execute("create table mart_ringkasan as from (values ('64.72.02.1001', 3), ('64.72.01.1001', 5)) k(kode_kelurahan, n)")
    assert write_funnel(con, tmp_path / "ringkasan.csv") == 2
    assert (tmp_path / "ringkasan.csv").read_text() == "kode_kelurahan,n\n64.72.01.1001,5\n64.72.02.1001,3\n"


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_no_cell_is_a_formula(start: str) -> None:
    assert str(harmless(f"{start}SUM(A1)")).startswith("'")


def test_funnel_for_the_terminal(home: Home) -> None:
    assert funnel_lines(home, "2026-10") == []
    header = "periode,kode_kelurahan,kelurahan,kecamatan,baris,padan,belum,valid,kartu_dipesan,kartu_diserahkan\n"
    lines = "2026-10,64.72.01.1001,RAWA MAKMUR,PALARAN,1000,900,0,300,100,20\n2026-10,,TIDAK DIKETAHUI,,500,1,0,0,0,0\n"
    write_atomically(home.period("2026-10") / "ringkasan.csv", (header + lines).encode())
    write_atomically(home.santer / "current.json", b'{"publication_id": "P-1"}')
    write_atomically(home.santer / "P-1" / "manifest.json", b'{"rows": 1400}')
    said = "\n".join(funnel_lines(home, "2026-10"))
    for words in ("Baris DTKS", "1.500", "901", "1.400   (P-1)", "120   (DIPESAN 100, DISERAHKAN 20)"):
        assert words in said
    assert "Belum dipadankan" not in said
