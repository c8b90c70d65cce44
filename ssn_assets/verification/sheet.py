"""One work list as an XLSX file: title, header, drop-downs, protection, print set-up, instructions.

The rows come as XML made by SQL (`worklist.py`), so that a hundred thousand cases cost seconds; xlsxwriter draws all the rest.
Which cases stand on a list, and what is said of them, is in the dbt model mart_kasus.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 5
"""The row of the header cells, as a person counts."""

GIVEN = {"id_kasus": 24, "nama": 24, "alamat": 28, "rt": 5, "nik_akhir": 9, "catatan_sistem": 48}
TO_FILL = {"keputusan": 18, "petugas": 14, "tanggal": 11, "nik_benar": 18, "catatan": 18}
"""Columns with their widths: given by the platform, filled in by the kelurahan (README, Formats and codes)."""

ANSWERS = {
    "WARGA": "orang ini benar tinggal di kelurahan ini",
    "BUKAN_WARGA": "orang ini bukan warga kelurahan ini",
    "MENINGGAL": "orang ini sudah meninggal",
    "PINDAH": "orang ini sudah pindah dari kelurahan ini",
    "TIDAK_DITEMUKAN": "sudah dicari di alamat dan lewat ketua RT, tetapi tidak ditemukan",
    "MAMPU": "orang ini ada, tetapi keluarganya mampu",
    "MENOLAK": "orang ini menolak menerima bantuan",
}
LINE_HEIGHT = 15
MOST_LINES = 25
"""Points a line of text is high; lines a row may have (spreadsheets stop at 409 points)."""

SAME_DAY = (1980, 1, 1, 0, 0, 0)
"""Time written into the file: the same list must give the same bytes."""


@dataclass(frozen=True)
class Title:
    """What stands above the list."""

    area: str
    period: str
    count: int


def styles() -> tuple[str, ...]:
    """The style number of each column's cells, in the order GIVEN + TO_FILL; the same in every list."""
    members = _members(_shell(Title("", "", 1)))
    row = _template_row(members["xl/worksheets/sheet1.xml"])
    return tuple(re.findall(r' s="(\d+)"', row))


def workbook(title: Title, rows: str) -> bytes:
    """The file.

    Args:
        title: what stands above the list.
        rows: `<row>` elements from row HEADER_ROW + 1 on, cells in the styles of `styles()`.
    """
    members = _members(_shell(title))
    sheet = members["xl/worksheets/sheet1.xml"]
    extent = f"A1:{chr(ord('A') + len(GIVEN) + len(TO_FILL) - 1)}{HEADER_ROW + title.count}"
    sheet = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="{extent}"/>', sheet)
    members["xl/worksheets/sheet1.xml"] = sheet.replace(_template_row(sheet), rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, SAME_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return packed.getvalue()


def _members(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _template_row(sheet: str) -> str:
    found = re.search(rf'<row r="{HEADER_ROW + 1}".*?</row>', sheet)
    assert found is not None
    return found.group()


def _shell(title: Title) -> bytes:
    """The workbook with one empty row in the right styles where the list begins."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(*SAME_DAY), "title": f"Daftar kerja {title.area}", "author": "SSN Samarinda"})
    sheet = book.add_worksheet("Daftar")
    _draw_list(book, sheet, title)
    _draw_instructions(book, book.add_worksheet("Petunjuk"))
    book.close()
    return content.getvalue()


def _draw_list(book: xlsxwriter.Workbook, sheet: Worksheet, title: Title) -> None:
    count = f"{title.count:,}".replace(",", ".")
    sheet.write_string(0, 0, f"Daftar kerja verifikasi SSN: {title.area}", book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"Periode {title.period}, {count} kasus. Yang paling berisiko ditulis lebih dulu.")
    sheet.write_string(
        2, 0, "Isi kolom kuning, simpan, lalu kirim berkas ini kembali. Baris yang belum diperiksa biarkan kosong."
    )
    head = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"}
    fill_head = book.add_format({**head, "bg_color": "#7F6000"})
    cell = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "num_format": "@"}
    given = book.add_format({**cell, "text_wrap": True})
    fill = {**cell, "bg_color": "#FFF2CC", "locked": False}
    text, day = book.add_format({**fill, "text_wrap": True}), book.add_format({**fill, "num_format": "yyyy-mm-dd"})
    head_format = book.add_format(head)
    for column, (name, width) in enumerate({**GIVEN, **TO_FILL}.items()):
        mine = name in TO_FILL
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW - 1, column, name, fill_head if mine else head_format)
        sheet.write_blank(HEADER_ROW, column, None, (day if name == "tanggal" else text) if mine else given)
    last_row, last_column = HEADER_ROW - 1 + title.count, len(GIVEN) + len(TO_FILL) - 1
    _add_validations(sheet, last_row)
    sheet.autofilter(HEADER_ROW - 1, 0, last_row, last_column)
    sheet.freeze_panes(HEADER_ROW, 2)
    sheet.protect(
        "",
        {
            "format_columns": True,
            "format_rows": True,
            "sort": True,
            "autofilter": True,
            "select_locked_cells": True,
            "select_unlocked_cells": True,
        },
    )
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&LRahasia: data pribadi&C&F&RHalaman &P dari &N")


def _add_validations(sheet: Worksheet, last_row: int) -> None:
    columns = [*GIVEN, *TO_FILL]

    def add(name: str, rule: dict[str, object]) -> None:
        column = columns.index(name)
        sheet.data_validation(HEADER_ROW, column, last_row, column, {"ignore_blank": True, **rule})

    add(
        "keputusan",
        {
            "validate": "list",
            "source": list(ANSWERS),
            "input_title": "Keputusan",
            "input_message": "Pilih dari daftar. Artinya ada di lembar Petunjuk.",
            "error_title": "Keputusan tidak dikenal",
            "error_message": "Pilih salah satu dari daftar.",
        },
    )
    add(
        "tanggal",
        {
            "validate": "date",
            "criteria": ">=",
            "value": date(2020, 1, 1),
            "input_title": "Tanggal pemeriksaan",
            "input_message": "Contoh: 2026-10-25",
            "error_type": "warning",
            "error_title": "Bukan tanggal",
            "error_message": "Tulis tanggal seperti 2026-10-25.",
        },
    )
    add(
        "nik_benar",
        {
            "validate": "length",
            "criteria": "==",
            "value": 16,
            "input_title": "NIK yang benar",
            "input_message": "Wajib bila catatan_sistem minta NIK dan orangnya WARGA. 16 angka dari KTP-el.",
            "error_type": "warning",
            "error_title": "NIK belum lengkap",
            "error_message": "NIK terdiri dari 16 angka.",
        },
    )


def _draw_instructions(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, "Cara mengisi", book.add_format({"bold": True, "font_size": 14}))
    steps = [
        "Datangi atau tanyakan kepada ketua RT, satu orang demi satu orang, mulai dari baris paling atas.",
        "Baca catatan_sistem: di situ ditulis apa yang meragukan dan apa yang perlu diperiksa.",
        "Pilih keputusan dari daftar, tulis nama petugas dan tanggal pemeriksaan.",
        "Bila catatan_sistem minta NIK, tulis NIK 16 angka dari KTP-el di nik_benar. Tanpa itu WARGA belum dapat dipakai.",
        "Bila NIK yang tertulis ternyata milik orang lain, pilih WARGA dan tulis NIK yang benar di nik_benar.",
        "Baris yang belum diperiksa biarkan kosong; berkas boleh dikirim berkali-kali. Jawaban terbaru yang berlaku.",
        "Jangan ubah id_kasus dan jangan hapus baris judul. Menyaring dan mencetak boleh.",
    ]
    for number, step in enumerate(steps, start=1):
        sheet.write_string(number, 0, f"{number}.")
        sheet.write_string(number, 1, step, wrap)
    row = len(steps) + 2
    sheet.write_string(row, 0, "keputusan", bold)
    sheet.write_string(row, 1, "artinya", bold)
    for offset, (answer, meaning) in enumerate(ANSWERS.items(), start=1):
        sheet.write_string(row + offset, 0, answer)
        sheet.write_string(row + offset, 1, meaning, wrap)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
