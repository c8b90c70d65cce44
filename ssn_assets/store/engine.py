"""Opening the store, bringing it to the newest schema, and writing to it exactly once. No stage's queries."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from ssn_assets.home import PRIVATE_FILE, Home
from ssn_assets.privacy import masked
from ssn_assets.settings import WITA, database_url

RUNS, COMPLAINTS = 647200, 647201
"""PostgreSQL advisory locks, each held by whoever writes: what runs and offices do; complaints, which must not wait for a run."""


class StoreUnavailable(RuntimeError):
    """The store cannot be used by a service now; the message says why, for the log."""


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


def open_for_service(home: Home, patience: int) -> Engine:
    """The store as it is: never made, never upgraded, never waited for longer than `patience` seconds at a step.

    Raises:
        StoreUnavailable: it is not there, does not answer, or has another schema than this code.
    """
    from ssn_assets.store.migrate import HEAD, revision

    url = database_url()
    if not url and not home.store.is_file():
        raise StoreUnavailable(f"{home.store} is not there: set SSN_DATABASE_URL, or run `ssn run` first")
    engine = _postgres(url, patience) if url else _sqlite(home, patience)
    try:
        with engine.connect() as con:
            found = revision(con)
    except SQLAlchemyError as problem:
        engine.dispose()
        raise StoreUnavailable(type(problem).__name__) from problem
    if found != HEAD:
        engine.dispose()
        raise StoreUnavailable(f"the store's schema is {found}, this code's is {HEAD}: run `ssn run` with the newer one")
    return engine


def _postgres(address: str, patience: int | None = None) -> Engine:
    url = make_url(address)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")  # the driver we install; SQLAlchemy 2.0 would look for psycopg2
    if patience is None:
        return _telling_nobody(create_engine(url, pool_pre_ping=True, hide_parameters=True))
    limits = f"-c lock_timeout={patience}s -c statement_timeout={patience}s"
    arguments = {"connect_timeout": patience, "options": limits}
    pool = {"pool_pre_ping": True, "pool_size": 2, "pool_timeout": patience}
    return _telling_nobody(create_engine(url, **pool, hide_parameters=True, connect_args=arguments))


def _sqlite(home: Home, patience: int = 30) -> Engine:
    path = home.store
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))
    engine = _telling_nobody(create_engine(f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": patience}))

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that a writer locks before it reads
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA temp_store=MEMORY")  # rows on their way lie in no file outside the home
        connection.execute("PRAGMA cache_size=-524288")  # up to 512 MB: a city's bulk inserts keep their indexes in memory

    return engine


def _telling_nobody(engine: Engine) -> Engine:
    """An engine whose errors quote no row: they end in logs and in Dagster's event log, which auditors read."""

    @event.listens_for(engine, "handle_error")
    def _shorten(failure: ExceptionContext) -> None:
        for problem in (failure.original_exception, failure.sqlalchemy_exception):
            if problem is not None:
                tell_nobody(problem)

    return engine


def tell_nobody(problem: BaseException) -> None:
    """Leave of a driver's error what and where: its first line without values; PostgreSQL quotes the row in the others."""
    problem.args = (masked(str(problem.args[0]).partition("\n")[0]) if problem.args else "",)


@contextmanager
def writing(engine: Engine, lock: int = RUNS) -> Iterator[Connection]:
    """One transaction that no other writer with the same lock interleaves with; all of it happens or nothing."""
    with _many_rows(lock), engine.connect() as con:
        if engine.dialect.name == "sqlite":
            con.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            con.execute(text(f"select pg_advisory_xact_lock({lock})"))
        try:
            yield con
        except BaseException:
            con.rollback()
            raise
        con.commit()


@contextmanager
def _many_rows(lock: int) -> Iterator[None]:
    """Runs handle rows by the hundred thousand: the collector would look through them again and again and find nothing."""
    paused = lock == RUNS and gc.isenabled()
    if paused:
        gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def timestamp(now: datetime) -> str:
    """A moment as the store keeps it: UTC to the second, 2026-10-31T09:00:00Z."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def city_day(moment: str) -> str:
    """SQL, for the warehouse: the day in Samarinda of a moment as the store keeps it."""
    return f"({moment}::timestamp + to_seconds({int(WITA.utcoffset(None).total_seconds())}))::date"
