"""Workbooks as offices make them, and workbooks that must not be opened."""

from __future__ import annotations

import datetime
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.utility import xl_rowcol_to_cell

from ssn_assets.home import Home
from ssn_assets.intake import xlsxcells, xlsxfile, xlsxzip
from tests.unit.intake_support import FOLDERS, HEADER, csv_text, drop, loaded, person, workbook

TITLES = HEADER.split(",")
PEOPLE = [person(n) for n in range(1, 6)]


@pytest.fixture
def place(home: Home) -> Path:
    return home.inbox("dtks") / FOLDERS["dtks"] / "a.xlsx"


def test_numbers_dates_titles_and_numbering(home: Home, place: Path) -> None:
    titles = ["No.", *TITLES, "Tanggal Lahir"]
    rows = [[n, int(p[0]), p[1], int(p[2]), *p[3:], datetime.date(1990, 8, 17)] for n, p in enumerate(PEOPLE, 1)]
    place.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(place), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 8, "DAFTAR PENERIMA")
        for i, row in enumerate([titles, *rows], 2):
            sheet.write_row(i, 0, row)
    with loaded(home) as it:
        first = it.rows("select baris, nik_asal, no_kk_asal, rt_asal, tanggal_lahir_asal, lainnya from raw.dtks order by baris")[
            0
        ]
        assert first == (4, PEOPLE[0][0], PEOPLE[0][2], "002", "1990-08-17", '{"No.":"1"}')


def test_number_cells_above_the_exact_range_are_loaded_and_marked(home: Home, place: Path) -> None:
    papua = person(1, nik="9101011708900002")
    workbook(place, {"DATA": [TITLES, [int(papua[0]), *papua[1:]], PEOPLE[1]]})
    with loaded(home) as it:
        marked = it.rows("select nik_kelas, lainnya is not null from raw.dtks order by baris")
        assert marked == [("BAIK", True), ("BAIK", False)]
        assert "1 baris dengan NIK" in it.column("select keterangan from raw.berkas")[0]


def test_the_first_sheet_with_a_header_is_read_and_the_others_reported(home: Home, place: Path) -> None:
    workbook(place, {"Petunjuk": [["Cara mengisi"]], "Bugis": [TITLES, PEOPLE[0]], "Dadi Mulya": [TITLES, PEOPLE[1]]})
    with loaded(home) as it:
        assert it.column("select nik from raw.dtks") == [PEOPLE[0][0]]
        note = it.column("select keterangan from raw.berkas")[0]
        assert "lembar 'Bugis'" in note and "tidak dibaca: Petunjuk, Dadi Mulya" in note


def test_merged_cells_hold_for_all_their_rows(home: Home, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(place)) as book:
        sheet = book.add_worksheet()
        for column, title in enumerate(TITLES):
            sheet.merge_range(0, column, 1, column, title)
        for i, row in enumerate(PEOPLE, 2):
            sheet.write_row(i, 0, row)
        sheet.merge_range(2, 2, 4, 2, "6472031202150099")
        sheet.merge_range(5, 5, 6, 5, "Sidodadi")
        sheet.merge_range(7, 0, 7, 4, "JUMLAH KESELURUHAN")
    with loaded(home) as it:
        families = it.rows("select baris, no_kk, kelurahan from raw.dtks order by baris")
        assert families == [
            (3, "6472031202150099", "Bugis"),
            (4, "6472031202150099", "Bugis"),
            (5, "6472031202150099", "Bugis"),
            (6, PEOPLE[3][2], "Sidodadi"),
            (7, PEOPLE[4][2], "Sidodadi"),
        ]
        assert it.quarantine == [(8, "JUMLAH")]


def test_blanks_are_filled_down_only_in_block_style(home: Home, place: Path) -> None:
    blocks = [person(n, kelurahan={1: "Bugis", 6: "Sidodadi"}.get(n, "")) for n in range(1, 11)]
    holes = [person(n, kelurahan="" if n > 12 else "Bugis") for n in range(11, 21)]
    workbook(place, {"DATA": [TITLES, *blocks]})
    workbook(place.with_name("b.xlsx"), {"DATA": [TITLES, *holes]})
    with loaded(home) as it:
        filled = it.rows("select berkas, kelurahan, count(*) from raw.dtks group by all order by all")
        assert filled == [
            ("a.xlsx", "Bugis", 5),
            ("a.xlsx", "Sidodadi", 5),
            ("b.xlsx", "Bugis", 2),
            ("b.xlsx", None, 8),
        ]


def test_formulas_are_read_by_their_stored_value_or_their_constant(home: Home, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(place)) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([TITLES, *PEOPLE[:2]]):
            sheet.write_row(i, 0, row)
        sheet.write_formula(1, 0, f'="{PEOPLE[0][0]}"', None, PEOPLE[0][0])
        sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!")
    never = openpyxl.Workbook()
    for row in (TITLES, [f'="{PEOPLE[2][0]}"', *PEOPLE[2][1:]]):
        never.active.append(row)
    never.save(place.with_name("b.xlsx"))
    never.active.append(["=A2", *PEOPLE[3][1:]])
    never.save(place.with_name("c.xlsx"))
    with loaded(home) as it:
        assert it.rows("select nik, rt_asal from raw.dtks order by nik") == [
            (PEOPLE[0][0], "002"),
            (PEOPLE[1][0], None),
            (PEOPLE[2][0], "002"),
        ]
        assert it.refusals == {"c.xlsx": "RUMUS_BELUM_DIHITUNG"}


def bomb(path: Path, megabytes: int, lie: bool) -> bytes:
    """A workbook whose sheet is blank rows that compress a thousandfold; with lie, its directory declares 100 bytes."""
    workbook(path, {"DATA": [TITLES, PEOPLE[0]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet2.xml", b"<row/>" * (megabytes << 20 >> 3))
    content = path.read_bytes()
    if lie:
        start = content.rindex(b"PK\x01\x02")
        content = content[: start + 24] + struct.pack("<L", 100) + content[start + 28 :]
    return content


def cut(path: Path) -> bytes:
    return workbook(path, {"DATA": [TITLES, *PEOPLE]}).read_bytes()[:-200]


def other_zip(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    return path.read_bytes()


def crowd(path: Path) -> bytes:
    workbook(path, {"DATA": [TITLES, PEOPLE[0]]})
    with zipfile.ZipFile(path, "a") as book:
        for n in range(300):
            book.writestr(f"xl/media/{n}.txt", b"")
    return path.read_bytes()


def astray(*cells: str, write: Callable[[str], str] = lambda text: text) -> Callable[[Path], bytes]:
    """A workbook with one blank in each of these cells, its sheet's XML as `write` leaves it."""

    def make(path: Path) -> bytes:
        workbook(path, {"DATA": [TITLES, *PEOPLE]})
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name).decode() for name in book.namelist()}
        sheet = "xl/worksheets/sheet1.xml"
        rows = "".join(
            f'<row r="{c.lstrip(ascii_uppercase)}"><c r="{c}" t="inlineStr"><is><t> </t></is></c></row>' for c in cells
        )
        parts[sheet] = write(parts[sheet].replace("</sheetData>", rows + "</sheetData>"))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name, text in parts.items():
                book.writestr(name, text)
        return path.read_bytes()

    return make


def without_first_place(sheet: str) -> str:
    return sheet.replace('<c r="XFD1048576" t', "<c t").replace('<row r="1048576">', '<row r="1048576"><c r="XFC1048576"/>')


def one_text_everywhere(path: Path) -> bytes:
    return workbook(path, {"DATA": [TITLES, *([["X" * 30_000] * len(TITLES)] * 3000)]}).read_bytes()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: b"", "KOSONG"),
        (lambda p: csv_text(PEOPLE).encode(), "BUKAN_XLSX"),
        (lambda p: b"<html><table></table></html>", "BUKAN_XLSX"),
        (lambda p: OLE, "BUKAN_XLSX"),
        (lambda p: OLE + "EncryptedPackage".encode("utf-16-le"), "TERKUNCI"),
        (other_zip, "BUKAN_XLSX"),
        (cut, "RUSAK"),
        (crowd, "BOM_ZIP"),
        (lambda p: bomb(p, 20, lie=False), "BOM_ZIP"),
        (lambda p: bomb(p, 20, lie=True), "BOM_ZIP"),
        (astray("XFD1048576"), "TERLALU_LUAS"),
        (astray("G1048576"), "TERLALU_LUAS"),
        (astray("XFD6", "A2000"), "TERLALU_LUAS"),
        (astray("XFD1048576", write=lambda sheet: sheet.replace("c r=", "c  r = ")), "TERLALU_LUAS"),
        (astray("XFD1048576", write=lambda sheet: re.sub(r"<(/?)(row|c)\b", r"<\1x:\2", sheet)), "TERLALU_LUAS"),
        (astray("XFD1048576", write=without_first_place), "TERLALU_LUAS"),
        (one_text_everywhere, "BOM_ZIP"),
        (lambda p: workbook(p, {"DATA": []}).read_bytes(), "KOSONG"),
        (lambda p: workbook(p, {"DATA": [TITLES[:2], PEOPLE[0]]}).read_bytes(), "TANPA_KEPALA"),
    ],
)
def test_workbooks_that_are_refused_before_or_after_opening(home: Home, tmp_path: Path, make, code: str) -> None:  # type: ignore[no-untyped-def]
    drop(home, "dtks", "a.xlsx", make(tmp_path / "x.xlsx"))
    drop(home, "dtks", "b.csv", csv_text(PEOPLE))
    with loaded(home) as it:
        assert it.refusals == {"a.xlsx": code}
        assert it.report.baris_dimuat == 5


def test_formats_without_content_and_long_notes_are_no_bombs(home: Home, place: Path) -> None:
    note = "CATATAN " + "X" * 30_000
    place.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(place)) as book:
        sheet = book.add_worksheet()
        border = book.add_format({"border": 1})
        for i, row in enumerate([TITLES, *[person(n) for n in range(1, 3001)], [*PEOPLE[0][:1], note]]):
            sheet.write_row(i, 0, row)
        sheet.write_blank(1_048_575, 16_383, None, border)
    with loaded(home) as it:
        assert it.refusals == {}
        assert it.report.baris_dimuat == 3001


@given(st.lists(st.tuples(st.integers(1, 1_048_576), st.integers(1, 16_384), st.sampled_from(["/>", "></c>", "><v>1</v></c>"]))))
def test_both_ways_of_measuring_cells_agree(cells: list[tuple[int, int, str]]) -> None:
    def sheet(space: str) -> bytes:
        return "".join(f'<row><c{space}r="{xl_rowcol_to_cell(r - 1, c - 1)}"{end}' for r, c, end in cells).encode()

    filled = [(r, c) for r, c, end in cells if "<v>" in end]
    wanted = (max((r for r, _ in filled), default=0), max((c for _, c in filled), default=0), len(filled))
    for text in (sheet(" "), sheet("  ")):
        extent = xlsxcells.Extent()
        extent.add(text)
        assert (extent.rows, extent.columns, extent.cells) == wanted


def test_a_declared_bomb_is_not_even_inflated(home: Home, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook(place, {"DATA": [TITLES, PEOPLE[0]]})
    monkeypatch.setattr(xlsxzip, "LARGEST", 1000)
    monkeypatch.setattr(xlsxzip, "_inflate", None)
    with loaded(home) as it:
        assert it.refusals == {"a.xlsx": "BOM_ZIP"}


def test_what_a_reader_never_expected_is_a_refusal_without_the_data(
    home: Home, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(place, {"DATA": [TITLES, PEOPLE[0]]})
    drop(home, "dtks", "b.csv", csv_text(PEOPLE))

    def fail(*_: object) -> None:
        raise RuntimeError("BUDI SANTOSO 6472031708900001")

    monkeypatch.setattr(xlsxfile, "_grid", fail)
    with loaded(home) as it:
        assert it.refusals == {"a.xlsx": "TIDAK_TERBACA"}
        assert "RuntimeError" in (text := it.column("select keterangan from raw.karantina")[0]) and "BUDI" not in text
        assert it.report.baris_dimuat == 5
