"""The chain of batches of a kind: lines get their place once, the file is written from the ledger as often as needed.

DITULIS: lines, order and hash are fixed in the store; DISEGEL: the file was on disk. A lost file comes back the same.
Which lines there are is decided by a stage's `export.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text, update

from ssn_assets.batches import events, layout
from ssn_assets.batches.kinds import Kind
from ssn_assets.home import Home, write_atomically
from ssn_assets.store import bank_schema as states
from ssn_assets.store.transfer import beside, read_rows

WRITTEN, SEALED = "DITULIS", "DISEGEL"


@dataclass(frozen=True)
class Place:
    """Which lines of a ledger wait for a batch, and their order in it, as SQL.

    Attributes:
        first: what comes before the id in the order.
        also: what else is set.
    """

    waiting: str
    first: str = ""
    also: str = ""


class LedgerError(RuntimeError):
    """The ledger does not give the bytes it gave before; no file was touched."""


def add(con: Connection, kind: Kind, period: str, made: str, lines: Sequence[str]) -> tuple[int, layout.BatchFile]:
    """The next batch of a kind, with its hash and first events; the caller gives its lines their places.

    Args:
        con: inside `engine.writing`.
        period: YYYY-MM, in the file's header.
        made: UTC, to the second.
        lines: what `waiting` gives, in the order of the file; at least one.

    Returns:
        Its number, and the file.
    """
    last = con.execute(select(kind.batch).order_by(kind.batch.c.batch_no.desc()).limit(1)).one_or_none()
    number, previous = (last.batch_no + 1, last.sha256) if last else (1, layout.NO_PREVIOUS)
    file = layout.render(number, previous, made, period, lines, kind.form)
    con.execute(
        insert(kind.batch).values(
            batch_no=number,
            periode=period,
            dibuat_pada=made,
            prev_sha256=previous,
            sha256=file.sha256,
            jumlah=file.count,
            hash_total=file.hash_total,
            status=WRITTEN,
            **({"rupiah": file.rupiah} if kind.form.money else {}),
        )
    )
    for state in (states.RESERVED, states.WRITTEN):
        events.append(con, kind, number, file.sha256, state, made)
    return number, file


def place(con: Connection, kind: Kind, number: int, order: Place, held: Iterable[str] = ()) -> None:
    """Give the waiting lines their places in the batch that `add` just made of them.

    Args:
        con: the transaction of `add`.
        held: ids of lines that wait on.

    Raises:
        LedgerError: they are not as many as the batch has.
    """
    with beside(con, kind.lines, (kind.key,), [(line,) for line in held]) as left:
        done = con.execute(
            text(
                f"update {kind.lines.name} as t set {order.also}batch_no = :number, seq = p.seq"
                f" from (select {kind.key}, row_number() over (order by {order.first}{_by_id(con, kind)}) as seq"
                f" from {kind.lines.name} where {order.waiting} and {kind.key} not in (select {kind.key} from {left})) as p"
                f" where t.{kind.key} = p.{kind.key}"
            ),
            {"number": number},
        )
    count = con.execute(select(kind.batch.c.jumlah).where(kind.batch.c.batch_no == number)).scalar_one()
    if done.rowcount != count:
        raise LedgerError(f"{kind.said(number)} has {count} lines, {done.rowcount} were given a place; nothing was sealed.")


def _by_id(con: Connection, kind: Kind) -> str:
    """The ids in an order as Python and SQLite compare them, whatever PostgreSQL's language is."""
    return f'{kind.key} collate "C"' if con.dialect.name == "postgresql" else kind.key


def write_files(con: Connection, home: Home, kind: Kind, made: str, fresh: layout.BatchFile | None = None) -> tuple[int, int]:
    """Have the file and manifest of every batch on disk, and note which were sealed by it.

    Args:
        con: inside `engine.writing`, begun after the lines were committed: one writer of files at a time.
        made: UTC, to the second.
        fresh: what `add` just gave, which spares reading its lines again.

    Returns:
        The newest batch (0 when there is none), and how many files of sealed batches had to be written again.

    Raises:
        LedgerError: a sealed batch does not give the bytes it was sealed with.
    """
    restored = 0
    batches = con.execute(select(kind.batch).order_by(kind.batch.c.batch_no)).all()
    for line in batches:
        written = _ensure_files(con, home, kind, line, fresh)
        if line.status == SEALED:
            restored += written
        else:
            con.execute(update(kind.batch).where(kind.batch.c.batch_no == line.batch_no).values(status=SEALED))
            events.append(con, kind, line.batch_no, line.sha256, states.SEALED, made)
    return batches[-1].batch_no if batches else 0, restored


def restore_handed_over(engine: Engine, home: Home, kind: Kind) -> int:
    """`handover.restore`; cryptography is loaded only when something was handed over. Returns how many files were written."""
    with engine.connect() as con:
        if con.execute(select(kind.handed.c.batch_no).limit(1)).first() is None:
            return 0
    from ssn_assets.batches import handover

    return handover.restore(engine, home, kind)


def waiting(con: Connection, kind: Kind, place: Place) -> list[str]:
    """The lines that wait for a batch as they are written, by id."""
    return sorted(_lines(con, kind, place.waiting), key=line_id)


def line_id(line: str) -> str:
    """The id of a line: the first field of every kind."""
    return line.partition("|")[0]


def _lines(con: Connection, kind: Kind, condition: str) -> list[str]:
    """Ledger lines as they are written: the form's fields with `|` between them, empty where there is none.

    Put together by the database: no Python object for each field.
    """
    form = "|".join(["%s"] * len(kind.form.fields))  # a null is nothing, in both databases
    function = "printf" if con.dialect.name == "sqlite" else "format"
    fields = f"{function}('{form}', {', '.join(kind.form.fields)})"
    return [line for (line,) in read_rows(con, f"select {fields} from {kind.lines.name} where {condition}")]


def _ensure_files(store: Connection, home: Home, kind: Kind, line: Any, fresh: layout.BatchFile | None) -> bool:
    """Have the batch's file and manifest on disk, byte for byte. Returns whether the file had to be written."""
    path = home.bank / kind.file_name(line.batch_no)
    manifest = layout.manifest(line, kind.form)
    missing = not path.exists() or layout.sha256(path.read_bytes()) != line.sha256
    if missing:
        if fresh and fresh.sha256 == line.sha256:
            file = fresh
        else:
            found = _lines(store, kind, f"batch_no = {line.batch_no} order by seq")
            file = layout.render(line.batch_no, line.prev_sha256, line.dibuat_pada, line.periode, found, kind.form)
        if file.sha256 != line.sha256:
            raise LedgerError(
                f"{kind.said(line.batch_no)} no longer gives the bytes it was sealed with: its ledger lines were changed. "
                "Restore the store from a backup; the file in outbox/bank was not touched."
            )
        write_atomically(path, file.content)
    beside = home.bank / layout.manifest_name(line.batch_no, kind.form)
    if not beside.exists() or beside.read_bytes() != manifest:
        write_atomically(beside, manifest)
    return missing
