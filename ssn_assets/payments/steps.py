"""How far a payment is: what the bank can report of it, the order, and what cannot both be true. Pure; no data.

The state is the furthest step among everything the bank ever said: the same in any order, however often. Money that came
back (RETUR) came back after it had arrived; a failure that is contradicted by a success counts as the success, so that
nobody is paid twice on a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

ORDERED, SENT = "DIPESAN", "DIKIRIM"
FAILED, PAID, RETURNED = "GAGAL", "BERHASIL", "RETUR"

STEPS = (ORDERED, SENT, FAILED, PAID, RETURNED)
"""From first to last; the first two are ours, the others the bank's."""

REPORTED = (FAILED, PAID, RETURNED)
"""What the bank may report."""

NOT_WITH_THE_FAMILY = (FAILED, RETURNED)
"""The money is not with the family: the cause has to be remedied, then there is another order."""

_RANK = {step: rank for rank, step in enumerate(STEPS)}


class Report(NamedTuple):
    """One line of the bank: its status and its day (ISO)."""

    status: str
    day: str


def rank(step: str) -> int:
    """How far a step is; 0 is DIPESAN."""
    return _RANK[step]


def furthest(reports: Iterable[Report], sent: bool) -> str:
    """The step after all reports, in any order. A word that is no answer changes nothing.

    Args:
        sent: whether the order's batch was handed over.
    """
    said = [r.status for r in reports if r.status in REPORTED]
    return max([SENT if sent else ORDERED, *said], key=rank)


def contradictory(reports: Iterable[Report]) -> bool:
    """Whether the reports cannot all be true: failed and yet paid or returned; or paid again after it had come back."""
    days: dict[str, list[str]] = {step: [] for step in REPORTED}
    for report in reports:
        if report.status in days:
            days[report.status].append(report.day)
    if days[FAILED] and (days[PAID] or days[RETURNED]):
        return True
    return bool(days[PAID] and days[RETURNED] and max(days[PAID]) > min(days[RETURNED]))


def with_the_family(reports: Iterable[Report]) -> bool:
    """Whether the newest word is that the money arrived: reported paid, and not returned on that day or later."""
    said = list(reports)
    paid, returned = ([r.day for r in said if r.status == step] for step in (PAID, RETURNED))
    return bool(paid) and not (returned and max(returned) >= max(paid))
