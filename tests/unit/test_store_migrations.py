"""The store's schema: migrations give exactly schema.metadata, cheaply when nothing is to do, once when two do it."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, insert, inspect, select, text

from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import events, officers
from ssn_assets.home import Home
from ssn_assets.store import migrate
from ssn_assets.store.bank_schema import petugas
from ssn_assets.store.engine import open_store, timestamp, writing
from ssn_assets.store.schema import batch, kasus, metadata
from ssn_assets.store.transfer import insert_rows, read_rows, update_rows

pytest_plugins = ("tests.unit.store_backends",)


def test_migrations_give_the_schema(engine: Engine) -> None:
    with engine.connect() as con:
        assert compare_metadata(MigrationContext.configure(con), metadata) == []
        found = inspect(con)
        for table in metadata.sorted_tables:  # keys make writes happen once: compare them by name and columns
            unique = {(u["name"], tuple(u["column_names"])) for u in found.get_unique_constraints(table.name)}
            wanted = {(c.name, tuple(c.columns.keys())) for c in table.constraints if type(c).__name__ == "UniqueConstraint"}
            assert unique == wanted, table.name
            assert found.get_pk_constraint(table.name)["constrained_columns"] == table.primary_key.columns.keys()


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_a_store_at_head_is_opened_without_alembic(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(home).dispose()
    for name in [m for m in sys.modules if m == "alembic" or m.startswith("alembic.")]:
        monkeypatch.delitem(sys.modules, name)
    open_store(home).dispose()
    assert "alembic" not in sys.modules


def test_a_newer_store_is_not_touched(engine: Engine) -> None:
    with engine.begin() as con:
        con.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(migrate.StoreVersionError, match="9999"):
        migrate.upgrade(engine)


def _open(root: str) -> int:
    home = Home(__import__("pathlib").Path(root))
    store = open_store(home)
    with writing(store) as con:
        return len(read_rows(con, "select 1 from kasus"))


def test_two_processes_may_make_the_store_at_once(home: Home) -> None:
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(_open, [str(home.root)] * 4)) == [0] * 4
    assert home.store.stat().st_mode & 0o777 == 0o600


def test_writing_is_all_or_nothing(engine: Engine) -> None:
    line = {"id_kasus": "K1", "kode_kelurahan": None, "periode_pertama": "2026-10"}
    with pytest.raises(KeyboardInterrupt), writing(engine) as con:
        con.execute(insert(kasus), [line])
        raise KeyboardInterrupt
    with writing(engine) as con:
        assert con.execute(select(kasus)).all() == []
        con.execute(insert(kasus), [line])
    with engine.connect() as con:
        assert con.execute(select(kasus.c.id_kasus)).scalars().all() == ["K1"]


def test_bulk_rows_keep_what_they_hold(engine: Engine) -> None:
    rows = [("K1", "64.72.03.1005", "2026-10"), ("K2", None, "2026-10"), ("K3", "tab\tbaris\nbaru \\N é", "2026-10")]
    with writing(engine) as con:
        assert insert_rows(con, kasus, ("id_kasus", "kode_kelurahan", "periode_pertama"), rows) == 3
        update_rows(con, kasus, "id_kasus", ("periode_pertama", "kode_kelurahan"), [("2026-11", None, "K1")])
        update_rows(con, kasus, "id_kasus", ("periode_pertama",), [("2026-12", "K2")])
        assert insert_rows(con, kasus, ("id_kasus",), []) == 0
    with engine.connect() as con:
        found = read_rows(con, "select id_kasus, kode_kelurahan, periode_pertama from kasus order by id_kasus")
    assert found == [("K1", None, "2026-11"), ("K2", None, "2026-12"), rows[2]]


def test_time_is_kept_in_utc_to_the_second() -> None:
    assert timestamp(datetime(2026, 10, 31, 9, 0, 0, 500, tzinfo=UTC)) == "2026-10-31T09:00:00Z"


def before(revision: str, con: Connection) -> None:
    """Bring a store to the schema before a revision."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.attributes["connection"] = con
    made = ScriptDirectory.from_config(config).get_revision(revision)
    command.downgrade(config, str(made.down_revision))


def test_batches_made_before_the_control_have_their_states(engine: Engine) -> None:
    with writing(engine) as con:
        before("0004", con)
        for number, status in ((1, "DISEGEL"), (2, "DITULIS")):
            facts = {"batch_no": number, "periode": "2026-10", "dibuat_pada": "2026-10-31T09:00:00Z", "prev_sha256": "0"}
            con.execute(insert(batch).values(**facts, sha256=f"{number}", jumlah=1, hash_total=1, status=status))
    migrate.upgrade(engine)
    with engine.connect() as con:
        states = {number: event.keadaan for number, event in events.newest(con, CARDS).items()}
    assert states == {1: "DISEGEL", 2: "DITULIS"}


def test_cards_issued_before_families_had_cycles_are_counted(engine: Engine) -> None:
    columns = "id_penerbitan, kunci, jenis, nik_awal, nomor_ssn, no_kk, periode, dibuat_pada, status"
    cards = [("P1", "BARU", "DIPESAN"), ("P2", "BARU", "DITULIS"), ("P3", "BARU", "BATAL"), ("P4", "BLOKIR", "DITULIS")]
    with writing(engine) as con:
        before("0007", con)
        for card, kind, status in cards:
            values = f"'{card}', '{card}', '{kind}', '1', '2', '3', '2026-10', '2026-10-31T09:00:00Z', '{status}'"
            con.execute(text(f"insert into penerbitan ({columns}) values ({values})"))
    migrate.upgrade(engine)
    with engine.connect() as con:
        found = read_rows(con, "select id_penerbitan, siklus from penerbitan order by id_penerbitan")
    assert found == [("P1", 2), ("P2", 1), ("P3", None), ("P4", None)]


def test_people_registered_before_their_events_were_kept_stay(engine: Engine) -> None:
    with writing(engine) as con:
        before("0008", con)
        for name in ("ani", "budi", "cici"):
            con.execute(insert(petugas).values(kunci_publik=name * 3, nama=name, dibuat_pada="2026-10-31T09:00:00Z"))
    migrate.upgrade(engine)
    assert [(name, who.by, who.revoked) for name, _, who in officers.registered(engine)] == [
        (name, (), None) for name in ("ani", "budi", "cici")
    ]
