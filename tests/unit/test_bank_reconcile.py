"""Reconciliation and queue: every line is acknowledged, refused or silent; every matter has an owner, an age, an end."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, text

from ssn_assets.bank import remedies, replacement
from ssn_assets.bank.exceptions import HELD_REASONS
from ssn_assets.bank.kind import CARDS
from ssn_assets.bank.reconcile import Reconciliation
from ssn_assets.batches import handover
from ssn_assets.home import Home
from tests.unit.bank_city import DAYS, NOW, Person, city, exceptions, ids, kk, nightly, nik, run, table
from tests.unit.bank_people import LIMITS, agree, people, release

pytest_plugins = ("tests.unit.store_backends",)

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 5)]


def numbers(line: dict[str, Any], *names: str) -> list[int]:
    return [int(line[name]) for name in names]


def test_sent_is_acknowledged_refused_and_silent(home: Home, engine: Engine) -> None:
    con = city(HEADS)
    run(con, engine, home)
    assert nightly(con, engine, home)[0] == Reconciliation(0, 0, 0, 0, 0, True)
    agree(engine, home, people(engine, home))
    release(engine, home)
    assert nightly(con, engine, home)[0] == Reconciliation(4, 0, 0, 4, 0, True)
    known = [ids(engine)["BARU", p.nik] for p in HEADS]
    reports = [(known[0], "REKENING_DIBUKA"), (known[0], "DISERAHKAN"), (known[1], "DITOLAK"), (known[2], "ENTAH")]
    con = city(HEADS, reports)
    run(con, engine, home)
    found, _ = nightly(con, engine, home)
    assert found == Reconciliation(4, 1, 1, 2, 0, True)
    (line,) = table(home, "rekonsiliasi.csv")
    assert (line["keadaan"], line["dikirim_pada"]) == ("DIKIRIM", "2026-10-31T09:00:00Z")
    assert numbers(line, "baris", "dikirim", "diakui", "ditolak", "diam") == [4, 4, 1, 1, 2]
    assert numbers(line, "rekening_dibuka", "kartu_diserahkan", "kartu_diblokir") == [1, 1, 0]


def test_silence_is_listed_after_the_policy_s_days_and_settles_when_answered(home: Home, engine: Engine) -> None:
    con = city(HEADS[:2])
    run(con, engine, home)
    agree(engine, home, people(engine, home))
    release(engine, home)
    late = NOW + timedelta(days=DAYS, seconds=1)
    assert nightly(con, engine, home, NOW + timedelta(days=DAYS))[0].diam_terlalu_lama == 0
    found, waiting = nightly(con, engine, home, late)
    assert (found.diam_terlalu_lama, waiting) == (2, 2)
    later = late + timedelta(days=3)
    nightly(con, engine, home, later)
    lines = table(home, "antrean.csv")
    assert {(x["jenis"], x["pemilik"], x["sejak"], x["umur_hari"]) for x in lines} == {
        ("DIAM_TERLALU_LAMA", "Bankaltimtara", "2026-11-14", "3")
    }
    con = city(HEADS[:2], [(ids(engine)["BARU", p.nik], "DITERIMA") for p in HEADS[:2]])
    run(con, engine, home)
    assert nightly(con, engine, home, later)[1] == 0
    assert table(home, "rekonsiliasi.csv")[0]["keadaan"] == "DIAKUI"
    with engine.connect() as store:
        assert store.execute(text("select count(*) from antrean_bank where selesai_pada is not null")).scalar() == 2
        assert store.execute(text("select count(*) from batch_kejadian where keadaan = 'DIAKUI'")).scalar() == 1
    nightly(con, engine, home, later)  # acknowledged once


@pytest.mark.parametrize("lost", [1, 4])
def test_a_sealed_line_that_is_gone_from_the_ledger_is_told(home: Home, engine: Engine, lost: int) -> None:
    con = city(HEADS)
    run(con, engine, home)
    assert nightly(con, engine, home)[0].balanced
    with engine.begin() as store:
        store.execute(text("delete from penerbitan where seq <= :lost"), {"lost": lost})
    assert not nightly(con, engine, home)[0].balanced


def test_an_answer_to_what_nobody_released_is_still_accounted_for(home: Home, engine: Engine) -> None:
    run(city(HEADS[:2]), engine, home)
    con = city(HEADS[:2], [(ids(engine)["BARU", nik(1)], "DITERIMA")])
    run(con, engine, home)
    assert nightly(con, engine, home, NOW + timedelta(days=99))[0] == Reconciliation(1, 1, 0, 0, 0, True)
    assert table(home, "rekonsiliasi.csv")[0]["keadaan"] == "DISEGEL"


def test_a_refusal_has_a_cause_an_owner_and_a_remedy(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    known = [ids(engine)["BARU", p.nik] for p in HEADS]
    con = city(HEADS, [(card, "DITOLAK") for card in known[:3]])
    words = ("Nama beda dgn KTP an. SITI", "NIK sudah punya rekening lain", None)
    for card, said in zip(known, words, strict=False):
        con.execute("update raw.bank set alasan = ? where id_penerbitan = ?", [said, card])
    run(con, engine, home)
    nightly(con, engine, home)
    found = {x["id_penerbitan"]: (x["penyebab"], x["pemilik"]) for x in table(home, "antrean.csv")}
    assert found == {
        known[0]: ("NAMA_BERBEDA", "Kelurahan"),
        known[1]: ("REKENING_SUDAH_ADA", "Bankaltimtara"),
        known[2]: ("LAIN", "Bankaltimtara"),
    }
    assert "SITI" not in (home.bank / "antrean.csv").read_text()
    assert len(exceptions(home)) == 3
    corrected = [HEADS[0].but(nama="SITI AMINAH"), *HEADS[1:]]
    con = city(corrected)
    run(con, engine, home)
    nightly(con, engine, home)
    assert known[0] not in {x["id_penerbitan"] for x in table(home, "antrean.csv")}  # a corrected line is on its way


def test_a_kelurahan_finds_its_refusals_in_a_file_of_its_own(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    known = [ids(engine)["BARU", p.nik] for p in HEADS]
    con = city(HEADS, [(card, "DITOLAK") for card in known[:3]])
    for card, said in zip(known, ("Nama beda dgn KTP an. BUDI", "NIK sudah punya rekening lain"), strict=False):
        con.execute("update raw.bank set alasan = ? where id_penerbitan = ?", [said, card])
    run(con, engine, home)
    nightly(con, engine, home)
    folder = home.bank / "kelurahan"
    (path,) = folder.iterdir()
    assert path.name == "64.72.03.1005.xlsx" and stat.S_IMODE(path.stat().st_mode) == 0o600
    head, *cells = load_workbook(path)["Bank"].iter_rows(min_row=4, values_only=True)
    (line,) = (dict(zip(head, row, strict=True)) for row in cells)
    assert (line["penyebab"], line["nama"], line["nik_akhir"], line["id_penerbitan"]) == (
        *("NAMA_BERBEDA", "SITI", HEADS[0].nik[-4:]),
        known[0],
    )
    assert line["sejak"] == "2026-10-31" and "Disdukcapil membetulkan" in line["tindakan"]
    assert not any(secret in str(cells) for secret in (HEADS[0].nik, HEADS[0].no_kk, "BUDI"))
    before = path.stat().st_ino
    nightly(con, engine, home, NOW + timedelta(days=3))
    assert path.stat().st_ino == before  # nothing changed: not written again
    con = city([HEADS[0].but(nama="SITI AMINAH"), *HEADS[1:]])  # corrected: the line goes again by itself
    run(con, engine, home)
    nightly(con, engine, home)
    assert list(folder.iterdir()) == []


def test_one_account_for_two_cards_waits_for_the_bank(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    known = [ids(engine)["BARU", p.nik] for p in HEADS]
    con = city(HEADS, [(card, "REKENING_DIBUKA") for card in known])
    con.execute("update raw.bank set referensi_bank = 'A1' where id_penerbitan in (?, ?)", known[:2])
    run(con, engine, home)
    nightly(con, engine, home)
    twice = {x["id_penerbitan"] for x in table(home, "antrean.csv") if x["jenis"] == "REKENING_GANDA"}
    assert twice == set(known[:2])


def test_a_card_in_place_of_a_lost_one_has_its_holder_s_account(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    card = ids(engine)["BARU", nik(1)]
    replacement.ask(engine, people(engine, home).ani, card, "HILANG", NOW)
    run(city(HEADS[:1]), engine, home)
    con = city(HEADS[:1], [(card, "REKENING_DIBUKA"), (ids(engine)["GANTI", nik(1)], "REKENING_DIBUKA")])
    con.execute("update raw.bank set referensi_bank = 'A1'")
    run(con, engine, home)
    nightly(con, engine, home)
    assert table(home, "antrean.csv") == []


def test_a_new_warehouse_settles_nothing(home: Home, engine: Engine) -> None:
    """The warehouse was deleted, and the first run is of an old period: it seals nothing and finds no exceptions."""
    run(city(HEADS[:1]), engine, home)
    reports = [(ids(engine)["BARU", nik(1)], "DITOLAK")]
    con = city(HEADS[:1], reports)
    run(con, engine, home)
    nightly(con, engine, home)
    later = NOW + timedelta(days=10)
    assert nightly(city(HEADS[:1], reports), engine, home, later)[1] == 1
    run(con, engine, home)
    nightly(con, engine, home, later)
    (line,) = table(home, "antrean.csv")
    assert (line["jenis"], line["sejak"], line["umur_hari"]) == ("DITOLAK_BANK", "2026-10-31", "10")


def test_a_clock_that_is_behind_makes_nothing_older(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    con = city(HEADS[:1], [(ids(engine)["BARU", nik(1)], "DITOLAK")])
    run(con, engine, home)
    nightly(con, engine, home)
    nightly(con, engine, home, NOW - timedelta(seconds=2))
    assert [line["umur_hari"] for line in table(home, "antrean.csv")] == ["0"]


def test_days_of_the_queue_are_samarinda_s(home: Home, engine: Engine) -> None:
    """The nightly run is at 01.00 WITA, when it is still yesterday in UTC."""
    run(city(HEADS[:1]), engine, home)
    con = city(HEADS[:1], [(ids(engine)["BARU", nik(1)], "DITOLAK")])
    run(con, engine, home)
    nightly(con, engine, home, datetime(2026, 11, 2, 17, tzinfo=UTC))
    nightly(con, engine, home, datetime(2026, 11, 4, 9, tzinfo=UTC))
    (line,) = table(home, "antrean.csv")
    assert (line["sejak"], line["umur_hari"]) == ("2026-11-03", "1")


def test_a_batch_sent_in_the_evening_of_utc_was_sent_the_next_day_here(home: Home, engine: Engine) -> None:
    con, sent = city(HEADS[:1]), datetime(2026, 10, 31, 17, tzinfo=UTC)
    run(con, engine, home)
    agree(engine, home, people(engine, home))
    handover.release(engine, home, CARDS, lambda period: LIMITS, sent)
    nightly(con, engine, home, sent + timedelta(days=DAYS, seconds=1))
    (line,) = table(home, "antrean.csv")
    assert (line["jenis"], line["sejak"]) == ("DIAM_TERLALU_LAMA", "2026-11-15")
    assert line["keterangan"] == "Batch 1 dikirim 2026-11-01; bank belum menjawab baris ini."


def test_a_matter_that_comes_back_is_young_again(home: Home, engine: Engine) -> None:
    con = city(HEADS[:1])
    run(con, engine, home)
    for day, kinds in enumerate((["A"], [], ["A"])):
        con.execute("delete from ops.pengecualian_putusan")
        for kind in kinds:
            con.execute("insert into ops.pengecualian_putusan values (?, null, '647200000001', null, '=x')", [kind])
        nightly(con, engine, home, NOW + timedelta(days=day))
    (line,) = table(home, "antrean.csv")
    assert (line["sejak"], line["umur_hari"], line["keterangan"]) == ("2026-11-02", "0", "'=x")


def test_every_kind_of_exception_has_somebody() -> None:
    kinds = {
        *("ID_PENERBITAN_TIDAK_DIKENAL", "STATUS_TIDAK_DIKENAL", "BERTENTANGAN", "BLOKIR_DITOLAK", "NIK_HILANG"),
        *("TANPA_PEMEGANG", "TANPA_KK", "PEMEGANG_MENUNGGU", "PEMEGANG_TIDAK_ADA", "DUA_KARTU", "DIBLOKIR_BANK"),
        *("DIAM_TERLALU_LAMA", "REKENING_GANDA", *HELD_REASONS),
        *("PEMBAYARAN_BERTENTANGAN", "PEMBAYARAN_TANPA_PERINTAH", "PEMBAYARAN_DIAM"),
        *("ID_PEMBAYARAN_TIDAK_DIKENAL", "JUMLAH_BERBEDA", "NAMA_LAIN"),
    }
    assert kinds == set(remedies.load().by_kind)
    assert remedies.load().of_kind("TANPA_ID") == remedies.load().other_kind


def test_a_broken_file_of_remedies_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tindak_lanjut.yaml"
    path.write_text("alasan_bank: []\n")
    with pytest.raises(remedies.RemedyError, match="Bandingkan"):
        remedies.load(path)
