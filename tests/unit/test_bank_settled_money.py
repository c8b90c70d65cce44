"""Money that an answer of the bank keeps back is freed by people: an account for two, a contradicted month, a refused card."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DatabaseError

from ssn_assets import cli
from ssn_assets.bank import accounts, queue, replacement
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.payments import matters, settlement
from ssn_assets.store.bank_schema import putusan_rekening
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import NOW, city, exceptions, ids, nik, run
from tests.unit.bank_people import REASON, People, people
from tests.unit.payment_city import HEADS, in_hand, lines, orders, pay, payment_of, release
from tests.unit.test_payment_answers import DAYS, nightly

pytest_plugins = ("tests.unit.store_backends",)

TWO, BOTH = HEADS[:2], "A-17"


@pytest.fixture
def who(engine: Engine, home: Home) -> People:
    return people(engine, home)


def shared_account(engine: Engine, home: Home, *more: tuple[str, str, str]) -> tuple[list[str], duckdb.DuckDBPyConnection]:
    """Both cards in hand, with one account; more: (card, account, day) that the bank says of accounts besides."""
    run(city(TWO), engine, home)
    known = [ids(engine)["BARU", p.nik] for p in TWO]
    every = [i for (kind, _), i in ids(engine).items() if kind != "BLOKIR"]
    told = [(i, "DISERAHKAN") for i in every] + [(i, "REKENING_DIBUKA") for i in known]
    con = city(TWO, told + [(card, "REKENING_DIBUKA") for card, _, _ in more])
    con.execute("update raw.bank set referensi_bank = ? where status = 'REKENING_DIBUKA'", [BOTH])
    for row, (_, account, day) in enumerate(more, len(told) + 2):
        con.execute("update raw.bank set referensi_bank = ?, tanggal = ?::date where baris = ?", [account, day, row])
    lines = "select string_agg(b.id_penerbitan || b.tanggal::text, '' order by b.baris) from raw.bank as b"
    con.execute(f"update raw.bank set berkas_sha256 = sha256(({lines}))")
    run(con, engine, home)
    pay(con, engine, home)
    return known, con


def paid(engine: Engine) -> list[str]:
    return [o[0] for o in orders(engine)]


def test_the_bank_ends_it_by_naming_another_account_later(home: Home, engine: Engine) -> None:
    cards, _ = shared_account(engine, home)
    assert paid(engine) == []
    shared_account(engine, home, (cards[1], "A-18", "2026-10-31"))  # an older word than the one both have
    assert paid(engine) == []
    shared_account(engine, home, (cards[1], "A-18", "2026-11-05"))
    assert paid(engine) == [p.nik for p in TWO]


def test_two_people_say_whose_account_it_is_and_the_other_gets_a_new_line(home: Home, engine: Engine, who: People) -> None:
    cards, con = shared_account(engine, home)
    nightly(con, engine, home)
    assert "ssn bank settle --rekening" in (home.bank / queue.FILE).read_text()
    for _ in range(2):
        accounts.own(engine, cards[0], BOTH, REASON, [who.ani, who.budi], NOW)
    shared_account(engine, home)
    assert paid(engine) == [nik(1)]
    for _ in range(2):
        replacement.ask(engine, who.ani, cards[1], "DIATASI", NOW)
    shared_account(engine, home)
    _, con = shared_account(engine, home)  # its new card is in hand
    assert paid(engine) == [nik(1), nik(2)]
    assert [o[1] for o in ids(engine) if o[0] == "GANTI"] == [nik(2)]
    nightly(con, engine, home)
    assert cards[0] not in (home.bank / queue.FILE).read_text()


def test_what_frees_no_account(home: Home, engine: Engine, who: People) -> None:
    cards, _ = shared_account(engine, home)
    both = [who.ani, who.budi]
    for card, account, why, by, said in (
        (cards[0], BOTH, "ya", both, "sedikitnya"),
        (cards[0], BOTH, REASON, [who.ani], "Dua petugas"),
        (cards[0], BOTH, REASON, [who.ani, who.ani], "Dua petugas"),
        (cards[0], "A-99", REASON, both, "tidak dilaporkan ganda"),
        ("P-LAIN", BOTH, REASON, both, "Tidak ada penerbitan"),
    ):
        with pytest.raises(ControlError, match=said):
            accounts.own(engine, card, account, why, by, NOW)
    keys = [k.public_key().public_bytes_raw().hex() for k in both]
    by_hand = {"oleh": "ani", "kunci": keys[0], "tanda_tangan": "ab" * 64, "oleh_2": "budi", "kunci_2": keys[1]}
    with engine.begin() as con:
        values = {"id_penerbitan": cards[0], "referensi_bank": BOTH, "alasan": REASON, "waktu": "x"}
        con.execute(insert(putusan_rekening).values(**values, **by_hand, tanda_tangan_2="ab" * 64))
    with engine.connect() as con:
        assert accounts.twice(con) == sorted(cards)
    for change in ("update putusan_rekening set referensi_bank = 'x'", "delete from putusan_rekening"):
        with pytest.raises(DatabaseError, match="never changed"), engine.begin() as con:
            con.execute(text(change))


def test_a_refused_card_whose_cause_is_remedied_is_asked_for_again(home: Home, engine: Engine, who: People) -> None:
    run(city(TWO), engine, home)
    cards = [ids(engine)["BARU", p.nik] for p in TWO]
    con = city(TWO, [(cards[0], "DITOLAK"), (cards[1], "DITERIMA")])
    assert run(con, engine, home)["baris_baru"] == 0
    with pytest.raises(ControlError, match="tidak menolak"):
        replacement.ask(engine, who.ani, cards[1], "DIATASI", NOW)
    replacement.ask(engine, who.ani, cards[0], "DIATASI", NOW)
    assert run(city(TWO), engine, home)["ganti"] == 1
    (line,) = (home.bank / "penerbitan_0002.txt").read_text().splitlines()[1:-1]
    assert line.split("|")[3] == "GANTI" and line.split("|")[17] == cards[0]
    assert [x[0] for x in exceptions(home)] == []


def contradicted(engine: Engine, home: Home, who: People) -> tuple[str, duckdb.DuckDBPyConnection, list[tuple[str, str, str]]]:
    """A month that failed and was paid, says the bank."""
    con = in_hand(HEADS[:1], engine, home)
    pay(con, engine, home)
    release(engine, home, who)
    payment = payment_of(engine, HEADS[0])
    told = [(payment, "GAGAL", DAYS[0]), (payment, "BERHASIL", DAYS[0])]
    assert pay(con, engine, home, answers=told)["dipesan"] == 0
    return payment, con, told


def test_a_month_settled_as_not_paid_is_ordered_again_once(home: Home, engine: Engine, who: People) -> None:
    payment, con, told = contradicted(engine, home, who)
    nightly(con, engine, home)
    assert [x[0] for x in exceptions(home)] == ["PEMBAYARAN_BERTENTANGAN"]
    for _ in range(2):
        settlement.settle(engine, payment, "GAGAL", REASON, [who.ani, who.budi], NOW)
    assert pay(con, engine, home, answers=told)["dipesan"] == 0  # not before its cause is remedied
    nightly(con, engine, home)
    assert [x[0] for x in exceptions(home)] == ["PEMBAYARAN_GAGAL"]
    matters.remedied(engine, who.ani, payment, REASON, NOW)
    assert pay(con, engine, home, answers=told)["koreksi"] == 1
    assert [o[1:4] for o in orders(engine)] == [("2026-10", 1, None), ("2026-10", 2, "GAGAL")]
    assert lines(home, 2)[1][9] == payment
    assert release(engine, home, who)[-1] == (2, "DIKIRIM")
    assert pay(con, engine, home, answers=told)["dipesan"] == 0
    nightly(con, engine, home)
    assert exceptions(home) == []


def test_a_month_settled_as_paid_is_paid(home: Home, engine: Engine, who: People) -> None:
    payment, con, told = contradicted(engine, home, who)
    settlement.settle(engine, payment, "BERHASIL", REASON, [who.budi, who.ani], NOW)
    assert pay(con, engine, home, answers=told)["dipesan"] == 0
    assert nightly(con, engine, home).rupiah_berhasil == 300_000
    assert exceptions(home) == []
    with pytest.raises(ControlError, match="belum dinyatakan gagal"):
        matters.remedied(engine, who.ani, payment, REASON, NOW)


def test_a_success_said_anew_after_the_settlement_stops_the_second_payment(home: Home, engine: Engine, who: People) -> None:
    payment, con, told = contradicted(engine, home, who)
    settlement.settle(engine, payment, "GAGAL", REASON, [who.ani, who.budi], NOW)
    matters.remedied(engine, who.ani, payment, REASON, NOW)
    pay(con, engine, home, answers=told)
    pay(con, engine, home, answers=[*told, (payment, "BERHASIL", DAYS[2])])
    assert release(engine, home, who)[-1] == (2, "DITARIK")
    assert pay(con, engine, home)["dipesan"] == 0
    settlement.settle(engine, payment, "GAGAL", REASON, [who.ani, who.budi], NOW)  # it was the old word under a new date
    assert pay(con, engine, home)["dipesan"] == 1  # in place of the one that was withdrawn
    pay(con, engine, home, answers=[(payment, "BERHASIL", "2026-11-09")])
    assert release(engine, home, who)[-1] == (3, "DITARIK")  # two orders back is seen as well


def test_what_of_a_payment_cannot_be_settled(home: Home, engine: Engine, who: People) -> None:
    payment, *_ = contradicted(engine, home, who)
    both = [who.ani, who.budi]
    for about, step, by, said in (
        (payment, "RETUR", both, "tidak melaporkan"),
        (payment, "GAGAL", [who.ani, who.ani], "Dua petugas"),
        ("B-LAIN", "GAGAL", both, "Tidak ada pembayaran"),
    ):
        with pytest.raises(ControlError, match=said):
            settlement.settle(engine, about, step, REASON, by, NOW)
    settlement.settle(engine, payment, "GAGAL", REASON, both, NOW)
    with pytest.raises(ControlError, match="tidak bertentangan"):
        settlement.settle(engine, payment, "BERHASIL", REASON, both, NOW)


def test_the_command_settles_cards_accounts_and_payments(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SSN_HOME", str(home.root))
    store = open_store(home)
    who = people(store, home)
    by = []
    for name, key in (("ani", who.ani), ("budi", who.budi)):
        (tmp_path / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        by += ["--by", str(tmp_path / name)]
    payment, con, told = contradicted(store, home, who)
    assert cli.main(["bank", "settle", payment, "--langkah", "gagal", "--alasan", REASON, *by]) == 0
    pay(con, store, home, answers=told)
    nightly(con, store, home)
    assert [x[0] for x in exceptions(home)] == ["PEMBAYARAN_GAGAL"]
    assert cli.main(["bank", "settle", "P-LAIN", "--rekening", "A", "--alasan", REASON, *by]) == 2
    assert "Tidak ada penerbitan P-LAIN" in capsys.readouterr().err
