"""What the store says when it refuses names no person: errors end in logs and in Dagster's event log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, insert

from ssn_assets.store.engine import writing
from ssn_assets.store.schema import koreksi_nik
from ssn_assets.store.transfer import insert_rows

pytest_plugins = ("tests.unit.store_backends",)

OLD, NEW = "6472011010790001", "SITI RAHASIA"


def by_core(con: Connection) -> None:
    con.execute(insert(koreksi_nik).values(FACTS))


def in_bulk(con: Connection) -> None:
    insert_rows(con, koreksi_nik, tuple(FACTS), [tuple(FACTS.values())])


FACTS = {c.name: {"nik_lama": OLD, "nik_baru": NEW}.get(c.name, "1") for c in koreksi_nik.columns}


@pytest.mark.parametrize("write", [by_core, in_bulk])
def test_a_refused_row_is_not_quoted(engine: Engine, write: Callable[[Connection], None]) -> None:
    with writing(engine) as con:
        write(con)
    with pytest.raises(Exception, match=r"(?i)unique") as refused, writing(engine) as con:
        write(con)
    problem: BaseException | None = refused.value
    while problem is not None:
        assert OLD not in str(problem) and NEW not in str(problem)
        problem = problem.__cause__ or problem.__context__


def test_a_full_disk_quotes_nobody(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("a full disk is played on SQLite only")
    rows = [{**FACTS, "nik_lama": f"{OLD}{i}", "nik_baru": NEW * 500} for i in range(50)]
    with pytest.raises(Exception, match="full") as refused, writing(engine) as con:
        con.exec_driver_sql("pragma max_page_count = 1")
        con.execute(insert(koreksi_nik), rows)
    assert OLD not in str(refused.value) and NEW not in str(refused.value)
