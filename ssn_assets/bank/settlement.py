"""Where the bank's answers about a card contradict each other, two people say which is true; the card goes on from there.

What is contradictory: `steps.py`. How a settlement counts: `batches/settlement.py`. Whose an account is: `accounts.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, select

from ssn_assets.bank import steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import settlement
from ssn_assets.store.engine import writing
from ssn_assets.store.schema import penerbitan

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def settle(engine: Engine, issuance: str, step: str, reason: str, by: Sequence[Ed25519PrivateKey], now: datetime) -> None:
    """Two registered people say which of the bank's contradicting answers is true. Said twice it is one settlement.

    Args:
        issuance: id_penerbitan.
        step: one of the steps the bank reported of it.
        reason: how they know; it is kept with both signatures.

    Raises:
        ControlError: not two people, no reason, no such card, or nothing contradicts there.
    """
    with writing(engine) as con:
        settlement.two_people(con, by, reason)
        kind = kind_of(con, issuance)
        settlement.settle(
            con, CARDS, issuance, step, reason, by, now, lambda said: steps.contradict(kind, {line.status for line in said})
        )


def kind_of(con: Connection, issuance: str) -> str:
    """BARU, GANTI or BLOKIR of an issuance that is in a file to the bank.

    Raises:
        ControlError: there is none of that id.
    """
    from ssn_assets.batches.officers import ControlError

    of_card = penerbitan.c.id_penerbitan == issuance
    card = con.execute(select(penerbitan.c.jenis, penerbitan.c.status).where(of_card)).one_or_none()
    if card is None or card.status != "DITULIS":
        raise ControlError(f"Tidak ada penerbitan {issuance} di berkas bank; periksa id_penerbitan.")
    return str(card.jenis)
