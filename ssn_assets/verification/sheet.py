"""One work list as an XLSX file: title, header, drop-downs, protection, print set-up, instructions.

The rows come as XML made by SQL (`worklist.py`), so that a hundred thousand cases cost seconds; xlsxwriter draws all the rest.
Which cases stand on a list, and what is said of them, is in the dbt model mart_kasus.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ssn_assets import bank_matters, sheets
from ssn_assets.bank_matters import Matter
from ssn_assets.sheets import HEADER_ROW
from ssn_assets.verification import complaint_sheet
from ssn_assets.verification.complaint_sheet import Waiting

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

STEPS = (
    "Datangi atau tanyakan kepada ketua RT, satu orang demi satu orang, mulai dari baris paling atas.",
    "Baca catatan_sistem: di situ ditulis apa yang meragukan dan apa yang perlu diperiksa.",
    "Pilih keputusan dari daftar, tulis nama petugas dan tanggal pemeriksaan.",
    "Bila catatan_sistem minta NIK, tulis NIK 16 angka dari KTP-el di nik_benar. Tanpa itu WARGA belum dapat dipakai.",
    "Bila NIK yang tertulis ternyata milik orang lain, pilih WARGA dan tulis NIK yang benar di nik_benar.",
    "Baris yang belum diperiksa biarkan kosong; berkas boleh dikirim berkali-kali. Jawaban terbaru yang berlaku.",
    "Jangan ubah id_kasus dan jangan hapus baris judul. Menyaring dan mencetak boleh.",
)


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


def workbook(title: Title, rows: str, tickets: Sequence[Waiting] = (), refused: Sequence[Matter] = ()) -> bytes:
    """The file.

    Args:
        title: what stands above the list.
        rows: `<row>` elements from row HEADER_ROW + 1 on, cells in the styles of `styles()`.
        tickets: objections and complaints that wait there, for a sheet of their own; none, no sheet.
        refused: what the bank refused and the kelurahan has to settle, the same.
    """
    members = _members(_shell(title, tickets, refused))
    sheet = members["xl/worksheets/sheet1.xml"]
    extent = f"A1:{chr(ord('A') + len(GIVEN) + len(TO_FILL) - 1)}{HEADER_ROW + title.count}"
    sheet = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="{extent}"/>', sheet)
    members["xl/worksheets/sheet1.xml"] = sheet.replace(_template_row(sheet), rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, sheets.SAME_DAY.timetuple()[:6])
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


def _shell(title: Title, tickets: Sequence[Waiting] = (), refused: Sequence[Matter] = ()) -> bytes:
    """The workbook with one empty row in the right styles where the list begins."""
    content = io.BytesIO()
    book = sheets.new_book(content, f"Daftar kerja {title.area}")
    _draw_list(book, book.add_worksheet("Daftar"), title, _elsewhere(len(tickets), len(refused)))
    sheets.draw_instructions(book, "Cara mengisi", STEPS, "keputusan", ANSWERS, (22, 90))
    if tickets:  # last: the list's styles keep their numbers
        complaint_sheet.draw_waiting(book, tickets)
    if refused:
        bank_matters.draw(book, list(refused))
    book.close()
    return content.getvalue()


def _elsewhere(tickets: int, refused: int) -> str:
    said = []
    if tickets:
        said.append(f"{tickets} sanggahan atau pengaduan menunggu jawaban: lihat lembar {complaint_sheet.NAME}.")
    if refused:
        said.append(f"{refused} kartu atau pembayaran ditolak bank: lihat lembar {bank_matters.NAME}.")
    return " ".join(said)


def _draw_list(book: xlsxwriter.Workbook, sheet: Worksheet, title: Title, elsewhere: str) -> None:
    count = f"{title.count:,}".replace(",", ".")
    sheets.draw_titles(
        book,
        sheet,
        [
            f"Daftar kerja verifikasi SSN: {title.area}",
            f"Periode {title.period}, {count} kasus. Yang paling berisiko ditulis lebih dulu.",
            "Isi kolom kuning, simpan, lalu kirim berkas ini kembali. Baris yang belum diperiksa biarkan kosong.",
            *([elsewhere] if elsewhere else []),
        ],
    )
    columns = {**GIVEN, **TO_FILL}
    sheets.draw_header(book, sheet, columns, TO_FILL)
    given, text = book.add_format(sheets.CELL), book.add_format(sheets.TO_FILL)
    day = book.add_format({**sheets.DAY_TO_FILL, "text_wrap": False})
    for column, name in enumerate(columns):
        sheet.write_blank(HEADER_ROW, column, None, (day if name == "tanggal" else text) if name in TO_FILL else given)
    last_row = HEADER_ROW - 1 + title.count
    _add_validations(sheet, last_row)
    sheets.set_up(sheet, last_row, len(columns) - 1, frozen=2)


def _add_validations(sheet: Worksheet, last_row: int) -> None:
    rules = {
        "keputusan": {
            **sheets.CHOICE,
            "source": list(ANSWERS),
            "input_title": "Keputusan",
            "input_message": "Pilih dari daftar. Artinya ada di lembar Petunjuk.",
            "error_title": "Keputusan tidak dikenal",
        },
        "tanggal": {
            **sheets.DATE,
            "input_title": "Tanggal pemeriksaan",
            "input_message": "Contoh: 2026-10-25",
            "error_title": "Bukan tanggal",
            "error_message": "Tulis tanggal seperti 2026-10-25.",
        },
        "nik_benar": {
            "validate": "length",
            "criteria": "==",
            "value": 16,
            "ignore_blank": True,
            "input_title": "NIK yang benar",
            "input_message": "Wajib bila catatan_sistem minta NIK dan orangnya WARGA. 16 angka dari KTP-el.",
            "error_type": "warning",
            "error_title": "NIK belum lengkap",
            "error_message": "NIK terdiri dari 16 angka.",
        },
    }
    columns = [*GIVEN, *TO_FILL]
    for name, rule in rules.items():
        sheets.restrict(sheet, columns.index(name), last_row, rule)
