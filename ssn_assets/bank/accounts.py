"""One account reported for cards of several people: which cards that is, and two people who say whose the account is.

Of each card the bank's newest word about its account counts, so the bank ends it by an answer with another account and a
later day. Until it is ended, no money is ordered to these cards (`barred.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from ssn_assets.bank import steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.bank.settlement import kind_of
from ssn_assets.batches import settlement
from ssn_assets.store.bank_schema import putusan_rekening
from ssn_assets.store.engine import writing
from ssn_assets.store.transfer import read_rows

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_OWNERS = 5
"""One reference for more people than this is the bank's letter or file, not an account."""

ACTION = "PUTUSAN-REKENING"
_FACTS = ("id_penerbitan", "referensi_bank", "alasan", "waktu")

SHARED = f"""
with dibuka as (
    select
        j.id_penerbitan, p.nik_awal, j.referensi_bank,
        rank() over (partition by j.id_penerbitan order by coalesce(j.tanggal, '') desc) as ke
    from jawaban_bank as j
    inner join penerbitan as p on p.id_penerbitan = j.id_penerbitan
    where j.status = 'REKENING_DIBUKA' and j.referensi_bank <> ''
),
sekarang as (select distinct id_penerbitan, nik_awal, referensi_bank from dibuka where ke = 1)
select s.id_penerbitan, s.nik_awal, s.referensi_bank
from sekarang as s
inner join (
    select referensi_bank from sekarang group by referensi_bank
    having count(distinct nik_awal) between 2 and {MOST_OWNERS}
) as g on g.referensi_bank = s.referensi_bank
"""
"""One account for several people; a card in place of another has its holder's account."""


def twice(store: Connection) -> list[str]:
    """The cards whose account is reported for somebody else too and is not known to be theirs, in order."""
    rows = read_rows(store, SHARED)
    if not rows:
        return []
    refused = _found_untrue(store)
    owned = {
        (line["id_penerbitan"], line["referensi_bank"])
        for line in settlement.signed_by_two(store, putusan_rekening, ACTION, _FACTS)
    }
    people = defaultdict(set)
    for card, person, account in rows:
        if card not in refused:
            people[account].add(person)
    return sorted(
        {card for card, _, account in rows if card not in refused and len(people[account]) > 1 and (card, account) not in owned}
    )


def _found_untrue(store: Connection) -> set[str]:
    """Cards that have no account although the bank once said so: two people settled that it was refused."""
    return {
        card
        for card, said in settlement.settled_lines(store, CARDS).items()
        if steps.furthest(line.status for line in said) in steps.REFUSED
    }


def own(engine: Engine, issuance: str, account: str, reason: str, by: Sequence[Ed25519PrivateKey], now: datetime) -> None:
    """Two registered people say that an account reported for several cards is this card's holder's. Said twice it is once.

    Args:
        issuance: id_penerbitan of the card whose account it is; those of the others stay open.
        account: the bank's reference of it.
        reason: how they know; it is kept with both signatures.

    Raises:
        ControlError: not two people, no reason, no such card, or the account is reported for nobody else.
    """
    from ssn_assets.batches.officers import ControlError

    with writing(engine) as con:
        settlement.two_people(con, by, reason)
        kind_of(con, issuance)
        here = {"id_penerbitan": issuance, "referensi_bank": account}
        if settlement.signed_by_two(con, putusan_rekening, ACTION, _FACTS, **here):
            return
        if (issuance, account) not in {(card, found) for card, _, found in read_rows(con, SHARED)}:
            raise ControlError(f"Rekening itu tidak dilaporkan ganda untuk {issuance}; lihat REKENING_GANDA di antrean.csv.")
        settlement.sign(con, putusan_rekening, ACTION, by, now, **here, alasan=reason)
