"""What an answer of the kelurahan does: which one counts, how long, for whom (README, Formats and codes)."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest
from sqlalchemy import text

from ssn_assets.verification import answers
from tests.unit.decision_city import KELURAHAN, City, city  # noqa: F401
from tests.unit.store_backends import engine, postgres_url  # noqa: F401

P1, P2, P3 = "6472010101900001", "6472014101900002", "6472010101900003"


def test_answers_are_kept_once_in_the_order_in_which_they_count(engine):
    con = duckdb.connect()
    con.execute("create schema raw; create schema ops")
    con.execute(
        "create table raw.verifikasi (berkas text, baris bigint, berkas_sha256 text, id_kasus text, keputusan text,"
        " petugas text, tanggal date, nik_benar text, catatan text)"
    )
    line = "insert into raw.verifikasi values (?, ?, ?, 'K1', 'WARGA', 'ANI', '2026-10-20', ?, null)"
    con.execute(line, ["b.xlsx", 6, "bb", None])
    con.execute(line, ["a.xlsx", 7, "aa", P1])
    assert answers.save_answers(con, engine, datetime(2026, 11, 1, tzinfo=UTC)) == 2
    assert answers.save_answers(con, engine, datetime(2026, 11, 2, tzinfo=UTC)) == 0
    con.execute(line, ["a.xlsx", 8, "aa", None])  # a row that was quarantined can be read by a later release
    con.execute("update raw.verifikasi set berkas = 'nama baru.xlsx' where berkas_sha256 = 'bb'")
    assert answers.save_answers(con, engine, datetime(2026, 11, 2, tzinfo=UTC)) == 1
    assert answers.copy_answers(con, engine) == 3
    found = con.execute(
        "select berkas, baris, nik_benar, tanggal::text, keadaan_nik_awal from ops.jawaban order by jawaban_id"
    ).fetchall()
    assert found == [
        ("b.xlsx", 6, None, "2026-10-20", None),
        ("a.xlsx", 7, P1, "2026-10-20", None),
        ("a.xlsx", 8, None, "2026-10-20", None),
    ]


def test_cases_and_states_are_recorded_once(engine):
    con = duckdb.connect()
    con.execute("create schema raw; create schema ops")
    con.execute(
        "create table raw.verifikasi as select 'a' as berkas, 6 as baris, 's' as berkas_sha256, 'K2' as id_kasus,"
        " 'WARGA' as keputusan, 'ANI' as petugas, date '2026-10-20' as tanggal, null::text as nik_benar, null::text as catatan"
    )
    answers.save_answers(con, engine, datetime(2026, 11, 1, tzinfo=UTC))
    answers.copy_answers(con, engine)
    con.execute(
        "create table mart_keputusan_dasar (id_kasus text, kode_kelurahan text, kasus_terbuka boolean, jawaban_id bigint,"
        " verifikasi text, nik_awal text, no_kk_padan text, status_registri text)"
    )
    con.execute("insert into mart_keputusan_dasar values ('K1', 'A', true, null, null, 'N1', 'KK', 'AKTIF')")
    con.execute("insert into mart_keputusan_dasar values ('K2', 'A', false, 1, 'WARGA', 'N2', 'KK', 'AKTIF')")
    con.execute("insert into mart_keputusan_dasar values (null, 'A', false, null, null, null, null, null)")
    assert answers.record_cases(con, engine, "2026-10") == {"kasus_baru": 1, "jawaban_mulai_berlaku": 1}
    con.execute("update mart_keputusan_dasar set kode_kelurahan = 'B'")
    assert answers.record_cases(con, engine, "2026-11") == {"kasus_baru": 0, "jawaban_mulai_berlaku": 0}
    with engine.connect() as store:
        assert store.execute(text("select * from kasus")).all() == [("K1", "A", "2026-10")]
        assert store.execute(text("select * from jawaban_keadaan")).all() == [(1, "N2", "A", "KK", "AKTIF")]


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (("WARGA", "2026-10-05", 6), ("PINDAH", "2026-10-04", 9), "WARGA"),  # the date on the sheet, not the order of arrival
        (("WARGA", "2026-10-05", 9), ("PINDAH", "2026-10-05", 6), "PINDAH"),  # same date: seen later
        (("PINDAH", "2026-10-05", 6), ("WARGA", "2026-11-20", 6), "WARGA"),  # given after the period's end
    ],
)
def test_the_newest_answer_counts(city, first, second, counts):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    for keputusan, tanggal, baris in (first, second):
        city.answer(case, keputusan, tanggal, baris=baris)
        decision = city.run()[0]
    assert decision["verifikasi"] == counts


def test_answers_seen_together_count_by_row(city):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "MAMPU", baris=12)
    city.answer(case, "WARGA", baris=6)
    assert city.run()[0]["verifikasi"] == "MAMPU"


@pytest.mark.parametrize(("day", "holds"), [("2025-10-31", True), ("2025-10-30", False)])
def test_warga_holds_for_the_months_of_the_policy(city, day, holds):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "WARGA", day)
    decision = city.run()[0]
    assert (decision["verifikasi"] == "WARGA") is holds
    assert decision["kasus_terbuka"] is not holds and decision["id_kasus"] == case
    assert decision["catatan"] == (None if holds else "LEWAT_WAKTU")


def test_other_answers_hold_until_a_newer_one(city):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "MAMPU", "2023-01-01")
    assert city.run()[0]["alasan"] == ["MAMPU"]
    city.answer(case, "WARGA", "2026-10-01")
    assert city.run()[0]["keputusan"] == "VALID"


@pytest.mark.parametrize("change", ["no_kk = 'KK9'", "status = null", f"kode_kelurahan = '{KELURAHAN['B']}'"])
def test_warga_is_asked_again_when_the_person_changed(city, change):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "WARGA")
    assert city.run()[0]["keputusan"] == "VALID"
    city.change("int_penduduk", change)
    decision = city.run()[0]
    assert decision["verifikasi"] is None and decision["kasus_terbuka"]
    assert (decision["id_kasus"] == case) is ("kode_kelurahan" not in change)
    city.answer(decision["id_kasus"], "WARGA", "2026-10-25")
    assert city.run()[0]["keputusan"] == "VALID"


def test_a_move_that_changes_nothing_of_the_person_asks_nobody(city):
    city.person(P1)
    city.row(P1)
    city.answer(city.run()[0]["id_kasus"], "WARGA")
    city.run()
    city.change("int_penduduk", "alamat = 'JL. LAIN', rt = '009', nama = 'SITI AMINAH SARI'")
    city.change("raw.dtks", "berkas = 'lain.xlsx', baris = 99, kode_kelurahan = null, no_kk = null")
    assert city.run()[0]["keputusan"] == "VALID"


def test_a_case_keeps_its_id_whatever_the_file(city):
    city.person(P1)
    city.row(P1)
    city.row("12345", status="RAGU", nama="Siti  Aminah")
    before = [d["id_kasus"] for d in city.run()]
    city.change("raw.dtks", "berkas = 'lain.xlsx', baris = 1000 - baris, nama_asal = upper(nama_asal)")
    assert [d["id_kasus"] for d in city.run()] == before
    assert len(set(before)) == 2 and all(len(case) == 21 and case.startswith("K") for case in before)
    assert not any(P1[-4:] in case and P1[:6] in case for case in before)
    city.change("raw.dtks", f"kode_kelurahan = '{KELURAHAN['B']}'", "nik = '12345'")
    after = [d["id_kasus"] for d in city.run()]
    assert after[0] == before[0] and after[1] != before[1]


def test_a_corrected_nik_is_the_same_person(city):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "WARGA")
    city.run()
    city.change("int_penduduk", f"nik = '{P3}'")
    city.change("mart_padan", f"nik_padan = '{P3}'")
    for nik in (P1, P3):
        city.insert("int_orang", nik=nik, nik_awal=P1, nik_kini=P3)
    decision = city.run()[0]
    assert (decision["keputusan"], decision["id_kasus"], decision["nik_awal"]) == ("VALID", case, P1)


def test_a_case_once_sent_keeps_its_name_when_it_closes(city):
    city.person(P1)
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.aid(P1)
    decision = city.run()[0]
    assert decision["alasan"] == ["BANSOS_PUSAT"] and not decision["kasus_terbuka"]
    assert decision["id_kasus"] == case
