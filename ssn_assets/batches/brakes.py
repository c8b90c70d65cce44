"""What brakes of every kind of file share: how one is said, and the day in which they count. What they measure: the stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from ssn_assets.settings import WITA
from ssn_assets.store.engine import timestamp


@dataclass(frozen=True)
class Brake:
    """What holds a batch for a person, and what was measured. code goes into the ledger, words to people."""

    code: str
    words: str


def day_of(now: datetime) -> dict[str, str]:
    """Samarinda's day that a moment belongs to, as the store writes times: from `day` to before `next_day`."""
    morning = datetime.combine(now.astimezone(WITA).date(), time(), WITA)
    return {"day": timestamp(morning.astimezone(UTC)), "next_day": timestamp((morning + timedelta(days=1)).astimezone(UTC))}
