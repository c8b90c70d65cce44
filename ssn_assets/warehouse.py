"""The warehouse: one DuckDB file, opened in `with`, one process at a time; and the ledger of steps already done.

SQL of a stage does not belong here, nor anything that must outlive the warehouse (that is the store's).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ssn_assets.home import PRIVATE_FILE, Home
from ssn_assets.settings import PROJECT_ROOT, warehouse_memory

_claims: dict[Path, int] = {}


class HomeBusy(RuntimeError):
    """Another process is running in this home."""


def claim(home: Home, patience: float = 0) -> None:
    """Make this process the only one that runs in this home, until it ends; the system lets go even after kill -9.

    Args:
        patience: how many seconds to wait for another process to end.

    Raises:
        HomeBusy: another process has it.
    """
    path = home.root / ".run"
    if path in _claims:
        return
    handle = os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
    until = time.monotonic() + patience
    while not _locked(handle):
        if time.monotonic() >= until:
            os.close(handle)
            raise HomeBusy(f"another run is going on in {home.root}; wait until it ends")
        time.sleep(1)
    _claims[path] = handle


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


ROW_GROUP = 16384
"""Rows that one core takes at a time: with DuckDB's own 122,880 a city's welfare list would keep a single core busy."""

SCRATCH = "lepas"
"""A database in memory beside the warehouse, gone with the connection: DuckDB's own `temp` takes no row group size."""

SCHEMAS = ("raw", "ops")
"""raw: rows as received (intake). ops: what the store and the run hand to SQL."""


_kept: dict[Path, duckdb.DuckDBPyConnection | None] = {}
"""Warehouses that stay open between steps (`keep_open`), by their file; None while it is closed."""


@contextmanager
def open_warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing; it is made on first use.

    Raises:
        duckdb.IOException: another process holds it (one run at a time).
    """
    database = _kept.get(home.warehouse) or _connect(home)
    con = database.cursor()  # views and temporary tables are a cursor's own, and end with it
    try:
        con.execute(f"attach ':memory:' as {SCRATCH} (row_group_size {ROW_GROUP})")
        con.execute("use ssn")
        yield con
    finally:
        con.close()
        if home.warehouse in _kept:
            database.execute(f"detach {SCRATCH}")
            _kept[home.warehouse] = database
        else:
            database.close()


@contextmanager
def keep_open(home: Home) -> Iterator[None]:
    """Inside it the warehouse stays open from one step to the next: a run opens it sixty times."""
    _kept[home.warehouse] = None
    try:
        yield
    finally:
        let_go(home)
        del _kept[home.warehouse]


def let_go(home: Home) -> None:
    """Close a warehouse kept open, before dbt opens it with a connection of its own."""
    database = _kept.get(home.warehouse)
    if database is not None:
        _kept[home.warehouse] = None
        database.close()


def _connect(home: Home) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(config=connection_config(home))
    try:
        path = str(home.warehouse).replace("'", "''")
        database.execute(f"attach '{path}' as ssn (row_group_size {ROW_GROUP})")
        home.warehouse.chmod(PRIVATE_FILE)
        for schema in SCHEMAS:
            database.execute(f"create schema if not exists ssn.{schema}")
        database.execute("create table if not exists ssn.ops.langkah (langkah text primary key, sidik text, hasil text)")
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def read_warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for looking only; nothing is made.

    Raises:
        FileNotFoundError: there is none yet.
        HomeBusy: another process is running in this home.
    """
    if not home.warehouse.exists():
        raise FileNotFoundError(2, "no warehouse yet, run `ssn run` first", str(home.warehouse))
    claim(home)
    con = duckdb.connect(config=connection_config(home))
    try:
        path = str(home.warehouse).replace("'", "''")
        con.execute(f"attach '{path}' as ssn (read_only)")
        con.execute("use ssn")
        yield con
    finally:
        con.close()


def connection_config(home: Home) -> dict[str, Any]:
    """DuckDB settings; the dbt profile uses the same ones, or a second connection in the process is refused."""
    return {
        "memory_limit": warehouse_memory(),
        "temp_directory": str(home.spill),
        "preserve_insertion_order": "false",
        "force_compression": "uncompressed",  # tables live for one run: compressing them costs a sixth of its time
    }


def fingerprint(*parts: object) -> str:
    """One SHA-256 over anything that decides a step's result (file hashes, other steps' fingerprints, policy)."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def code_version() -> str:
    """SHA-256 over the code that makes results: Python, SQL, policies, suites. A changed release redoes every step."""
    digest = hashlib.sha256()
    for top, pattern in (
        ("ssn_assets", "**/*.py"),
        ("ssn_assets", "**/*.yaml"),
        ("dbt_project/models", "**/*"),
        ("dbt_project/macros", "**/*.sql"),
        ("dbt_project/seeds", "**/*"),
        ("dbt_project/tests", "**/*"),
        ("dbt_project", "*.yml"),
        ("expectations", "*.json"),
    ):
        for path in sorted((PROJECT_ROOT / top).glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(PROJECT_ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Steps:
    """Which steps are done, with which inputs, and what they reported: the memory that lets a rerun skip them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def result(self, step: str, sidik: str, outputs: tuple[Path, ...] = ()) -> dict[str, Any] | None:
        """What the step reported when it ran on these very inputs; None when it must run (again).

        outputs: files that must still be there, since the outbox may be deleted at any time.
        """
        row = self._con.execute("select hasil from ops.langkah where langkah = ? and sidik = ?", [step, sidik]).fetchone()
        return json.loads(row[0]) if row and all(p.exists() for p in outputs) else None

    def forget(self, step: str) -> None:
        """Call before a step starts to change things, so that a crash half-way leaves no false 'done'."""
        self._con.execute("delete from ops.langkah where langkah = ?", [step])

    def done(self, step: str, sidik: str, result: dict[str, Any]) -> None:
        """Record a step as done. result: counts and texts for the metadata, no personal data."""
        self._con.execute("insert or replace into ops.langkah values (?, ?, ?)", [step, sidik, json.dumps(result)])

    def fingerprint_of(self, *steps: str) -> list[str | None]:
        """The fingerprints of upstream steps, as input to one's own."""
        known = dict(self._con.execute("select langkah, sidik from ops.langkah").fetchall())
        return [known.get(step) for step in steps]
