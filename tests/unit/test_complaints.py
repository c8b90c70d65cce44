"""Tickets in the store, SQLite and PostgreSQL: one open ticket a person and kind, the office's words, what is deleted when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from ssn_assets import cli
from ssn_assets.complaints import desk, office, retention, rules, sealed
from ssn_assets.complaints.ticket import Receipt, Sent
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.settings import PROJECT_ROOT
from ssn_assets.store.engine import COMPLAINTS, RUNS, StoreUnavailable, open_for_service, open_store, writing
from ssn_assets.store.schema import aduan, aduan_catatan, aduan_suara
from tests.unit.publication_city import KK, NIK

pytest_plugins = ("tests.unit.store_backends",)
NOW = datetime(2026, 11, 1, 20, tzinfo=UTC)
"""In Samarinda it is 2 November already."""
KEY, PRIVATE = b"k" * 32, b"p" * 32
AREA = "64.72.01.1001"
KINDS = rules.load().jenis
SENT = Sent("SANGGAH_KEPUTUSAN", NIK, KK, AREA, "Keadaan kami berubah.", "0812", "0" * 32)


def send(engine: Engine, when: datetime = NOW, **changed: str) -> Receipt:
    sent = replace(SENT, **changed)
    return desk.send(engine, KEY, sealed.public_half(PRIVATE), rules.load().jenis[sent.jenis], sent, when)


def test_deadlines_are_counted_in_the_citys_days(engine: Engine) -> None:
    assert send(engine).tenggat == "2026-11-16"
    assert send(engine, jenis="SANGGAH_DATA", submission="1" * 32).tenggat == "2026-11-05"


def test_one_open_ticket_however_many_send_at_once(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda i: send(engine, submission=f"{i:032x}"), range(8)))
    assert len({r.nomor for r in made}) == 1 and len({r.rahasia for r in made}) == 8
    assert [t.suara for t in office.tickets(engine)] == [8]
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda i: send(engine, submission=f"{i % 2:032x}"), range(8)))
    assert {r.rahasia for r in again} == {made[0].rahasia, made[1].rahasia} and office.tickets(engine)[0].suara == 8


def test_without_numbers_nothing_is_merged(engine: Engine) -> None:
    for i in range(2):
        send(engine, jenis="ADUAN_PETUGAS", nik="", no_kk="", submission=f"{i:032x}")
    assert [(t.suara, t.tujuan) for t in office.tickets(engine)] == [(1, "dinsos")] * 2


def test_a_voice_after_the_answer_opens_the_ticket_again_with_a_new_deadline(engine: Engine) -> None:
    number = send(engine).nomor
    assert office.answer(engine, sealed.in_groups(number).lower(), "Sudah dibetulkan.", "ani", NOW).status == "DIJAWAB"
    later = NOW + timedelta(days=20)
    assert send(engine, later, submission="1" * 32).nomor == number
    (ticket,) = office.tickets(engine, AREA)
    assert (ticket.status, ticket.tenggat, ticket.suara) == ("BARU", "2026-12-06", 2)
    assert ticket.overdue("2026-12-07") and not ticket.overdue("2026-12-06")


def test_a_secret_shows_answers_and_nothing_else(engine: Engine) -> None:
    receipt = send(engine)
    office.answer(engine, receipt.nomor, "Satu.", "ani", NOW)
    office.pass_on(engine, receipt.nomor, "64.72.01.1002", "ani", NOW)
    office.close(engine, receipt.nomor, "Dua.", "ani", NOW)
    found = desk.follow(engine, receipt.nomor, receipt.rahasia, KINDS)
    assert found and found.status == "SELESAI" and [text for _, text in found.answers] == ["Satu.", "Dua."]
    assert desk.follow(engine, receipt.nomor, send(engine, submission="1" * 32).rahasia, KINDS) is None


@pytest.mark.parametrize("jenis", KINDS)
def test_who_knows_a_persons_numbers_learns_nothing_of_what_that_person_sent(engine: Engine, jenis: str) -> None:
    """The officer complained about has both numbers on file."""
    first = send(engine, jenis=jenis)
    office.answer(engine, first.nomor, "Pungutan itu kami periksa.", "ani", NOW)
    later = NOW + timedelta(days=2)
    asked, nobody = (send(engine, later, jenis=jenis, submission="1" * 32, nik=nik) for nik in (NIK, "6472010101900009"))
    assert asked.tenggat == nobody.tenggat
    seen, other = (desk.follow(engine, r.nomor, r.rahasia, KINDS) for r in (asked, nobody))
    assert seen and other and replace(seen, nomor="") == replace(other, nomor="") and not seen.answers
    assert (asked.nomor == first.nomor) is KINDS[jenis].merged is (KINDS[jenis].nomor == "wajib")
    office.answer(engine, asked.nomor, "Sudah.", "ani", later)
    own = desk.follow(engine, first.nomor, first.rahasia, KINDS)
    assert own and len(own.answers) == 1 + KINDS[jenis].merged


def test_whoever_opens_a_ticket_is_noted(engine: Engine, home: Home) -> None:
    number = send_sealed(engine, home)
    opened = office.show(engine, home, number, "ani", NOW)
    content = opened.voices[0][1]
    assert content == sealed.Content("Keadaan kami berubah.", NIK, "0812")
    assert [(who, event) for _, who, event, _ in opened.notes] == [("ani", "DIBUKA")]


def send_sealed(engine: Engine, home: Home) -> str:
    public = sealed.public_half(read_or_create(home, sealed.KEY_FILE))
    return desk.send(engine, KEY, public, rules.load().jenis[SENT.jenis], SENT, NOW).nomor


@pytest.mark.parametrize(
    ("text", "said"),
    [("  ", "kosong"), ("a" * 2001, "2001"), (f"NIK {NIK}", "nomor panjang"), ("Tel 081200000000", "nomor panjang")],
)
def test_what_an_answer_may_not_be(engine: Engine, text: str, said: str) -> None:
    number = send(engine).nomor
    with pytest.raises(office.OfficeError, match=said):
        office.answer(engine, number, text, "ani", NOW)
    assert office.tickets(engine)[0].status == "BARU"


def test_done_is_done(engine: Engine) -> None:
    number = send(engine).nomor
    office.close(engine, number, "Selesai pada 31-10-2026 14.00.", "ani", NOW)
    for act in (
        lambda: office.answer(engine, number, "Lagi", "ani", NOW),
        lambda: office.pass_on(engine, number, AREA, "ani", NOW),
    ):
        with pytest.raises(office.OfficeError, match="selesai"):
            act()
    with pytest.raises(office.OfficeError, match="tidak ada tiket"):
        office.close(engine, "ABCDEFGH", "Selesai", "ani", NOW)


def test_complaints_about_officers_do_not_go_to_the_kelurahan(engine: Engine) -> None:
    number = send(engine, jenis="ADUAN_PETUGAS").nomor
    with pytest.raises(office.OfficeError, match="Dinas Sosial"):
        office.pass_on(engine, number, AREA, "ani", NOW)
    assert office.route(engine, {number: AREA}, NOW) == 0


def test_the_registry_routes_only_what_has_no_kelurahan(engine: Engine) -> None:
    lost, known = send(engine, kode_kelurahan="").nomor, send(engine, jenis="SANGGAH_DATA", submission="1" * 32).nomor
    assert office.route(engine, {lost: "64.72.01.1002", known: "64.72.01.1002"}, NOW) == 1
    assert {t.nomor: t.kode_kelurahan for t in office.tickets(engine)} == {lost: "64.72.01.1002", known: AREA}


def test_retention_deletes_by_its_rule_and_nothing_twice(engine: Engine) -> None:
    keep = rules.load().simpan
    closed, quiet, waiting = (
        send(engine, jenis=jenis, submission=f"{i:032x}").nomor
        for i, jenis in enumerate(("SANGGAH_DATA", "ADUAN_BANTUAN", "USUL_TERDAFTAR"))
    )
    office.close(engine, closed, "Selesai.", "ani", NOW)
    office.answer(engine, quiet, "Sudah.", "ani", NOW)

    def after(days: float) -> dict[str, int]:
        return retention.apply(engine, keep, NOW + timedelta(days=days, seconds=1))

    assert after(29) == {"selesai_otomatis": 0, "isi_dihapus": 0, "tiket_dihapus": 0}
    assert after(30) == {"selesai_otomatis": 1, "isi_dihapus": 1, "tiket_dihapus": 0}
    assert after(30) == {"selesai_otomatis": 0, "isi_dihapus": 0, "tiket_dihapus": 0}
    assert after(60.01)["isi_dihapus"] == 1
    assert after(731) == {"selesai_otomatis": 0, "isi_dihapus": 0, "tiket_dihapus": 1}
    assert after(761)["tiket_dihapus"] == 1
    with engine.connect() as con:
        assert con.execute(select(aduan.c.nomor)).scalars().all() == [waiting]
        assert con.execute(select(aduan_suara.c.isi)).scalar_one()
        assert con.execute(select(aduan_catatan)).all() == []


def test_a_service_neither_makes_nor_upgrades_a_store(engine: Engine, home: Home) -> None:
    with open_for_service(home, 2).connect():
        pass
    with engine.begin() as con:
        con.exec_driver_sql("update alembic_version set version_num = '0001'")
    with pytest.raises(StoreUnavailable, match="0001"):
        open_for_service(home, 2)


def test_the_services_database_user_can_send_and_follow_and_nothing_else(
    postgres_url: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the rights of deploy/ssn-layanan.sql."""
    monkeypatch.setenv("SSN_DATABASE_URL", postgres_url)
    own = open_store(home)
    try:
        with own.begin() as con:
            con.exec_driver_sql((PROJECT_ROOT / "deploy" / "ssn-layanan.sql").read_text())
        monkeypatch.setenv("SSN_DATABASE_URL", postgres_url.replace("//postgres:", "//ssn-layanan:"))
        service = open_for_service(home, 4)
        receipt = send(service)
        assert send(service, submission="1" * 32).nomor == receipt.nomor
        assert desk.follow(service, receipt.nomor, receipt.rahasia, KINDS)
        for statement in ("select isi from aduan_suara", "delete from aduan", "select * from penerbitan", "select * from jejak"):
            with pytest.raises(ProgrammingError, match="permission denied"), service.begin() as con:
                con.exec_driver_sql(statement)
        service.dispose()
    finally:
        with own.begin() as con:
            for statement in ("drop schema public cascade", "create schema public", 'drop role "ssn-layanan"'):
                con.exec_driver_sql(statement)
        own.dispose()


def test_a_service_waits_for_other_complaints_but_not_long_and_never_for_a_run(
    postgres_url: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSN_DATABASE_URL", postgres_url)
    own, service = open_store(home), open_for_service(home, 1)
    try:
        with writing(own, RUNS):
            assert send(service).nomor
        with writing(own, COMPLAINTS), pytest.raises(OperationalError, match="timeout"):
            send(service, submission="1" * 32)
        assert [t.suara for t in office.tickets(own)] == [1]
    finally:
        service.dispose()
        with own.begin() as con:
            con.exec_driver_sql("drop schema public cascade; create schema public")
        own.dispose()


def test_no_store_no_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSN_DATABASE_URL", raising=False)
    with pytest.raises(StoreUnavailable, match="ssn run"):
        open_for_service(Home(tmp_path), 1)
    monkeypatch.setenv("SSN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/tiada")
    with pytest.raises(StoreUnavailable, match="OperationalError"):
        open_for_service(Home(tmp_path), 1)


@given(st.text(max_size=1000), st.text(max_size=80))
def test_only_the_offices_half_opens_what_was_sealed(story: str, contact: str) -> None:
    try:
        (story + contact).encode()
    except UnicodeEncodeError:
        return
    content = sealed.Content(story, NIK, contact)
    text = sealed.seal(sealed.public_half(PRIVATE), content)
    assert sealed.unseal(PRIVATE, text) == content and sealed.seal(sealed.public_half(PRIVATE), content) != text
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(b"q" * 32, text)


@given(st.text(max_size=200))
def test_what_is_not_sealed_is_said_to_be_unreadable(text: str) -> None:
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(PRIVATE, text)


def test_a_rule_that_is_wrong_is_said(tmp_path: Path) -> None:
    path = tmp_path / "aturan.yaml"
    path.write_text(rules.FILE.read_text().replace("tenggat_hari: 3", "tenggat_hari: tiga"))
    with pytest.raises(rules.RulesError, match=r"SANGGAH_DATA\.tenggat_hari"):
        rules.load(path)
    assert rules.load().jenis["SANGGAH_DATA"].deadline(date(2026, 11, 1)) == date(2026, 11, 4)
    assert len(rules.kelurahan_names()) == 59


def test_the_command(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSN_NOW", "2026-12-01T00:00:00Z")
    number = sealed.in_groups(send_sealed(open_store(home), home))
    assert cli.main(["aduan", "list"]) == 0
    shown = capsys.readouterr().out
    assert number in shown and "LEWAT TENGGAT" in shown and NIK not in shown
    assert "diterima 2026-11-02" in shown  # it came at 4 in the morning there, the evening before in UTC
    assert (home.santer / "aduan.json").stat().st_mode & 0o777 == 0o644
    assert cli.main(["aduan", "show", number]) == 0 and NIK in capsys.readouterr().out
    assert cli.main(["aduan", "route", number, "1"]) == 2 and "bukan kode kelurahan" in capsys.readouterr().err
    assert cli.main(["aduan", "answer", number, "--teks", "Sudah."]) == 0 and "DIJAWAB" in capsys.readouterr().out
    assert cli.main(["aduan", "close", number, "--teks", "Selesai."]) == 0
    assert cli.main(["aduan", "list"]) == 0 and "Tidak ada tiket terbuka" in capsys.readouterr().out
    assert cli.main(["aduan", "close", number, "--teks", "Lagi."]) == 2
