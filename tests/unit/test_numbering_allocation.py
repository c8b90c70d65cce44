"""A number each, for life: repeated, in parallel, after NIK corrections and with a lost key."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine

from ssn_assets.home import Home
from ssn_assets.keys import KeyFileError, hmac_pads, read_or_create
from ssn_assets.numbering import allocation
from ssn_assets.numbering.allocation import KEY_FILE, NumbersExhausted, allocate, copy_numbers
from ssn_assets.numbering.digits import is_valid, numbers
from ssn_assets.store.engine import open_store, writing
from ssn_assets.store.schema import nomor_ssn
from ssn_assets.store.transfer import fill, insert_rows

pytest_plugins = ("tests.unit.store_backends",)

NOW = datetime(2026, 10, 31, 9, tzinfo=UTC)


def nik(i: int) -> str:
    return f"{6472010101900000 + i}"


def warehouse(valid: range, waiting: range = range(0)) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema ops")
    rows = [(nik(i), "VALID") for i in valid] + [(nik(i), "MENUNGGU") for i in waiting] + [(None, "TIDAK_VALID")]
    fill(con, "mart_keputusan_dasar", {"nik_awal": "text", "keputusan": "text"}, rows)
    return con


def given_out(con: duckdb.DuckDBPyConnection, store: Engine) -> dict[str, str]:
    copy_numbers(con, store)
    return dict(con.execute("select nik_awal, nomor from ops.nomor_ssn").fetchall())


def test_only_valid_people_get_one_and_keep_it(home: Home, engine: Engine) -> None:
    con = warehouse(range(50), waiting=range(50, 60))
    assert allocate(con, engine, home, "2026-10", NOW) == 50
    first = given_out(con, engine)
    assert set(first) == {nik(i) for i in range(50)}
    assert all(is_valid(n) for n in first.values()) and len(set(first.values())) == 50
    assert allocate(con, engine, home, "2026-10", NOW) == 0

    later = warehouse(range(40, 70))
    assert allocate(later, engine, home, "2026-11", NOW) == 20
    second = given_out(later, engine)
    assert len(second) == 70 and len(set(second.values())) == 70
    assert {n: second[n] for n in first} == first


def test_a_corrected_nik_finds_the_same_number(home: Home, engine: Engine) -> None:
    con = warehouse(range(1))
    allocate(con, engine, home, "2026-10", NOW)
    before = given_out(con, engine)[nik(0)]
    # a correction found later makes an even older NIK known: 8 -> 0 (already numbered) -> 9
    later = warehouse(range(0))
    later.execute("create table ops.koreksi_nik (nik_lama text, nik_baru text)")
    later.executemany("insert into ops.koreksi_nik values (?, ?)", [(nik(8), nik(0)), (nik(0), nik(9))])
    later.execute("insert into mart_keputusan_dasar values (?, 'VALID')", [nik(8)])
    assert allocate(later, engine, home, "2026-11", NOW) == 0
    assert given_out(later, engine) == {nik(8): before}


def test_two_runs_at_once_share_the_numbers_out(home: Home, engine: Engine) -> None:
    read_or_create(home, KEY_FILE)
    counts: list[int] = []

    def run(people: range) -> None:
        counts.append(allocate(warehouse(people), engine, home, "2026-10", NOW))

    threads = [threading.Thread(target=run, args=(range(start, start + 200),)) for start in (0, 100, 0, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = given_out(warehouse(range(0)), engine)
    assert sum(counts) == len(found) == len(set(found.values())) == 350


def _process(root: str) -> int:
    home = Home(Path(root))
    return allocate(warehouse(range(300)), open_store(home), home, "2026-10", NOW)


def test_two_processes_at_once_on_a_new_home(home: Home) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        assert sorted(pool.map(_process, [str(home.root)] * 2)) == [0, 300]
    assert len(set(given_out(warehouse(range(0)), open_store(home)).values())) == 300


def test_a_lost_key_gives_no_number_twice(home: Home, engine: Engine) -> None:
    allocate(warehouse(range(3)), engine, home, "2026-10", NOW)
    (home.keys / KEY_FILE).unlink()
    (clash,) = numbers(read_or_create(home, KEY_FILE), 4, 1)  # what the new key makes of the fifth counter was given out before
    with writing(engine) as con:
        insert_rows(con, nomor_ssn, ("nik_awal", "urut", "nomor", "periode", "dibuat_pada"), [(nik(3), 3, clash, "2026-09", "")])
    allocate(warehouse(range(3, 10)), engine, home, "2026-11", NOW)
    found = given_out(warehouse(range(0)), engine)
    assert len(found) == len(set(found.values())) == 10 and found[nik(3)] == clash


def test_when_numbers_run_out_nobody_gets_one(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation, "CAPACITY", 10)
    with pytest.raises(NumbersExhausted):
        allocate(warehouse(range(11)), engine, home, "2026-10", NOW)
    assert given_out(warehouse(range(0)), engine) == {}


def test_key_files_are_private_made_once_and_never_replaced(home: Home) -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(read_or_create(home, "x.key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 and len(made[0]) == 32
    assert [p.name for p in home.keys.iterdir()] == ["x.key"]
    assert (home.keys / "x.key").stat().st_mode & 0o777 == 0o600
    (home.keys / "x.key").write_text("rusak")
    with pytest.raises(KeyFileError, match="backup"):
        read_or_create(home, "x.key")
    assert (home.keys / "x.key").read_text() == "rusak"


def test_hmac_in_sql_is_the_standard_one() -> None:
    # RFC 4231, test case 2
    outer, inner = hmac_pads(b"Jefe")
    statement = "select sha256($outer || unhex(sha256($inner || encode('what do ya want ' || 'for nothing?'))))"
    row = duckdb.execute(statement, {"outer": outer, "inner": inner}).fetchone()
    assert row == ("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",)
