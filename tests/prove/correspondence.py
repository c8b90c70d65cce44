"""What a bank can write about cards and about payments, whole or spoilt, and what it must come to. The proof is `answers.py`."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb

from ssn_assets.bank import steps
from ssn_assets.payments import steps as payment_steps
from ssn_assets.payments.steps import Report

DAYS = ("2026-11-01", "2026-11-02", "2026-11-03")


class Line(NamedTuple):
    """One line of an answer."""

    id: str
    status: str
    tanggal: str


Said = tuple[str, str]
Picture = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Side:
    """Answers of one kind.

    Attributes:
        key, ledger, kept: column of the id, table of what was sent, table of the lines kept.
        ways: what a bank can truthfully say of one, in order: (status, day).
        reported: what it may report at all; noise: words that are no answer.
        picture: the state after some lines; pictures: the platform's, by id; not_before: whether one state may follow another.
    """

    key: str
    ledger: str
    kept: str
    ways: tuple[tuple[Said, ...], ...]
    reported: tuple[str, ...]
    noise: tuple[str, ...]
    picture: Callable[[Iterable[Line]], Picture]
    pictures: Callable[[duckdb.DuckDBPyConnection], dict[str, Picture]]
    not_before: Callable[[Picture, Picture], bool]

    def anything(self, rnd: random.Random) -> Said:
        """A line that need not fit the others."""
        return rnd.choice(self.reported), rnd.choice(DAYS)

    def file(self, lines: Iterable[Line], sheet: bool = False) -> bytes:
        """The lines as CSV or XLSX."""
        rows = [(line.id, line.status, "", line.tanggal, f"R{line.id[-4:]}") for line in lines]
        head = (self.key, "status", "alasan", "tanggal", "referensi_bank")
        return workbook([head, *rows]) if sheet else "\n".join([*(",".join(row) for row in (head, *rows)), ""]).encode()


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    """An XLSX file of text cells."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return content.getvalue()


def spoilt(side: Side, lines: list[Line], which: int, rnd: random.Random) -> tuple[bytes, bool]:
    """True lines in a file that is no list: content, and whether it is named as a workbook."""
    text, sheet = side.file(lines), side.file(lines, sheet=True)
    half = len(sheet) // 2
    without_header = text.split(b"\n", 1)[1]
    return (
        (sheet[:half], True),  # cut off
        (sheet[:half] + rnd.randbytes(40) + sheet[half + 40 :], True),
        (text, True),  # a text that says it is a workbook
        (without_header, False),
        (text.replace(b"status", b"keadaan", 1), False),  # a column that must be there is not
        (rnd.randbytes(200) + text, False),
    )[which]


def _card(lines: Iterable[Line]) -> Picture:
    return (steps.furthest(line.status for line in lines),)


def _cards(con: duckdb.DuckDBPyConnection) -> dict[str, Picture]:
    return {i: (step,) for i, step in con.execute("select id_penerbitan, langkah from langkah_penerbitan").fetchall()}


def _payment(lines: Iterable[Line]) -> Picture:
    reports = [Report(line.status, line.tanggal) for line in lines]
    days = [r.day for r in reports if r.status in payment_steps.REPORTED]
    return payment_steps.furthest(reports, sent=False), max(days, default=""), payment_steps.contradictory(reports)


def _payments(con: duckdb.DuckDBPyConnection) -> dict[str, Picture]:
    rows = con.execute("select id_pembayaran, langkah, coalesce(tanggal::text, ''), bertentangan from pesanan").fetchall()
    return {i: (step, day, odd) for i, step, day, odd in rows}


CARD_WAYS = (
    ("DITERIMA", "DITOLAK"),
    ("DITERIMA", "GAGAL_BUKA"),
    ("DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "DISERAHKAN"),
    ("DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "BELUM_DIAMBIL", "DISERAHKAN"),
    ("DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "BELUM_DIAMBIL", "DIKEMBALIKAN"),
    ("DITERIMA", "REKENING_DIBUKA", "DIBLOKIR"),
)

CARD = Side(
    "id_penerbitan",
    "penerbitan",
    "jawaban_bank",
    tuple(tuple((status, DAYS[0]) for status in way) for way in CARD_WAYS),
    steps.REPORTED,
    ("ENTAH", "DITERIM", "", "DIPESAN"),
    _card,
    _cards,
    lambda before, after: steps.rank(before[0]) <= steps.rank(after[0]),
)
PAYMENT = Side(
    "id_pembayaran",
    "pembayaran",
    "jawaban_pembayaran",
    (
        (("BERHASIL", DAYS[0]),),
        (("GAGAL", DAYS[0]),),
        (("BERHASIL", DAYS[0]), ("RETUR", DAYS[1])),
        (("BERHASIL", DAYS[1]), ("RETUR", DAYS[1])),
    ),
    payment_steps.REPORTED,
    ("ENTAH", "BERHASI", "", "DIKIRIM"),
    _payment,
    _payments,
    lambda before, after: (
        payment_steps.rank(before[0]) <= payment_steps.rank(after[0]) and before[1] <= after[1] and before[2] <= after[2]
    ),
)
