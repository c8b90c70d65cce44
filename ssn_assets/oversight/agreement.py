"""What labels of readers are worth: a label per line, intervals of a share, agreement of two readers. Pure arithmetic, no SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt

SAME, OTHER, ELSEWHERE = "SAMA", "BEDA", "ADA_LAIN"
"""ELSEWHERE: not this person, but in the registry, and nowhere on the sheet."""
READINGS = (SAME, OTHER, "TIDAK_TAHU")
"""What agreement is measured on: ELSEWHERE is OTHER there."""
TOGETHER = 2
"""How many have to say the same for a label to count."""
MANY = 900
"""Above this Wilson's interval says the same as the exact one, and powers of so many lines leave a float's range."""

LEVEL = 0.95
Z = 1.959963984540054
"""The normal quantile of LEVEL."""


@dataclass(frozen=True)
class Share:
    """A share with its interval. value is None when nothing was counted."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None


def exact_share(hits: int, of: int) -> Share:
    """A share with its exact interval (Clopper and Pearson 1934), which holds for the very high shares of matching rules."""
    if not of:
        return Share(0, 0, None, None, None)
    if of > MANY:
        return Share(hits, of, hits / of, *wilson(hits / of, of))
    tail = (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: _at_least(hits, of, p) - tail)
    high = 1.0 if hits == of else _solve(lambda p: tail - _at_most(hits, of, p))
    return Share(hits, of, hits / of, low, high)


def _at_least(hits: int, of: int, p: float) -> float:
    return sum(comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(hits, of + 1))


def _at_most(hits: int, of: int, p: float) -> float:
    return sum(comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(hits + 1))


def _solve(rising: Callable[[float], float]) -> float:
    """Where a rising function of a probability is zero."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def weighted_share(strata: Iterable[tuple[int, int, int]]) -> Share:
    """A share over strata that were sampled at different rates, each as heavy as it is in the whole list.

    Args:
        strata: (rows of the stratum in the list, lines read, lines right); strata of which nothing was read are left out.

    Returns:
        The weighted share; the interval is Wilson's (1927) at the effective number of lines (Kish 1965).
    """
    read = [(size, lines, right) for size, lines, right in strata if lines]
    whole = sum(size for size, _, _ in read)
    if not whole:
        return Share(0, 0, None, None, None)
    value = sum(size * right / lines for size, lines, right in read) / whole
    effective = whole**2 / sum(size**2 / lines for size, lines, _ in read)
    low, high = wilson(value, effective)
    return Share(sum(r for _, _, r in read), sum(n for _, n, _ in read), value, low, high)


def wilson(value: float, lines: float) -> tuple[float, float]:
    """Wilson's interval of a share seen in so many lines."""
    centre = value + Z**2 / (2 * lines)
    spread = Z * sqrt(value * (1 - value) / lines + Z**2 / (4 * lines**2))
    scale = 1 + Z**2 / lines
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)


def last_labels(lines: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Per line of the sample what each reader said last.

    Args:
        lines: (id, reader, label) in the order in which they count.
    """
    said: dict[str, dict[str, str]] = {}
    for line, reader, label in lines:
        said.setdefault(line, {})[reader] = label
    return said


def verdict(labels: Mapping[str, str], readers: int = TOGETHER) -> str | None:
    """What the readers say together; None while too few say the same.

    TIDAK_TAHU has no vote. A third reader settles what two do not.

    Args:
        labels: reader -> label.
        readers: how many have to say the same; 1 gives what can be said before a second one has read the line.

    Returns:
        SAME, or that it is another: ELSEWHERE when at least half of those who say so found the person elsewhere.
    """
    counted = Counter(labels.values())
    same, other = counted[SAME], counted[OTHER] + counted[ELSEWHERE]
    if same == other or max(same, other) < readers:
        return None
    if same > other:
        return SAME
    return ELSEWHERE if counted[ELSEWHERE] >= counted[OTHER] else OTHER


def row_answer(verdicts: Sequence[str | None]) -> str | None:
    """What the lines of one row come to, one a candidate: its person is among them, elsewhere, or in no registry."""
    for certain in (SAME, ELSEWHERE):
        if certain in verdicts:
            return certain
    return None if None in verdicts else OTHER


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Agreement of two readers beyond chance (Cohen 1960).

    Args:
        pairs: their labels of the lines that both have read.

    Returns:
        1 full agreement, 0 as by chance; None without lines, or when both gave one and the same label throughout (then chance
        agrees fully as well, and kappa says nothing).
    """
    if not pairs:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    if chance == 1:
        return None
    return (sum(a == b for a, b in pairs) / len(pairs) - chance) / (1 - chance)


def ac1(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Agreement of two readers beyond chance (Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29-48).

    Where nearly all lines are SAMA, as in a good matching, kappa is low although the readers agree nearly always, for one
    disagreement in a rare label weighs too much. AC1 does not have this fault.

    Args:
        pairs: as for `kappa`.
    """
    if not pairs:
        return None
    given = Counter(label for pair in pairs for label in pair)
    shares = [given[label] / (2 * len(pairs)) for label in READINGS]
    chance = sum(share * (1 - share) for share in shares) / (len(READINGS) - 1)
    return (sum(a == b for a, b in pairs) / len(pairs) - chance) / (1 - chance)


def readers_pairs(said: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """The labels of the two readers who read most lines in common with each other, for `kappa`."""
    common: Counter[tuple[str, str]] = Counter()
    for labels in said.values():
        names = sorted(labels)
        common.update((a, b) for i, a in enumerate(names) for b in names[i + 1 :])
    if not common:
        return []
    (one, other), _ = min(common.items(), key=lambda item: (-item[1], item[0]))
    fold = {ELSEWHERE: OTHER}
    return [
        (fold.get(labels[one], labels[one]), fold.get(labels[other], labels[other]))
        for labels in said.values()
        if one in labels and other in labels
    ]
