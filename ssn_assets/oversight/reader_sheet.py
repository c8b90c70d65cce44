"""The sheet of one reader: each line a row of the list beside the person the matching chose, and cells to fill in.

Readers do not see what the matching decided, nor by which rule, nor each other's labels. Which rows stand here: `sampling.py`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ssn_assets import sheets
from ssn_assets.sheets import HEADER_ROW

GIVEN = {"id_sampel": 12, "berkas": 16, "baris": 7, "bidang": 14, "di_dtks": 42, "di_registri": 42}
TO_FILL = {"putusan": 13, "catatan": 24}
READER = {"pembaca": 9}
COLUMNS = {**GIVEN, **TO_FILL, **READER}
"""Columns with their widths. pembaca is filled in already: it says whose sheet this is when it comes back."""

FIELDS = ("Nama", "NIK", "Nomor KK", "Tanggal lahir", "Jenis kelamin", "Nama ibu", "Kelurahan", "RT", "Alamat")
LABELS = {
    "SAMA": "baris DTKS dan orang di data kependudukan adalah orang yang sama",
    "BEDA": "keduanya orang yang berbeda; orang DTKS itu tidak ada di data kependudukan, atau ada di baris lain lembar ini",
    "ADA_LAIN": "keduanya berbeda, tetapi orang DTKS itu ada di data kependudukan dan tidak ada di lembar ini",
    "TIDAK_TAHU": "tidak dapat diputuskan dari data ini",
}
STEPS = (
    "Setiap baris berisi satu orang dari DTKS (di_dtks) dan satu dari data kependudukan (di_registri), bidang demi bidang.",
    "Satu orang dari DTKS dapat mengisi beberapa baris berturut-turut, tiap baris dengan calon lain: paling banyak satu SAMA.",
    "Bila tidak ada calon yang cocok, cari orangnya di aplikasi kependudukan; bila ketemu pilih ADA_LAIN, bila tidak BEDA.",
    "Putuskan apakah keduanya orang yang sama. Boleh memakai sumber lain: arsip, ketua RT, aplikasi kependudukan.",
    "Salah ketik, singkatan, gelar, KK lama atau alamat lama adalah biasa dan tidak berarti orangnya berbeda.",
    "Hati-hati dengan saudara, ayah dan anak, atau orang lain yang namanya sama: lihat NIK, tanggal lahir dan nama ibu.",
    "Pilih putusan dari daftar; tulis di catatan apa yang menentukan. Baris yang belum dibaca biarkan kosong.",
    "Jangan berunding dengan pembaca lain: kesepakatan dua orang yang bekerja sendiri-sendiri itulah yang diukur.",
    "Jangan ubah id_sampel, pembaca dan baris judul. Kirim berkas ini ke inbox/sampel/, boleh berkali-kali.",
    "Bila dua pembaca tidak sepakat, orang ketiga boleh mengisi salinan lembar ini dengan pembaca 3.",
    "Berkas ini memuat data pribadi. Simpan di tempat yang aman dan hapus sesudah dikirim.",
)
LINE_HEIGHT = 15
NOTHING = "-"
NOBODY = "Tidak ada calon.\nCari orang ini di aplikasi kependudukan."


@dataclass(frozen=True)
class Line:
    """One line of the sample; values in the order of FIELDS. in_registry is empty when the row has no candidate."""

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
    book = sheets.new_book(content, f"Sampel pemadanan {period}, pembaca {reader}")
    sheet = book.add_worksheet("Sampel")
    _draw_titles(book, sheet, period, reader, len(lines))
    _draw_lines(book, sheet, reader, lines)
    _set_up(sheet, len(lines))
    sheets.draw_instructions(book, "Cara membaca", STEPS, "putusan", LABELS, (16, 96))
    book.close()
    return content.getvalue()


def _draw_titles(book: xlsxwriter.Workbook, sheet: Worksheet, period: str, reader: int, count: int) -> None:
    titles = [
        f"Sampel pemadanan SSN: pembaca {reader}",
        f"Periode {period}, {count} baris. Bandingkan kiri dan kanan: orang yang sama atau bukan?",
        "Isi kolom kuning sendiri, tanpa berunding dengan pembaca lain, lalu kirim berkas ini kembali.",
    ]
    sheets.draw_titles(book, sheet, titles)
    sheets.draw_header(book, sheet, COLUMNS, TO_FILL)


def _draw_lines(book: xlsxwriter.Workbook, sheet: Worksheet, reader: int, lines: Sequence[Line]) -> None:
    given, fill = book.add_format(sheets.CELL), book.add_format(sheets.TO_FILL)
    quiet = book.add_format({**sheets.CELL, "font_color": "#595959"})  # of one size with the values: they must stand level
    small = book.add_format({**sheets.CELL, "font_color": "#595959", "font_size": 8})
    for place, line in enumerate(lines):
        row = HEADER_ROW + place
        left, right = _stacked(line.on_list), _stacked(line.in_registry) if line.in_registry else NOBODY
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
    rule = {
        **sheets.CHOICE,
        "source": list(LABELS),
        "input_title": "Putusan",
        "input_message": "Pilih dari daftar. Artinya ada di lembar Petunjuk.",
        "error_title": "Putusan tidak dikenal",
        "error_message": "Pilih SAMA, BEDA, ADA_LAIN atau TIDAK_TAHU.",
    }
    sheets.restrict(sheet, list(COLUMNS).index("putusan"), last, rule)
    sheets.set_up(sheet, last, len(COLUMNS) - 1, frozen=0)
