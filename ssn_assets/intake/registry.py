"""The civil registry: a whole city in one file. It is kept as Parquet beside the warehouse; raw.dukcapil is a view.

Writing the copy takes a third of the time and memory of a table. It keeps every record in the file's order; the view
leaves out what is quarantined. Copies are the platform's own and may be deleted: the next load makes them again. A copy bears the
hash of the file and of the SQL that made it, so that one made ahead (`ahead.py`) or by a run that was killed is not made twice.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ssn_assets.home import Home, private_dir
from ssn_assets.intake import rows
from ssn_assets.intake.grid import Grid
from ssn_assets.intake.headers import DUKCAPIL
from ssn_assets.intake.inbox import InboxFile
from ssn_assets.intake.numbers import quoted
from ssn_assets.intake.prepare import Gathered, people, read, readable
from ssn_assets.intake.tables import REGISTRY_COLUMNS

if TYPE_CHECKING:
    import duckdb

PARQUET = "format parquet, dictionary_size_limit 2000"
"""Names and numbers hardly repeat: giving up their dictionaries early saves a sixth of the time."""

VIEWS = ("raw.dukcapil", "raw.dukcapil_lama")


@dataclass(frozen=True)
class Copy:
    """A registry file as copied. parquet: the copy. first: row number of its first record."""

    gathered: Gathered
    parquet: Path
    first: int


def folder(home: Home) -> Path:
    """Where the copies are."""
    return home.warehouse.parent / "mentah"


def copy(con: duckdb.DuckDBPyConnection, home: Home, file: InboxFile, number: int) -> Copy:
    """Read a registry file into a Parquet copy.

    Raises:
        Refused: as `prepare.read`.
    """
    made: list[Path] = []

    def keep(grid: Grid) -> bool:
        made[:] = [private_dir(folder(home)) / f"dukcapil-{file.folder}-{_key(file, grid)}.parquet"]
        return _is_whole(con, grid, made[0]) or _write(con, grid, made[0])

    grid = read(file, DUKCAPIL, keep)
    return Copy(Gathered(file, number, grid.note, grid.records_read, grid.spoiled), made[0], grid.first)


def _key(file: InboxFile, grid: Grid) -> str:
    return hashlib.sha256(f"{file.folder}/{file.name}/{file.sha256}/{_sql(grid)}".encode()).hexdigest()[:16]


def _sql(grid: Grid) -> str:
    """SQL of the records as they are kept."""
    in_memory = grid.table is not None
    listed = rows.records(DUKCAPIL, grid, "kisi" if in_memory else grid.scan, numbered=in_memory)
    return f"select {', '.join(('baris', 'golongan', *REGISTRY_COLUMNS))} from ({people(DUKCAPIL, listed)})"


def _is_whole(con: duckdb.DuckDBPyConnection, grid: Grid, target: Path) -> bool:
    """Whether a copy has as many records as another count says there are. Of a grid in memory there is no other count."""
    import duckdb

    if grid.table is not None or not target.exists():
        return False
    try:
        found = con.execute(f"select count(*) from read_parquet({quoted(str(target))})").fetchone()
    except duckdb.Error:  # damaged since
        return False
    return found is not None and found[0] == grid.records


def _write(con: duckdb.DuckDBPyConnection, grid: Grid, target: Path) -> bool:
    """Write the copy whole or not at all. Returns whether it has as many records as another count says there are."""
    unfinished = target.with_suffix(".tmp")
    with readable(con, grid):
        con.execute(f"copy ({_sql(grid)}) to {quoted(str(unfinished))} ({PARQUET})")
    with unfinished.open("rb") as handle:
        os.fsync(handle.fileno())
    unfinished.replace(target)
    return grid.table is not None or _is_whole(con, grid, target)


def judged(copies: list[Copy]) -> str:
    """SQL of all records of these copies: urut, baris, golongan, nik_kelas, nik."""
    return " union all ".join(
        f"select {c.gathered.number} as urut, coalesce(baris, file_row_number + {c.first}) as baris, golongan,"
        f" nik_kelas, nik from {_copied(c)}"
        for c in copies
    )


def _copied(item: Copy) -> str:
    return f"read_parquet({quoted(str(item.parquet))}, file_row_number = true)"


def show(con: duckdb.DuckDBPyConnection, view: str, copies: list[Copy]) -> None:
    """Point a view of VIEWS at these copies; at nothing when there are none."""
    con.execute(f"create or replace view {view} as {' union all '.join(map(_one, copies)) or _none()}")


def _one(item: Copy) -> str:
    file = item.gathered.file
    return f"""
        select {quoted(file.name)} as berkas, coalesce(baris, file_row_number + {item.first}) as baris,
            {quoted(file.sha256)} as berkas_sha256, {quoted(file.folder)} as folder, {", ".join(REGISTRY_COLUMNS)}
        from {_copied(item)}
        where golongan is null"""


def _none() -> str:
    texts = ", ".join(f"null::varchar as {name}" for name in ("berkas_sha256", "folder", *REGISTRY_COLUMNS))
    return f"select null::varchar as berkas, null::bigint as baris, {texts} where false"


def _copies_shown(con: duckdb.DuckDBPyConnection, view: str) -> list[Path]:
    schema, name = view.split(".")
    found = con.execute("select sql from duckdb_views() where schema_name = ? and view_name = ?", [schema, name]).fetchone()
    return [Path(path.replace("''", "'")) for path in re.findall(r"read_parquet\('((?:[^']|'')*)'", found[0])] if found else []


def state(con: duckdb.DuckDBPyConnection) -> str:
    """'' when the copies behind raw.dukcapil are where they belong; else a text that makes the load run again.

    They are not when somebody deleted them, or when the home was moved and the view still looks into the old one.
    """
    path = con.execute("select path from duckdb_databases() where database_name = current_database()").fetchone()
    home = Path(path[0]).parent if path and path[0] else None
    astray = [p for p in _copies_shown(con, VIEWS[0]) if not p.exists() or (home is not None and p.parent.parent != home)]
    return f"salinan hilang atau pindah: {home}" if astray else ""


def sweep(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Delete copies that no view looks at."""
    needed = {path for view in VIEWS for path in _copies_shown(con, view)}
    for path in folder(home).glob("*"):
        if path not in needed:
            path.unlink()
