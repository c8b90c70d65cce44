"""How much a workbook's cells become in memory: the reader makes a full rectangle of a sheet, and a text of its own per cell.

Measured on the XML as it is inflated, a piece at a time, most of it in NumPy. What a cell holds is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ssn_assets.intake.reasons import Refused

MOST_PLACES = 10_000_000
"""Rows times columns of a sheet: more than twice the 150,000 people and 30 columns of a big delivery."""

ROOMY = 1 << 20
THINNEST = 50
"""Above ROOMY places one in so many must hold something: a blank typed in the last row takes half a minute and a gigabyte."""

MOST_TEXT = 512 << 20
"""Bytes of text in all cells together; a text that many cells share is stored once in the file."""

_LONGEST_TAG = 1 << 20
_TOKEN = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^>]*)>(</)?")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_PREFIXED = re.compile(rb"<[\w.-]+:(?:row|c)[\s/>]")
_SHARED = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>.*?<(?:[\w.-]+:)?v\b[^>]*>\s*([0-9]+)""", re.DOTALL)
_STRING_END = re.compile(rb"</(?:[\w.-]+:)?si\s*>")


@dataclass
class Extent:
    """What was seen of one member so far: its rectangle from A1 on, its cells with content, its longest shared text."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    longest: int = 0
    _row: int = 0
    _column: int = 0
    _rest: bytes = b""
    _text: int = 0

    def add(self, piece: bytes) -> None:
        """Measure a piece of a worksheet. Raises Refused when a single tag goes on and on."""
        piece = self._rest + piece
        cut = piece.rfind(b"<")
        cut = len(piece) if cut < 0 or b">" in piece[cut:] else cut
        self._rest = piece[cut:]
        if len(self._rest) > _LONGEST_TAG:
            raise Refused("BOM_ZIP")
        if not self._plain(piece[:cut]):
            self._any(piece[:cut])

    def add_strings(self, piece: bytes) -> None:
        """Measure a piece of the shared texts."""
        first, *others = piece.split(b"</si>")
        self._text += len(first)
        self.longest = max(self.longest, self._text, *map(len, others), 0)
        self._text = len(others[-1]) if others else self._text

    def check(self) -> None:
        """Raises Refused when the sheet has far more places than content."""
        places = self.rows * self.columns
        if places > MOST_PLACES or places > max(ROOMY, THINNEST * self.cells):
            raise Refused("TERLALU_LUAS", baris=str(self.rows), kolom=str(self.columns))

    def _plain(self, text: bytes) -> bool:
        """Measure cells that begin with their place in capitals, as every spreadsheet program writes them."""
        import numpy as np

        if (b":c" in text or b":row" in text) and _PREFIXED.search(text):
            return False
        b = np.frombuffer(text + bytes(16), np.uint8)
        tags = np.flatnonzero(b == ord("<"))
        cells = tags[b[tags + 1] == ord("c")]
        after = b[cells + 2]
        cells = cells[(after <= ord(" ")) | (after == ord("/")) | (after == ord(">"))]
        placed = cells[
            (b[cells + 2] == 32) & (b[cells + 3] == ord("r")) & (b[cells + 4] == ord("=")) & (b[cells + 5] == ord('"'))
        ]
        if len(placed) < len(cells):
            return False
        if not len(cells):
            return True
        at, column, row = cells + 6, np.zeros_like(cells), np.zeros_like(cells)
        for _ in range(3):
            letter = (b[at] >= ord("A")) & (b[at] <= ord("Z"))
            column, at = np.where(letter, column * 26 + b[at] - 64, column), at + letter
            if not letter.any():
                break
        for _ in range(7):
            digit = (b[at] >= ord("0")) & (b[at] <= ord("9"))
            row, at = np.where(digit, row * 10 + b[at] - 48, row), at + digit
            if not digit.any():
                break
        if not ((b[at] == ord('"')) & (column > 0) & (row > 0)).all():
            return False
        ends = np.flatnonzero(b == ord(">"))
        end = ends[np.searchsorted(ends, at)]
        filled = (b[end - 1] != ord("/")) & ~((b[end + 1] == ord("<")) & (b[end + 2] == ord("/")))
        self._row, self._column = int(row[-1]), int(column[-1])
        if filled.any():
            self._hold(int(row[filled].max()), int(column[filled].max()), int(filled.sum()))
        return True

    def _any(self, text: bytes) -> None:
        """Measure cells however they are written; one that does not say its place follows the one before."""
        for tag, attributes, closed in _TOKEN.findall(text):
            place = _PLACE.search(attributes)
            if tag == b"row":
                self._row, self._column = int(place[2]) if place else self._row + 1, 0
                continue
            self._column = _column(place[1]) if place and place[1] else self._column + 1
            self._row = int(place[2]) if place else max(self._row, 1)
            if not closed and not attributes.endswith(b"/"):
                self._hold(self._row, self._column, 1)

    def _hold(self, row: int, column: int, cells: int) -> None:
        self.rows, self.columns, self.cells = max(self.rows, row), max(self.columns, column), self.cells + cells


def shared_text(strings: bytes, sheets: Iterable[bytes]) -> int:
    """Bytes of all shared texts as often as cells of these sheets show them."""
    from collections import Counter

    lengths = [len(text) for text in _STRING_END.split(strings)]
    shown = Counter(int(number) for sheet in sheets for number in _SHARED.findall(sheet))
    return sum(lengths[number] * times for number, times in shown.items() if number < len(lengths))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
