"""Going back, and being cut off: readers always see a whole release, and what people took out stays out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ssn_assets.home import Home
from ssn_assets.publication import files
from ssn_assets.publication.release import release
from ssn_assets.publication.rollback import RollbackError, rollback
from ssn_assets.store.engine import open_store
from tests.unit.cut_off import every_cut
from tests.unit.publication_city import NOW, OTHERS, PEOPLE, in_force, tree, warehouse

pytest_plugins = ("tests.unit.store_backends",)


def test_rollback_keeps_the_content_out_until_it_changes(home: Home, engine: Engine) -> None:
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), engine, home, "2026-10", NOW)
    assert rollback(engine, home, None, "kartu salah", NOW) == "2026-10-0001" == in_force(home)
    built = release(warehouse(OTHERS), engine, home, "2026-10", NOW)
    assert (built.status, in_force(home)) == ("DITAHAN", "2026-10-0001")
    assert release(warehouse(PEOPLE), engine, home, "2026-10", NOW).status == "TETAP"
    fixed = release(warehouse(OTHERS[:2]), engine, home, "2026-10", NOW)
    assert (fixed.publication_id, in_force(home)) == ("2026-10-0003", "2026-10-0003")
    assert json.loads((home.santer / "2026-10-0003" / "manifest.json").read_text())["previous_id"] == "2026-10-0001"
    assert release(warehouse(OTHERS), engine, home, "2026-10", NOW).publication_id == "2026-10-0004"  # content has changed since
    with engine.connect() as con:
        log = [
            tuple(r)
            for r in con.execute(text("select publication_id, kejadian, alasan, dari from publikasi_log order by log_id"))
        ]
    assert log[2] == ("2026-10-0001", "KEMBALI", "kartu salah", "2026-10-0002") and len(log) == 5


def test_content_comes_back_when_it_is_named(home: Home, engine: Engine) -> None:
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), engine, home, "2026-10", NOW)
    rollback(engine, home, "2026-10-0001", "salah", NOW)
    assert rollback(engine, home, "2026-10-0002", "ternyata benar", NOW) == "2026-10-0002" == in_force(home)
    assert release(warehouse(OTHERS), engine, home, "2026-10", NOW).status == "TETAP"


def test_rollback_says_why_it_cannot(home: Home, engine: Engine) -> None:
    with pytest.raises(RollbackError, match="nothing is published"):
        rollback(engine, home, None, "x", NOW)
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    with pytest.raises(RollbackError, match="first publication"):
        rollback(engine, home, None, "x", NOW)
    release(warehouse(OTHERS), engine, home, "2026-10", NOW)
    with pytest.raises(RollbackError, match="reason"):
        rollback(engine, home, None, "  ", NOW)
    with pytest.raises(RollbackError, match="no publication 2026-10-0009; there are: 2026-10-0001"):
        rollback(engine, home, "2026-10-0009", "x", NOW)
    with pytest.raises(RollbackError, match="in force already"):
        rollback(engine, home, "2026-10-0002", "x", NOW)
    with (home.santer / "2026-10-0001" / "penerima.jsonl").open("ab") as handle:
        handle.write(b"\n")
    with pytest.raises(RollbackError, match="damaged"):
        rollback(engine, home, None, "x", NOW)
    assert in_force(home) == "2026-10-0002"


def test_withdrawn_content_is_not_served_even_when_nothing_else_is_left(home: Home, engine: Engine) -> None:
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), engine, home, "2026-10", NOW)
    rollback(engine, home, None, "salah", NOW)
    shutil.rmtree(home.outbox)
    with pytest.raises(files.ReleaseError, match="backup"):
        release(warehouse(OTHERS), engine, home, "2026-10", NOW)
    assert files.read_current(home) is None


def test_cut_off_anywhere_and_run_again(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    release(warehouse(PEOPLE), store, home, "2026-10", NOW)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)
    store = open_store(home)
    release(warehouse(OTHERS), store, home, "2026-10", NOW)
    undisturbed = tree(home)
    con = warehouse(OTHERS)

    def work() -> None:
        release(con, open_store(home), home, "2026-10", NOW)

    def check(moment: int) -> None:
        assert in_force(home) in ("2026-10-0001", "2026-10-0002")
        again = open_store(home)
        release(con, again, home, "2026-10", NOW)
        assert tree(home) == undisturbed, moment
        with again.connect() as reading:
            assert reading.execute(text("select count(*), count(distinct publication_id) from publikasi_log")).one() == (2, 2)
        again.dispose()

    assert every_cut(start, home.root, work, check) >= 20


def test_a_rollback_cut_off_is_finished_by_the_next_run(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), store, home, "2026-10", NOW)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)

    def work() -> None:
        rollback(open_store(home), home, None, "salah", NOW)

    def check(moment: int) -> None:
        assert in_force(home) in ("2026-10-0001", "2026-10-0002")
        again = open_store(home)
        built = release(warehouse(OTHERS), again, home, "2026-10", NOW)
        with again.connect() as reading:
            logged = reading.execute(text("select count(*) from publikasi_log where kejadian = 'KEMBALI'")).scalar()
        assert in_force(home) == ("2026-10-0001" if logged else "2026-10-0002")
        assert built.status == ("DITAHAN" if logged else "TETAP")
        again.dispose()

    assert every_cut(start, home.root, work, check) >= 4
