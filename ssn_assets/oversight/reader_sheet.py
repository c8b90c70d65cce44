"""The sheet of one reader: each line a row of the list beside the person the matching chose, and cells to fill in.

Readers do not see what the matching decided, nor by which rule, nor each other's labels. Which rows stand here: `sampling.py`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 5
"""The row of the header cells, as a person counts."""

GIVEN = {"id_sampel": 12, "berkas": 16, "baris": 7, "bidang": 14, "di_dtks": 42, "di_registri": 42}
TO_FILL = {"putusan": 13, "catatan": 24}
READER = {"pembaca": 9}
COLUMNS = {**GIVEN, **TO_FILL, **READER}
"""Columns with their widths. pembaca is filled in already: it says whose sheet this is when it comes back."""

FIELDS = ("Nama", "NIK", "Nomor KK", "Tanggal lahir", "Jenis kelamin", "Nama ibu", "Kelurahan", "RT", "Alamat")
LABELS = {
    "SAMA": "baris DTKS dan orang di data kependudukan adalah orang yang sama",
    "BEDA": "keduanya orang yang berbeda",
    "TIDAK_TAHU": "tidak dapat diputuskan dari data ini",
}
LINE_HEIGHT = 15
NOTHING = "-"
SAME_DAY = datetime(1980, 1, 1)
"""Time written into the file: the same sample must give the same bytes."""


@dataclass(frozen=True)
class Line:
    """One line of the sample; values in the order of FIELDS."""

    id_sampel: str
    berkas: str
    baris: int
    on_list: Sequence[str | None]
    in_registry: Sequence[str | None]


def workbook(period: str, reader: int, lines: Sequence[Line]) -> bytes:
    """The file.

    Args:
        period: YYYY-MM.
        reader: 1 or 2.
        lines: the sample, in the order in which it is read.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": SAME_DAY, "title": f"Sampel pemadanan {period}, pembaca {reader}", "author": "SSN Samarinda"})
    sheet = book.add_worksheet("Sampel")
    _draw_titles(book, sheet, period, reader, len(lines))
    _draw_lines(book, sheet, reader, lines)
    _set_up(sheet, len(lines))
    _draw_instructions(book, book.add_worksheet("Petunjuk"))
    book.close()
    return content.getvalue()


def _draw_titles(book: xlsxwriter.Workbook, sheet: Worksheet, period: str, reader: int, count: int) -> None:
    big = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"Sampel pemadanan SSN: pembaca {reader}", big)
    sheet.write_string(1, 0, f"Periode {period}, {count} baris. Bandingkan kiri dan kanan: orang yang sama atau bukan?")
    sheet.write_string(2, 0, "Isi kolom kuning sendiri, tanpa berunding dengan pembaca lain, lalu kirim berkas ini kembali.")
    head = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"}
    given, fill = book.add_format(head), book.add_format({**head, "bg_color": "#7F6000"})
    for column, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW - 1, column, name, fill if name in TO_FILL else given)


def _draw_lines(book: xlsxwriter.Workbook, sheet: Worksheet, reader: int, lines: Sequence[Line]) -> None:
    cell = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "num_format": "@", "text_wrap": True}
    given, small = book.add_format(cell), book.add_format({**cell, "font_size": 8, "font_color": "#595959"})
    quiet = book.add_format({**cell, "font_color": "#595959"})  # of one size with the values: they must stand level
    fill = book.add_format({**cell, "bg_color": "#FFF2CC", "locked": False})
    for place, line in enumerate(lines):
        row = HEADER_ROW + place
        left, right = _stacked(line.on_list), _stacked(line.in_registry)
        cells: tuple[tuple[str, Format], ...] = (
            (line.id_sampel, small),
            (line.berkas, small),
            (str(line.baris), small),
            ("\n".join(FIELDS), quiet),
            (left, given),
            (right, given),
        )
        for column, (text, style) in enumerate(cells):
            sheet.write_string(row, column, text, style)
        for column in range(len(GIVEN), len(GIVEN) + len(TO_FILL)):
            sheet.write_blank(row, column, None, fill)
        sheet.write_string(row, len(COLUMNS) - 1, str(reader), small)
        sheet.set_row(row, LINE_HEIGHT * max(_lines(left), _lines(right)))


def _stacked(values: Sequence[str | None]) -> str:
    """One line a field, so that both sides stand level; the address comes last, for it may need two."""
    return "\n".join(" ".join((value or "").split()) or NOTHING for value in values)


def _lines(text: str) -> int:
    return sum(1 + len(line) // (GIVEN["di_dtks"] - 2) for line in text.split("\n"))


def _set_up(sheet: Worksheet, count: int) -> None:
    last = HEADER_ROW - 1 + count
    column = list(COLUMNS).index("putusan")
    sheet.data_validation(
        HEADER_ROW,
        column,
        last,
        column,
        {
            "validate": "list",
            "source": list(LABELS),
            "ignore_blank": True,
            "input_title": "Putusan",
            "input_message": "Pilih dari daftar. Artinya ada di lembar Petunjuk.",
            "error_title": "Putusan tidak dikenal",
            "error_message": "Pilih SAMA, BEDA atau TIDAK_TAHU.",
        },
    )
    sheet.autofilter(HEADER_ROW - 1, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(HEADER_ROW, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.print_area(0, 0, last, len(COLUMNS) - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&LRahasia: data pribadi&C&F&RHalaman &P dari &N")


def _draw_instructions(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 96)
    sheet.write_string(0, 0, "Cara membaca", book.add_format({"bold": True, "font_size": 14}))
    steps = (
        "Setiap baris berisi satu orang dari DTKS (di_dtks) dan satu dari data kependudukan (di_registri), bidang demi bidang.",
        "Putuskan apakah keduanya orang yang sama. Boleh memakai sumber lain: arsip, ketua RT, aplikasi kependudukan.",
        "Salah ketik, singkatan, gelar, KK lama atau alamat lama adalah biasa dan tidak berarti orangnya berbeda.",
        "Hati-hati dengan saudara, ayah dan anak, atau orang lain yang namanya sama: lihat NIK, tanggal lahir dan nama ibu.",
        "Pilih putusan dari daftar; tulis di catatan apa yang menentukan. Baris yang belum dibaca biarkan kosong.",
        "Jangan berunding dengan pembaca lain: kesepakatan dua orang yang bekerja sendiri-sendiri itulah yang diukur.",
        "Jangan ubah id_sampel, pembaca dan baris judul. Kirim berkas ini ke inbox/sampel/, boleh berkali-kali.",
        "Bila dua pembaca tidak sepakat, orang ketiga boleh mengisi salinan lembar ini dengan pembaca 3.",
        "Berkas ini memuat data pribadi. Simpan di tempat yang aman dan hapus sesudah dikirim.",
    )
    for number, step in enumerate(steps, start=1):
        sheet.write_string(number, 0, f"{number}.")
        sheet.write_string(number, 1, step, wrap)
    top = len(steps) + 2
    sheet.write_string(top, 0, "putusan", bold)
    sheet.write_string(top, 1, "artinya", bold)
    for offset, (label, meaning) in enumerate(LABELS.items(), start=1):
        sheet.write_string(top + offset, 0, label)
        sheet.write_string(top + offset, 1, meaning, wrap)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
