"""Which files count, and what the load reports about each."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ssn_assets.home import Home
from ssn_assets.intake import prepare
from ssn_assets.intake.inbox import age_days, scan
from tests.unit.intake_support import HEADER, PERIOD, SAMPLES, csv_text, drop, loaded, person

PEOPLE = [person(n) for n in range(1, 6)]
ONE = csv_text(PEOPLE[:1])
AID = (
    "nik,no_kk,nama,program,kategori,sumber,periode,status,nominal\n{nik},6472031202150001,BUDI,PKH,TUNAI,PUSAT,2026-09,AKTIF,1\n"
)


def test_the_same_content_counts_once_under_the_first_name(home: Home) -> None:
    for name in ("b.csv", "a.csv", "c.csv"):
        drop(home, "dtks", name, ONE)
    with loaded(home) as it:
        assert it.column("select distinct berkas from raw.dtks") == ["a.csv"]
        assert it.rows("select berkas, diterima, alasan, baris_masuk from raw.berkas order by berkas") == [
            ("a.csv", True, None, 1),
            ("b.csv", False, "SALINAN", 0),
            ("c.csv", False, "SALINAN", 0),
        ]
        assert it.quarantine == []
        assert (it.report.berkas_diterima, it.report.berkas_ditolak, it.report.berkas_salinan) == (1, 0, 2)


def test_a_copy_under_a_wrong_ending_does_not_hide_the_right_one(home: Home) -> None:
    drop(home, "dtks", "a.xlsx", ONE)
    drop(home, "dtks", "b.csv", ONE)
    with loaded(home) as it:
        assert it.refusals == {"a.xlsx": "BUKAN_XLSX"}
        assert it.report.baris_dimuat == 1


def test_what_is_no_delivery_is_passed_over_and_what_cannot_be_read_is_reported(home: Home) -> None:
    for name in ("~$a.xlsx", ".DS_Store", "Thumbs.db", "a.csv.part", "x.tmp"):
        drop(home, "dtks", name, "sisa")
    drop(home, "dtks", "a.csv", ONE)
    drop(home, "dtks", "b.pdf", "x")
    drop(home, "dtks", "c.xls", "x")
    drop(home, "dtks", "d.csv", ONE, folder="")
    drop(home, "dtks", "e.csv", ONE, folder="Oktober")
    drop(home, "dtks", "f.csv", ONE, folder="2026-09")
    with loaded(home) as it:
        assert it.refusals == {
            "b.pdf": "FORMAT_TIDAK_DIKENAL",
            "c.xls": "XLS_LAMA",
            "d.csv": "SALAH_FOLDER",
            "e.csv": "SALAH_FOLDER",
        }
        assert it.report.baris_dimuat == 1


def test_two_files_of_one_name_are_told_apart(home: Home) -> None:
    drop(home, "dtks", "a.csv", ONE)
    (home.inbox("dtks") / PERIOD / "ulang").mkdir()
    drop(home, "dtks", "a.csv", csv_text(PEOPLE[1:]), folder=f"{PERIOD}/ulang")
    with loaded(home) as it:
        assert it.rows("select count(*), count(distinct baris) from raw.dtks") == [(1, 1)]
        assert it.column("select alasan from raw.berkas where not diterima") == ["NAMA_KEMBAR"]


def test_aid_of_every_month_up_to_the_period(home: Home) -> None:
    for n, month in enumerate(("2026-07", "2026-10", "2026-11"), 1):
        drop(home, "bansos", "pusat.csv", AID.format(nik=PEOPLE[n][0]), folder=month)
    with loaded(home, "bansos") as it:
        assert it.rows("select folder, nik from raw.bansos order by folder") == [
            ("2026-07", PEOPLE[1][0]),
            ("2026-10", PEOPLE[2][0]),
        ]


def test_a_scan_says_what_decides_the_result_and_nothing_else(home: Home) -> None:
    path = drop(home, "dtks", "a.csv", ONE)
    before = [f.identity for f in scan(home, "dtks", PERIOD)]
    os.utime(path, (1, 1))
    assert [f.identity for f in scan(home, "dtks", PERIOD)] == before
    drop(home, "dtks", "a.csv", csv_text(PEOPLE[:2]))
    assert [f.identity for f in scan(home, "dtks", PERIOD)] != before


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(home: Home) -> None:
    from ssn_assets.intake import load
    from ssn_assets.warehouse import open_warehouse

    drop(home, "dtks", "a.csv", ONE)
    files = scan(home, "dtks", PERIOD)
    drop(home, "dtks", "a.csv", csv_text(PEOPLE))
    with open_warehouse(home) as con:
        report = load.load(con, home, "dtks", PERIOD, files)
        assert (report.berkas_ditolak, report.baris_dimuat) == (1, 0)
        assert con.execute("select alasan from raw.karantina").fetchall() == [("BERUBAH",)]


def test_names_with_quotes_blanks_and_foreign_letters(home: Home) -> None:
    name = "daftar 'baru' ; drop \"é\".csv"
    drop(home, "dtks", name, ONE)
    with loaded(home) as it:
        assert it.column("select berkas from raw.dtks") == [name]


@pytest.mark.parametrize("numbers", [pa.int64(), pa.float64(), pa.string()])
def test_parquet_counts_its_header_as_row_one(home: Home, numbers: pa.DataType) -> None:
    columns = list(zip(*PEOPLE, strict=True))
    arrays = [
        pa.array([int(v) if place in (0, 2) else v for v in column]).cast(numbers if place in (0, 2) else pa.string())
        for place, column in enumerate(columns)
    ]
    path = drop(home, "dtks", "a.parquet", b"")
    pq.write_table(pa.table(arrays, names=HEADER.split(",")), path)
    drop(home, "dtks", "b.parquet", path.read_bytes()[:-40])
    drop(home, "dtks", "c.parquet", ONE)
    with loaded(home) as it:
        assert it.rows("select baris, nik_asal, no_kk from raw.dtks order by baris") == [
            (n, p[0], p[2]) for n, p in enumerate(PEOPLE, 2)
        ]
        assert it.refusals == {"b.parquet": "RUSAK", "c.parquet": "BUKAN_PARQUET"}


def test_a_nul_in_parquet_reaches_no_table(home: Home) -> None:
    names = pa.array(["BU\0DI", *(p[1] for p in PEOPLE[1:])])
    columns = [pa.array(column) if place != 1 else names for place, column in enumerate(zip(*PEOPLE, strict=True))]
    path = drop(home, "dtks", "a.parquet", b"")
    pq.write_table(pa.table(columns, names=HEADER.split(",")), path)
    with loaded(home) as it:
        assert it.column("select nama_asal from raw.dtks where baris = 2") == ["BU\N{REPLACEMENT CHARACTER}DI"]
        assert it.report.baris_dimuat == len(PEOPLE)


def test_a_row_lost_on_its_way_into_the_table_is_seen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from ssn_assets.intake import load

    place = load.place

    def lossy(con: duckdb.DuckDBPyConnection, files: Sequence[int]) -> None:
        place(con, files)
        con.execute(f"delete from {load.PLACED} where baris = 3")

    monkeypatch.setattr(load, "place", lossy)
    drop(home, "dtks", "a.csv", csv_text(PEOPLE))
    with loaded(home) as it:
        assert (it.report.baris_masuk, it.report.baris_dimuat) == (len(PEOPLE), len(PEOPLE) - 1)
        assert it.rows("select baris_masuk - baris_dimuat - baris_karantina from raw.berkas") == [(1,)]


def test_the_same_file_in_two_months_is_counted_in_each(home: Home) -> None:
    line = "nik,no_kk,nama,program,kategori,sumber,periode,status,nominal\n6472031708900001,,BUDI,PKH,TUNAI,PUSAT,,AKTIF,1\n"
    for folder in ("2026-09", "2026-10"):
        drop(home, "bansos", "a.csv", line, folder=folder)
    with loaded(home, "bansos") as it:
        assert it.rows("select folder, baris_masuk, baris_dimuat from raw.berkas order by folder") == [
            ("2026-09", 1, 1),
            ("2026-10", 1, 1),
        ]


def test_a_failure_half_way_leaves_the_last_load(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from ssn_assets.intake import load
    from ssn_assets.warehouse import open_warehouse

    drop(home, "dtks", "a.csv", ONE)
    with loaded(home):
        pass
    drop(home, "dtks", "b.csv", csv_text(PEOPLE))
    monkeypatch.setattr(load, "_write_reports", lambda *_: 1 / 0)
    with open_warehouse(home) as con:
        with pytest.raises(ZeroDivisionError):
            load.load(con, home, "dtks", PERIOD)
        assert con.execute("select count(*) from raw.dtks").fetchone() == (1,)
        assert con.execute("select count(*) from raw.berkas").fetchone() == (1,)


@pytest.mark.parametrize(
    "trouble", [duckdb.OutOfMemoryException("x"), MemoryError(), OSError(errno.ENOSPC, "x"), KeyboardInterrupt()]
)
def test_trouble_of_the_platform_is_blamed_on_no_file(
    home: Home, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise trouble

    drop(home, "dtks", "a.csv", ONE)
    monkeypatch.setattr(prepare, "_insert", fail)
    with pytest.raises(type(trouble)), loaded(home):
        pass


DELIVERED = sorted(p for p in (SAMPLES / "inbox" / "dtks" / PERIOD).iterdir())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    source=st.sampled_from(DELIVERED),
    cut=st.floats(0, 1),
    place=st.floats(0, 1),
    junk=st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b"\0", b"\n", b",,,", b"\xff\xfe", b"PK\x03\x04"])),
)
def test_whatever_a_file_holds_it_is_read_or_refused_by_name(
    home: Home, source: Path, cut: float, place: float, junk: bytes
) -> None:
    content = source.read_bytes()
    at = int(place * len(content))
    damaged = content[:at] + junk + content[at + len(junk) :]
    drop(home, "dtks", f"a{source.suffix}", damaged if cut < 0.8 else damaged[: int(cut * len(damaged))])
    with loaded(home) as it:
        assert set(it.refusals.values()) <= {"RUSAK", "TANPA_KEPALA", "BUKAN_CSV", "BUKAN_XLSX", "TERKUNCI", "KOSONG"}
        assert it.report.baris_masuk == it.report.baris_dimuat + it.report.baris_karantina
    (home.inbox("dtks") / PERIOD / f"a{source.suffix}").unlink()


@pytest.mark.parametrize(
    ("folders", "days"),
    [
        ({"2026-09", "2026-10"}, 22),  # a month's data is of its last day
        ({"2026-10-01", "2026-09-01"}, 52),
        ({"2026-02-31"}, 267),  # as late as that month allows
        ({"2026-12"}, 0),
        ({"arsip"}, None),
        (set(), None),
    ],
)
def test_age_of_the_newest_data(folders: set[str], days: int | None) -> None:
    assert age_days(folders, date(2026, 11, 22)) == days
