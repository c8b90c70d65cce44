"""The store on both its databases: `engine` runs a test on SQLite and, where a server is installed, PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ssn_assets.home import Home
from ssn_assets.store.engine import open_store


def _binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL server on a socket of its own."""
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("no PostgreSQL server installed")
    folder = Path(tempfile.mkdtemp(prefix="ssn-pg-"))  # not below pytest's own folder: the server's user must be able to enter
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    log = folder / "log"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, env=environment, stdout=subprocess.DEVNULL, umask=0o077)

    run(initdb, "-D", str(data), "-A", "trust", "-U", "ssn", "-E", "UTF8", "--no-sync")
    run(pg_ctl, "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
    yield f"postgresql://ssn@/postgres?host={folder}"
    run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder)


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
