"""PDF files whose bytes depend on nothing but their content. What stands on a page is in `letters.py` and `walk.py`.

The fonts are those every reader has (Latin-1): letters they lack are written without their accent, or as a question mark.
"""

from __future__ import annotations

import unicodedata
import warnings
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

FONT = "Helvetica"
MILLIMETRES = 25.4 / 72
"""Of a point."""

SAME_DAY = datetime(1980, 1, 1, tzinfo=UTC)
"""Time written into every file: the same content must give the same bytes."""

ALIKE = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})


def document(title: str, orientation: str, size: str) -> Any:
    """An empty document.

    Args:
        orientation: portrait or landscape.
        size: A4 or A5.
    """
    from fpdf import FPDF

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "dimensions for A5 were fixed in 2.8.5"
        book = FPDF(orientation=orientation, format=size)
    book.set_creation_date(SAME_DAY)
    book.set_title(latin(title))
    book.set_author("SSN Samarinda")
    book.set_auto_page_break(False)
    return book


def finished(book: Any) -> bytes:
    """The file."""
    return bytes(book.output())


@lru_cache(maxsize=1024)
def latin(text: str) -> str:
    """A text in letters that the fonts have."""
    plain = " ".join(text.translate(ALIKE).split(" "))
    kept = []
    for sign in plain:
        bare = sign if ord(sign) < 256 else unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
        kept.append((bare or "?") if sign == "\n" or sign.isprintable() else " ")
    return "".join(kept)


@lru_cache(maxsize=4096)
def broken(text: str, width: float, style: str, size: float) -> tuple[str, ...]:
    """A text in lines that fit a width; a word that does not fit by itself is cut.

    The library's own way weighs every sign of every line: forty letters a second. Most of a letter is the same on each.

    Args:
        text: in letters that the fonts have (`latin`).
        width: millimetres.
        style: "" or "B".
        size: points.
    """
    ruler = _ruler()
    ruler.set_font(FONT, style, size)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if ruler.get_string_width(longer) <= width:
            lines[-1] = longer
            continue
        pieces = _cut(word, width, ruler)
        lines = [*(lines if lines[-1] else lines[:-1]), *pieces]
    return tuple(lines)


def paragraph(book: Any, text: str, height: float, style: str = "", size: float = 11, align: str = "L") -> None:
    """A text over the whole width of the page, broken where it must be; nothing for an empty one."""
    if not text.strip():
        return
    book.set_font(FONT, style, size)
    width, left = book.epw - 2 * book.c_margin, book.l_margin + book.c_margin
    for line in broken(latin(text), width, style, size):
        indent = (width - _width(line, style, size)) / 2 if align == "C" else 0
        book.text(left + indent, book.get_y() + 0.5 * height + 0.3 * size * MILLIMETRES, line)
        book.ln(height)


@lru_cache(maxsize=1024)
def _width(line: str, style: str, size: float) -> float:
    ruler = _ruler()
    ruler.set_font(FONT, style, size)
    return float(ruler.get_string_width(line))


@cache
def _ruler() -> Any:
    """A document nobody sees, for measuring."""
    return document("", "portrait", "A4")


def _cut(word: str, width: float, ruler: Any) -> list[str]:
    pieces = [""]
    for sign in word:
        if pieces[-1] and ruler.get_string_width(pieces[-1] + sign) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces
