"""The warehouse between steps: kept open in a run, and let go before dbt takes it."""

from __future__ import annotations

import dagster as dg
import duckdb
import pytest

from ssn_assets.home import Home
from ssn_assets.resources import Platform
from ssn_assets.warehouse import SCRATCH, keep_open, let_go, open_warehouse


def test_what_is_a_steps_own_ends_with_it(home: Home) -> None:
    with keep_open(home):
        with open_warehouse(home) as con:
            con.execute("create temp table sementara as select 1 as a")
            con.execute(f"create table {SCRATCH}.lembar as select 1 as a")
            con.execute("create table raw.tetap as select 1 as a")
        with open_warehouse(home) as con:
            assert con.execute("select a from raw.tetap").fetchall() == [(1,)]
            for gone in ("sementara", f"{SCRATCH}.lembar"):
                with pytest.raises(duckdb.CatalogException):
                    con.execute(f"select * from {gone}")


def test_an_unfinished_transaction_ends_with_its_step(home: Home) -> None:
    with keep_open(home):
        with pytest.raises(ZeroDivisionError), open_warehouse(home) as con:
            con.execute("begin")
            con.execute("create table raw.setengah as select 1 as a")
            raise ZeroDivisionError
        with open_warehouse(home) as con, pytest.raises(duckdb.CatalogException):
            con.execute("select * from raw.setengah")


def test_somebody_else_may_open_it_once_it_is_let_go_and_when_the_run_ends(home: Home) -> None:
    with keep_open(home):
        with open_warehouse(home) as con:
            con.execute("create table raw.tetap as select 1 as a")
        let_go(home)
        look(home)
        with open_warehouse(home) as con:
            con.execute("insert into raw.tetap values (2)")
    assert look(home) == [(1,), (2,)]


def look(home: Home) -> list[tuple[int]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute("select a from raw.tetap order by a").fetchall()


@pytest.mark.parametrize(
    ("decided", "decisions", "good"), [(False, "2026-09", True), (True, "2026-09", False), (True, "2026-10", True)]
)
def test_a_step_acts_only_on_its_own_period(home: Home, decided: bool, decisions: str, good: bool) -> None:
    platform = Platform(root=str(home.root))
    with open_warehouse(home) as con:
        con.execute("create table ops.konteks as select '2026-10' as periode")
        con.execute(f"create table mart_keputusan_dasar as select '{decisions}' as periode")
    if good:
        with platform.warehouse_of("2026-10", decided) as con:
            assert con.execute("select periode from ops.konteks").fetchone() == ("2026-10",)
    with pytest.raises(dg.Failure, match="ssn run --period 2026-11"), platform.warehouse_of("2026-11", decided):
        pass
    if not good:
        with pytest.raises(dg.Failure, match="holds 2026-09"), platform.warehouse_of("2026-10", decided):
            pass
