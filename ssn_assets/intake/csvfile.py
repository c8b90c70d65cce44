"""CSV files. The careful way reads record by record; the fast way lets DuckDB read big regular files and proves itself.

Encoding and separator are found in `csvdialect.py`; what a row is worth is judged in `rows.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ssn_assets.intake.csvdialect import LENIENT, UNREADABLE, Dialect, sniff
from ssn_assets.intake.grid import Grid, Spoiled, arrow_table
from ssn_assets.intake.headers import Input
from ssn_assets.intake.inbox import InboxFile
from ssn_assets.intake.numbers import quoted

if TYPE_CHECKING:
    import pyarrow as pa

FAST_FROM = 4 << 20
"""Size in bytes from which the fast way is worth trying."""

CHUNK_ROWS = 20_000
LONGEST_RECORD = 30
"""Lines; a quoted field over more is an unclosed quotation mark."""


def read_csv(file: InboxFile, spec: Input, fast: bool = True) -> Grid:
    """Read a CSV file.

    Args:
        file: the file, hashed.
        spec: its input.
        fast: whether a big regular file may be left to DuckDB; then the grid has `scan` and `records`, and who uses
            it must compare the two and come back with fast=False when they differ or the scan fails.

    Raises:
        Refused: KOSONG, BUKAN_CSV, TANPA_KEPALA.
    """
    dialect = sniff(file.path, spec)
    if fast and _is_regular(file, dialect):
        return _fast(file, dialect)
    return _careful(file, dialect)


def _is_regular(file: InboxFile, dialect: Dialect) -> bool:
    """Big, UTF-8, one kind of line end, and every record of title and header on one line."""
    c = file.counts
    return (
        file.size >= FAST_FROM
        and dialect.encoding == "utf-8-sig"
        and not dialect.windows
        and not c.has_nuls
        and c.returns in (0, c.newlines)
        and dialect.skipped == dialect.match.row + 1 + dialect.hint
    )


def _fast(file: InboxFile, dialect: Dialect) -> Grid:
    """DuckDB reads; strict, so that one odd line fails the whole scan instead of changing a row.

    Every record ends one line, so the number of newlines tells how many records there must be: a blank line, a line
    break inside quotes or a lost record makes the two differ.
    """
    quote = '"' if file.counts.has_quotes else ""
    columns = ", ".join(f"'c{i}': 'varchar'" for i in range(dialect.match.width))
    scan = (
        f"read_csv({quoted(str(file.path))}, auto_detect=false, header=false, skip={dialect.skipped},"
        f" delim={quoted(dialect.separator)}, quote={quoted(quote)}, escape={quoted(quote)},"
        f" strict_mode=true, columns={{{columns}}})"
    )
    first = dialect.match.row + 2
    return Grid(
        dialect.match,
        dialect.note,
        first,
        scan=scan,
        numbered=f"(select row_number() over () + {first - 1} as baris, * from {scan})",
        records=file.counts.newlines + (not file.counts.ends_with_newline) - dialect.skipped,
    )


def _careful(file: InboxFile, dialect: Dialect) -> Grid:
    import pyarrow as pa

    spoiled: list[Spoiled] = []
    tables = [arrow_table([], [[]] * dialect.match.width)]
    first = dialect.match.row + 2
    start = first
    nuls = file.counts.has_nuls  # every other byte of UTF-16 is one: the cells say whether a NUL is among the letters
    with file.path.open(encoding=dialect.encoding, errors=LENIENT, newline="") as handle:
        for _ in islice(handle, dialect.skipped):
            pass
        records = _records(handle, dialect, quotes=file.counts.has_quotes)
        while rows := list(islice(records, CHUNK_ROWS)):
            tables.append(_chunk(rows, start, dialect.match.width, nuls, spoiled))
            start += len(rows)
    return Grid(dialect.match, dialect.note, first, table=pa.concat_tables(tables), spoiled=spoiled)


def _chunk(rows: list[list[str]], start: int, width: int, nuls: bool, spoiled: list[Spoiled]) -> pa.Table:
    """Records as columns; the ones that cannot be rows go to `spoiled`."""
    numbers: list[int] = list(range(start, start + len(rows)))
    odd = {i: code for i, row in enumerate(rows) if len(row) != width and (code := _fit(row, width))}
    if nuls:
        odd |= {i: "HURUF_RUSAK" for i, row in enumerate(rows) if any("\0" in cell for cell in row)}
    try:
        return _table(rows, numbers, width, odd, spoiled)
    except UnicodeEncodeError:
        odd |= {i: "HURUF_RUSAK" for i, row in enumerate(rows) if any(UNREADABLE in cell for cell in row)}
        return _table(rows, numbers, width, odd, spoiled)


def _table(rows: list[list[str]], numbers: list[int], width: int, odd: dict[int, str], spoiled: list[Spoiled]) -> pa.Table:
    kept = [i for i in range(len(rows)) if i not in odd] if odd else range(len(rows))
    good = [rows[i] for i in kept] if odd else rows
    table = arrow_table([numbers[i] for i in kept], list(zip(*good, strict=True)) if good else [()] * width)
    spoiled.extend(Spoiled(numbers[i], code) for i, code in odd.items())
    return table


def _fit(row: list[str], width: int) -> str:
    """Pad a short record, cut blank cells off a long one. Returns why it cannot be a row, or ''."""
    if row[:1] == [_UNCLOSED]:
        return "KUTIP_RUSAK"
    if len(row) < width:
        row.extend([""] * (width - len(row)))
        return ""
    if any(cell.strip() for cell in row[width:]):
        return "KOLOM_BERLEBIH"
    del row[width:]
    return ""


def _records(lines: Iterator[str], dialect: Dialect, quotes: bool) -> Iterator[list[str]]:
    if not quotes:
        return csv.reader(lines, delimiter=dialect.separator, quoting=csv.QUOTE_NONE)
    return _Quoted(lines, dialect)


_UNCLOSED = "\udcff"
"""First cell of a record whose quotation marks make no sense."""


class _Quoted:
    """Records of a file with quotation marks, where one that is never closed must not swallow the lines below it."""

    def __init__(self, lines: Iterator[str], dialect: Dialect) -> None:
        self._lines = lines
        self._separator = dialect.separator
        self._width = dialect.match.width
        self._waiting: list[str] = []
        self._taken: list[str] = []
        self._ended = False
        self._reader = self._fresh()

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self._taken.clear()
        self._ended = False
        try:
            record = next(self._reader)
        except csv.Error:
            return self._one_line()
        return self._one_line() if self._ended or self._swallowed(record) else record

    def _fresh(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._separator)

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._waiting.pop() if self._waiting else next(self._lines, None)
            if line is None:
                self._ended = True
                return
            self._taken.append(line)
            yield line

    def _swallowed(self, record: list[str]) -> bool:
        """Whether lines that are records themselves went into one quoted field."""
        if len(self._taken) == 1:
            return False
        if len(self._taken) > LONGEST_RECORD or len(record) > self._width:
            return True
        return any(line.count(self._separator) >= max(self._width - 1, 1) for line in self._taken[1:])

    def _one_line(self) -> list[str]:
        """Take the first line alone, quotation marks as they stand, and give the others back."""
        line, *others = self._taken
        self._waiting.extend(reversed(others))
        self._reader = self._fresh()
        record = line.rstrip("\r\n").split(self._separator)
        return record if len(record) <= self._width else [_UNCLOSED]
