"""The chain of batches of a kind: lines get their place once, the file is written from the ledger as often as needed.

DITULIS: lines, order and hash are fixed in the store; DISEGEL: the file was on disk. A lost file comes back the same.
Which lines there are is decided by a stage's `export.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from ssn_assets.batches import events, layout
from ssn_assets.batches.kinds import Kind
from ssn_assets.home import Home, write_atomically
from ssn_assets.store import bank_schema as states
from ssn_assets.store.transfer import read_rows

WRITTEN, SEALED = "DITULIS", "DISEGEL"


class LedgerError(RuntimeError):
    """The ledger does not give the bytes it gave before; no file was touched."""


def add(con: Connection, kind: Kind, period: str, made: str, lines: Sequence[Sequence[str]]) -> tuple[int, layout.BatchFile]:
    """The next batch of a kind, with its hash and first events; the caller gives its lines their places.

    Args:
        con: inside `engine.writing`.
        period: YYYY-MM, in the file's header.
        made: UTC, to the second.
        lines: what `rows` gives, in the order of the file; at least one.

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


def rows(con: Connection, kind: Kind, condition: str) -> list[tuple[str, ...]]:
    """The form's fields of ledger lines as text, empty where there is none, in their places."""
    columns = ", ".join(f"coalesce(cast({name} as text), '')" for name in kind.form.fields)
    return read_rows(con, f"select {columns} from {kind.lines.name} where {condition} order by seq, {kind.key}")


def _ensure_files(store: Connection, home: Home, kind: Kind, line: Any, fresh: layout.BatchFile | None) -> bool:
    """Have the batch's file and manifest on disk, byte for byte. Returns whether the file had to be written."""
    path = home.bank / kind.file_name(line.batch_no)
    manifest = layout.manifest(line, kind.form)
    missing = not path.exists() or layout.sha256(path.read_bytes()) != line.sha256
    if missing:
        if fresh and fresh.sha256 == line.sha256:
            file = fresh
        else:
            found = rows(store, kind, f"batch_no = {line.batch_no}")
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
