"""Files to temporary tables: `gather` reads one file, `judge` turns all files of one input into rows ready to load.

Everything that can fail on what a file holds happens in `gather`, outside any transaction: one bad file stops none.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ssn_assets.intake import answers, rows
from ssn_assets.intake.grid import Grid, Spoiled
from ssn_assets.intake.headers import INPUTS, Input
from ssn_assets.intake.inbox import InboxFile
from ssn_assets.intake.numbers import damage, tidied, usable
from ssn_assets.intake.reasons import OTHERS, Refused
from ssn_assets.warehouse import SCRATCH

if TYPE_CHECKING:
    import duckdb

NEEDED_FOR_TREND = 20
"""NIKs a file must have before many that end in 0 mean anything (one in ten does by nature)."""

OWN_TROUBLES = (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EROFS)

RECORDS = f"{SCRATCH}.terkumpul"
"""Temporary table of all files' records: urut (number of the file) and the columns of `rows.records`."""

READY = f"{SCRATCH}.siap"
"""Temporary table of an input's rows: urut, baris, golongan (null: data), and the raw table's columns."""

PLACED = f"{SCRATCH}.tempat"
"""Temporary table beside READY, for dtks: urut, baris, dtks_id, and kelurahan and kecamatan with blocks filled down."""

BLOCK_COLUMNS = ("kelurahan", "kecamatan")
"""What offices write once per block of people."""


@dataclass(frozen=True)
class Gathered:
    """A file as read. number: its place among the files. records: how many its reader counted, spoiled ones too."""

    file: InboxFile
    number: int
    note: str
    records: int
    spoiled: Sequence[Spoiled]


def read(file: InboxFile, spec: Input, keep: Callable[[Grid], bool]) -> Grid:
    """Read a file, the fast way where that proves itself, and keep its records.

    Args:
        keep: puts a grid's records where they belong, in place of any it put there before; says whether they are as
            many as another count says there are.

    Raises:
        Refused: what the readers refuse; RUSAK, BERUBAH.
    """
    import duckdb

    grid = _read_grid(file, spec)
    try:
        complete = keep(grid)
    except duckdb.Error as error:
        if not grid.scan or is_the_platforms_own(error):
            raise
        if file.format == "parquet":
            raise Refused("RUSAK") from error
        complete = False
    if not complete:
        grid = _read_grid(file, spec, fast=False)
        keep(grid)
    if not file.is_unchanged():
        raise Refused("BERUBAH")
    return grid


def is_the_platforms_own(error: BaseException) -> bool:
    """Whether it is memory, disk or handles that ran out, or a stop from outside: nothing that a file can be blamed for."""
    import duckdb

    if isinstance(error, MemoryError | duckdb.OutOfMemoryException | duckdb.FatalException | duckdb.InterruptException):
        return True
    if isinstance(error, duckdb.IOException) and "o space left" in str(error):
        return True
    if isinstance(error, OSError) and error.errno in OWN_TROUBLES:
        return True
    # a panic inside the spreadsheet reader is no Exception, yet the file's doing
    return not isinstance(error, Exception) and type(error).__name__ != "PanicException"


def _read_grid(file: InboxFile, spec: Input, fast: bool = True) -> Grid:
    if file.format == "csv":
        from ssn_assets.intake.csvfile import read_csv

        return read_csv(file, spec, fast)
    if file.format == "xlsx":
        from ssn_assets.intake.xlsxfile import read_xlsx

        return read_xlsx(file, spec)
    from ssn_assets.intake.parquetfile import read_parquet

    return read_parquet(file, spec)


def is_left_to_another(file: InboxFile) -> bool:
    """Whether the other input of a shared folder reports what is wrong with a file: it does, unless it is not its own."""
    if not INPUTS[file.kind].marked:
        return False
    try:
        _read_grid(file, INPUTS[INPUTS[file.kind].folder])
    except Refused as verdict:
        return verdict.code != OTHERS
    except BaseException as error:
        if is_the_platforms_own(error):
            raise
    return True


def begin(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make the empty table that `gather` fills. (A union of many would plan the judgement once per file.)"""
    columns = ", ".join(f"{name} text" for name in INPUTS[kind].names)
    con.execute(
        f"""create or replace table {RECORDS}
        (urut int, baris bigint, pertama bigint, {columns}, sisa text, jumlah_sisa int, lainnya text)"""
    )


def gather(con: duckdb.DuckDBPyConnection, file: InboxFile, number: int) -> Gathered:
    """Read a file into RECORDS.

    Args:
        con: the warehouse; no transaction open.
        file: the file, hashed and not refused.
        number: its place among the files of the input.

    Raises:
        Refused: as `read`. What is in RECORDS of a refused file must be passed over.
    """
    spec = INPUTS[file.kind]
    grid = read(file, spec, lambda it: _insert(con, spec, it, number))
    return Gathered(file, number, grid.note, grid.records_read, grid.spoiled)


def _insert(con: duckdb.DuckDBPyConnection, spec: Input, grid: Grid, number: int) -> bool:
    """Put the grid's records into RECORDS. Returns whether they are as many as another count says there are."""
    con.execute(f"delete from {RECORDS} where urut = {number}")
    with readable(con, grid):
        listed = rows.records(spec, grid, grid.numbered or "kisi")
        done = con.execute(f"insert into {RECORDS} by name select {number} as urut, * from ({listed})").fetchone()
    return grid.table is not None or (done is not None and done[0] == grid.records)


@contextmanager
def readable(con: duckdb.DuckDBPyConnection, grid: Grid) -> Iterator[None]:
    """Inside, the grid's records can be read (as `kisi` when they are in memory), and keep the file's order."""
    if grid.table is not None:
        con.register("kisi", grid.table)
    before = con.execute("select current_setting('preserve_insertion_order')").fetchone()
    con.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        con.execute(f"set preserve_insertion_order = {before[0] if before else True}")
        if grid.table is not None:
            con.unregister("kisi")


def judge(con: duckdb.DuckDBPyConnection, kind: str, last_day: date) -> None:
    """Make READY of RECORDS, and drop that. last_day: the last date an answer may bear."""
    listed = f"select * from {RECORDS}"
    judged = answers.judged(kind, listed, last_day) if kind in answers.CHECKS else people(INPUTS[kind], listed)
    con.execute(f"create or replace table {READY} as {judged}")
    con.execute(f"drop table {RECORDS}")


def people(spec: Input, listed: str) -> str:
    """SQL of a list of people as judged: golongan, and NIK and Nomor KK tidied, with the classes of their damage.

    Args:
        spec: the input.
        listed: SQL as `rows.records` gives it.
    """
    bare = f"""
        select *, {rows.judgement(spec)} as golongan,
            {tidied("nik_asal")} as nik_rapi, {tidied("no_kk_asal")} as kk_rapi
        from ({listed})"""
    classed = f"""
        select *, {damage("nik_asal", "nik_rapi", "kk_rapi")} as nik_kelas,
            {damage("no_kk_asal", "kk_rapi")} as no_kk_kelas
        from ({bare})"""
    return f"""
        select * exclude (nik_rapi, kk_rapi),
            {usable("nik_rapi", "nik_kelas")} as nik, {usable("kk_rapi", "no_kk_kelas")} as no_kk
        from ({classed})"""


def place(con: duckdb.DuckDBPyConnection, files: Sequence[int]) -> None:
    """Make PLACED for these files: rows of data numbered by file and row, values written once per block filled down.

    A table of its own, so that sorting moves four columns and not thirty.
    """
    listed = ", ".join(map(str, files)) or "null"
    filled = ", ".join(f"{_filled(name, _files_in_blocks(con, name))} as {name}" for name in BLOCK_COLUMNS)
    con.execute(
        f"""create or replace table {PLACED} as
        select urut, baris, {filled}, row_number() over (order by golongan is not null, urut, baris) as dtks_id
        from {READY} where urut in ({listed})"""
    )


def _filled(name: str, files: Sequence[int]) -> str:
    if not files:
        return f"{name}_asal"
    written = f"case when golongan is null or golongan = 'BUKAN_BARIS' then {name}_asal end"
    above = f"last_value({written} ignore nulls) over (partition by urut order by baris rows unbounded preceding)"
    return f"case when urut in ({', '.join(map(str, files))}) then {above} else {name}_asal end"


def _files_in_blocks(con: duckdb.DuckDBPyConnection, name: str) -> list[int]:
    """Files where most cells are blank and none repeats the one directly above: there a blank means "the same"."""
    found = con.execute(
        f"""
        select urut
        from (
            select urut, {name}_asal as nilai, lag({name}_asal) over (partition by urut order by baris) as atas
            from {READY} where golongan is null
        )
        group by urut
        having count(nilai) > 0 and count(nilai) * 2 < count(*) and count(*) filter (where nilai = atas) = 0
        order by urut"""
    ).fetchall()
    return [row[0] for row in found]


def mechanical_damage(con: duckdb.DuckDBPyConnection, relation: str) -> dict[int, str]:
    """Files of which most NIKs lost digits in a spreadsheet.

    Args:
        relation: SQL of rows with urut, golongan, nik_kelas and nik.

    Returns:
        By number of the file: NOTASI_ILMIAH or EXCEL15.
    """
    found = con.execute(
        f"""
        select urut, count(*), count(*) filter (where nik_kelas = 'ILMIAH'),
            count(*) filter (where nik_kelas = 'EXCEL15'),
            count(*) filter (where length(nik) = 16 and right(nik, 1) = '0')
        from {relation} where golongan is null and nik_kelas not in ('KOSONG', 'TIRUAN') group by urut"""
    ).fetchall()
    verdicts = {}
    for number, given, scientific, cut, ending_in_zero in found:
        if scientific * 2 > given:
            verdicts[number] = "NOTASI_ILMIAH"
        elif cut * 2 > given or (given >= NEEDED_FOR_TREND and ending_in_zero * 2 > given):
            verdicts[number] = "EXCEL15"
    return verdicts
