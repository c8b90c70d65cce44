"""How a list of cards to hand out looks as an XLSX file, at the counter and on the walk. No reading, no SQL.

Both lists end in the same columns to fill in, so that both come back through inbox/penyerahan/.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ssn_assets import sheets
from ssn_assets.sheets import HEADER_ROW

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
STEPS = (
    "Cocokkan kode_surat dengan kode di surat pemegang, dan KTP-el dengan nama dan nik_akhir.",
    "Pilih status dari daftar, tulis nama petugas dan tanggalnya.",
    "Bila kartu diserahkan, pilih cara_identifikasi: {ways}.",
    "Jangan meminta uang dan jangan menanyakan PIN.",
    "Baris yang belum dikerjakan biarkan kosong; berkas boleh dikirim berkali-kali.",
    "Jangan ubah id_penerbitan dan jangan hapus baris judul. Menyaring dan mencetak boleh.",
)


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
    book = sheets.new_book(content, f"{title.text} {title.area}")
    _draw_list(book, title, given, rows, ways)
    sheets.draw_instructions(
        book, "Cara mengisi", [step.format(ways=", ".join(ways)) for step in STEPS], "status", OUTCOMES, (30, 90)
    )
    book.close()
    return content.getvalue()


def _draw_list(
    book: xlsxwriter.Workbook, title: Title, given: Mapping[str, int], rows: Sequence[Sequence[Any]], ways: Sequence[str]
) -> None:
    sheet = book.add_worksheet("Daftar")
    how = "Isi kolom kuning, simpan, lalu kirim berkas ini kembali. Yang belum dikerjakan biarkan kosong."
    sheets.draw_titles(
        book, sheet, [f"{title.text}: {title.area}", f"Periode {title.period}, {len(rows)} kartu. {title.note}", how]
    )
    columns = {**given, **TO_FILL}
    sheets.draw_header(book, sheet, columns, TO_FILL)
    text, empty, day = (book.add_format(look) for look in (sheets.CELL, sheets.TO_FILL, sheets.DAY_TO_FILL))
    for number, values in enumerate(rows, start=HEADER_ROW):
        for column, value in enumerate(values):
            sheet.write_string(number, column, _text(value), text)
        for column, name in enumerate(TO_FILL, start=len(given)):
            sheet.write_blank(number, column, None, day if name == "tanggal" else empty)
    last = HEADER_ROW - 1 + max(len(rows), 1)
    _add_validations(sheet, list(columns), last, ways)
    sheets.set_up(sheet, last, len(columns) - 1, list(given).index("nama") + 1)


def _text(value: Any) -> str:
    """A cell's text; what a spreadsheet cannot hold is left out."""
    return "".join(sign for sign in str("" if value is None else value) if sign.isprintable())


def _add_validations(sheet: Worksheet, columns: list[str], last: int, ways: Sequence[str]) -> None:
    for name, source in (("status", list(OUTCOMES)), ("cara_identifikasi", list(ways))):
        sheets.restrict(sheet, columns.index(name), last, {**sheets.CHOICE, "source": source, "error_title": "Tidak dikenal"})
    words = {"error_title": "Bukan tanggal", "error_message": "Tulis tanggal seperti 2026-11-25."}
    sheets.restrict(sheet, columns.index("tanggal"), last, {**sheets.DATE, **words})
