"""`ssn explain` on the city that was taken the whole way: every kind of row, nothing uncovered by accident."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from ssn_assets.cli import DONE, WRONG_USE, main
from ssn_assets.sanding.opened import log_path
from ssn_assets.warehouse import read_warehouse
from tests.lineage.conftest import PERIOD, City


def rows(city: City, where: str) -> list[tuple[str, int, str, str]]:
    with read_warehouse(city.home) as con:
        return con.execute(
            f"""select dasar.berkas, dasar.baris, dtks.nik_asal, dtks.nama_asal
            from mart_keputusan_dasar as dasar
            inner join mart_padan as padan using (dtks_id)
            inner join stg_dtks as dtks using (dtks_id)
            where {where} order by dtks_id limit 3"""
        ).fetchall()


@pytest.fixture(autouse=True)
def in_the_city(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSN_HOME", str(city.home.root))


@pytest.mark.parametrize(
    "where",
    [
        "padan.metode_padan = 'NIK_NAMA_SAMA'",
        "padan.status_padan = 'PADAN' and padan.aturan > 10",
        "padan.status_padan = 'RAGU'",
        "padan.status_padan = 'TIDAK_PADAN'",
    ],
)
def test_every_kind_of_row_is_explained_and_covered(city: City, where: str, capsys, tmp_path: Path) -> None:
    found = rows(city, where)
    assert found
    for file, row, nik, name in found:
        target = tmp_path / f"{row}.svg"
        assert main(["explain", file, str(row), "--gambar", str(target)]) == DONE
        said = capsys.readouterr().out + target.read_text()
        assert f"{file} baris {row}" in said
        assert not re.search(r"(?<![0-9.])\d{16}(?!\d)", said) and (not nik or nik not in said)
        assert not name or " " not in name.strip() or name not in said


def test_uncovering_shows_all_and_is_logged(city: City, capsys) -> None:
    (file, row, _, name), *_ = rows(city, "padan.aturan = 11")
    before = log_path(city.home).read_text() if log_path(city.home).exists() else ""
    assert main(["explain", file, str(row), "--buka", "--period", PERIOD]) == DONE
    assert name in capsys.readouterr().out
    added = log_path(city.home).read_text().removeprefix(before)
    with read_warehouse(city.home) as con:
        (digest,) = con.execute("select distinct berkas_sha256 from raw.dtks where berkas = ?", [file]).fetchall()[0]
    assert (
        added.count("\n") == 1
        and f'"baris": {row}' in added
        and digest in added
        and name not in added
        and not re.search(r"\d{16}", added.replace(digest, ""))
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tidak_ada.csv", "2"], "Yang ada antara lain"),
        (["FILE", "999999"], "Yang dimuat: baris"),
        (["FILE", "2", "--period", "2026-09"], "Jalankan `ssn run --period 2026-09`"),
        (["FILE", "2", "--period", "Oktober"], "tulis YYYY-MM"),
        (["FILE", "2", "--gambar", "DTKS.csv"], "berakhir .svg"),
    ],
)
def test_what_is_not_there_is_said_so(city: City, arguments: list[str], words: str, capsys) -> None:
    ((file, *_), *_) = rows(city, "true")
    assert main(["explain", *(file if a == "FILE" else a for a in arguments)]) == WRONG_USE
    assert words in capsys.readouterr().err


def test_without_a_warehouse(home, capsys) -> None:
    assert main(["explain", "a.csv", "2"]) == WRONG_USE
    assert "ssn run" in capsys.readouterr().err


def test_the_bits_of_every_candidate_add_up(city: City) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{city.home.warehouse}' as ssn (read_only)")
        con.execute("use ssn")
        wrong = con.execute(
            """select count(*) from (
                select dtks_id, urutan, abs(sum(sumbangan) - any_value(yakin)) as beda from mart_penjelasan group by all
            ) where beda > 0.05"""
        ).fetchone()
        left_over = con.execute("select count(*) from mart_penjelasan where bidang = 'LAINNYA'").fetchone()
        explained = con.execute("select count(distinct dtks_id) from mart_penjelasan").fetchone()
    assert wrong == (0,) and left_over == (0,) and explained and explained[0] > 0


def test_any_row_can_be_looked_up_in_sql_with_both_values_of_each_field(city: City) -> None:
    with read_warehouse(city.home) as con:
        missing = con.execute(
            """select count(*) from mart_padan where aturan is not null and status_padan in ('PADAN', 'RAGU')
            and dtks_id not in (select dtks_id from mart_perbandingan where di_dtks is not null and di_registri is not null)"""
        ).fetchone()
        without = con.execute("select count(*) from mart_padan anti join mart_perbandingan using (dtks_id)").fetchone()
        file, row, nik = con.execute(
            "select berkas, baris, nik_padan from stg_dtks join mart_padan using (dtks_id) where aturan = 10"
        ).fetchall()[0]
        exact = con.execute(
            "select bidang, di_registri from mart_perbandingan where berkas = ? and baris = ? and di_dtks is not null",
            [file, row],
        ).fetchall()
    assert missing == without == (0,)
    assert {"NIK", "NAMA"} <= {field for field, _ in exact} <= {"NIK", "NAMA", "KK", "WILAYAH"} and ("NIK", nik) in exact
