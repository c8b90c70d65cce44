"""Cases that only people can end: a sealed batch that must not leave, and answers of the bank that contradict each other."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DatabaseError

from ssn_assets.bank import answers, profile, queue, reconcile, settlement, steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.bank.withdrawal import withdraw
from ssn_assets.batches import events, handover, layout
from ssn_assets.batches import settlement as of_any
from ssn_assets.batches.officers import ControlError
from ssn_assets.batches.settlement import Said, Settled
from ssn_assets.home import Home
from ssn_assets.store.bank_schema import putusan_jawaban
from ssn_assets.store.engine import writing
from ssn_assets.store.transfer import read_rows
from tests.unit.bank_city import NOW, Person, city, exceptions, ids, kk, ledger, nik, reserve, run
from tests.unit.bank_city import steps as cards
from tests.unit.bank_people import People, agree, checker, opened, people, release
from tests.unit.payment_city import HEADS, in_hand, orders, pay

pytest_plugins = ("tests.unit.store_backends",)

WHY = "bank menyatakannya dengan surat 12/XI"
FAMILIES = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in (1, 2, 3)]


@pytest.fixture
def who(engine: Engine, home: Home) -> People:
    return people(engine, home)


def nightly(con, engine: Engine, home: Home) -> reconcile.Reconciliation:  # type: ignore[no-untyped-def]
    with writing(engine) as store:
        answers.copy_ledger(con, store)
        answers.load_steps(con, store)
        found = reconcile.reconcile(con, store, home, 14, NOW)
        queue.refresh(con, store, home, NOW)
    return found


def test_a_withdrawn_batch_never_leaves_and_its_lines_go_into_the_next(home: Home, engine: Engine, who: People) -> None:
    run(city(FAMILIES[:1]), engine, home)
    agree(engine, home, who)
    release(engine, home)
    run(city(FAMILIES), engine, home)  # batch 2, which fails the suite
    old = ids(engine)
    assert withdraw(engine, home, who.ani, 2, WHY, NOW) == 2
    assert withdraw(engine, home, who.ani, 2, WHY, NOW) == 0  # asked again
    con = city(FAMILIES)
    assert run(con, engine, home)["baris_baru"] == 2
    new = ids(engine)
    assert {k: v for k, v in new.items() if old[k] != v}.keys() == {("BARU", f.nik) for f in FAMILIES[1:]}
    assert [status for _, _, status, number in ledger(engine) if number == 2] == ["BATAL", "BATAL"]
    assert cards(con) == {f.nik: ("DIPESAN", True) for f in FAMILIES}
    agree(engine, home, who)
    assert release(engine, home) == [(1, "SUDAH"), (3, "DIKIRIM")]
    assert not list(home.outgoing.glob("penerbitan_0002.txt*"))
    assert nightly(con, engine, home).balanced
    assert run(city(FAMILIES), engine, home)["baris_baru"] == 0


def test_the_bank_s_chain_goes_on_after_a_withdrawn_batch(home: Home, engine: Engine, who: People) -> None:
    run(city(FAMILIES[:1]), engine, home)
    withdraw(engine, home, who.budi, 1, WHY, NOW)
    run(city(FAMILIES[:1]), engine, home)
    agree(engine, home, who)
    release(engine, home)
    note = json.loads((home.outgoing / handover.note_name(1, CARDS)).read_text())
    first = layout.sha256((home.bank / "penerbitan_0001.txt").read_bytes())
    assert note["sha256"] == first and note["ditarik"] and WHY not in json.dumps(note)
    content, said, signature = opened(home, who, 2)
    public = bytes.fromhex(handover.verify_key(home))
    closed = (home.outgoing / "penerbitan_0002.txt.age").read_bytes()
    assert checker().check_batch(content, said, signature, public, 2, first, closed, "penerbitan") == []
    assert [line["berkas"] for line in profile.profile_of(home).to_dict("records")] == ["penerbitan_0002.txt"]
    assert len(profile.hashes(home)) == 1 and profile.profile_of(home)["rantai_cocok"].tolist() == [1]


def test_what_cannot_be_withdrawn(home: Home, engine: Engine, who: People) -> None:
    run(city(FAMILIES[:1]), engine, home)
    run(city(FAMILIES[:2]), engine, home)
    run(city(FAMILIES), engine, home)
    with pytest.raises(ControlError, match="alasan"):
        withdraw(engine, home, who.ani, 3, "salah", NOW)
    with pytest.raises(ControlError, match="Batch 3 dibuat sesudahnya"):
        withdraw(engine, home, who.ani, 2, WHY, NOW)
    with pytest.raises(ControlError, match="tidak terdaftar"):
        withdraw(engine, home, Ed25519PrivateKey.generate(), 3, WHY, NOW)
    reserve(city(FAMILIES, [(ids(engine)["BARU", FAMILIES[2].nik], "DITERIMA")]), engine, home)
    with pytest.raises(ControlError, match="sudah menjawab"):
        withdraw(engine, home, who.ani, 3, WHY, NOW)
    agree(engine, home, who)
    release(engine, home)
    with pytest.raises(ControlError, match="sudah dikirim"):
        withdraw(engine, home, who.ani, 1, WHY, NOW)


def test_a_withdrawn_block_does_not_stop_the_money_and_is_asked_for_again(home: Home, engine: Engine, who: People) -> None:
    in_hand(HEADS[:2], engine, home)
    gone = [HEADS[0].but(keputusan="TIDAK_VALID"), HEADS[1]]
    run(city(gone), engine, home)
    withdraw(engine, home, who.ani, 2, WHY, NOW)
    con = city(gone)
    assert run(con, engine, home)["baris_baru"] == 1  # the block again
    withdraw(engine, home, who.ani, 3, WHY, NOW)
    con = city(HEADS[:2])  # the decision was wrong
    run(con, engine, home)
    pay(con, engine, home)
    assert [(line[0], line[4]) for line in orders(engine)] == [(h.nik, 1) for h in HEADS[:2]]


def test_the_database_sends_no_batch_with_withdrawn_lines(home: Home, engine: Engine, who: People) -> None:
    run(city(FAMILIES), engine, home)
    agree(engine, home, who)
    with engine.begin() as con:
        con.execute(text("update penerbitan set status = 'BATAL' where seq = 1"))
    with pytest.raises(DatabaseError, match="withdrawn"):
        release(engine, home)
    with pytest.raises(DatabaseError, match="for good"), engine.begin() as con:
        con.execute(text("update penerbitan set status = 'DITULIS' where seq = 1"))
    with engine.connect() as con:
        assert events.newest(con, CARDS)[1].keadaan == "DISETUJUI"


def contradicted(engine: Engine, home: Home) -> tuple[str, Callable[..., dict[str, tuple[str, bool]]]]:
    """A card handed over and yet refused; and a run with more answers."""
    in_hand(HEADS[:2], engine, home)
    card = ids(engine)["BARU", HEADS[0].nik]
    told = [(i, "DISERAHKAN") for i in ids(engine).values()] + [(card, "DITOLAK")]

    def later(*more: tuple[str, str], day: str = "2026-11-01") -> dict[str, tuple[str, bool]]:
        con = city(HEADS[:2], [*told, *more])
        file = f"d{day[-1]}" * 32
        con.execute("update raw.bank set tanggal = ?::date, berkas_sha256 = ? where baris > ?", [day, file, 1 + len(told)])
        con.execute("update raw.bank set berkas_sha256 = repeat('cd', 32) where baris <= ?", [1 + len(told)])
        run(con, engine, home)
        pay(con, engine, home)
        nightly(con, engine, home)
        return cards(con)

    return card, later


def odd(home: Home) -> set[tuple[str, str]]:
    return {(line[0], line[1]) for line in exceptions(home) if line[0] == "BERTENTANGAN"}


def test_two_people_settle_a_contradiction_and_the_family_is_paid(home: Home, engine: Engine, who: People) -> None:
    card, later = contradicted(engine, home)
    later()
    assert odd(home) == {("BERTENTANGAN", card)} and [line[0] for line in orders(engine)] == [HEADS[1].nik]
    assert "ssn bank settle" in (home.bank / queue.FILE).read_text()
    settlement.settle(engine, card, "DISERAHKAN", WHY, [who.ani, who.budi], NOW)
    settlement.settle(engine, card, "DISERAHKAN", WHY, [who.ani, who.budi], NOW)  # asked again
    assert later()[HEADS[0].nik] == ("DISERAHKAN", True)
    assert odd(home) == set() and [line[0] for line in orders(engine)] == [h.nik for h in HEADS[:2]]
    assert "BERTENTANGAN" not in (home.bank / queue.FILE).read_text()
    later((card, "DITOLAK"))  # the old letter once more
    assert odd(home) == set()
    later((card, "DITOLAK"), day="2026-11-09")  # after that it is said anew
    assert odd(home) == {("BERTENTANGAN", card)}
    settlement.settle(engine, card, "DITOLAK", WHY, [who.budi, who.ani], NOW)
    assert later()[HEADS[0].nik][0] == "DITOLAK" and odd(home) == set()
    with engine.connect() as con:
        assert len(read_rows(con, "select 1 from jawaban_bank where status = 'DITOLAK'")) == 3  # every line is kept


def test_what_cannot_be_settled(home: Home, engine: Engine, who: People) -> None:
    card, later = contradicted(engine, home)
    later()
    other = ids(engine)["BARU", HEADS[1].nik]
    for about, step, why, by, said in (
        (card, "DISERAHKAN", "ya", [who.ani, who.budi], "sedikitnya"),
        (card, "DISERAHKAN", WHY, [who.ani], "Dua petugas"),
        (card, "DISERAHKAN", WHY, [who.ani, who.ani], "Dua petugas"),
        (card, "KARTU_DICETAK", WHY, [who.ani, who.budi], "tidak melaporkan"),
        (other, "DISERAHKAN", WHY, [who.ani, who.budi], "tidak bertentangan"),
        ("P-LAIN", "DISERAHKAN", WHY, [who.ani, who.budi], "Tidak ada penerbitan"),
    ):
        with pytest.raises(ControlError, match=said):
            settlement.settle(engine, about, step, why, by, NOW)
    later()
    assert odd(home) == {("BERTENTANGAN", card)}


def test_a_settlement_put_in_by_hand_counts_for_nothing_and_none_is_changed(home: Home, engine: Engine, who: People) -> None:
    card, later = contradicted(engine, home)
    later()
    keys = [k.public_key().public_bytes_raw().hex() for k in (who.ani, who.budi)]
    line = {"id_penerbitan": card, "urut": 1, "langkah": "DISERAHKAN", "sampai": 99, "alasan": WHY, "waktu": "x"}
    signed = {"oleh": "ani", "kunci": keys[0], "tanda_tangan": "ab" * 64, "oleh_2": "budi", "kunci_2": keys[1]}
    with pytest.raises(DatabaseError), engine.begin() as con:
        con.execute(insert(putusan_jawaban).values(**line, **signed | {"oleh_2": "ani", "kunci_2": keys[0]}, tanda_tangan_2="ab"))
    with engine.begin() as con:
        con.execute(insert(putusan_jawaban).values(**line, **signed, tanda_tangan_2="ab" * 64))
    later()
    assert odd(home) == {("BERTENTANGAN", card)}
    settlement.settle(engine, card, "DITOLAK", WHY, [who.ani, who.budi], NOW)
    assert later()[HEADS[0].nik][0] == "DITOLAK"
    for change in ("update putusan_jawaban set langkah = 'DISERAHKAN'", "delete from putusan_jawaban"):
        with pytest.raises(DatabaseError, match="never changed"), engine.begin() as con:
            con.execute(text(change))


LINES = st.lists(st.tuples(st.sampled_from(steps.REPORTED), st.sampled_from(["2026-11-01", "2026-11-02"])), max_size=8)


@given(LINES, LINES, st.sampled_from(steps.REPORTED))
def test_a_settlement_ends_what_was_said_and_repeated_and_nothing_else(before, after, step: str) -> None:  # type: ignore[no-untyped-def]
    known = [Said(n, *line) for n, line in enumerate(before, 1)]
    again = [Said(100 + n, status, day) for n, (_, status, day) in enumerate(known)]
    later = [Said(200 + n, status, "2026-11-03") for n, (status, _) in enumerate(after)]
    settled = Settled(step, len(known))

    def count(lines: list[Said], settled: Settled | None) -> list[str]:
        return [line.status for line in of_any.counting(lines, settled)]

    assert count(known, None) == [status for status, _ in before]
    assert count(known + again, settled) == [step]
    assert count(known + again + later, settled) == [step, *(status for status, _ in after)]
