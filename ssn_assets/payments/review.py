"""What the two people look at before they agree to payments: counts, rupiah, what changed, outliers. No names.

Numbers over the ledger; deciding is `batches/control.py`, the policy's limits are `brakes.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ssn_assets.batches import events
from ssn_assets.batches.officers import ControlError
from ssn_assets.batches.outliers import Outlier, outliers
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.transfer import read_rows

PER_AREA = """
select batch_no, coalesce(kode_kelurahan, ''), bulan, coalesce(sebab, ''), count(*), sum(jumlah)
from pembayaran
where batch_no is not null
group by batch_no, kode_kelurahan, bulan, sebab
"""


@dataclass(frozen=True)
class Review:
    """A payment batch in numbers.

    Attributes:
        line: its row of the store's table batch_pembayaran.
        state: its newest event.
        months: payments by month.
        reasons: corrections by why there is another order.
        before: rupiah of the batch before; None for the first.
        outliers: kelurahan with far more payments than usual, most surprising first.
    """

    line: Any
    state: events.Event
    months: Counter[str]
    reasons: Counter[str]
    before: int | None
    outliers: list[Outlier]


def look_at(con: Connection, batch_no: int) -> Review:
    """The review of a payment batch.

    Raises:
        ControlError: there is no such batch.
    """
    table = PAYMENTS.batch
    line = con.execute(select(table).where(table.c.batch_no == batch_no)).one_or_none()
    if line is None:
        raise ControlError(f"Tidak ada batch pembayaran {batch_no}; lihat `ssn bank status`.")
    areas: dict[int, Counter[str]] = defaultdict(Counter)
    months: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number, area, month, why, count, _ in read_rows(con, PER_AREA):
        areas[number][area] += count
        if number == batch_no:
            months[month] += count
            reasons[why] += count
    del reasons[""]
    earlier = sorted(n for n in areas if n < batch_no)
    before = con.execute(select(table.c.rupiah).where(table.c.batch_no == batch_no - 1)).scalar()
    return Review(
        line=line,
        state=events.newest(con, PAYMENTS)[batch_no],
        months=months,
        reasons=reasons,
        before=before,
        outliers=outliers(areas[batch_no], [areas[n] for n in earlier]),
    )


def in_words(review: Review) -> list[str]:
    """The review as lines for a terminal."""
    line = review.line
    change = "" if review.before is None else f"  (batch sebelumnya Rp{review.before:,}, {line.rupiah - review.before:+,})"
    said = [
        f"Batch pembayaran {line.batch_no}, periode {line.periode}, dibuat {line.dibuat_pada}: {review.state.keadaan}"
        f" oleh {review.state.oleh} pada {review.state.waktu}",
        f"  SHA-256 {line.sha256}",
        f"  Baris {line.jumlah:,}  Rp{line.rupiah:,}  hash total {line.hash_total:,}{change}",
        "  Bulan: " + ", ".join(f"{month} {count:,}" for month, count in sorted(review.months.items())),
    ]
    if review.before is None:
        said.append("  Batch pertama: belum ada pembanding.")
    if review.reasons:
        said.append("  Pengulangan: " + ", ".join(f"{why} {count:,}" for why, count in review.reasons.most_common()))
    for odd in review.outliers:
        said.append(f"  TIDAK BIASA: kelurahan {odd.area} {odd.now:,} pembayaran, biasanya {odd.usual:,.0f}")
    return said
