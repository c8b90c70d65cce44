"""How many of those who are in the registry the matching found, from a sample read by people. Pure arithmetic, no SQL.

Labels and precision are in `agreement.py`; which rows are read in `sampling.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, sqrt

from ssn_assets.oversight.agreement import LEVEL, Share

UNREAD = 0.1
"""Rows that were not decided, and of whose kind nothing is settled, beyond which recall stays open."""


@dataclass(frozen=True)
class Decided:
    """A stratum of PADAN rows. size: its rows in the list; read: rows that were read; of these the right ones, and those whose
    person is somewhere else in the registry."""

    size: int
    read: int
    right: int
    elsewhere: int


@dataclass(frozen=True)
class Missed:
    """A stratum of rows that were not decided PADAN. found: rows read whose person is in the registry after all."""

    size: int
    read: int
    found: int


def estimated_rows(size: int, read: int, seen: int) -> tuple[float, int, int]:
    """How many rows of a stratum are of a kind: estimate, fewest and most.

    Exact: the numbers under which what was drawn without putting back is not too unlikely on either side (Wright 1991, Exact
    Confidence Bounds when Sampling from Small Finite Universes). What was seen is certain.
    """
    tail = (1 - LEVEL) / 2
    surely, perhaps = seen, size - (read - seen)
    fewest = _first(surely, perhaps, lambda rows: _at_most(read - seen, size, size - rows, read) > tail)
    most = size - _first(read - seen, size - surely, lambda others: _at_most(seen, size, size - others, read) > tail)
    return seen / read * size, fewest, most


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number of low..high for which it holds; once it does, it does for all that follow, and for high."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _at_most(seen: int, size: int, kind: int, read: int) -> float:
    """How likely it is to draw at most so many rows of a kind, of which there are `kind` among `size`, when `read` are drawn."""
    ways = _log_ways(size, read)
    return sum(
        exp(_log_ways(kind, k) + _log_ways(size - kind, read - k) - ways)
        for k in range(max(0, read - (size - kind)), min(seen, kind, read) + 1)
    )


def _log_ways(of: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose so many of so many."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def estimated_recall(decided: Sequence[Decided], missed: Sequence[Missed]) -> Share:
    """Recall with its interval.

    The rows found rightly over those whose person is in the registry, both estimated stratum by stratum (the combined ratio
    estimate of Cochran 1977, Sampling Techniques, 6.11). The intervals of the strata are put together as Zou, Huang and Zhang do
    (2009, Computational Statistics and Data Analysis 53, 1080-1085): what each end does to recall, squared and added. This holds
    where hardly anything is missed, as a normal approximation does not.

    Args:
        decided: strata of PADAN rows; of which nothing was read are left out.
        missed: strata of all other rows. One of which nothing is settled may be missed wholly, and counts so; where that is
            more than UNREAD of all such rows there is no estimate.

    Returns:
        hits and of: rows read that were found rightly, and rows read whose person is in the registry.
    """
    read = [stratum for stratum in decided if stratum.read]
    unread = sum(stratum.size for stratum in missed if not stratum.read)
    if unread > UNREAD * sum(stratum.size for stratum in missed) or not any(stratum.right for stratum in read):
        return Share(0, 0, None, None, None)
    present = sum(d.size * (d.right + d.elsewhere) / d.read for d in read)
    wrong = [estimated_rows(d.size, d.read, d.elsewhere) for d in read]
    lost = [estimated_rows(m.size, m.read, m.found) if m.read else (m.size, 0, m.size) for m in missed]
    total_wrong, total_lost = sum(mid for mid, _, _ in wrong), sum(mid for mid, _, _ in lost)

    def at(more_wrong: float, more_lost: float) -> float:
        return (present - total_wrong - more_wrong) / (present + total_lost + more_lost)

    value = at(0, 0)
    lowest = [at(high - mid, 0) for mid, _, high in wrong] + [at(0, high - mid) for mid, _, high in lost]
    highest = [at(low - mid, 0) for mid, low, _ in wrong] + [at(0, low - mid) for mid, low, _ in lost]
    below, above = (sqrt(sum((end - value) ** 2 for end in ends)) for ends in (lowest, highest))
    hits = sum(d.right for d in read)
    of = hits + sum(d.elsewhere for d in read) + sum(m.found for m in missed)
    return Share(hits, of, value, max(value - below, 0.0), min(value + above, 1.0))
