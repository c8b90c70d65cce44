"""Where a published column comes from: the lineage of single models, followed back to the files. Pure; no drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ssn_assets.oversight.facts import Column

Lineage = Mapping[str, Mapping[str, tuple[Column, ...]]]
"""asset -> column -> the columns it is made from."""


@dataclass(frozen=True)
class Origin:
    """One column's way: the assets passed, nearest first, and the columns where it starts."""

    column: str
    steps: tuple[str, ...]
    sources: tuple[Column, ...]


def origins(lineage: Lineage, asset: str) -> list[Origin]:
    """The origin of every column of an asset, in the asset's own order; [] when its lineage is not known."""
    return [trace(lineage, (asset, column)) for column in lineage.get(asset, {})]


def trace(lineage: Lineage, start: Column) -> Origin:
    """Follow one column back until columns that nothing is known of: those of the files and of the store.

    A column that is made from no other (a constant, a count) has no sources.
    """
    steps: dict[str, None] = {}
    sources: set[Column] = set()
    seen = {start}
    front = [start]
    while front:
        parents: list[Column] = []
        for column in front:
            for parent in lineage.get(column[0], {}).get(column[1], ()):
                if parent in seen:
                    continue
                seen.add(parent)
                if parent[1] in lineage.get(parent[0], {}):
                    steps.setdefault(parent[0])
                    parents.append(parent)
                else:
                    sources.add(parent)
        front = parents
    return Origin(start[1], tuple(steps), tuple(sorted(sources)))
