"""Opening the store, bringing it to the newest schema, and writing to it exactly once. No stage's queries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from ssn_assets.home import PRIVATE_FILE, Home
from ssn_assets.settings import database_url

_WRITER_LOCK = 647200
"""PostgreSQL advisory lock: held by whoever writes to the store."""


def open_store(home: Home) -> Engine:
    """The store of this home: SQLite under it, or SSN_DATABASE_URL. Its schema is brought up to date.

    Raises:
        StoreVersionError: the store was made by a newer version of the platform.
    """
    from ssn_assets.store.migrate import upgrade

    url = database_url()
    engine = _postgres(url) if url else _sqlite(home)
    upgrade(engine)
    return engine


def _postgres(address: str) -> Engine:
    url = make_url(address)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")  # the driver we install; SQLAlchemy 2.0 would look for psycopg2
    return create_engine(url, pool_pre_ping=True)


def _sqlite(home: Home) -> Engine:
    path = home.store
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that a writer locks before it reads
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")  # 64 MB: bulk inserts keep their indexes in memory

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer interleaves with; all of it happens or nothing."""
    with engine.connect() as con:
        if engine.dialect.name == "sqlite":
            con.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            con.execute(text(f"select pg_advisory_xact_lock({_WRITER_LOCK})"))
        try:
            yield con
        except BaseException:
            con.rollback()
            raise
        con.commit()


def timestamp(now: datetime) -> str:
    """A moment as the store keeps it: UTC to the second, 2026-10-31T09:00:00Z."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
