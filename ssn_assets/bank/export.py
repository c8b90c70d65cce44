"""Sealing the card file: reservations get a place in a batch once. How batches and files are made is `batches/chain.py`.

What the lines look like is `lines.py`; what people have to look at is `exceptions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from ssn_assets.bank import exceptions
from ssn_assets.bank.kind import CARDS
from ssn_assets.bank.lines import faults, is_block
from ssn_assets.batches import chain, layout
from ssn_assets.home import Home
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import penerbitan
from ssn_assets.store.transfer import read_rows, update_rows

if TYPE_CHECKING:
    import duckdb

PLACE = chain.Place("status = 'DIPESAN'", "case when jenis = 'BLOKIR' then 0 else 1 end, ", "status = 'DITULIS', ")
"""Blocks first, so that a family's old card stops before its new one starts; then by the opaque id."""

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

FAMILIES = """
select b.id_penerbitan, b.no_kk, k.no_kk
from penerbitan as b
inner join penerbitan as k on k.id_penerbitan = b.id_rujukan
where b.jenis = 'BLOKIR' and b.status = 'DIPESAN'
"""
"""Of each reserved block the holder's family card of now, and the one that the card to be stopped was made for."""

NEW_CARDS = "select id_penerbitan, no_kk from penerbitan where jenis = 'BARU' and status = 'DIPESAN'"


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
        chain.LedgerError: a sealed batch does not give the bytes it was sealed with.
    """
    with writing(engine) as transaction:
        file, held = _write_batch(transaction, period, timestamp(now))
    with writing(engine) as transaction:  # committed lines only; and one writer of files at a time
        newest, restored = chain.write_files(transaction, home, CARDS, timestamp(now), file)
        listed = exceptions.write(con, transaction, home, period, held)
    return {
        "batch": newest,
        "baris_baru": file.count if file else 0,
        "ditahan": len(held),
        "dipulihkan": restored,
        "pengecualian": listed,
    }


def _write_batch(con: Connection, period: str, made: str) -> tuple[layout.BatchFile | None, dict[str, str]]:
    """Give the reservations their batch. Returns its file if there are any, and what has to wait: id -> why."""
    lines = chain.waiting(con, CARDS, PLACE)
    held = _held(con, lines)
    if held:
        lines = [line for line in lines if chain.line_id(line) not in held]
    blocks = {line for line in lines if is_block(line)}
    if blocks:
        lines.sort(key=lambda line: line not in blocks)  # by id among each other, as they were
    if not lines:
        return None, held
    number, file = chain.add(con, CARDS, period, made, lines)
    chain.place(con, CARDS, number, PLACE, held)
    if blocks:
        held_now = read_rows(con, HELD_NOW.format(batch_no=number))
        update_rows(con, penerbitan, "id_penerbitan", ("id_pemegang",), [(card, block) for block, card in held_now])
    return file, held


def _held(con: Connection, reserved: Sequence[str]) -> dict[str, str]:
    """Reservations that cannot be written now; a new card also waits while its family's block does.

    The family is that of the card to be stopped as well as the holder's of now: he may have moved, or have no family card.
    """
    held = faults(reserved)
    families = {family for block, *both in read_rows(con, FAMILIES) if block in held for family in both} if held else set()
    if families:
        for card, family in read_rows(con, NEW_CARDS):
            if family in families:
                held.setdefault(card, "MENUNGGU_BLOKIR")
    return held
