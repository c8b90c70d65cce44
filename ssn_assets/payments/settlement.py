"""Where the bank's answers about a payment contradict each other, two people say which is true. Not with the family: it may
be ordered again once its cause is remedied (`matters.py`); with the family: the month is paid.

What is contradictory: `steps.py`. How a settlement counts: `batches/settlement.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, select

from ssn_assets.batches import settlement
from ssn_assets.batches.settlement import Said
from ssn_assets.payments import steps
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.payments.steps import Report
from ssn_assets.store.engine import writing
from ssn_assets.store.payment_schema import pembayaran

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def reports(con: Connection, payment: str) -> list[Report]:
    """What counts of everything the bank said of one payment."""
    return _reports(settlement.counting(*settlement.of_line(con, PAYMENTS, payment)))


def settle(engine: Engine, payment: str, step: str, reason: str, by: Sequence[Ed25519PrivateKey], now: datetime) -> None:
    """Two registered people say which of the bank's contradicting answers is true. Said twice it is one settlement.

    Args:
        payment: id_pembayaran.
        step: one of the steps the bank reported of it.
        reason: how they know; it is kept with both signatures.

    Raises:
        ControlError: not two people, no reason, no such payment, or nothing contradicts there.
    """
    with writing(engine) as con:
        settlement.two_people(con, by, reason)
        in_batch(con, payment)
        settlement.settle(con, PAYMENTS, payment, step, reason, by, now, lambda said: steps.contradictory(_reports(said)))


def is_known(engine: Engine, payment: str) -> bool:
    """Whether an id is that of a payment."""
    with engine.connect() as con:
        return con.execute(select(pembayaran.c.batch_no).where(pembayaran.c.id_pembayaran == payment)).first() is not None


def in_batch(con: Connection, payment: str) -> None:
    """Make sure that an order is in a file to the bank.

    Raises:
        ControlError: there is none of that id.
    """
    from ssn_assets.batches.officers import ControlError

    order = con.execute(select(pembayaran.c.batch_no).where(pembayaran.c.id_pembayaran == payment)).one_or_none()
    if order is None or order.batch_no is None:
        raise ControlError(f"Tidak ada pembayaran {payment} di berkas bank; periksa id_pembayaran.")


def _reports(said: Iterable[Said]) -> list[Report]:
    return [Report(line.status, line.day) for line in said]
