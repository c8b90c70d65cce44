"""The cards' way on hand-made ledgers: days only where both ends are known and possible, one holder for each open card."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, text

from ssn_assets.bank import answers, queue, reconcile, replacement
from ssn_assets.home import Home
from ssn_assets.oversight import files, journey
from ssn_assets.store.engine import writing
from ssn_assets.store.transfer import fill
from tests.unit.bank_city import NOW, Person, city, ids, kk, nik, run
from tests.unit.bank_people import REASON, agree, people, release

pytest_plugins = ("tests.unit.store_backends",)

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 10)]
HERE, ELSEWHERE = "64.72.03.1005", "64.72.01.1001"
LATER = datetime.fromisoformat("2026-11-30T09:00:00Z")
Report = tuple[str, str, str | None]
"""id_penerbitan, status, tanggal."""


def answered(
    persons: Sequence[Person], reports: Sequence[Report], engine: Engine, home: Home, reasons: dict[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A run with the bank's answers on their days, then the nightly reconciliation."""
    con = city(persons, [report[:2] for report in reports])
    for line, (_, _, day) in enumerate(reports, 2):
        con.execute("update raw.bank set tanggal = ? where baris = ?", [day, line])
    for card, words in (reasons or {}).items():
        con.execute("update raw.bank set alasan = ? where id_penerbitan = ?", [words, card])
    run(con, engine, home)
    with writing(engine) as store:
        answers.copy_ledger(con, store)
        answers.load_steps(con, store)
        reconcile.reconcile(con, store, home, 60, NOW)
        queue.refresh(con, store, home, NOW)
    return con


def measured(
    con: duckdb.DuckDBPyConnection,
    engine: Engine,
    home: Home,
    payments: Sequence[tuple[str, str, str, str | None]] = (),
    places: dict[str, str] | None = None,
    now: datetime = LATER,
) -> dict[str, Any]:
    """Measure. payments: (nik_awal, bulan, langkah, tanggal); places: NIK -> kelurahan, HERE unless said."""
    con.execute("alter table mart_keputusan_dasar add column if not exists duplikat_dari text")
    con.execute("alter table mart_keputusan_dasar add column if not exists kode_kelurahan text")
    con.execute(f"update mart_keputusan_dasar set kode_kelurahan = '{HERE}'")
    for person, place in (places or {}).items():
        con.execute("update mart_keputusan_dasar set kode_kelurahan = ? where nik_awal = ?", [place, person])
    known = [(HERE, "SIDODADI", "SAMARINDA ULU"), (ELSEWHERE, "RAWA MAKMUR", "PALARAN")]
    fill(con, "samarinda_kelurahan", dict.fromkeys(("kode_kelurahan", "kelurahan", "kecamatan"), "text"), known)
    columns = dict.fromkeys(("nik_awal", "bulan", "langkah"), "text") | {"tanggal": "date"}
    fill(con, "ops.pembayaran", columns, payments)
    found = journey.measure(con, engine, home, "2026-10", now)
    assert found["_selisih"] == []
    return found


def ordered_on(engine: Engine, moment: str) -> None:
    """Everybody got his number, and his card was ordered, at that moment."""
    with engine.begin() as con:
        for table in ("nomor_ssn", "penerbitan"):
            con.execute(text(f"update {table} set dibuat_pada = '{moment}'"))


def holders(con: duckdb.DuckDBPyConnection, place: str = journey.sql.CITY) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """(tahap, penahan, menunggu) -> (kartu, median, unknown ages)."""
    rows = con.execute(
        "select tahap, penahan, menunggu, kartu, umur_median_hari, umur_tidak_diketahui from ops.penahan_kartu"
        " where kode_kelurahan = ?",
        [place],
    ).fetchall()
    return {row[:3]: row[3:] for row in rows}


def test_days_run_from_valid_and_a_missing_or_impossible_date_is_unknown(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    ordered_on(engine, "2026-09-30T17:00:00Z")  # already 1 October in Samarinda
    agree(engine, home, people(engine, home))
    release(engine, home)  # on 31 October
    days = ["2026-11-10", "2026-11-20", None, "2026-10-30", "2026-12-01", "2026-10-31"]
    cards = [ids(engine)["BARU", p.nik] for p in HEADS]
    handed = [(card, "DISERAHKAN", day) for card, day in zip(cards, days, strict=False)]
    con = answered(HEADS, [*handed, (cards[3], "DISERAHKAN", "2026-10-30"), (cards[6], "SIAP_DIAMBIL", None)], engine, home)
    paid = [(HEADS[0].nik, "2026-11", "BERHASIL", "2026-11-12"), (HEADS[1].nik, "2026-11", "BERHASIL", None)]
    paid += [(HEADS[2].nik, "2026-11", "BERHASIL", "2026-10-01"), (HEADS[3].nik, "2026-11", "RETUR", "2026-11-12")]
    found = measured(con, engine, home, [*paid, (HEADS[0].nik, "2026-12", "DIPESAN", None)])
    assert (found["hari_ke_kartu_median"], found["hari_ke_kartu_p90"]) == (40, 50)  # of 30, 40 and 50
    assert (found["hari_ke_kartu_diketahui"], found["hari_ke_kartu_tidak_diketahui"]) == (3, 3)
    assert (found["hari_ke_uang_median"], found["hari_ke_uang_diketahui"], found["hari_ke_uang_tidak_diketahui"]) == (42, 1, 2)
    assert (found["di_tangan"], found["uang_pertama"], found["siap_diambil"], found["diterima_bank"]) == (6, 3, 7, 7)
    assert holders(con)["KARTU", "WARGA", "PENGAMBILAN"] == (1, None, 1)


def test_nothing_known_is_nothing_said_and_never_zero(home: Home, engine: Engine) -> None:
    con = answered(HEADS[:2], [], engine, home)
    found = measured(con, engine, home)
    assert "hari_ke_kartu_median" not in found and "hari_ke_uang_p90" not in found
    assert (found["kartu_dipesan"], found["disegel"], found["dikirim"], found["terbuka"]) == (2, 2, 0, 2)
    files.write_journey(con, home.root / "p.csv")
    with open(home.root / "p.csv", newline="") as handle:
        lines = {line["kelurahan"]: line for line in csv.DictReader(handle)}
    assert list(lines) == ["KOTA SAMARINDA", "RAWA MAKMUR", "SIDODADI", "TIDAK DIKETAHUI"]
    assert lines["KOTA SAMARINDA"]["hari_ke_kartu_median"] == "" and lines["RAWA MAKMUR"]["kartu_dipesan"] == "0"


def test_each_open_card_has_one_holder(home: Home, engine: Engine) -> None:
    who = people(engine, home)
    run(city(HEADS[:6]), engine, home)
    agree(engine, home, who)
    release(engine, home)
    silent, printed, refused, ready, returned, handed = (ids(engine)["BARU", p.nik] for p in HEADS[:6])
    reports: list[Report] = [
        (printed, "KARTU_DICETAK", "2026-11-02"),
        (refused, "DITOLAK", "2026-11-02"),
        (ready, "SIAP_DIAMBIL", "2026-11-20"),
        (ready, "BELUM_DIAMBIL", "2026-11-25"),
        (returned, "SIAP_DIAMBIL", "2026-11-05"),
        (returned, "DIKEMBALIKAN", "2026-11-28"),
        (handed, "DISERAHKAN", "2026-11-10"),
    ]
    run(city(HEADS[:8]), engine, home)  # two more, sealed and not sent
    late = HEADS[8].but(alamat="JL. A | B")
    persons = [*HEADS[:7], HEADS[7].but(keputusan="MENUNGGU"), late]
    con = answered(persons, reports, engine, home, {refused: "nama beda dengan KTP"})
    con.execute("update mart_keputusan_dasar set alasan = ['BELUM_DIVERIFIKASI'] where keputusan = 'MENUNGGU'")
    found = measured(con, engine, home, places={late.nik: "64.74.01.1001"})
    each = {key: value for key, value in holders(con).items() if key[2] != "SEMUA"}
    assert each == {
        ("KARTU", "BANK", "JAWABAN"): (1, 30, 0),
        ("KARTU", "BANK", "PROSES"): (1, 30, 0),
        ("KARTU", "KELURAHAN", "PEMBETULAN"): (1, 30, 0),
        ("KARTU", "WARGA", "PENGAMBILAN"): (1, 10, 0),
        ("KARTU", "DINSOS", "KARTU_KEMBALI"): (1, 2, 0),
        ("KARTU", "DINSOS", "PENGIRIMAN"): (1, 30, 0),
        ("KARTU", "KELURAHAN", "VERIFIKASI_ULANG"): (1, 30, 0),
        ("KARTU", "DISDUKCAPIL", "PENYEGELAN"): (1, 30, 0),
        ("UANG", "DINSOS", "PERINTAH_BAYAR"): (1, 20, 0),
    }
    assert holders(con)["KARTU", "BANK", "SEMUA"] == (2, 30, 0) and holders(con)["KARTU", "DINSOS", "SEMUA"] == (2, 2, 0)
    assert (found["kartu_dipesan"], found["terbuka"], found["di_tangan"], found["dikembalikan"]) == (9, 8, 1, 1)
    unknown = con.execute("select kartu, penahan from ops.penahan_kartu where kode_kelurahan is null").fetchall()
    assert unknown == [(1, "DISDUKCAPIL")] * 2  # not one of the city's kelurahan; with SEMUA
    assert silent not in str(con.execute("from ops.penahan_kartu").fetchall())


@pytest.mark.parametrize(
    ("step", "day", "holder", "age"),
    [
        ("DIPESAN", "2026-11-20", ("UANG", "DINSOS", "PERINTAH_BAYAR"), 20),
        ("DIKIRIM", "2026-11-25", ("UANG", "BANK", "PEMBAYARAN"), 5),
        ("RETUR", "2026-11-29", ("UANG", "DINSOS", "PEMBAYARAN_GAGAL"), 1),
        ("GAGAL", "2026-10-30", ("UANG", "DINSOS", "PEMBAYARAN_GAGAL"), None),
    ],
)
def test_who_holds_the_first_money(home: Home, step: str, day: str, holder: tuple[str, str, str], age: int | None) -> None:
    from ssn_assets.store.engine import open_store

    store = open_store(home)
    run(city(HEADS[:1]), store, home)
    con = answered(HEADS[:1], [(ids(store)["BARU", nik(1)], "DISERAHKAN", "2026-11-10")], store, home)
    older = [(nik(1), "2026-10", "GAGAL", "2026-11-12"), (nik(1), "2026-11", step, day)]
    measured(con, store, home, older)
    assert holders(con)[holder][:2] == (1, age)
    measured(con, store, home, [*older, (nik(1), "2026-09", "BERHASIL", "2026-11-11")])
    assert holders(con) == {}


def test_who_remedies_a_failed_payment_holds_it(home: Home, engine: Engine) -> None:
    """As the queue says; nobody named yet, or the remedy told already: the office that orders it again."""
    run(city(HEADS[:1]), engine, home)
    card = ids(engine)["BARU", nik(1)]
    con = answered(HEADS[:1], [(card, "DISERAHKAN", "2026-11-10")], engine, home)
    (home.bank / journey.QUEUE).write_text(
        f"pemilik,jenis,id_penerbitan,sejak\nKelurahan,PEMBAYARAN_GAGAL,{card},2026-11-27\nDisdukcapil,LAIN,{card},2026-11-01\n"
    )
    measured(con, engine, home, [(nik(1), "2026-11", "GAGAL", "2026-11-26")])
    assert holders(con)["UANG", "KELURAHAN", "PEMBAYARAN_GAGAL"] == (1, 4, 0)


def test_a_replaced_card_counts_once_and_its_holder_had_a_card_already(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    agree(engine, home, who)
    release(engine, home)
    card = ids(engine)["BARU", nik(1)]
    handed = [(card, "DISERAHKAN", "2026-11-04")]
    answered(HEADS[:1], handed, engine, home)
    replacement.ask(engine, who.ani, card, "HILANG", NOW)
    con = answered(HEADS[:1], handed, engine, home)
    found = measured(con, engine, home)
    assert (found["kartu_dipesan"], found["disegel"], found["dikirim"], found["terbuka"], found["di_tangan"]) == (1, 1, 0, 1, 0)
    assert (found["hari_ke_kartu_median"], found["hari_ke_kartu_diketahui"]) == (4, 1)  # the first card in hand
    assert holders(con)["KARTU", "DINSOS", "PENGIRIMAN"][0] == 1
    con = answered(HEADS[:1], [*handed, (ids(engine)["GANTI", nik(1)], "DISERAHKAN", "2026-11-20")], engine, home)
    found = measured(con, engine, home)
    assert (found["kartu_dipesan"], found["di_tangan"], found["hari_ke_kartu_median"]) == (1, 1, 4)


def test_a_blocked_card_is_closed_and_the_next_holder_s_days_begin_with_his_card(home: Home, engine: Engine) -> None:
    wife = Person(nik(2), kk(1), "ISTRI")
    run(city([HEADS[0], wife]), engine, home)
    ordered_on(engine, "2026-01-01T00:00:00Z")
    who = people(engine, home)
    dead = HEADS[0].but(keputusan="TIDAK_VALID")
    run(city([dead, wife]), engine, home)  # BLOKIR, then BARU for the wife
    agree(engine, home, who)
    agree(engine, home, who)
    release(engine, home)
    release(engine, home, key=who.ani, reason=REASON, batch_no=2)
    known = ids(engine)
    con = answered([dead, wife], [(known["BARU", wife.nik], "DISERAHKAN", "2026-11-10")], engine, home)
    found = measured(con, engine, home)
    assert (found["kartu_dipesan"], found["ditutup"], found["di_tangan"], found["terbuka"]) == (2, 1, 1, 0)
    assert (found["valid"], found["bernomor"], found["hari_ke_kartu_median"]) == (1, 1, 10)  # not since January


def test_what_the_bank_said_before_it_was_sent_anything_counts_as_sent(home: Home, engine: Engine) -> None:
    """A batch handed over by another way: its line is at the bank, since when nobody knows."""
    run(city(HEADS[:1]), engine, home)
    con = answered(HEADS[:1], [(ids(engine)["BARU", nik(1)], "REKENING_DIBUKA", "2026-11-02")], engine, home)
    found = measured(con, engine, home)
    assert (found["dikirim"], found["rekening_dibuka"]) == (1, 1)
    assert holders(con)["KARTU", "BANK", "PROSES"] == (1, None, 1)


def test_ages_are_counted_to_the_day_in_samarinda(home: Home, engine: Engine) -> None:
    con = answered(HEADS[:1], [], engine, home)
    for moment, age in (("2026-11-01T15:59:00Z", 1), ("2026-11-01T16:00:00Z", 2)):
        measured(con, engine, home, now=datetime.fromisoformat(moment))
        assert holders(con)["KARTU", "DINSOS", "PENGIRIMAN"][1] == age
        assert con.execute("select distinct per_tanggal from ops.penahan_kartu").fetchall() == [(date(2026, 11, age),)]
