"""What every reader hands over: a file's records as text columns c0, c1, ... under one header. Nothing is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ssn_assets.intake.headerrow import Match, find_header
from ssn_assets.intake.headers import Input
from ssn_assets.intake.reasons import OTHERS, Refused

if TYPE_CHECKING:
    import pyarrow as pa


class Spoiled(NamedTuple):
    """A record that did not become a row of the grid. code is one of reasons.QUARANTINES; said: its sentence here, if its own."""

    baris: int
    code: str
    said: str = ""


@dataclass(frozen=True)
class Grid:
    """The records of one file.

    match: where the columns stand. note: how the file was read, in words, for the load report.
    Either `table` (baris int64, c0.. text) holds the records, or `scan` is SQL that reads c0.. in the file's order;
    then `numbered` is SQL that also gives baris, and `records` is how many there must be, known from another count.
    """

    match: Match
    note: str
    first: int
    table: pa.Table | None = None
    scan: str = ""
    numbered: str = ""
    records: int = 0
    spoiled: list[Spoiled] = field(default_factory=list)

    @property
    def records_read(self) -> int:
        """All records of the file, the spoiled ones too."""
        return (self.records if self.table is None else self.table.num_rows) + len(self.spoiled)


def require_header(spec: Input, rows: Sequence[Sequence[str]]) -> Match:
    """The complete header among a file's first rows.

    Raises:
        Refused: TANPA_KEPALA, naming what is missing; OTHERS when it is a file of another input of the same folder.
    """
    if not spec.owns(rows):
        raise Refused(OTHERS)
    found = find_header(spec, rows)
    if found is None:
        raise Refused("TANPA_KEPALA", kurang=_listed(c.names[0] for c in spec.columns if c.required))
    if found.missing:
        raise Refused("TANPA_KEPALA", kurang=_listed(found.missing))
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def arrow_table(numbers: Sequence[int], columns: Sequence[Sequence[str | None]]) -> pa.Table:
    """Records as an Arrow table: baris, c0, c1, ...

    Args:
        numbers: the row number of each record.
        columns: one sequence of texts per column, all as long as numbers.
    """
    import pyarrow as pa

    arrays = [pa.array(numbers, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
    return pa.table(arrays, names=["baris", *(f"c{i}" for i in range(len(columns)))])
