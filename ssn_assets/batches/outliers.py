"""Which kelurahan have far more lines in a batch than usual: for the people who look at it. Counts in, counts out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median

TWICE, AT_LEAST_MORE = 2, 5
"""An outlier has twice its usual number, and so many more that it is not chance in a small kelurahan."""


@dataclass(frozen=True)
class Outlier:
    """A kelurahan with far more lines than usual: its code, now, and the median of the batches before."""

    area: str
    now: int
    usual: float


def outliers(now: Counter[str], earlier: list[Counter[str]]) -> list[Outlier]:
    """Kelurahan with twice their usual number of lines; nobody knows what is usual before there was a batch.

    Args:
        now: lines by kelurahan.
        earlier: the same of each batch before.
    """
    found = []
    for area, count in now.items() if earlier else ():
        usual = float(median(batch_before[area] for batch_before in earlier))
        if count >= TWICE * usual and count - usual >= AT_LEAST_MORE:
            found.append(Outlier(area, count, usual))
    return sorted(found, key=lambda o: (-(o.now - o.usual), o.area))
