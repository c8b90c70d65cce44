"""A corrected NIK is the same person only when nothing speaks against it."""

from __future__ import annotations

import pytest

from ssn_assets.home import Home
from ssn_assets.sanding.identity import compare_snapshots
from ssn_assets.store.engine import open_store
from ssn_assets.store.schema import nomor_ssn
from ssn_assets.warehouse import open_warehouse

OLD, NEW, OTHER = "6472011010790001", "6472011010790002", "6472011010790003"
COLUMNS = "folder text, nik text, nik_kelas text, nama text, tanggal_lahir text, jenis_kelamin text, nama_ibu text"


def person(nik: str, **changed: str) -> dict[str, str]:
    same = {"nama": "DIMAS PRATAMA", "tanggal_lahir": "1979-10-10", "jenis_kelamin": "L", "nama_ibu": "RAHMAH"}
    return {"nik": nik, "nik_kelas": "BAIK", **same, **changed}


def snapshots(con, before: list[dict[str, str]], after: list[dict[str, str]]) -> None:
    for table, folder, people in (("dukcapil_lama", "2026-10-01", before), ("dukcapil", "2026-11-01", after)):
        con.execute(f"create or replace table raw.{table} ({COLUMNS})")
        for p in people:
            con.execute(f"insert into raw.{table} values (?, ?, ?, ?, ?, ?, ?)", [folder, *p.values()])


@pytest.fixture
def corrected(home: Home):
    engine = open_store(home)

    def compare(before, after) -> list[tuple[str, str]]:
        with open_warehouse(home) as con:
            snapshots(con, before, after)
            compare_snapshots(con, engine)
            return con.execute("select * from ops.koreksi_nik order by all").fetchall()

    return compare


def test_gone_and_exactly_one_new_record_of_the_same_person(corrected) -> None:
    assert corrected([person(OLD)], [person(NEW)]) == [(OLD, NEW)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("nama", "DIMAS PRATOMO"), ("tanggal_lahir", "1979-10-11"), ("jenis_kelamin", "P"), ("nama_ibu", "SITI")],
)
def test_one_difference_is_too_many(corrected, field, value) -> None:
    assert corrected([person(OLD)], [person(NEW, **{field: value})]) == []


def test_a_date_in_another_form_is_the_same_date(corrected) -> None:
    assert corrected([person(OLD)], [person(NEW, tanggal_lahir="10/10/1979")]) == [(OLD, NEW)]


def test_two_new_records_are_for_a_human(corrected) -> None:
    assert corrected([person(OLD)], [person(NEW), person(OTHER)]) == []


def test_two_gone_ones_are_for_a_human(corrected) -> None:
    assert corrected([person(OLD), person(OTHER)], [person(NEW)]) == []


def test_a_comparison_happens_once(corrected) -> None:
    assert corrected([person(OLD)], [person(NEW)]) == corrected([person(OLD)], [person(NEW)]) == [(OLD, NEW)]


def test_a_record_that_was_there_before_is_another_person(corrected) -> None:
    assert corrected([person(OLD), person(NEW)], [person(NEW)]) == []


def test_without_a_mothers_name_nothing_is_certain(corrected) -> None:
    assert corrected([person(OLD, nama_ibu="")], [person(NEW, nama_ibu="")]) == []


def test_a_number_whose_owner_is_gone_is_listed(home: Home) -> None:
    engine = open_store(home)
    with engine.begin() as store:
        row = {"nik_awal": OLD, "urut": 0, "nomor": "647200000000", "periode": "2026-10", "dibuat_pada": "x"}
        store.execute(nomor_ssn.insert().values(row))
    with open_warehouse(home) as con:
        snapshots(con, [person(OLD)], [person(NEW, nama="ORANG LAIN")])
        assert compare_snapshots(con, engine) == {"koreksi_baru": 0, "pengecualian": 1}
        snapshots(con, [person(OLD)], [person(NEW)])
        con.execute("delete from raw.dukcapil_lama")
        assert compare_snapshots(con, engine)["pengecualian"] == 1
