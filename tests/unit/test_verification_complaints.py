"""Open complaints in the warehouse and on the sheets: routed, counted by age, on the list of the kelurahan that answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ssn_assets.complaints import desk, office, rules, sealed
from ssn_assets.complaints.ticket import Sent
from ssn_assets.home import Home
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
