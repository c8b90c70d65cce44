"""Letters to holders: A5, one a page, with the appointment and a check code, without any number of the person. Drawing only.

The words are `surat.yaml`; which letters there are is for `lists.py` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ssn_assets.collection import pdf

FILE = Path(__file__).with_name("surat.yaml")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober"),
    *("November", "Desember"),
)
WIDTH, MARGIN = 148, 14
"""Millimetres."""


class LetterError(ValueError):
    """surat.yaml cannot be used; the message says where."""


class Words(BaseModel):
    """Everything that stands in surat.yaml."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    kop: list[str] = Field(min_length=1)
    judul: str
    pembuka: str
    bawa_judul: str
    bawa: list[str]
    berhalangan: str
    ke_rumah: str
    minta_ke_rumah: str
    penutup: str


@dataclass(frozen=True)
class Letter:
    """One invitation. kode: eight signs; diantar: whether officers visit the holder at home as well."""

    nama: str
    alamat: str
    rt: str
    kelurahan: str
    tanggal: date
    jam: str
    tempat: str
    kode: str
    diantar: bool


@cache
def words(path: Path = FILE) -> Words:
    """The words of the letter.

    Raises:
        LetterError: a part is missing or misspelt.
    """
    try:
        return Words.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as problem:
        raise LetterError(f"{path.name} tidak dapat dipakai: {problem}") from None


def day_in_words(day: date) -> str:
    """Kamis, 5 November 2026."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def letters(area: str, some: Sequence[Letter]) -> bytes:
    """A PDF with one A5 page a letter.

    Args:
        area: whose letters they are, for the file's title.
    """
    book = pdf.document(f"Surat undangan {area}", "portrait", "A5")
    for letter in some:
        book.add_page()
        _draw(book, letter, words())
    return pdf.finished(book)


def _draw(book: Any, letter: Letter, say: Words) -> None:
    book.set_margins(MARGIN, 12, MARGIN)
    book.set_y(12)
    _head(book, say)
    for text, style in (("Kepada Yth. Bapak/Ibu", ""), (letter.nama, "B"), (letter.alamat, ""), (_place(letter), "")):
        pdf.paragraph(book, text, 5, style)
    book.ln(3)
    pdf.paragraph(book, say.pembuka, 5)
    _appointment(book, letter)
    pdf.paragraph(book, say.bawa_judul, 5.5)
    for thing in say.bawa:
        pdf.paragraph(book, f"-  {thing}", 5.5)
    book.ln(2)
    for text in (say.berhalangan, say.ke_rumah if letter.diantar else say.minta_ke_rumah, say.penutup):
        pdf.paragraph(book, text, 5)
        book.ln(1.5)
    _code(book, letter.kode)


def _place(letter: Letter) -> str:
    return f"RT {letter.rt}, {letter.kelurahan}" if letter.rt else letter.kelurahan


def _head(book: Any, say: Words) -> None:
    for number, line in enumerate(say.kop):
        pdf.paragraph(book, line, 5.5, "B" if number == 0 else "", 12 if number == 0 else 10, "C")
    book.line(MARGIN, book.get_y() + 1, WIDTH - MARGIN, book.get_y() + 1)
    book.ln(5)
    pdf.paragraph(book, say.judul, 7, "B", 13, "C")
    book.ln(3)


def _appointment(book: Any, letter: Letter) -> None:
    """The one thing that must be seen at a glance."""
    book.ln(4)
    top = book.get_y() - 2
    for line in (day_in_words(letter.tanggal), f"pukul {letter.jam} WITA", letter.tempat):
        pdf.paragraph(book, line, 7, "B", 13, "C")
    book.rect(MARGIN, top, WIDTH - 2 * MARGIN, book.get_y() + 2 - top)
    book.ln(5)


def _code(book: Any, code: str) -> None:
    book.set_y(-24)
    pdf.paragraph(book, "Kode surat", 5, size=9, align="C")
    book.set_font("Courier", "B", 16)
    book.cell(0, 7, pdf.latin(code), align="C", new_x="LMARGIN", new_y="NEXT")
