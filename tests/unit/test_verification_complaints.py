"""Open complaints in the warehouse and on the sheets: routed, counted by age, on the list of the kelurahan that answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from ssn_assets.complaints import desk, office, rules, sealed
from ssn_assets.complaints.ticket import Sent
from ssn_assets.home import Home
from ssn_assets.intake.headers import VERIFIKASI
from ssn_assets.intake.inbox import InboxFile
from ssn_assets.intake.xlsxfile import read_xlsx
from ssn_assets.keys import read_or_create
from ssn_assets.verification import complaints
from ssn_assets.verification.worklist import write_worklists
from tests.unit.decision_city import KELURAHAN, City, city  # noqa: F401

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
P1, P2 = "6472010101900001", "6472014101900002"
A, B = KELURAHAN["A"], KELURAHAN["B"]
Send = Callable[..., str]


@pytest.fixture
def send(home: Home, city: City) -> Send:
    """People of A and B, one open case in A; a way to complain."""
    city.person(P1, nama="AISYAH", rt="009")
    city.person(P2, nama="BUDI", kel="B", kk="KK2")
    city.row(P1, nama="AISYAH")
    city.run()
    public = sealed.public_half(read_or_create(home, sealed.KEY_FILE))
    count = iter(range(100))

    def send(jenis: str, nik: str = "", area: str = "", uraian: str = "=1+1 kartu\nbelum sampai", when: datetime = NOW) -> str:
        sent = Sent(jenis, nik, "1" * 16 if nik else "", area, uraian, "0812", f"{next(count):032x}")
        return desk.send(city.store, b"k" * 32, public, rules.load().jenis[jenis], sent, when).nomor

    return send


def refresh(home: Home, city: City) -> dict[str, int]:
    return complaints.refresh(city.con, city.store, home, NOW)


def sheet(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(path)["Aduan"].iter_rows(min_row=4)]


def test_a_ticket_without_kelurahan_goes_where_the_registry_has_the_person(home: Home, city: City, send: Send) -> None:
    lost, chosen = send("SANGGAH_DATA", P2), send("ADUAN_BANTUAN", P2, A)
    unknown, apart = send("USUL_TERDAFTAR", "6472019999999999"), send("ADUAN_PETUGAS", P1, B)
    assert refresh(home, city)["dialihkan_menurut_registri"] == 1
    assert refresh(home, city)["dialihkan_menurut_registri"] == 0
    assert dict(city.con.execute("select nomor, kode_kelurahan from ops.aduan").fetchall()) == {
        lost: B,
        chosen: A,
        unknown: None,
        apart: None,
    }
    assert {t.nomor: t.kode_kelurahan for t in office.tickets(city.store)}[lost] == B


def cells_of(path: Path, name: str) -> list[list[object]]:
    """What a sheet says; of the list without the title that counts the tickets."""
    cells = load_workbook(path)[name].iter_rows()
    return [[cell.value for cell in row] for row in cells if name != "Daftar" or row[0].row != 4]


def styles_of(book: Workbook) -> list[list[str]]:
    """How the list's cells look."""
    cells = book["Daftar"].iter_rows(min_row=5)
    return [[repr((c.font, c.fill, c.border, c.number_format, c.protection)) for c in row] for row in cells]


def write(home: Home, city: City) -> Path:
    refresh(home, city)
    complaints.write_sheets(home, complaints.lines(city.con, home, rules.load()))
    return home.outbox / "aduan"


def test_each_place_has_a_file_of_what_waits_there(home: Home, city: City, send: Send) -> None:
    number = send("ADUAN_BANTUAN", P1, A)
    send("ADUAN_BANTUAN", P1, A, "Tetap belum.")
    send("SANGGAH_DATA", P2, B)
    officers = send("ADUAN_PETUGAS", "", A)
    folder = write(home, city)
    assert sorted(p.name for p in folder.iterdir()) == [f"{A}.xlsx", f"{B}.xlsx", "dinsos.xlsx"]
    path = folder / f"{A}.xlsx"
    head, (ticket, kind, _, until, voices, name, _, rt, last, story) = sheet(path)
    assert head[0] == "tiket" and "id_kasus" not in head
    assert (ticket, kind, until, voices) == (sealed.in_groups(number), "Bantuan atau kartu tidak sampai", "2026-11-08", "2")
    assert (name, rt, last, story) == ("AISYAH", "009", "0001", "=1+1 kartu\nbelum sampai\n---\nTetap belum.")
    before = path.stat()
    write(home, city)
    assert path.stat().st_ino == before.st_ino  # nothing changed: not written again
    assert sheet(folder / "dinsos.xlsx")[1][0] == sealed.in_groups(officers)
    office.close(city.store, officers, "Selesai.", "ani", NOW)
    write(home, city)
    assert sorted(p.name for p in folder.iterdir()) == [f"{A}.xlsx", f"{B}.xlsx"]


def test_the_work_list_names_the_tickets_that_wait_and_nobody(home: Home, city: City, send: Send) -> None:
    later, sooner = send("ADUAN_BANTUAN", P1, A, "Kartu belum sampai."), send("SANGGAH_DATA", P1, A, "Saya tidak pindah.")
    send("ADUAN_BANTUAN", P1, A, "Tetap belum.")
    for elsewhere in (("SANGGAH_DATA", P2, B), ("ADUAN_PETUGAS", P1, A), ("ADUAN_SASARAN", "", "")):
        send(*elsewhere)
    office.answer(city.store, send("USUL_TERDAFTAR", P1, A), "Akan diperiksa.", "ani", NOW)
    write_worklists(city.con, home, "2026-10")
    (path,) = home.worklists("2026-10").iterdir()
    bare, cases = load_workbook(path), cells_of(path, "Daftar")
    refresh(home, city)
    write_worklists(city.con, home, "2026-10", complaints.waiting(city.con, rules.load()))
    assert [p.name for p in home.worklists("2026-10").iterdir()] == [f"{A}.xlsx"]  # B has tickets and no case: contracts.md
    book = load_workbook(path)
    assert book.sheetnames == ["Daftar", "Petunjuk", "Aduan"] and bare.sheetnames == ["Daftar", "Petunjuk"]
    assert "2 sanggahan atau pengaduan" in book["Daftar"]["A4"].value and cells_of(path, "Daftar") == cases
    assert styles_of(book) == styles_of(bare)
    assert sheet(path) == [
        ["tiket", "jenis", "diterima", "tenggat", "suara"],
        [sealed.in_groups(sooner), "Data saya keliru", "2026-11-01", "2026-11-04", "1"],
        [sealed.in_groups(later), "Bantuan atau kartu tidak sampai", "2026-11-01", "2026-11-08", "2"],
    ]
    said = str(cells_of(path, "Aduan"))
    assert not any(text in said for text in ("AISYAH", P1, P1[-4:], "MAWAR", "Kartu belum", "tidak pindah", "0812"))


def test_a_returned_list_is_read_as_without_its_sheet_of_tickets(home: Home, city: City, send: Send) -> None:
    send("SANGGAH_DATA", P1, A)
    refresh(home, city)
    write_worklists(city.con, home, "2026-10", complaints.waiting(city.con, rules.load()))
    path = home.worklists("2026-10") / f"{A}.xlsx"
    book = load_workbook(path)
    book["Daftar"]["G6"] = "WARGA"
    book.move_sheet("Aduan", -2)  # whatever the operator's program does with the order
    filled = home.root / path.name
    book.save(filled)
    grid = read_xlsx(InboxFile("verifikasi", "", filled.name, filled), VERIFIKASI)
    answers = grid.table.column(f"c{grid.match.places['keputusan'][0]}").to_pylist()
    assert "lembar 'Daftar'" in grid.note and answers == ["WARGA"]


def test_a_story_whose_time_is_over_is_in_no_file_of_any_period(home: Home, city: City, send: Send) -> None:
    """Also when no run gets as far as writing sheets again."""
    number = send("ADUAN_BANTUAN", P1, A)
    write(home, city)
    write_worklists(city.con, home, "2026-09")
    office.close(city.store, number, "Selesai.", "ani", NOW)
    write_worklists(city.con, home, "2026-10")
    lists = [path for period in ("2026-09", "2026-10") for path in home.worklists(period).glob("*.xlsx")]
    assert len(lists) == 2 and all("Aduan" not in load_workbook(path).sheetnames for path in lists)
    told = rules.load()
    for days, left in ((29, [f"{A}.xlsx"]), (31, [])):
        complaints.forget(city.store, home, told, NOW + timedelta(days=days))
        assert [path.name for path in (home.outbox / "aduan").iterdir()] == left
    assert not office.sealed_texts(city.store)


def test_ageing_counts_and_names_nobody(home: Home, city: City, send: Send) -> None:
    send("SANGGAH_DATA", P1, A, when=datetime(2026, 10, 20, tzinfo=UTC))
    send("SANGGAH_DATA", P2, A)
    send("ADUAN_PETUGAS")
    refresh(home, city)
    found = complaints.ageing(city.con, date(2026, 11, 1))
    assert [tuple(f.values()) for f in found] == [
        ("ADUAN_PETUGAS", "dinsos", "0-3", 1, 1, 0),
        ("SANGGAH_DATA", A, "0-3", 1, 1, 0),
        ("SANGGAH_DATA", A, "8-14", 1, 1, 1),
    ]


def test_a_lost_key_stops_nothing(home: Home, city: City, send: Send) -> None:
    send("SANGGAH_DATA", P1, A)
    (home.keys / sealed.KEY_FILE).write_text("0" * 63 + "1\n")
    assert refresh(home, city)["isi_tidak_terbaca"] == 1
    assert "tidak dapat dibaca" in complaints.lines(city.con, home, rules.load())[A][0].cerita
