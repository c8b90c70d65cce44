"""The walking list on paper: A4 across, big enough to write on, in the order of the walk. Drawing only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssn_assets.collection import pdf

COLUMNS = {
    **{"No": 10, "Nama": 48, "Alamat": 58, "RT": 11, "Umur": 12, "Sebab": 34, "NIK akhir": 16, "Kode surat": 22},
    **{"Diserahkan?  Cara.  Tanggal": 34, "Tanda tangan / cap jempol": 32},
}
"""Headings with their widths, in millimetres; the last two are left empty."""

TO_WRITE = 2
LINE, LEAST = 4.5, 12.0
"""Height of a line of text, and of a row: room for a signature."""
MARGIN, BOTTOM, SIZE = 10, 190, 9

NOTE = (
    "Perlihatkan tanda pengenal petugas. Cocokkan KTP-el dengan nama dan NIK akhir. Jangan meminta uang, jangan menanyakan PIN."
    " Salin hasilnya ke berkas XLSX yang sama."
)


def walking_list(title: str, rows: Sequence[Sequence[Any]], ways: Sequence[str]) -> bytes:
    """The PDF.

    Args:
        rows: values of COLUMNS but the last two.
        ways: how a holder may say that he got his card.
    """
    book = pdf.document(title, "landscape", "A4")
    book.set_margins(MARGIN, MARGIN, MARGIN)
    book.alias_nb_pages()
    _new_page(book, title, ways)
    for row in rows:
        cells = _cells([*(pdf.latin(str("" if v is None else v)).replace("_", " ") for v in row), *[""] * TO_WRITE])
        if book.get_y() + _height(cells) > BOTTOM:
            _new_page(book, title, ways)
        _draw_row(book, cells, "")
    return pdf.finished(book)


def _cells(texts: Sequence[str], style: str = "") -> list[tuple[str, ...]]:
    """The lines of each cell of a row."""
    return [pdf.broken(text, width - 2.5, style, SIZE) for text, width in zip(texts, COLUMNS.values(), strict=True)]


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(LEAST, 1 + LINE * max(map(len, cells)))


def _draw_row(book: Any, cells: Sequence[Sequence[str]], style: str) -> None:
    left, top, height = MARGIN, book.get_y(), _height(cells)
    book.set_font(pdf.FONT, style, SIZE)
    for lines, width in zip(cells, COLUMNS.values(), strict=True):
        book.rect(left, top, width, height)
        for number, line in enumerate(lines):
            book.text(left + 1.2, top + LINE * (number + 0.85), line)
        left += width
    book.set_xy(MARGIN, top + height)


def _new_page(book: Any, title: str, ways: Sequence[str]) -> None:
    book.add_page()
    book.set_font(pdf.FONT, "B", 13)
    book.cell(220, 6, pdf.latin(title))
    book.set_font(pdf.FONT, "", SIZE)
    book.cell(0, 6, f"Halaman {book.page_no()} dari {{nb}}", align="R", new_x="LMARGIN", new_y="NEXT")
    allowed = ", ".join(way.replace("_", " ").lower() for way in ways)
    pdf.paragraph(book, f"Rahasia: data pribadi. {NOTE} Cara identifikasi: {allowed}.", LINE, size=SIZE)
    book.ln(1)
    _draw_row(book, _cells(list(COLUMNS), "B"), "B")
