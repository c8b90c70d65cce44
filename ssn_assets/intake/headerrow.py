"""Where an input's header stands among the first rows of a file. What the inputs are is `headers.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ssn_assets.intake.headers import Column, Input, plain

SEARCH_ROWS = 30
"""How far down a header row is looked for."""


@dataclass(frozen=True)
class Match:
    """Where an input's columns stand in a file.

    row: index of the last header row. width: columns of the grid. titles: header text by position.
    places: per column the positions of its pieces (one, or several for a column in parts).
    missing: required columns that are not there (as an office writes them).
    """

    row: int
    width: int
    titles: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    missing: tuple[str, ...]

    @property
    def unknown(self) -> tuple[int, ...]:
        """Positions that no column of the input uses."""
        used = {place for places in self.places.values() for place in places}
        return tuple(i for i in range(self.width) if i not in used)


def find_header(spec: Input, rows: Sequence[Sequence[str]]) -> Match | None:
    """The header row among the first rows of a file.

    Args:
        rows: the first rows as text, blank cells ''.

    Returns:
        The complete header if there is one (of two like rows the lower, so that merged header cells work); a
        header spread over two lines; else the best incomplete one, `missing` saying what it lacks; None when
        no row has two of the input's columns.
    """
    head = rows[:SEARCH_ROWS]
    singles = [_match(spec, i, row) for i, row in enumerate(head)]
    complete = [m for m in singles if not m.missing]
    if complete:
        found = complete[0]
        while found.row + 1 < len(singles) and not singles[found.row + 1].missing:
            found = singles[found.row + 1]
        return found
    doubles = [_match(spec, i + 1, _joined(spec, head[i], head[i + 1])) for i in range(len(head) - 1)]
    best = max(singles + doubles, key=lambda m: (not m.missing, len(m.places), -m.row), default=None)
    return best if best is not None and len(best.places) >= 2 else None


def _match(spec: Input, row: int, titles: Sequence[str]) -> Match:
    first: dict[str, int] = {}
    for place, title in enumerate(titles):
        first.setdefault(plain(title), place)
    places: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for column in spec.columns:
        found = _places(column, first)
        if found and taken.isdisjoint(found):
            places[column.name] = found
            taken.update(found)
    missing = tuple(c.names[0] for c in spec.columns if c.required and c.name not in places)
    shown = ("".join(sign if sign.isprintable() else " " for sign in title).strip() for title in titles)
    return Match(row, len(titles), tuple(shown), places, missing)


def _places(column: Column, first: dict[str, int]) -> tuple[int, ...]:
    for name in column.names:
        if plain(name) in first:
            return (first[plain(name)],)
    if column.parts and all(plain(name) in first for name in column.parts.names):
        return tuple(first[plain(name)] for name in column.parts.names)
    return ()


@lru_cache
def _known(spec: Input) -> frozenset[str]:
    """Every header text the input knows, made plain."""
    return frozenset(plain(name) for c in spec.columns for name in (*c.names, *(c.parts.names if c.parts else ())))


def _joined(spec: Input, upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Two header lines as one: per column the line, or both together, that is a name of the input."""
    known = _known(spec)
    width = max(len(upper), len(lower))
    joined, above = [], ""
    for i in range(width):
        own = upper[i] if i < len(upper) else ""
        below = lower[i] if i < len(lower) else ""
        above = own or above
        options = (below, own, f"{own} {below}", f"{above} {below}")
        joined.append(next((o for o in options if plain(o) in known), f"{own} {below}"))
    return joined
