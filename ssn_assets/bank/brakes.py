"""What holds the release of a card batch for a person: the policy's brakes. Never its sealing. The limits are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from ssn_assets.batches.brakes import Brake, day_of
from ssn_assets.store.bank_schema import SENT


@dataclass(frozen=True)
class Limits:
    """The policy's brakes and patience.

    Attributes:
        new_cards_per_day: BARU lines that may be released in one day.
        share_of_blocks: BLOKIR lines of a batch over the cards that were out before it.
        silent_days: days after which a line the bank said nothing of is listed.
    """

    new_cards_per_day: int
    share_of_blocks: float
    silent_days: int


NEW_CARDS, BLOCKS = "KARTU_BARU_PER_HARI", "BAGIAN_BLOKIR"

_NEW_CARDS = text("""
select
    coalesce(sum(case when p.batch_no = :batch_no then 1 else 0 end), 0),
    coalesce(sum(case when p.batch_no <> :batch_no then 1 else 0 end), 0)
from penerbitan as p
where p.jenis = 'BARU'
    and (
        p.batch_no = :batch_no
        or p.batch_no in (
            select k.batch_no from batch_kejadian as k
            where k.keadaan = :sent and k.waktu >= :day and k.waktu < :next_day
        )
    )
""")

_BLOCKS = text("""
select
    coalesce(sum(case when batch_no = :batch_no and jenis = 'BLOKIR' then 1 else 0 end), 0),
    coalesce(sum(
        case when batch_no >= :batch_no then 0 when jenis = 'BARU' then 1 when jenis = 'BLOKIR' then -1 else 0 end
    ), 0)
from penerbitan
where batch_no <= :batch_no and status <> 'BATAL'
""")


def holding(con: Connection, batch_no: int, limits: Limits, now: datetime) -> list[Brake]:
    """The brakes that hold this batch today; [] when it may go."""
    mine, others = con.execute(_NEW_CARDS, {"batch_no": batch_no, "sent": SENT, **day_of(now)}).one()
    blocks, out = con.execute(_BLOCKS, {"batch_no": batch_no}).one()
    found = []
    if mine and mine + others > limits.new_cards_per_day:
        found.append(
            Brake(
                NEW_CARDS,
                f"{mine + others:,} kartu baru dalam sehari ({others:,} di antaranya sudah dikirim), batas kebijakan"
                f" {limits.new_cards_per_day:,}",
            )
        )
    if blocks and blocks > limits.share_of_blocks * out:
        found.append(
            Brake(BLOCKS, f"{blocks:,} pemblokiran dari {out:,} kartu yang beredar, batas kebijakan {limits.share_of_blocks:.1%}")
        )
    return found
