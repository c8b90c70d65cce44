"""How open complaints look on a sheet: whole in a workbook of their own, as bare tickets in a work list. No reading, no SQL."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import xlsxwriter

from ssn_assets import sheets

NAME = "Aduan"
COLUMNS = {
    **{"tiket": 12, "jenis": 26, "diterima": 11, "tenggat": 11, "suara": 7},
    **{"nama": 24, "alamat": 28, "rt": 5, "nik_akhir": 9, "cerita": 60},
}
"""Column names with their widths."""
BARE = {name: COLUMNS[name] for name in ("tiket", "jenis", "diterima", "tenggat", "suara")}
"""The columns of a work list: nothing of the person, because work lists come back and stay (retention: aturan.yaml)."""

HOW = (
    "Jawablah sebelum tenggat lewat Dinas Sosial (ssn aduan answer). Lembar ini tidak perlu diisi atau dikirim kembali."
    " Jangan diteruskan: berisi cerita warga."
)


HOW_BARE = (
    "Orang dan ceritanya ada di berkas aduan kelurahan ini (outbox/aduan/), atau lewat ssn aduan show."
    " Jawablah sebelum tenggat; lembar ini tidak perlu diisi."
)


@dataclass(frozen=True)
class Waiting:
    """One open ticket, of nobody. suara: how often it was sent."""

    tiket: str
    jenis: str
    diterima: str
    tenggat: str
    suara: int


@dataclass(frozen=True)
class Line(Waiting):
    """One open ticket with its person as the civil registry has him, else empty, and what he wrote."""

    nama: str
    alamat: str
    rt: str
    nik_akhir: str
    cerita: str


def draw_waiting(book: xlsxwriter.Workbook, tickets: Sequence[Waiting]) -> None:
    """The sheet `Aduan` of a work list."""
    _draw(book, tickets, BARE, HOW_BARE)


def _draw(book: xlsxwriter.Workbook, lines: Sequence[Waiting], columns: Mapping[str, int], how: str) -> None:
    title = f"Sanggahan dan pengaduan yang menunggu jawaban: {len(lines)}"
    sheets.draw_to_read(book, NAME, title, how, columns, [astuple(line) for line in lines])


def workbook(place: str, lines: Sequence[Line]) -> bytes:
    """A workbook with this sheet only.

    Args:
        place: kelurahan code, or whom the tickets wait for.
    """
    content = io.BytesIO()
    book = sheets.new_book(content, f"Aduan {place}")
    _draw(book, lines, COLUMNS, HOW)
    book.close()
    return content.getvalue()
