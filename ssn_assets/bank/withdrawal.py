"""Withdrawing a sealed card batch that must not be sent, e.g. because its file fails the suite: its lines are asked for anew.

Its number stays used and its file stays in the chain; the bank gets a signed note instead. The lines end as BATAL, so the next
run reserves what is still needed, under new ids, into a later batch: the ledger's unique key lets neither happen twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, events, handover, officers
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.store.bank_schema import LEAST_REASON, NOT_SENT, WITHDRAWN
from ssn_assets.store.engine import timestamp, writing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LINES_AWAY = text("update penerbitan set status = 'BATAL' where batch_no = :batch_no and status = 'DITULIS'")

_KNOWN_OUTSIDE = text("""
select count(*) from penerbitan as p
where p.batch_no = :batch_no
    and (
        p.id_penerbitan in (select j.id_penerbitan from jawaban_bank as j)
        or p.id_penerbitan in (select s.id_penerbitan from penyerahan as s)
        or p.id_penerbitan in (select b.id_penerbitan from pembayaran as b)
    )
""")
"""Lines of a batch that the bank answered, that somebody has a card of, or that money was ordered to."""


def withdraw(engine: Engine, home: Home, key: Ed25519PrivateKey, batch_no: int, reason: str, now: datetime) -> int:
    """A registered person ends a sealed batch that was not sent. Asked again it does nothing.

    Args:
        key: the person's.
        reason: why; it is kept with his signature.

    Returns:
        How many lines are free to be asked for again.

    Raises:
        ControlError: sent already, a later batch is behind it, the bank knows of its lines, or no reason.
    """
    why = reason.strip()
    if len(why) < LEAST_REASON:
        raise ControlError(f"Tulis alasannya, sedikitnya {LEAST_REASON} huruf.")
    with writing(engine) as con:
        who = officers.identify(con, key)
        line, state = control.find(con, CARDS, batch_no, ())
        freed = 0
        if state.keadaan != WITHDRAWN:
            _may_be_withdrawn(con, batch_no, state)
            statement = control.agreed_statement(CARDS, line, state.urut + 1, WITHDRAWN, who.name, why)
            by = events.By(who.name, who.public, who.sign(statement), why)
            handover.end(con, home, CARDS, line, timestamp(now), by)
            freed = con.execute(_LINES_AWAY, {"batch_no": batch_no}).rowcount
    handover.restore(engine, home, CARDS)
    return freed


def _may_be_withdrawn(con: Connection, batch_no: int, state: events.Event) -> None:
    if state.keadaan not in NOT_SENT:
        raise ControlError(f"{CARDS.said(batch_no)} {control.NEXT.get(state.keadaan, 'belum disegel: `ssn run`')}.")
    behind = [n for n, event in events.newest(con, CARDS).items() if n > batch_no and event.keadaan != WITHDRAWN]
    if behind:
        raise ControlError(
            f"{CARDS.said(max(behind))} dibuat sesudahnya dan dapat bergantung padanya: tarik dahulu yang itu, dari yang terbaru."
        )
    if con.execute(_KNOWN_OUTSIDE, {"batch_no": batch_no}).scalar_one():
        raise ControlError(
            f"Bank sudah menjawab baris {CARDS.said(batch_no).lower()}, jadi bank sudah memilikinya; tidak dapat ditarik."
        )
