"""Families whose cards lie ready, in a warehouse, for the tests of collection: on top of the bank's city."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine

from ssn_assets.bank import reservation
from ssn_assets.collection import appointments, lists, results, waiting
from ssn_assets.collection.policy import CollectionPolicy, load
from ssn_assets.home import Home
from ssn_assets.store.transfer import fill
from tests.unit import bank_city
from tests.unit.bank_city import Person

PERIOD = "2026-10"
TODAY = date(2026, 11, 2)  # a Monday
READY_SINCE = date(2026, 11, 1)
LINES = ("berkas", "baris", "berkas_sha256", "id_penerbitan", "status", "petugas", "tanggal", "cara_identifikasi", "catatan")


def policy() -> CollectionPolicy:
    return load(date(2026, 10, 31))


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def ready(engine: Engine, home: Home, people: Sequence[Person]) -> duckdb.DuckDBPyConnection:
    """A warehouse in which everybody's card was ordered and lies ready."""
    bank_city.run(bank_city.city(people), engine, home)
    con = bank_city.city(people, [(i, "SIAP_DIAMBIL") for i in bank_city.ids(engine).values()])
    bank_city.run(con, engine, home)
    con.execute("alter table mart_keputusan_dasar add column dtks_id bigint")
    con.execute("alter table mart_keputusan_dasar add column id_kasus text")
    con.execute("update mart_keputusan_dasar set dtks_id = rowid, id_kasus = 'K' || nik_padan")
    con.execute("create table raw.dtks as select dtks_id, null::varchar as lainnya from mart_keputusan_dasar")
    fill(con, "ops.jawaban", {"id_kasus": "text", "catatan": "text"}, [])
    fill(con, "ops.aduan", {"nik": "text", "no_kk": "text", "jenis": "text"}, [])
    fill(con, "raw.penyerahan", dict.fromkeys(LINES, "text") | {"baris": "bigint", "tanggal": "date"}, [])
    results.copy(con, engine)
    return con


def report(con: duckdb.DuckDBPyConnection, engine: Engine, *lines: tuple[str, str, date, str | None, str | None]) -> int:
    """Officers' lines (id_penerbitan, status, tanggal, cara, catatan) in a file of their own; the cards' steps follow."""
    number = con.execute("select count(*) from raw.penyerahan").fetchone()[0]
    rows = [
        ("h.xlsx", i, f"{number:064d}", issuance, status, "ANI", day.isoformat(), way, note)
        for i, (issuance, status, day, way, note) in enumerate(lines, 6)
    ]
    if rows:
        con.executemany(f"insert into raw.penyerahan values ({', '.join('?' * len(LINES))})", rows)
    kept = results.save(con, engine, moment(TODAY))
    results.copy(con, engine)
    reservation.copy_cards(con, engine)
    return kept


def collect(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, today: date = TODAY, **changes: Any) -> dict[str, Any]:
    """What the asset does on a day."""
    said = policy()
    said = said.model_copy(update={"loket": said.loket.model_copy(update=changes)})
    waiting.work_out(con, engine, said.jemput_bola, today)
    given = appointments.give(con, engine, home, said.loket, today, moment(today))
    matters = results.find_matters(con, engine, said, today)
    sums = lists.count_uncollected(con, said)
    return {**given, **sums, "perhatian": matters}


def write(con: duckdb.DuckDBPyConnection, home: Home) -> Path:
    """Write all files; their folder."""
    lists.write_tables(con, home, PERIOD, policy())
    lists.write_lists(con, home, PERIOD, policy())
    lists.write_letters(con, home, PERIOD, policy())
    return home.collection(PERIOD)


def slots(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[date, str, int]]:
    """Card -> its appointment."""
    return {
        i: (day, hour, n)
        for i, day, hour, n in con.execute("select id_penerbitan, tanggal, jam, nomor from ops.janji").fetchall()
    }
