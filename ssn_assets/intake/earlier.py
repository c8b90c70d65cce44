"""Which registry snapshot the one in force is to be compared with: the last one that a run used, however many came since.

A snapshot that was passed over (a newer one came first, or it was refused) leaves no gap that way. What a comparison finds,
and that it happened, is remembered by sanding; reading the files is in `load.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssn_assets.home import Home
from ssn_assets.intake.inbox import snapshots

if TYPE_CHECKING:
    from sqlalchemy import Engine


def to_compare(home: Home, engine: Engine) -> tuple[str, list[str]]:
    """The snapshot in force, while the store does not know that it was used, and those it may be compared with.

    Returns:
        Its date, '' when it was used before or there is none; and earlier dates, the best first: the last one used, else
        (it is gone from the inbox, or none was) the ones after it from the oldest on.
    """
    *before, newest = snapshots(home) or [""]
    used = _used(engine)
    if newest in used:
        return "", []
    last = max((date for date in used if date < newest), default="")
    return newest, [date for date in before if date >= last]


def remember_first(engine: Engine, date: str) -> None:
    """Remember a snapshot that is used and has none before it: it stands beside itself among the pairs compared."""
    from ssn_assets.store.engine import writing
    from ssn_assets.store.schema import perbandingan_registri
    from ssn_assets.store.transfer import insert_rows

    with writing(engine) as store:
        insert_rows(store, perbandingan_registri, ["registri_lama", "registri_baru"], [(date, date)])


def _used(engine: Engine) -> set[str]:
    from ssn_assets.store.transfer import read_rows

    with engine.connect() as store:
        return {date for (date,) in read_rows(store, "select registri_baru from perbandingan_registri")}
