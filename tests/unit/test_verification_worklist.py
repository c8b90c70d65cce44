"""The work lists: what an operator opens, fills in and sends back (README, Formats and codes)."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import python_calamine
from openpyxl import load_workbook

from ssn_assets import bank_matters
from ssn_assets.bank_matters import Matter
from ssn_assets.home import Home
from ssn_assets.store.transfer import fill
from ssn_assets.verification.worklist import write_worklists
from tests.unit.decision_city import City, city  # noqa: F401

HEADER = ["id_kasus", "nama", "alamat", "rt", "nik_akhir", "catatan_sistem"]
HEADER += ["keputusan", "petugas", "tanggal", "nik_benar", "catatan"]
ANSWERS = ["WARGA", "BUKAN_WARGA", "MENINGGAL", "PINDAH", "TIDAK_DITEMUKAN", "MAMPU", "MENOLAK"]
P1, P2, P3, P4 = "6472010101900001", "6472014101900002", "6472010101900003", "6472010101900004"


@pytest.fixture
def lists(home: Home, city: City) -> Iterator[tuple[City, Home, Path]]:
    """Kelurahan A with four cases, one whose kelurahan nobody knows."""
    city.person(P1, rt="009", nama="AISYAH")
    city.person(P2, rt="002", nama="BUDI", kk="KK2", kode_kelurahan=None)
    city.person(P3, rt="002", nama="CITRA", kk="KK3")
    city.person(P4, rt="001", nama="DEWI", kk="KK4", status="MENINGGAL")
    city.row(P1, nama="AISYAH")
    city.row(P2, nama="BUDI", no_kk="KK2", kode_kelurahan=None)
    city.row("6472019999999999", nik_padan=P3, nama="CITRA <&> SARI", no_kk="KK9")
    city.row(None, status="RAGU", calon=(P3, P4), nama='=HYPERLINK("http://x";"klik")', alamat="@JL. \x07MAWAR", rt="5")
    city.row(P4, nama="DEWI")
    city.run()
    yield city, home, home.worklists("2026-10")


def rows(path: Path) -> list[dict[str, object]]:
    cells = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    top = next(i for i, row in enumerate(cells) if row[0] == "id_kasus")
    assert cells[top] == HEADER
    return [dict(zip(HEADER, row, strict=True)) for row in cells[top + 1 :]]


def test_open_cases_only_the_riskiest_first(lists):
    city, home, folder = lists
    names = ["64.72.01.1001.xlsx", "tanpa_kelurahan.xlsx"]
    found = write_worklists(city.con, home, "2026-10")
    assert found == {"berkas": 2, "dagster/row_count": 4, "berkas_dihapus": 0, "_daftar": names}
    assert sorted(p.name for p in folder.iterdir()) == names
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in folder.iterdir())
    doubtful, other_nik, sure = rows(folder / "64.72.01.1001.xlsx")
    assert (doubtful["nik_akhir"], other_nik["nik_akhir"], sure["nik_akhir"]) == ("", "0003", "0001")
    assert (other_nik["nama"], sure["nama"], sure["rt"]) == ("CITRA", "AISYAH", "009")
    assert "Di DTKS NIK lain, berakhir 9999." in other_nik["catatan_sistem"]
    assert "namanya CITRA <&> SARI" in other_nik["catatan_sistem"]
    assert "Calon 1: CITRA, NIK berakhir 0003, RT 002 Kel. Rawa Makmur" in doubtful["catatan_sistem"]
    assert "Calon 2: DEWI, NIK berakhir 0004, RT 001 Kel. Rawa Makmur, tercatat meninggal" in doubtful["catatan_sistem"]
    assert not any(nik in str(cell) for nik in (P1, P2, P3, P4) for row in (doubtful, other_nik, sure) for cell in row.values())
    assert [r["nama"] for r in rows(folder / "tanpa_kelurahan.xlsx")] == ["BUDI"]


def test_candidates_of_one_name_are_told_apart(home: Home, city: City):
    shared = {"nama": "SITI AMINAH", "kk": "KK1", "rt": "003", "nama_ibu": "FATIMAH", "jenis_kelamin": "P"}
    city.person(P1, tanggal_lahir="1984-02-01", **shared)
    city.person(P2, tanggal_lahir="2010-02-01", **shared | {"nama_ibu": "RAHMAH", "jenis_kelamin": "L"})
    city.row(None, status="RAGU", calon=(P1, P2), nama="SITI AMINAH", nama_ibu="FATIMAH", jenis_kelamin="P")
    city.run()
    write_worklists(city.con, home, "2026-10")
    (line,) = rows(home.worklists("2026-10") / "64.72.01.1001.xlsx")
    note = str(line["catatan_sistem"])
    assert "Kel. Rawa Makmur, lahir 1984 (nama sama, KK sama, nama ibu sama)." in note
    assert "lahir 2010 (nama sama, KK sama, jenis kelamin beda, nama ibu beda)." in note
    assert "Para calon berbeda pada: tanggal lahir, jenis kelamin, nama ibu." in note
    assert "FATIMAH" not in note and "RAHMAH" not in note


def test_doubtful_rows_most_likely_to_be_settled_come_first(home: Home, city: City):
    city.person(P1)
    for name, score in (("LEMAH", 0.1), ("KUAT", 0.9), ("KOSONG", None)):
        city.row(None, status="RAGU", calon=(P1,), nama=name, skor=score)
    city.run()
    write_worklists(city.con, home, "2026-10")
    assert [r["nama"] for r in rows(home.worklists("2026-10") / "64.72.01.1001.xlsx")] == ["KUAT", "LEMAH", "KOSONG"]


def test_values_arrive_as_text_never_as_formulas(lists):
    city, home, folder = lists
    write_worklists(city.con, home, "2026-10")
    sheet = load_workbook(folder / "64.72.01.1001.xlsx").worksheets[0]
    first = {HEADER[c.column - 1]: c for c in sheet[6]}
    assert first["nama"].value == '=HYPERLINK("http://x";"klik")' and first["nama"].data_type != "f"
    assert first["alamat"].value == "@JL. MAWAR"
    for path in folder.iterdir():
        with ZipFile(path) as archive:
            assert not any(b"<f>" in archive.read(n) or b"<hyperlink" in archive.read(n) for n in archive.namelist())


def test_the_sheet_helps_to_fill_it_in(lists):
    city, home, folder = lists
    write_worklists(city.con, home, "2026-10")
    book = load_workbook(folder / "64.72.01.1001.xlsx")
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Daftar", "Petunjuk"]
    assert "Kelurahan Rawa Makmur, Kecamatan Palaran" in sheet["A1"].value
    assert sheet.freeze_panes == "C6" and sheet.print_title_rows == "$5:$5"
    assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["G6:G8"].formula1 == f'"{",".join(ANSWERS)}"'
    assert {"I6:I8", "J6:J8"} <= set(rules)
    assert sheet.protection.sheet and sheet["A6"].protection.locked
    assert not any(sheet.cell(6, column).protection.locked for column in range(7, 12))
    assert sheet["J6"].number_format == "@"  # a NIK typed here stays text
    assert sheet.dimensions == "A1:K8"


def test_a_filled_sheet_comes_back_and_closes_its_cases(lists):
    city, home, folder = lists
    write_worklists(city.con, home, "2026-10")
    book = load_workbook(folder / "64.72.01.1001.xlsx")
    sheet = book.worksheets[0]
    for number in range(6, sheet.max_row + 1):
        sheet.cell(number, 7, "WARGA")
        sheet.cell(number, 10, P3 if number == 6 else None)
    filled = home.root / "terisi.xlsx"
    book.save(filled)
    for row in rows(filled):
        city.answer(row["id_kasus"], row["keputusan"], nik_benar=row["nik_benar"] or None)
    assert [d["keputusan"] for d in city.run()] == ["VALID", "MENUNGGU", "VALID", "TIDAK_VALID", "TIDAK_VALID"]
    outcome = write_worklists(city.con, home, "2026-10")
    assert outcome == {
        "berkas": 1,
        "dagster/row_count": 1,
        "berkas_dihapus": 1,
        "_daftar": ["tanpa_kelurahan.xlsx"],
    }
    assert [p.name for p in folder.iterdir()] == ["tanpa_kelurahan.xlsx"]


def test_what_the_bank_refused_stands_on_a_sheet_of_the_list(lists):
    city, home, folder = lists
    kelurahan = Matter(
        "64.72.01.1001", "DITOLAK_BANK", "NAMA_BERBEDA", "2026-10-31", "=SITI", "JL. X", "001", "0007", "A", "B", "P1"
    )
    elsewhere = kelurahan._replace(kode_kelurahan="64.72.01.1002", nama="BUDI")
    fill(city.con, bank_matters.TABLE, dict.fromkeys(Matter._fields, "text"), [kelurahan, elsewhere])
    write_worklists(city.con, home, "2026-10", refused=bank_matters.waiting(city.con))
    assert sorted(p.name for p in folder.iterdir()) == ["64.72.01.1001.xlsx", "tanpa_kelurahan.xlsx"]
    book = load_workbook(folder / "64.72.01.1001.xlsx")
    assert book.sheetnames == ["Daftar", "Petunjuk", "Bank"] and "1 kartu atau pembayaran" in book["Daftar"]["A4"].value
    cells = list(book["Bank"].iter_rows(min_row=4, values_only=True))
    assert cells == [tuple(bank_matters.COLUMNS), kelurahan[1:]]
    assert len(rows(folder / "64.72.01.1001.xlsx")) == 3  # the first sheet is the list, as ever
    assert load_workbook(folder / "tanpa_kelurahan.xlsx").sheetnames == ["Daftar", "Petunjuk"]


def test_the_same_list_gives_the_same_bytes(lists):
    city, home, folder = lists
    write_worklists(city.con, home, "2026-10")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    city.con.execute("set threads = 1")
    write_worklists(city.con, home, "2026-10")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
