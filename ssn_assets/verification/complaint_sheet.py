"""How open complaints look on a sheet, in a workbook of their own. No reading, no SQL."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import xlsxwriter

from ssn_assets import sheets

NAME = "Aduan"
COLUMNS = {
    **{"tiket": 12, "jenis": 26, "diterima": 11, "tenggat": 11, "suara": 7},
    **{"nama": 24, "alamat": 28, "rt": 5, "nik_akhir": 9, "cerita": 60},
}
"""Column names with their widths."""

HOW = (
    "Jawablah sebelum tenggat lewat Dinas Sosial (ssn aduan answer). Lembar ini tidak perlu diisi atau dikirim kembali."
    " Jangan diteruskan: berisi cerita warga."
)


@dataclass(frozen=True)
class Line:
    """One open ticket. suara: how often it was sent; nama to nik_akhir: as the civil registry has the person, else empty."""

    tiket: str
    jenis: str
    diterima: str
    tenggat: str
    suara: int
    nama: str
    alamat: str
    rt: str
    nik_akhir: str
    cerita: str


def _draw(book: xlsxwriter.Workbook, lines: Sequence[Line]) -> None:
    sheet = book.add_worksheet(NAME)
    head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1})
    cell = book.add_format(sheets.CELL)
    sheet.write_string(0, 0, f"Sanggahan dan pengaduan yang menunggu jawaban: {len(lines)}", book.add_format({"bold": True}))
    sheet.write_string(1, 0, HOW)
    for column, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, name, head)
    for row, line in enumerate(lines, start=4):
        for column, value in enumerate(astuple(line)):
            sheet.write_string(row, column, str(value), cell)
    sheet.freeze_panes(4, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def workbook(place: str, lines: Sequence[Line]) -> bytes:
    """A workbook with this sheet only.

    Args:
        place: kelurahan code, or whom the tickets wait for.
    """
    content = io.BytesIO()
    book = sheets.new_book(content, f"Aduan {place}")
    _draw(book, lines)
    book.close()
    return content.getvalue()
