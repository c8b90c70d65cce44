"""Appointments: everybody who waits has one, no hour is overfull, and nobody's changes by itself."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from ssn_assets.home import Home
from ssn_assets.store.collection_schema import janji_ambil
from ssn_assets.store.engine import open_store, writing
from ssn_assets.store.transfer import insert_rows, read_rows
from tests.unit.bank_city import Person, ids, kk, nik
from tests.unit.collection_city import READY_SINCE, TODAY, collect, policy, ready, report, slots

pytest_plugins = ("tests.unit.store_backends",)


def family(i: int, **changes: object) -> Person:
    return Person(nik(i), kk(i), "KEPALA KELUARGA", **changes)


FAMILIES = [family(i) for i in range(1, 8)]


def test_each_card_has_one_place_and_keeps_it(home: Home, engine: Engine) -> None:
    con = ready(engine, home, FAMILIES)
    found = collect(con, engine, home, kartu_per_jam=1)
    assert (found["janji_baru"], found["janji_berlaku"], found["kartu"]) == (7, 7, 7)
    first = slots(con)
    assert set(first) == set(ids(engine).values())
    assert min(day for day, *_ in first.values()) >= TODAY + timedelta(days=policy().loket.hari_persiapan)
    assert Counter(day for day, *_ in first.values()) == {date(2026, 11, 5): 5, date(2026, 11, 9): 2}  # Thursday, then Monday
    again = collect(con, engine, home, TODAY + timedelta(days=2), kartu_per_jam=9)
    assert again["janji_baru"] == 0 and slots(con) == first


def test_who_was_handed_his_card_needs_none_and_who_missed_it_gets_another(home: Home, engine: Engine) -> None:
    con = ready(engine, home, FAMILIES)
    collect(con, engine, home)
    first = slots(con)
    got, *others = sorted(first)
    assert report(con, engine, (got, "DISERAHKAN", date(2026, 11, 5), "TANDA_TANGAN", None)) == 1
    assert report(con, engine) == 0
    found = collect(con, engine, home, date(2026, 11, 6))
    assert found["janji_baru"] == len(others) and set(slots(con)) == set(others)
    assert all(day > date(2026, 11, 6) for day, *_ in slots(con).values())


def test_a_day_closed_later_gives_another_day(home: Home, engine: Engine) -> None:
    con = ready(engine, home, FAMILIES)
    collect(con, engine, home)
    closed = {day for day, *_ in slots(con).values()}
    assert collect(con, engine, home, tutup=list(closed))["janji_baru"] == 7
    assert not closed & {day for day, *_ in slots(con).values()} and len(slots(con)) == 7


def test_results_that_people_look_into_get_no_appointment_until_a_newer_one(home: Home, engine: Engine) -> None:
    con = ready(engine, home, FAMILIES)
    some = sorted(ids(engine).values())
    report(con, engine, (some[0], "PINDAH", TODAY, None, None), (some[1], "TIDAK_DI_TEMPAT", TODAY, None, None))
    found = collect(con, engine, home)
    assert set(slots(con)) == set(some[1:]) and found["menunggu_pemeriksaan"] == 1 and found["perhatian"] == 1
    report(con, engine, (some[0], "TIDAK_DI_TEMPAT", TODAY + timedelta(days=1), None, None))
    assert collect(con, engine, home)["menunggu_pemeriksaan"] == 0 and some[0] in slots(con)


def test_nobody_waits(home: Home, engine: Engine) -> None:
    con = ready(engine, home, [])
    assert collect(con, engine, home) == {
        **dict.fromkeys(("janji_baru", "janji_berlaku", "kartu", "terlambat", "jemput_bola"), 0),
        **dict.fromkeys(("menunggu_pemeriksaan", "perhatian"), 0),
    }


def test_the_store_refuses_a_place_given_twice(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, FAMILIES[:2])
    collect(con, store, home)
    a, b = sorted(slots(con))
    with store.connect() as read:
        taken = read_rows(read, f"select kode_kelurahan, tanggal, jam, nomor from janji_ambil where id_penerbitan = '{a}'")[0]
    columns = ("id_penerbitan", "urut", "kode_kelurahan", "tanggal", "jam", "nomor", "dibuat_pada")
    with pytest.raises(Exception, match="UNIQUE") as refused, writing(store) as transaction:
        insert_rows(transaction, janji_ambil, columns, [(b, 9, *taken, "x")])
    assert isinstance(refused.value, IntegrityError)


@settings(max_examples=15, deadline=None)
@given(
    waiting=st.integers(0, 40),
    steps=st.lists(
        st.tuples(
            st.integers(0, 12), st.sampled_from(["DISERAHKAN", "TIDAK_DATANG", "MENINGGAL"]), st.integers(0, 8), st.integers(1, 4)
        ),
        max_size=4,
    ),
)
def test_whatever_happens_no_hour_is_overfull_and_everybody_stands_once(
    waiting: int, steps: list[tuple[int, str, int, int]]
) -> None:
    """Days pass, some cards are handed out, some are not, capacity grows."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).prepare()
        store = open_store(home)
        con = ready(store, home, [family(i) for i in range(1, waiting + 1)])
        known, today, capacity = sorted(ids(store).values()), READY_SINCE, 1
        collect(con, store, home, today, kartu_per_jam=capacity)
        for days, outcome, how_many, more in steps:
            before = slots(con)
            today, capacity = today + timedelta(days=days), capacity + more
            some = known[:how_many]
            report(con, store, *((i, outcome, today, "TANDA_TANGAN", None) for i in some))
            found = collect(con, store, home, today, kartu_per_jam=capacity)
            after = slots(con)
            assert found["janji_berlaku"] == len(after) == found["kartu"] - found["menunggu_pemeriksaan"]
            assert max(Counter((day, hour) for day, hour, _ in after.values()).values(), default=0) <= capacity
            assert all(day >= today for day, *_ in after.values())
            assert all(after[i] == place for i, place in before.items() if i in after and place[0] >= today)
        store.dispose()
