"""Each office's files into the raw tables, with raw.berkas (every file) and raw.karantina (all that is not loaded).

One input is loaded in one transaction: all of its files or, after a crash, none. How a file is read and what a row is
worth is in the other modules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home
from ssn_assets.intake import again, ahead, answers, earlier, inbox, registry, totals
from ssn_assets.intake.attempt import PASSING, Outcome, attempts
from ssn_assets.intake.grid import Spoiled
from ssn_assets.intake.inbox import InboxFile, scan
from ssn_assets.intake.prepare import (
    PLACED,
    READY,
    begin,
    judge,
    mechanical_damage,
    place,
)
from ssn_assets.intake.reasons import QUARANTINES
from ssn_assets.intake.rows import BLANK_ROW
from ssn_assets.intake.tables import INPUT_TABLES, columns_of, ensure_shared
from ssn_assets.settings import WITA, now

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy import Engine

SEVERAL_FOLDERS = ("bansos", "dukcapil")
"""Inputs whose raw table has the folder: files of different folders may be the same."""

__all__ = ["InboxFile", "Report", "known_ids", "load", "load_earlier_registry", "scan"]


@dataclass(frozen=True)
class Report:
    """What a load did, in counts. Copies of a file are neither accepted nor refused.

    berkas_dibaca_lagi: those among the refused that could only not be read at this moment. baca_lagi: the first day on which
    the same files give more (ISO), else ''.
    """

    berkas_diterima: int
    berkas_ditolak: int
    berkas_salinan: int
    baris_masuk: int
    baris_dimuat: int
    baris_karantina: int
    berkas_dibaca_lagi: int = 0
    baca_lagi: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The counts; `_baca_lagi` is for `again.is_due`."""
        counted = asdict(self)
        counted["_baca_lagi"] = counted.pop("baca_lagi")
        return counted


@dataclass(frozen=True)
class Counts:
    """Rows of one file. masuk: what its reader counted, less blank ones; dimuat: counted in the raw table itself."""

    masuk: int = 0
    dimuat: int = 0
    karantina: tuple[Spoiled, ...] = ()


def known_ids(con: duckdb.DuckDBPyConnection, kind: str) -> str:
    """What else than the files decides a load's result: the ids answers may name; whether the registry's copy exists."""
    ensure_shared(con)
    if kind == "dukcapil":
        return registry.state(con)
    if kind not in answers.KNOWN_IDS:
        return ""
    found = con.execute(answers.known_ids_sql(kind)).fetchone()
    return str(found[0]) if found else ""


def load(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    kind: str,
    period: str,
    files: Sequence[InboxFile] | None = None,
    today: date | None = None,
) -> Report:
    """Load one input.

    Args:
        con: the warehouse, no transaction open.
        home: where the inbox is.
        kind: dtks, dukcapil, bansos, verifikasi, bank, pembayaran, penyerahan or sampel.
        period: YYYY-MM.
        files: what `scan` found, when the caller has it already.
        today: the day of the run, else that of the clock.

    Returns:
        Counts; a file that cannot be read is refused and never stops the others.
    """
    ensure_shared(con)
    files = scan(home, kind, period) if files is None else files
    if kind == "dukcapil":
        ahead.wait()
    begin(con, kind)
    outcomes = attempts(con, home, files)
    if kind != "dukcapil":
        judge(con, kind, again.last_day(period, today or now().astimezone(WITA).date()))
    outcomes = _without_mechanical_damage(con, kind, outcomes)
    if kind == "dtks":
        place(con, [o.gathered.number for o in outcomes if o.gathered])
    with _transaction(con):
        if kind == "dukcapil":
            registry.show(con, "raw.dukcapil", [o.copy for o in outcomes if o.copy])
        else:
            _fill_table(con, kind, outcomes)
        counts = _counts(con, kind, outcomes)
        _write_reports(con, kind, outcomes, counts)
    if kind == "dukcapil":
        registry.sweep(con, home)
    report = _report(outcomes, counts, again.day_of_next_reading(con) if kind in answers.DATED else "")
    for table in (READY, PLACED):
        con.execute(f"drop table if exists {table}")
    return report


def load_earlier_registry(con: duckdb.DuckDBPyConnection, home: Home, engine: Engine, usable: bool) -> dict[str, Any]:
    """raw.dukcapil_lama: the last snapshot used before the one in force, while the store lacks their comparison; else empty.

    Args:
        con: the warehouse, no transaction open.
        home: where the inbox is.
        engine: the store.
        usable: whether the snapshot in force is used in this run; one that is not is neither compared nor remembered.

    Returns:
        registri_lama, registri_baru (their dates, '' when there is nothing to compare) and the rows loaded.
    """
    newest, candidates = earlier.to_compare(home, engine) if usable else ("", [])
    if newest and not candidates:
        earlier.remember_first(engine, newest)
    day, copies = _first_that_can_be_read(con, home, candidates)
    with _transaction(con):
        registry.show(con, "raw.dukcapil_lama", copies)
    registry.sweep(con, home)
    found = con.execute("select count(*) from raw.dukcapil_lama").fetchone()
    return {"registri_lama": day, "registri_baru": newest if copies else "", "baris_dimuat": found[0] if found else 0}


def _first_that_can_be_read(con: duckdb.DuckDBPyConnection, home: Home, dates: Sequence[str]) -> tuple[str, list[registry.Copy]]:
    for day in dates:
        outcomes = _without_mechanical_damage(con, "dukcapil", attempts(con, home, inbox.scan_snapshot(home, day)))
        if any(o.code in PASSING for o in outcomes):
            break  # half a snapshot, or another one, would be remembered as compared
        if copies := [o.copy for o in outcomes if o.copy]:
            return day, copies
    return "", []


def _without_mechanical_damage(con: duckdb.DuckDBPyConnection, kind: str, outcomes: list[Outcome]) -> list[Outcome]:
    """Refuse the files of which most NIKs lost digits."""
    if kind in answers.CHECKS or not any(o.gathered for o in outcomes):
        return outcomes
    verdicts = mechanical_damage(con, _judged(kind, outcomes))
    return [o.refused(verdicts[o.gathered.number]) if o.gathered and o.gathered.number in verdicts else o for o in outcomes]


def _judged(kind: str, outcomes: Sequence[Outcome]) -> str:
    """SQL of the rows of all files with urut, baris and golongan."""
    return f"({registry.judged([o.copy for o in outcomes if o.copy])})" if kind == "dukcapil" else READY


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _fill_table(con: duckdb.DuckDBPyConnection, kind: str, outcomes: Sequence[Outcome]) -> None:
    con.execute(f"create or replace table raw.{kind} ({INPUT_TABLES[kind]})")
    files = [(o.gathered.number, o.file.name, o.file.sha256, o.file.folder) for o in outcomes if o.gathered]
    if not files:
        return
    placed = f"inner join {PLACED} using (urut, baris)" if kind == "dtks" else ""
    with _as_table(con, ("urut", "berkas", "berkas_sha256", "folder"), files) as sources:
        con.execute(
            f"""insert into raw.{kind} by name
            select {", ".join(columns_of(kind))}
            from {READY} {placed} inner join {sources} using (urut)
            where golongan is null"""
        )


def _counts(con: duckdb.DuckDBPyConnection, kind: str, outcomes: Sequence[Outcome]) -> dict[int, Counts]:
    """Rows in, loaded and quarantined of each accepted file."""
    gathered = [o.gathered for o in outcomes if o.gathered]
    if not gathered:
        return {}
    judged = _judged(kind, outcomes)
    blank = dict(con.execute(f"select urut, count(*) from {judged} where golongan = '{BLANK_ROW}' group by urut").fetchall())
    good = _rows_in_table(con, kind)
    odd: dict[int, list[Spoiled]] = {item.number: list(item.spoiled) for item in gathered}
    query = f"select urut, baris, golongan from {judged} where golongan <> '{BLANK_ROW}'"
    wrong = totals.differing(con, kind, READY) if kind in totals.KINDS else {}
    for number, baris, code in con.execute(query).fetchall():
        said = wrong.get((number, baris), "")
        if number in odd:
            odd[number].append(Spoiled(baris, totals.WRONG if said else code, said))
    return {
        item.number: Counts(
            item.records - blank.get(item.number, 0), good.get(_place(kind, item.file), 0), tuple(sorted(odd[item.number]))
        )
        for item in gathered
    }


def _place(kind: str, file: InboxFile) -> tuple[str, ...]:
    """What tells the rows of one file from those of the others in the raw table."""
    return (file.name, file.sha256, file.folder) if kind in SEVERAL_FOLDERS else (file.name, file.sha256)


def _rows_in_table(con: duckdb.DuckDBPyConnection, kind: str) -> dict[tuple[str, ...], int]:
    folder = ", folder" if kind in SEVERAL_FOLDERS else ""
    found = con.execute(f"select berkas, berkas_sha256{folder}, count(*) from raw.{kind} group by all").fetchall()
    return {tuple(place): count for *place, count in found}


def _write_reports(con: duckdb.DuckDBPyConnection, kind: str, outcomes: Sequence[Outcome], counts: Mapping[int, Counts]) -> None:
    for table, lines in (
        ("raw.berkas", [_file_line(o, counts) for o in outcomes]),
        ("raw.karantina", [line for o in outcomes for line in _quarantine_lines(o, counts)]),
    ):
        con.execute(f"delete from {table} where jenis = ?", [kind])
        names = [row[0] for row in con.execute(f"describe {table}").fetchall()]
        with _as_table(con, names, lines) as source:
            con.execute(f"insert into {table} by name select * from {source}")


def _file_line(outcome: Outcome, counts: Mapping[int, Counts]) -> tuple[Any, ...]:
    file, done = outcome.file, outcome.gathered
    rows = counts[done.number] if done else Counts()
    verdict = (None, done.note) if done else (outcome.code, outcome.because)
    numbers = (rows.masuk, rows.dimuat, len(rows.karantina))
    return (file.kind, file.folder, file.name, file.sha256, file.size, done is not None, *numbers, *verdict)


def _quarantine_lines(outcome: Outcome, counts: Mapping[int, Counts]) -> list[tuple[Any, ...]]:
    file = outcome.file
    if outcome.gathered:
        odd = counts[outcome.gathered.number].karantina
        return [(file.kind, file.folder, file.name, baris, code, said or QUARANTINES[code]) for baris, code, said in odd]
    if outcome.code == "SALINAN":
        return []
    return [(file.kind, file.folder, file.name, None, outcome.code, outcome.because)]


@contextmanager
def _as_table(con: duckdb.DuckDBPyConnection, names: Sequence[str], lines: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Inside, these lines are a table of the name it gives."""
    import pyarrow as pa

    columns = zip(*lines, strict=True) if lines else [()] * len(names)
    con.register("baris_baris", pa.table(dict(zip(names, map(list, columns), strict=True))))
    try:
        yield "baris_baris"
    finally:
        con.unregister("baris_baris")


def _report(outcomes: Sequence[Outcome], counts: Mapping[int, Counts], read_again: str) -> Report:
    copies = sum(o.code == "SALINAN" for o in outcomes)
    return Report(
        berkas_diterima=len(counts),
        berkas_ditolak=len(outcomes) - len(counts) - copies,
        berkas_salinan=copies,
        baris_masuk=sum(c.masuk for c in counts.values()),
        baris_dimuat=sum(c.dimuat for c in counts.values()),
        baris_karantina=sum(len(c.karantina) for c in counts.values()),
        berkas_dibaca_lagi=sum(o.code in PASSING for o in outcomes),
        baca_lagi=read_again,
    )
