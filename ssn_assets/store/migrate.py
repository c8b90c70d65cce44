"""Bringing a store to the newest schema. The steps are in `migrations/versions`; what the tables mean: `schema.py`.

A changed schema is a new revision there and its name in HEAD here; a test compares the result with `schema.metadata`.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ssn_assets.store.engine import writing

HEAD = "0010"
"""The newest revision; Alembic is imported only for a store that is not there yet."""

MIGRATIONS = Path(__file__).parent / "migrations"


class StoreVersionError(RuntimeError):
    """The store has a schema this code does not know."""


def upgrade(engine: Engine) -> None:
    """Make or upgrade the tables; safe when two processes do it at once.

    Raises:
        StoreVersionError: the store was made by a newer version of the platform.
    """
    with engine.connect() as con:
        if revision(con) == HEAD:
            return
    with writing(engine) as con:
        if revision(con) != HEAD:
            _run(con)


def revision(con: Connection) -> str | None:
    """The revision a store is at; None for an empty one."""
    if not inspect(con).has_table("alembic_version"):
        return None
    return con.execute(text("select version_num from alembic_version")).scalar()


def _run(con: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = con
    try:
        command.upgrade(config, "head")
    except CommandError as problem:
        raise StoreVersionError(
            f"The store's schema ({revision(con)}) is not known to this version ({HEAD}): use the newer platform."
        ) from problem
