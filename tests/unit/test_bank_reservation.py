"""Who gets a card, who keeps it, and when it is stopped (README, Formats and codes)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from ssn_assets.bank import reservation
from ssn_assets.home import Home
from ssn_assets.store.engine import open_store
from ssn_assets.store.schema import penerbitan
from ssn_assets.store.transfer import read_rows
from tests.unit.bank_city import NOW, Person, city, exceptions, ids, kk, ledger, nik, reserve, run, steps

pytest_plugins = ("tests.unit.store_backends",)

HEAD = Person(nik(1), kk(1), "KEPALA KELUARGA", date(1985, 1, 1))
WIFE = Person(nik(2), kk(1), "ISTRI", date(1990, 1, 1))
MOTHER = Person(nik(3), kk(1), "ORANG TUA", date(1950, 1, 1))
SON = Person(nik(4), kk(1), "ANAK", date(2009, 10, 31))
DAUGHTER = Person(nik(5), kk(1), "ANAK", date(2009, 11, 1))
FAMILY = (HEAD, WIFE, MOTHER, SON, DAUGHTER)


@pytest.fixture
def store(home: Home) -> Engine:
    return open_store(home)


def out(*people: Person) -> list[Person]:
    return [p.but(keputusan="TIDAK_VALID") for p in people]


@pytest.mark.parametrize(
    ("people", "holder"),
    [
        (FAMILY, HEAD),
        ((*out(HEAD), WIFE, MOTHER, SON), WIFE),
        ((HEAD.but(keputusan=None), WIFE.but(keputusan="MENUNGGU"), MOTHER, SON), MOTHER),
        (
            (HEAD.but(tanggal_lahir=date(2010, 1, 1)), SON),
            SON,
        ),  # a head of 16 cannot hold it; 17 on the last day of the period can
        ((HEAD.but(tanggal_lahir=None), SON), SON),
        (
            (SON.but(tanggal_lahir=date(2000, 5, 5)), MOTHER, SON.but(nik=nik(9), tanggal_lahir=date(1950, 1, 1))),
            MOTHER,
        ),
        ((DAUGHTER,), None),
        ((HEAD.but(no_kk=None),), None),
        (out(*FAMILY), None),
    ],
)
def test_the_holder(home: Home, store: Engine, people: list[Person], holder: Person | None) -> None:
    con = city(people)
    run(con, store, home)
    assert ledger(store) == ([("BARU", holder.nik, "DITULIS", 1)] if holder else [])
    listed = [line[0] for line in exceptions(home)]
    assert listed == ([] if holder or people == out(*FAMILY) else ["TANPA_KK" if people[0].no_kk is None else "TANPA_PEMEGANG"])


def test_one_card_a_family_kept_while_the_holder_is_valid(home: Home, engine: Engine) -> None:
    first = city([*out(HEAD), WIFE, SON])
    assert reserve(first, engine, home)["baru"] == 1
    run(first, engine, home)
    # the head is valid now, but the wife holds the card
    later = city(FAMILY)
    assert run(later, engine, home)["baru"] == 0
    assert ledger(engine) == [("BARU", WIFE.nik, "DITULIS", 1)]
    assert steps(later) == {WIFE.nik: ("DIPESAN", True)}


def test_a_new_holder_is_a_block_then_a_new_card(home: Home, engine: Engine) -> None:
    run(city([HEAD, WIFE]), engine, home)
    card = ids(engine)["BARU", HEAD.nik]
    con = city([*out(HEAD), WIFE])
    report = run(con, engine, home)
    assert (report["blokir"], report["baru"], report["batch"]) == (1, 1, 2)
    written = (home.bank / "penerbitan_0002.txt").read_text().splitlines()[1:3]
    assert [line.split("|")[3] for line in written] == ["BLOKIR", "BARU"]
    block, new = (line.split("|") for line in written)
    assert (block[5], block[17]) == (HEAD.nik, card) and (new[5], new[17]) == (WIFE.nik, "")
    assert block[2] != card and block[4] != new[4]
    assert steps(con) == {
        HEAD.nik: ("DIPESAN", False),
        WIFE.nik: ("DIPESAN", True),
    }  # our block changes no step, the bank's does
    assert run(city([*out(HEAD), WIFE]), engine, home)["baris_baru"] == 0


def cycles(engine: Engine) -> list[tuple[str, int]]:
    with engine.connect() as con:
        return read_rows(
            con, "select nik, siklus from penerbitan where jenis = 'BARU' and status <> 'BATAL' order by nik, siklus"
        )


def test_each_new_card_of_a_family_is_a_cycle_of_its_own(home: Home, engine: Engine) -> None:
    run(city([HEAD, WIFE]), engine, home)
    run(city([*out(HEAD), WIFE]), engine, home)
    assert cycles(engine) == [(HEAD.nik, 1), (WIFE.nik, 2)]


def test_two_runs_that_know_different_holders_cannot_both_give_a_family_its_card(home: Home, engine: Engine) -> None:
    run(city([HEAD, WIFE]), engine, home)
    facts = dict(id_penerbitan="P2", kunci="K2", jenis="BARU", nik_awal=WIFE.nik, nomor_ssn="2", no_kk=kk(1), periode="2026-10")
    facts |= dict(dibuat_pada="2026-10-31T09:00:00Z", status="DIPESAN")
    with pytest.raises(IntegrityError), engine.begin() as con:
        con.execute(insert(penerbitan).values(**facts, siklus=1))
    with engine.begin() as con:
        con.execute(insert(penerbitan).values(**facts, siklus=2))


def test_families_may_swap_while_their_cards_are_only_reserved(home: Home, engine: Engine) -> None:
    other = HEAD.but(nik=nik(9), no_kk=kk(9))
    reserve(city([HEAD, other]), engine, home)
    reserve(city([HEAD.but(no_kk=kk(9)), other.but(no_kk=kk(1))]), engine, home)
    assert cycles(engine) == [(HEAD.nik, 1), (other.nik, 1)]


def test_a_person_valid_again_gets_a_new_card_only_after_the_block(home: Home, store: Engine) -> None:
    for people, new in (([HEAD], 1), (out(HEAD), 1), ([HEAD], 1), ([HEAD], 0)):
        assert run(city(people), store, home)["baris_baru"] == new
    assert [(kind, batch) for kind, _, _, batch in ledger(store)] == [("BARU", 1), ("BARU", 3), ("BLOKIR", 2)]


@pytest.mark.parametrize(("decision", "listed"), [("MENUNGGU", "PEMEGANG_MENUNGGU"), (None, "PEMEGANG_TIDAK_ADA")])
def test_waiting_or_absent_holders_keep_their_card(home: Home, store: Engine, decision: str | None, listed: str) -> None:
    run(city([HEAD, WIFE]), store, home)
    for gone in (False, True):
        con = city([HEAD.but(keputusan=decision, terdaftar=not (gone and decision is None)), WIFE])
        assert run(con, store, home)["baris_baru"] == 0
        ((kind, issuance, number, kelurahan, period, words),) = exceptions(home)
        assert (kind, issuance, kelurahan, period) == (listed, ids(store)["BARU", HEAD.nik], "64.72.03.1005", "2026-10")
        assert number.startswith("6472") and "tidak diblokir" in words
        assert steps(con)[HEAD.nik] == ("DIPESAN", True)


def test_a_duplicate_row_of_the_holder_is_no_decision_against_him(home: Home, store: Engine) -> None:
    run(city([HEAD]), store, home)
    con = city([HEAD])
    con.execute("insert into mart_keputusan_dasar select * replace ('TIDAK_VALID' as keputusan) from mart_keputusan_dasar")
    con.execute("update mart_keputusan_dasar set keputusan = 'MENUNGGU' where keputusan = 'VALID'")
    assert run(con, store, home)["baris_baru"] == 0


def test_a_card_goes_with_its_holder(home: Home, store: Engine) -> None:
    run(city([HEAD, WIFE]), store, home)
    # he moves out: no second card for him, one for those who stay
    assert run(city([HEAD.but(no_kk=kk(2)), WIFE]), store, home)["baru"] == 1
    assert [(line[1], line[3]) for line in ledger(store)] == [(HEAD.nik, 1), (WIFE.nik, 2)]
    # he comes back: two cards in one family, people decide
    assert run(city([HEAD, WIFE]), store, home)["baris_baru"] == 0
    assert [line[0] for line in exceptions(home)] == ["DUA_KARTU", "DUA_KARTU"]


def test_a_new_kk_number_of_the_whole_family_changes_nothing(home: Home, store: Engine) -> None:
    run(city(FAMILY), store, home)
    assert run(city([p.but(no_kk=kk(7)) for p in FAMILY]), store, home)["baris_baru"] == 0
    assert exceptions(home) == []


def test_a_corrected_nik_keeps_card_and_number(home: Home, engine: Engine) -> None:
    run(city([HEAD, WIFE]), engine, home)
    corrected = HEAD.but(nik=nik(77), nik_awal=HEAD.nik)
    con = city([corrected, WIFE])
    assert run(con, engine, home)["baris_baru"] == 0 and steps(con) == {HEAD.nik: ("DIPESAN", True)}
    absent = city([corrected.but(keputusan=None), WIFE])
    assert run(absent, engine, home)["baris_baru"] == 0
    run(city([*out(corrected), WIFE]), engine, home)
    assert ("BLOKIR", nik(77), "DITULIS", 2) in ledger(engine)
    # a correction that is found only now makes an even older NIK the first one
    older = city([WIFE.but(nik_awal=nik(88))])
    assert run(older, engine, home)["baris_baru"] == 0 and steps(older)[nik(88)] == ("DIPESAN", True)


def test_reservations_follow_the_decision_until_they_are_written(home: Home, engine: Engine) -> None:
    reserve(city([HEAD, WIFE]), engine, home)
    kept = ids(engine)
    assert reserve(city([HEAD.but(alamat="JL. BARU", no_kk=kk(3)), WIFE.but(no_kk=kk(3))]), engine, home) == {
        "baru": 0, "ganti": 0, "blokir": 0, "batal": 0, "diperbarui": 1, "pengecualian": 0
    }  # fmt: skip
    assert ids(engine) == kept
    assert reserve(city([HEAD.but(keputusan="MENUNGGU"), WIFE]), engine, home)["batal"] == 1
    run(city([HEAD, *out(WIFE)]), engine, home)
    assert [line[1:3] for line in ledger(engine)] == [(HEAD.nik, "BATAL"), (HEAD.nik, "DITULIS"), (WIFE.nik, "BATAL")]
    assert [line[1] for line in exceptions(home)] == []


def test_a_reserved_holder_stays_when_another_becomes_valid(home: Home, store: Engine) -> None:
    reserve(city([*out(HEAD), WIFE]), store, home)
    run(city([HEAD, WIFE]), store, home)
    assert ledger(store) == [("BARU", WIFE.nik, "DITULIS", 1)]


def test_a_block_not_yet_written_is_withdrawn_when_the_holder_is_valid_again(home: Home, store: Engine) -> None:
    run(city([HEAD, WIFE]), store, home)
    assert reserve(city([*out(HEAD), WIFE]), store, home)["blokir"] == 1
    con = city([HEAD, WIFE])
    assert run(con, store, home)["baris_baru"] == 0
    assert [line[:3] for line in ledger(store)] == [
        ("BARU", HEAD.nik, "DITULIS"),
        ("BARU", WIFE.nik, "BATAL"),
        ("BLOKIR", HEAD.nik, "BATAL"),
    ]
    assert steps(con) == {HEAD.nik: ("DIPESAN", True)}
    assert run(city([*out(HEAD), WIFE]), store, home)["baris_baru"] == 2


def test_a_card_the_bank_blocked_by_itself_is_left_to_people(home: Home, store: Engine) -> None:
    run(city([HEAD, WIFE]), store, home)
    con = city([HEAD, WIFE], reports=[(ids(store)["BARU", HEAD.nik], "DIBLOKIR")])
    assert run(con, store, home)["baris_baru"] == 0
    assert [line[0] for line in exceptions(home)] == ["DIBLOKIR_BANK"] and steps(con) == {HEAD.nik: ("DIBLOKIR", False)}


def test_repeating_a_reservation_changes_nothing(home: Home, engine: Engine) -> None:
    con = city(FAMILY)
    reserve(con, engine, home)
    before = ids(engine)
    assert reserve(con, engine, home) == {"baru": 0, "ganti": 0, "blokir": 0, "batal": 0, "diperbarui": 0, "pengecualian": 0}
    assert ids(engine) == before and all(len(i) == 17 and i[0] == "P" for i in before.values())


def test_cards_before_numbers_are_refused(home: Home, store: Engine) -> None:
    con = city([HEAD])
    con.execute("create table ops.nomor_ssn (nik_awal text, nomor text)")
    with pytest.raises(reservation.ReservationError, match="numbers"):
        reservation.reserve(con, store, home, "2026-10", NOW)
    assert ledger(store) == []


def test_without_a_registry_nothing_is_reserved_or_withdrawn(home: Home, store: Engine) -> None:
    reserve(city([HEAD]), store, home)
    con = city([HEAD.but(keputusan="MENUNGGU")])
    con.execute("update ops.konteks set registri_dipakai = false")
    assert set(reserve(con, store, home)) == {"langkah"}
    assert ledger(store) == [("BARU", HEAD.nik, "DIPESAN", None)]
