"""What the two people look at before they agree: counts, totals, what changed since the batch before, outliers. No names.

Numbers over the ledger; deciding is `batches/control.py`, the policy's limits are `brakes.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import events
from ssn_assets.batches.officers import ControlError
from ssn_assets.batches.outliers import Outlier, outliers
from ssn_assets.store.schema import batch
from ssn_assets.store.transfer import read_rows

KINDS = ("BARU", "GANTI", "BLOKIR")

PER_AREA = """
select batch_no, coalesce(kode_kelurahan, ''), jenis, count(*)
from penerbitan
where batch_no is not null and status <> 'BATAL'
group by batch_no, kode_kelurahan, jenis
"""


@dataclass(frozen=True)
class Review:
    """A batch in numbers.

    Attributes:
        line: its row of the store's table batch.
        state: its newest event.
        counts: lines by kind.
        before: lines by kind of the batch before; None for the first.
        reasons: BLOKIR and GANTI lines by their reason.
        new_areas, gone_areas: kelurahan with lines now and none in the batch before, and the other way round.
        outliers: most surprising first.
    """

    line: Any
    state: events.Event
    counts: Counter[str]
    before: Counter[str] | None
    reasons: Counter[str]
    people: int
    families: int
    new_areas: list[str]
    gone_areas: list[str]
    outliers: list[Outlier]


def look_at(con: Connection, batch_no: int) -> Review:
    """The review of a batch.

    Raises:
        ControlError: there is no such batch.
    """
    line = con.execute(select(batch).where(batch.c.batch_no == batch_no)).one_or_none()
    if line is None:
        raise ControlError(f"Tidak ada batch {batch_no}; lihat `ssn bank status`.")
    areas: dict[int, Counter[str]] = defaultdict(Counter)
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for number, area, kind, count in read_rows(con, PER_AREA):
        areas[number][area] += count
        kinds[number][kind] += count
    people, families = read_rows(
        con, f"select count(distinct nik), count(distinct no_kk) from penerbitan where batch_no = {int(batch_no)}"
    )[0]
    why = read_rows(
        con, f"select sebab, count(*) from penerbitan where batch_no = {int(batch_no)} and sebab <> '' group by sebab"
    )
    earlier = sorted(n for n in areas if n < batch_no)
    last = areas[earlier[-1]] if earlier else Counter()
    return Review(
        line=line,
        state=events.newest(con, CARDS)[batch_no],
        counts=kinds[batch_no],
        before=kinds[earlier[-1]] if earlier else None,
        reasons=Counter(dict(why)),
        people=people,
        families=families,
        new_areas=sorted(set(areas[batch_no]) - set(last)) if earlier else [],
        gone_areas=sorted(set(last) - set(areas[batch_no])),
        outliers=outliers(areas[batch_no], [areas[n] for n in earlier]),
    )


def in_words(review: Review) -> list[str]:
    """The review as lines for a terminal."""
    line = review.line
    said = [
        f"Batch {line.batch_no}, periode {line.periode}, dibuat {line.dibuat_pada}: {review.state.keadaan}"
        f" oleh {review.state.oleh} pada {review.state.waktu}",
        f"  SHA-256 {line.sha256}",
        f"  Baris {line.jumlah:,}  hash total {line.hash_total:,}  orang {review.people:,}  keluarga {review.families:,}",
    ]
    for kind in KINDS:
        change = "" if review.before is None else f"  (batch sebelumnya {review.before[kind]:,}, {_change(review, kind):+,})"
        said.append(f"  {kind:<7} {review.counts[kind]:>8,}{change}")
    if review.before is None:
        said.append("  Batch pertama: belum ada pembanding.")
    if review.reasons:
        said.append("  Sebab: " + ", ".join(f"{why} {count:,}" for why, count in review.reasons.most_common()))
    for title, areas in (("Kelurahan baru", review.new_areas), ("Kelurahan yang tidak ada lagi", review.gone_areas)):
        if areas:
            said.append(f"  {title} dibanding batch sebelumnya: {len(areas)} ({', '.join(areas[:6])}{' ...' * (len(areas) > 6)})")
    for odd in review.outliers:
        said.append(f"  TIDAK BIASA: kelurahan {odd.area} {odd.now:,} baris, biasanya {odd.usual:,.0f}")
    return said


def _change(review: Review, kind: str) -> int:
    return review.counts[kind] - (review.before or Counter())[kind]
