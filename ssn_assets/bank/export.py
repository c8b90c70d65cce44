"""Sealing batches: reservations get a place in a batch once; its file is written from the ledger as often as needed.

DITULIS: lines, order and hash are fixed in the store; DISEGEL: the file was on disk. A lost file comes back the same.
What the lines look like is `layout.py`; what people have to look at is `exceptions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, insert, select, update

from ssn_assets.bank import events, exceptions, layout
from ssn_assets.home import Home, write_atomically
from ssn_assets.store import bank_schema as states
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import batch, penerbitan
from ssn_assets.store.transfer import read_rows, update_rows

if TYPE_CHECKING:
    import duckdb

WRITTEN, SEALED = "DITULIS", "DISEGEL"


HELD_NOW = """
with diblokir as (
    select b.id_penerbitan, b.no_kk, k.no_kk as no_kk_kartu
    from penerbitan as b
    inner join penerbitan as k on k.id_penerbitan = b.id_rujukan
    where b.batch_no = {batch_no} and b.jenis = 'BLOKIR'
),
berjalan as (
    select n.id_penerbitan, n.no_kk
    from penerbitan as n
    left join penerbitan as x on x.id_rujukan = n.id_penerbitan and x.jenis in ('BLOKIR', 'GANTI') and x.status = 'DITULIS'
    where n.jenis in ('BARU', 'GANTI') and n.status = 'DITULIS' and x.id_penerbitan is null
),
ditemukan as (
    select d.id_penerbitan, n.id_penerbitan as kartu from diblokir as d inner join berjalan as n on n.no_kk = d.no_kk_kartu
    union all
    select d.id_penerbitan, n.id_penerbitan from diblokir as d inner join berjalan as n on n.no_kk = d.no_kk
)
select id_penerbitan, min(kartu) from ditemukan group by id_penerbitan
"""
"""For each block of a batch the card that the family holds from now on: of the family on the old card, or of the holder's now."""


class LedgerError(RuntimeError):
    """The ledger does not give the bytes it gave before; no file was touched."""


def seal(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> dict[str, Any]:
    """Put the reservations into the next batch, write its file, restore lost files, list the exceptions.

    Cut off anywhere and repeated, it leaves the same bytes; without reservations there is no new file.

    Args:
        con: the warehouse after `reservation.reserve`: its exceptions go into pengecualian.csv.
        period: YYYY-MM, in the file's header.
        now: the time of a new batch; an older one keeps its own.

    Returns:
        Counts: batch (the newest, 0 when there is none), baris_baru, ditahan (cannot be written as they are),
        dipulihkan (files written again), pengecualian.

    Raises:
        LedgerError: a sealed batch does not give the bytes it was sealed with.
    """
    with writing(engine) as transaction:
        added, held = _write_batch(transaction, period, timestamp(now))
    restored = 0
    with writing(engine) as transaction:  # committed lines only; and one writer of files at a time
        batches = transaction.execute(select(batch).order_by(batch.c.batch_no)).all()
        for line in batches:
            written = _ensure_files(transaction, home, line)
            if line.status == SEALED:
                restored += written
            else:
                transaction.execute(update(batch).where(batch.c.batch_no == line.batch_no).values(status=SEALED))
                events.append(transaction, line.batch_no, line.sha256, states.SEALED, timestamp(now))
        listed = exceptions.write(con, transaction, home, period, held)
    return {
        "batch": batches[-1].batch_no if batches else 0,
        "baris_baru": added,
        "ditahan": len(held),
        "dipulihkan": restored,
        "pengecualian": listed,
    }


def _write_batch(con: Connection, period: str, made: str) -> tuple[int, dict[str, str]]:
    """Give the reservations their batch. Returns the number of lines, and what has to wait: id -> why."""
    reserved = _rows(con, "status = 'DIPESAN'")
    held = _held(reserved)
    # blocks first, so that a family's old card stops before its new one starts; then by the opaque id
    lines = sorted(
        (row for row in reserved if row["id_penerbitan"] not in held),
        key=lambda row: (row["jenis"] != "BLOKIR", row["id_penerbitan"]),
    )
    if not lines:
        return 0, held
    last = con.execute(select(batch).order_by(batch.c.batch_no.desc()).limit(1)).one_or_none()
    number, previous = (last.batch_no + 1, last.sha256) if last else (1, layout.NO_PREVIOUS)
    file = layout.render(number, previous, made, period, lines)
    con.execute(
        insert(batch).values(
            batch_no=number,
            periode=period,
            dibuat_pada=made,
            prev_sha256=previous,
            sha256=file.sha256,
            jumlah=file.count,
            hash_total=file.hash_total,
            status=WRITTEN,
        )
    )
    places = [("DITULIS", number, seq, row["id_penerbitan"]) for seq, row in enumerate(lines, start=1)]
    update_rows(con, penerbitan, "id_penerbitan", ("status", "batch_no", "seq"), places)
    if any(row["jenis"] == "BLOKIR" for row in lines):
        held_now = read_rows(con, HELD_NOW.format(batch_no=number))
        update_rows(con, penerbitan, "id_penerbitan", ("id_pemegang",), [(card, block) for block, card in held_now])
    for state in (states.RESERVED, states.WRITTEN):
        events.append(con, number, file.sha256, state, made)
    return file.count, held


def _held(reserved: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Reservations that cannot be written now; a new card also waits while its family's block does."""
    held = {row["id_penerbitan"]: fault for row in reserved if (fault := layout.fault(row))}
    blocks = {row["no_kk"] for row in reserved if row["jenis"] == "BLOKIR" and row["id_penerbitan"] in held}
    for row in reserved:
        if row["jenis"] == "BARU" and row["no_kk"] in blocks:
            held.setdefault(row["id_penerbitan"], "MENUNGGU_BLOKIR")
    return held


def _ensure_files(store: Connection, home: Home, line: Any) -> bool:
    """Have the batch's file and manifest on disk, byte for byte. Returns whether the file had to be written."""
    path = home.bank / layout.file_name(line.batch_no)
    manifest = layout.manifest(
        line.batch_no, line.prev_sha256, line.dibuat_pada, line.periode, line.sha256, line.jumlah, line.hash_total
    )
    missing = not path.exists() or layout.sha256(path.read_bytes()) != line.sha256
    if missing:
        rows = _rows(store, f"batch_no = {line.batch_no}")
        file = layout.render(line.batch_no, line.prev_sha256, line.dibuat_pada, line.periode, rows)
        if file.sha256 != line.sha256:
            raise LedgerError(
                f"Batch {line.batch_no} no longer gives the bytes it was sealed with: its ledger lines were changed. "
                "Restore the store from a backup; the file in outbox/bank was not touched."
            )
        write_atomically(path, file.content)
    beside = home.bank / layout.manifest_name(line.batch_no)
    if not beside.exists() or beside.read_bytes() != manifest:
        write_atomically(beside, manifest)
    return missing


def _rows(con: Connection, condition: str) -> list[dict[str, Any]]:
    columns = ", ".join(layout.FIELDS)
    rows = read_rows(con, f"select {columns} from {penerbitan.name} where {condition} order by seq, id_penerbitan")
    return [dict(zip(layout.FIELDS, row, strict=True)) for row in rows]
