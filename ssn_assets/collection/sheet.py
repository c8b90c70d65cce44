"""How a list of cards to hand out looks as an XLSX file, at the counter and on the walk. No reading, no SQL.

Both lists end in the same columns to fill in, so that both come back through inbox/penyerahan/.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 5
"""The row of the header cells, as a person counts."""

AT_COUNTER = {
    **{"janji_tanggal": 12, "janji_jam": 9, "kode_surat": 11, "nama": 26, "alamat": 30, "rt": 5, "nik_akhir": 9},
    **{"jemput_bola": 20, "id_penerbitan": 20},
}
ON_THE_WALK = {
    **{"urutan": 7, "nama": 26, "alamat": 32, "rt": 5, "umur": 6, "sebab": 22, "nik_akhir": 9, "kode_surat": 11},
    "id_penerbitan": 20,
}
"""Columns with their widths: what the platform gives."""

TO_FILL = {"status": 18, "petugas": 16, "tanggal": 11, "cara_identifikasi": 24, "catatan": 24}
"""What officers fill in."""

OUTCOMES = {
    "DISERAHKAN": "kartu sudah di tangan pemegangnya",
    "TIDAK_DATANG": "pemegang tidak datang ke loket; mendapat waktu lain",
    "TIDAK_DI_TEMPAT": "rumahnya ada, orangnya sedang pergi; dicoba lagi",
    "TIDAK_DITEMUKAN": "alamat atau orangnya tidak ditemukan",
    "MENINGGAL": "pemegang sudah meninggal (diperiksa kelurahan, tidak langsung mengubah apa pun)",
    "PINDAH": "pemegang sudah pindah (diperiksa kelurahan)",
    "MENOLAK": "pemegang tidak mau menerima kartu (ditanyakan Dinas Sosial)",
}
SAME_DAY = datetime(1980, 1, 1)
"""Time written into the file: the same list must give the same bytes."""


@dataclass(frozen=True)
class Title:
    """What stands above a list. text: its name; note: what to do; area and period: whose it is."""

    text: str
    note: str
    area: str
    period: str


def workbook(title: Title, given: Mapping[str, int], rows: Sequence[Sequence[Any]], ways: Sequence[str]) -> bytes:
    """The file.

    Args:
        given: columns of the platform with their widths, AT_COUNTER or ON_THE_WALK.
        rows: their values.
        ways: how a holder may say that he got his card.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": SAME_DAY, "title": f"{title.text} {title.area}", "author": "SSN Samarinda"})
    _draw_list(book, title, given, rows, ways)
    _draw_instructions(book, ways)
    book.close()
    return content.getvalue()


def _draw_list(
    book: xlsxwriter.Workbook, title: Title, given: Mapping[str, int], rows: Sequence[Sequence[Any]], ways: Sequence[str]
) -> None:
    sheet = book.add_worksheet("Daftar")
    sheet.write_string(0, 0, f"{title.text}: {title.area}", book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"Periode {title.period}, {len(rows)} kartu. {title.note}")
    sheet.write_string(2, 0, "Isi kolom kuning, simpan, lalu kirim berkas ini kembali. Yang belum dikerjakan biarkan kosong.")
    head = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"}
    cell = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "num_format": "@", "text_wrap": True}
    fill = {**cell, "bg_color": "#FFF2CC", "locked": False}
    given_head, fill_head = book.add_format(head), book.add_format({**head, "bg_color": "#7F6000"})
    text, empty = book.add_format(cell), book.add_format(fill)
    day = book.add_format({**fill, "num_format": "yyyy-mm-dd"})
    columns = {**given, **TO_FILL}
    for column, (name, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW - 1, column, name, fill_head if name in TO_FILL else given_head)
    for number, values in enumerate(rows, start=HEADER_ROW):
        for column, value in enumerate(values):
            sheet.write_string(number, column, _text(value), text)
        for column, name in enumerate(TO_FILL, start=len(given)):
            sheet.write_blank(number, column, None, day if name == "tanggal" else empty)
    last = HEADER_ROW - 1 + max(len(rows), 1)
    _add_validations(sheet, list(columns), last, ways)
    _set_up(sheet, last, len(columns) - 1, list(given).index("nama") + 1)


def _text(value: Any) -> str:
    """A cell's text; what a spreadsheet cannot hold is left out."""
    return "".join(sign for sign in str("" if value is None else value) if sign.isprintable())


def _add_validations(sheet: Worksheet, columns: list[str], last: int, ways: Sequence[str]) -> None:
    for name, source in (("status", list(OUTCOMES)), ("cara_identifikasi", list(ways))):
        column = columns.index(name)
        rule = {"validate": "list", "source": source, "ignore_blank": True, "error_title": "Tidak dikenal"}
        sheet.data_validation(HEADER_ROW, column, last, column, {**rule, "error_message": "Pilih salah satu dari daftar."})
    column = columns.index("tanggal")
    rule = {"validate": "date", "criteria": ">=", "value": date(2020, 1, 1), "ignore_blank": True, "error_type": "warning"}
    words = {"error_title": "Bukan tanggal", "error_message": "Tulis tanggal seperti 2026-11-25."}
    sheet.data_validation(HEADER_ROW, column, last, column, {**rule, **words})


def _set_up(sheet: Worksheet, last_row: int, last_column: int, frozen: int) -> None:
    """Freezing, protection and print set-up."""
    sheet.autofilter(HEADER_ROW - 1, 0, last_row, last_column)
    sheet.freeze_panes(HEADER_ROW, frozen)
    allowed = ("format_columns", "format_rows", "sort", "autofilter", "select_locked_cells", "select_unlocked_cells")
    sheet.protect("", dict.fromkeys(allowed, True))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&LRahasia: data pribadi&C&F&RHalaman &P dari &N")


def _draw_instructions(book: xlsxwriter.Workbook, ways: Sequence[str]) -> None:
    sheet = book.add_worksheet("Petunjuk")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, "Cara mengisi", book.add_format({"bold": True, "font_size": 14}))
    steps = [
        "Cocokkan kode_surat dengan kode di surat pemegang, dan KTP-el dengan nama dan nik_akhir.",
        "Pilih status dari daftar, tulis nama petugas dan tanggalnya.",
        f"Bila kartu diserahkan, pilih cara_identifikasi: {', '.join(ways)}.",
        "Jangan meminta uang dan jangan menanyakan PIN.",
        "Baris yang belum dikerjakan biarkan kosong; berkas boleh dikirim berkali-kali.",
        "Jangan ubah id_penerbitan dan jangan hapus baris judul. Menyaring dan mencetak boleh.",
    ]
    for number, step in enumerate(steps, start=1):
        sheet.write_string(number, 0, f"{number}.")
        sheet.write_string(number, 1, step, wrap)
    row = len(steps) + 2
    sheet.write_string(row, 0, "status", bold)
    sheet.write_string(row, 1, "artinya", bold)
    for offset, (outcome, meaning) in enumerate(OUTCOMES.items(), start=1):
        sheet.write_string(row + offset, 0, outcome)
        sheet.write_string(row + offset, 1, meaning, wrap)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
