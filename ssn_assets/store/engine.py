"""Opening the store, bringing it to the newest schema, and writing to it exactly once. No stage's queries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text

from ssn_assets.home import PRIVATE_FILE, Home
from ssn_assets.settings import database_url


def open_store(home: Home) -> Engine:
    """The store of this home: SQLite under it, or SSN_DATABASE_URL. Its schema is brought up to date."""
    from ssn_assets.store.migrate import upgrade

    url = database_url()
    engine = create_engine(url) if url else _sqlite(home)
    upgrade(engine)
    return engine


def _sqlite(home: Home) -> Engine:
    path = home.store
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _pragmas(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None  # we say BEGIN ourselves, so that a writer locks before it reads
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer interleaves with; all of it happens or nothing."""
    with engine.connect() as con:
        if engine.dialect.name == "sqlite":
            con.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            con.execute(text("select pg_advisory_xact_lock(647200)"))
        try:
            yield con
        except BaseException:
            con.rollback()
            if engine.dialect.name == "sqlite" and con.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                con.exec_driver_sql("ROLLBACK")
            raise
        if engine.dialect.name == "sqlite":
            con.exec_driver_sql("COMMIT")
        con.commit()
