"""Replaced, corrected and blocked cards: new lines that refer to the old one and say why and who holds the card now."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine

from ssn_assets.bank import replacement
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.store.transfer import read_rows
from tests.unit.bank_city import NOW, Person, city, exceptions, ids, kk, lines, nik, run, steps
from tests.unit.bank_people import LIMITS, REASON, agree, opened, people, release

pytest_plugins = ("tests.unit.store_backends",)

HEAD = Person(nik(1), kk(1), "KEPALA KELUARGA")
WIFE = Person(nik(2), kk(1), "ISTRI")


def test_a_lost_card_is_replaced_once(home: Home, engine: Engine) -> None:
    run(city([HEAD]), engine, home)
    who = people(engine, home)
    card = ids(engine)["BARU", HEAD.nik]
    for _ in range(2):
        replacement.ask(engine, who.ani, card, "HILANG", NOW)
    report = run(city([HEAD]), engine, home)
    assert (report["ganti"], report["baru"], report["blokir"]) == (1, 0, 0)
    (line,) = lines(home, 2)
    assert (line[3], line[5], line[17]) == ("GANTI", HEAD.nik, card)
    assert run(city([HEAD]), engine, home)["baris_baru"] == 0
    with pytest.raises(ControlError, match="sudah diganti"):
        replacement.ask(engine, who.ani, card, "RUSAK", NOW)
    con = city([HEAD], [(line[2], "DISERAHKAN")])
    replacement.ask(engine, who.budi, line[2], "RUSAK", NOW)  # and the new one broke
    run(con, engine, home)
    assert [d[17] for d in lines(home, 3)] == [line[2]]
    assert steps(con) == {HEAD.nik: ("DIPESAN", True)}
    with pytest.raises(ControlError, match="Tidak ada kartu"):
        replacement.ask(engine, who.ani, "P0000000000000000", "HILANG", NOW)


def test_who_is_not_valid_gets_no_replacement(home: Home, engine: Engine) -> None:
    run(city([HEAD]), engine, home)
    who = people(engine, home)
    replacement.ask(engine, who.ani, ids(engine)["BARU", HEAD.nik], "HILANG", NOW)
    assert run(city([HEAD.but(keputusan="MENUNGGU")]), engine, home)["baris_baru"] == 0
    run(city([HEAD.but(keputusan="TIDAK_VALID")]), engine, home)
    assert [d[3] for d in lines(home, 2)] == ["BLOKIR"]


def test_what_the_bank_refused_goes_again_when_the_registry_is_corrected(home: Home, engine: Engine) -> None:
    run(city([HEAD]), engine, home)
    card = ids(engine)["BARU", HEAD.nik]
    refused = [(card, "DITERIMA"), (card, "DITOLAK")]
    assert run(city([HEAD], refused), engine, home)["baris_baru"] == 0
    assert [line[0] for line in exceptions(home)] == ["DITOLAK_BANK"]
    moved = HEAD.but(alamat="JL. LAIN 2")  # not what a bank compares
    assert run(city([moved], refused), engine, home)["baris_baru"] == 0
    corrected = HEAD.but(nama="SITI AMINAH")
    assert run(city([corrected], refused), engine, home)["ganti"] == 1
    (line,) = lines(home, 2)
    assert (line[3], line[7], line[17]) == ("GANTI", "SITI AMINAH", card)
    assert exceptions(home) == []  # it has its remedy
    again = [*refused, (line[2], "GAGAL_BUKA")]
    assert run(city([corrected], again), engine, home)["baris_baru"] == 0
    assert [(e[0], e[1]) for e in exceptions(home)] == [("DITOLAK_BANK", line[2])]


def test_a_block_says_why_and_who_holds_the_card_now(home: Home, engine: Engine) -> None:
    run(city([HEAD, WIFE]), engine, home)
    who = people(engine, home)
    old = ids(engine)["BARU", HEAD.nik]
    run(city([HEAD.but(keputusan="TIDAK_VALID"), WIFE]), engine, home)
    known = ids(engine)
    assert [d[3] for d in lines(home, 2)] == ["BLOKIR", "BARU"]
    agree(engine, home, who)
    agree(engine, home, who)
    release(engine, home, LIMITS)
    release(engine, home, LIMITS, key=who.ani, reason=REASON, batch_no=2)
    note = json.loads(opened(home, who, 2)[1])
    assert note["kartu_lama"] == [
        {
            "id_penerbitan": known["BLOKIR", HEAD.nik],
            "jenis": "BLOKIR",
            "kartu": old,
            "sebab": "MENINGGAL",
            "kartu_sekarang": known["BARU", WIFE.nik],
        }
    ]


def test_a_family_that_split_keeps_its_card_s_place(home: Home, engine: Engine) -> None:
    """The holder left for a family card of his own and lost his right; the family he left gets the card."""
    run(city([HEAD, WIFE]), engine, home)
    run(city([HEAD.but(keputusan="TIDAK_VALID", no_kk=kk(9), alasan="PINDAH"), WIFE]), engine, home)
    known = ids(engine)
    with engine.connect() as con:
        rows = read_rows(con, "select sebab, id_pemegang from penerbitan where jenis = 'BLOKIR'")
    assert rows == [("PINDAH", known["BARU", WIFE.nik])]


def test_a_block_without_a_new_holder_names_nobody(home: Home, engine: Engine) -> None:
    run(city([HEAD]), engine, home)
    run(city([HEAD.but(keputusan="TIDAK_VALID")]), engine, home)
    with engine.connect() as con:
        assert read_rows(con, "select sebab, id_pemegang from penerbitan where jenis = 'BLOKIR'") == [("MENINGGAL", None)]
