"""What keeps a payment batch from leaving: the policy's brakes, which a person may pass, and families that must not be paid.

SQL over the store; the limits come from the policy, releasing is `batches/handover.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from ssn_assets.batches.brakes import Brake, day_of
from ssn_assets.payments import steps
from ssn_assets.store.bank_schema import SENT, WITHDRAWN


@dataclass(frozen=True)
class PaymentLimits:
    """The policy's brakes on payments.

    Attributes:
        rupiah_per_day: rupiah that may be released in one day.
        more_families: families paid for a month over those of the month before, less one.
    """

    rupiah_per_day: int
    more_families: float


RUPIAH, FAMILIES = "RUPIAH_PER_HARI", "KENAIKAN_KELUARGA"

_MONEY = text("""
select
    coalesce(sum(case when b.batch_no = :batch_no then b.rupiah else 0 end), 0),
    coalesce(sum(case when b.batch_no <> :batch_no then b.rupiah else 0 end), 0)
from batch_pembayaran as b
where b.batch_no = :batch_no
    or b.batch_no in (
        select k.batch_no from batch_pembayaran_kejadian as k
        where k.keadaan = :sent and k.waktu >= :day and k.waktu < :next_day
    )
""")

_FAMILIES = text("""
with hidup as (
    select p.bulan from pembayaran as p
    where p.batch_no <= :batch_no
        and p.batch_no not in (select k.batch_no from batch_pembayaran_kejadian as k where k.keadaan = :withdrawn)
        and (p.urut = 1 or p.sebab = :withdrawn)
)
select bulan, count(*) from hidup group by bulan order by bulan desc
""")
"""Families by month, up to a batch; a correction of a failed payment is the same family again."""

_BLOCKED = text("""
with recursive sejak(id_pembayaran, id_penerbitan) as (
    select p.id_pembayaran, p.id_penerbitan from pembayaran as p where p.batch_no = :batch_no
    union all
    select s.id_pembayaran, g.id_penerbitan
    from sejak as s
    inner join penerbitan as g on g.id_rujukan = s.id_penerbitan and g.jenis = 'GANTI' and g.status <> 'BATAL'
)
select count(distinct s.id_pembayaran)
from sejak as s
where s.id_penerbitan in (select b.id_rujukan from penerbitan as b where b.jenis = 'BLOKIR' and b.status <> 'BATAL')
    or s.id_penerbitan in (select j.id_penerbitan from jawaban_bank as j where j.status = 'DIBLOKIR')
""")
"""Of the batch's cards and of those that replaced them: blocked by us (also when only reserved) or by the bank."""

_SAID_OF_EARLIER = text("""
with recursive dulu(id_pembayaran, lama) as (
    select p.id_pembayaran, p.id_rujukan from pembayaran as p where p.batch_no = :batch_no and p.id_rujukan is not null
    union all
    select d.id_pembayaran, p.id_rujukan
    from dulu as d
    inner join pembayaran as p on p.id_pembayaran = d.lama
    where p.id_rujukan is not null
)
select d.id_pembayaran, d.lama, j.status, coalesce(j.tanggal, '')
from dulu as d
inner join jawaban_pembayaran as j on j.id_pembayaran = d.lama
""")
"""What the bank said of every earlier order that the batch's corrections stand in place of."""


def holding(con: Connection, batch_no: int, limits: PaymentLimits, now: datetime) -> list[Brake]:
    """The brakes that hold this payment batch today; [] when it may go."""
    mine, others = con.execute(_MONEY, {"batch_no": batch_no, "sent": SENT, **day_of(now)}).one()
    found = []
    if mine + others > limits.rupiah_per_day:
        found.append(
            Brake(
                RUPIAH,
                f"Rp{mine + others:,} dalam sehari (Rp{others:,} di antaranya sudah dikirim), batas kebijakan"
                f" Rp{limits.rupiah_per_day:,}",
            )
        )
    months = con.execute(_FAMILIES, {"batch_no": batch_no, "withdrawn": WITHDRAWN}).all()
    if len(months) > 1 and months[0][1] > months[1][1] * (1 + limits.more_families):
        found.append(
            Brake(
                FAMILIES,
                f"{months[0][1]:,} keluarga untuk {months[0][0]}, {months[1][1]:,} untuk {months[1][0]}, batas kebijakan"
                f" +{limits.more_families:.0%}",
            )
        )
    return found


def must_not_leave(con: Connection, batch_no: int) -> str | None:
    """Why a payment batch may never be handed over any more; None when it may. No person can pass this.

    Args:
        con: inside `engine.writing`: nobody is blocked between this and the hand-over.
    """
    blocked = con.execute(_BLOCKED, {"batch_no": batch_no}).scalar_one()
    paid = _paid_already(con, batch_no)
    said = []
    if blocked:
        said.append(f"{blocked:,} keluarga diblokir sesudah berkas disegel")
    if paid:
        said.append(f"{paid:,} pembayaran lama ternyata berhasil menurut bank")
    return "; ".join(said) or None


def _paid_already(con: Connection, batch_no: int) -> int:
    """How many of the batch's corrections stand in place of an order that the bank, as it says by now, paid after all."""
    from ssn_assets.batches.settlement import settled_lines
    from ssn_assets.payments.kind import PAYMENTS

    rows = con.execute(_SAID_OF_EARLIER, {"batch_no": batch_no}).all()
    if not rows:
        return 0
    said: dict[str, list[steps.Report]] = {}
    for _, earlier, status, day in rows:
        said.setdefault(earlier, []).append(steps.Report(status, day))
    for earlier, lines in settled_lines(con, PAYMENTS).items():
        said[earlier] = [steps.Report(line.status, line.day) for line in lines]
    return len({correction for correction, earlier, *_ in rows if steps.with_the_family(said[earlier])})
