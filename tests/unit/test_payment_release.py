"""Releasing payments: two people, brakes in rupiah, nothing to a family that is blocked by then; a gap is told to the bank."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, events, handover
from ssn_assets.batches.layout import sha256
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.payments import brakes
from ssn_assets.payments.brakes import PaymentLimits
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import NOW, city, nik, run
from tests.unit.bank_people import REASON, checker, people
from tests.unit.cut_off import every_cut
from tests.unit.payment_city import HEADS, LIMITS, agree, in_hand, lines, orders, out, pay, release, steps

pytest_plugins = ("tests.unit.store_backends",)


def handed(home: Home, who, number: int) -> list[str]:  # type: ignore[no-untyped-def]
    """What the bank's checker says of a released payment batch, opened."""
    import pyrage

    closed = (home.outgoing / f"pembayaran_{number:04d}.txt.age").read_bytes()
    content = pyrage.decrypt(closed, [who.bank])
    assert content == (home.bank / f"pembayaran_{number:04d}.txt").read_bytes()
    note, signature = ((home.outgoing / f"pembayaran_{number:04d}.serah.{end}").read_bytes() for end in ("json", "sig"))
    previous = content.split(b"|", 4)[3].decode()
    public = bytes.fromhex(handover.verify_key(home))
    found: list[str] = checker().check_batch(content, note, signature, public, number, previous, closed, "pembayaran")
    return found


def test_two_people_then_out_apart_from_the_cards(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:2], engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    control.prepare(engine, home, PAYMENTS, who.ani, NOW)
    with pytest.raises(ControlError, match="orang lain"):
        control.approve(engine, home, PAYMENTS, who.ani, NOW)
    control.approve(engine, home, PAYMENTS, who.budi, NOW)
    done = [handover.release(engine, home, PAYMENTS, lambda p: LIMITS, NOW)[0].result for _ in range(2)]
    assert done == ["DIKIRIM", "SUDAH"]
    with engine.connect() as store:
        assert events.newest(store, CARDS)[1].keadaan == "DISEGEL"  # the card batch of the same number is nobody's business here
    assert sorted(p.name for p in home.outgoing.iterdir()) == [
        "pembayaran_0001.serah.json",
        "pembayaran_0001.serah.sig",
        "pembayaran_0001.txt.age",
    ]
    assert handed(home, who, 1) == []
    pay(con, engine, home)
    assert {step for step, _ in steps(con).values()} == {"DIKIRIM"}
    before = {p.name: p.read_bytes() for p in home.outgoing.iterdir()}
    shutil.rmtree(home.outgoing)
    assert handover.restore(engine, home, PAYMENTS) == 3
    assert {p.name: p.read_bytes() for p in home.outgoing.iterdir()} == before


def test_an_agreement_to_cards_is_none_to_payments(home: Home, engine: Engine) -> None:
    """Same number, same people: a signature copied from the card batch does not release the payment batch."""
    pay(in_hand(HEADS[:1], engine, home), engine, home)
    who = people(engine, home)
    control.prepare(engine, home, CARDS, who.ani, NOW)
    control.prepare(engine, home, PAYMENTS, who.ani, NOW)
    control.approve(engine, home, CARDS, who.budi, NOW)
    with engine.begin() as con:
        columns = "batch_no, urut, keadaan, oleh, kunci, waktu, dari_urut, dari_keadaan, dari_oleh"
        con.execute(
            text(
                f"insert into batch_pembayaran_kejadian ({columns}, tanda_tangan, sha256) select {columns}, tanda_tangan,"
                " (select sha256 from batch_pembayaran where batch_no = 1) from batch_kejadian where keadaan = 'DISETUJUI'"
            )
        )
    with pytest.raises(ControlError, match="tanda tangan DISETUJUI"):
        handover.release(engine, home, PAYMENTS, lambda p: LIMITS, NOW)
    assert not home.outgoing.exists()


def test_brakes_in_rupiah_and_families(home: Home, engine: Engine) -> None:
    pay(in_hand(HEADS[:2], engine, home), engine, home)
    who = people(engine, home)
    tight = PaymentLimits(rupiah_per_day=500_000, more_families=0.5)
    assert release(engine, home, who, tight) == [(1, "DITAHAN")]
    with engine.connect() as con:
        (held,) = brakes.holding(con, 1, tight, NOW)
    assert held.code == brakes.RUPIAH and "Rp600,000 dalam sehari" in held.words
    passed = handover.release(engine, home, PAYMENTS, lambda p: tight, NOW, who.ani, REASON, 1)
    assert [o.result for o in passed] == ["DIKIRIM"]
    pay(in_hand(HEADS, engine, home), engine, home, "2026-11")
    with engine.connect() as con:
        codes = [b.code for b in brakes.holding(con, 2, tight, NOW)]
        assert codes == [brakes.RUPIAH, brakes.FAMILIES]  # two families, then four


def test_a_family_blocked_by_then_is_not_paid(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:3], engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    agree(engine, home, who)
    run(city([out(HEADS[0]), *HEADS[1:3]]), engine, home)  # decided and reserved after both had agreed
    outcomes = handover.release(engine, home, PAYMENTS, lambda p: LIMITS, NOW, who.ani, REASON, 1)
    assert [o.result for o in outcomes] == ["DITARIK"] and "1 keluarga diblokir" in outcomes[0].words
    assert not list(home.outgoing.glob("*.age"))
    note = json.loads((home.outgoing / "pembayaran_0001.serah.json").read_text())
    assert note["ditarik"] == "2026-10-31T09:00:00Z" and "sandi" not in note
    con = in_hand([out(HEADS[0]), *HEADS[1:3]], engine, home)
    report = pay(con, engine, home)  # the corrected batch, without the family
    assert (report["batch"], report["dipesan"], report["koreksi"]) == (2, 2, 2)
    assert [line[5] for line in lines(home, 2)[1:-1]] != [] and nik(1) not in {line[5] for line in lines(home, 2)[1:-1]}
    assert release(engine, home, who) == [(2, "DIKIRIM")]
    assert handed(home, who, 2) == []
    assert len(steps(con)) == 2 and len(orders(engine)) == 5  # an order that was never given is no payment
    folder = home.root / "bank"
    folder.mkdir()
    for path in home.outgoing.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "pembayaran_0002.txt").write_bytes((home.bank / "pembayaran_0002.txt").read_bytes())
    found = checker().check_folder(folder, bytes.fromhex(handover.verify_key(home)), None, "pembayaran")
    assert found == {1: [], 2: []}  # the withdrawn one is no gap
    (folder / "pembayaran_0001.serah.json").write_bytes(
        (folder / "pembayaran_0001.serah.json").read_bytes().replace(b"1,", b"2,", 1)
    )
    assert checker().check_folder(folder, bytes.fromhex(handover.verify_key(home)), None, "pembayaran")[1]


def test_the_database_itself_does_not_hand_over_to_a_blocked_card(home: Home, engine: Engine) -> None:
    pay(in_hand(HEADS[:1], engine, home), engine, home)
    who = people(engine, home)
    agree(engine, home, who)
    run(city([out(HEADS[0])]), engine, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brakes, "_BLOCKED", text("select 0 where :batch_no = :batch_no"))
        with pytest.raises(DatabaseError, match="is blocked"):
            handover.release(engine, home, PAYMENTS, lambda p: LIMITS, NOW)
    assert not home.outgoing.exists()
    with engine.connect() as con:
        assert events.newest(con, PAYMENTS)[1].keadaan == "DISETUJUI"


def test_a_block_that_was_taken_back_holds_nothing(home: Home, engine: Engine) -> None:
    pay(in_hand(HEADS[:1], engine, home), engine, home)
    who = people(engine, home)
    from tests.unit.bank_city import reserve

    reserve(city([out(HEADS[0])]), engine, home)
    reserve(city(HEADS[:1]), engine, home)  # the decision was corrected before the block was in a batch
    assert release(engine, home, who) == [(1, "DIKIRIM")]


def test_cut_off_anywhere_a_withdrawn_batch_is_withdrawn_once(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    pay(in_hand(HEADS[:2], store, home), store, home)
    who = people(store, home)
    agree(store, home, who)
    run(city([out(HEADS[0]), HEADS[1]]), store, home)
    con = in_hand([out(HEADS[0]), HEADS[1]], store, home)
    handover.verify_key(home)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)

    def whole_way() -> None:
        again = open_store(home)
        handover.release(again, home, PAYMENTS, lambda p: LIMITS, NOW)
        pay(con, again, home)
        again.dispose()

    whole_way()
    wanted = {p.name: p.read_bytes() for folder in (home.bank, home.outgoing) for p in folder.glob("pembayaran_*")}

    def check(moment: int) -> None:
        whole_way()
        found = {p.name: p.read_bytes() for folder in (home.bank, home.outgoing) for p in folder.glob("pembayaran_*")}
        assert found == wanted, moment

    assert every_cut(start, home.root, whole_way, check) >= 12


def test_every_changed_byte_of_a_payment_file_is_found(home: Home) -> None:
    """By the bank's checker: form, totals in rupiah, hash or signature."""
    store = open_store(home)
    pay(in_hand(HEADS[:2], store, home), store, home)
    who = people(store, home)
    release(store, home, who)
    content = (home.bank / "pembayaran_0001.txt").read_bytes()
    note, signature = ((home.outgoing / f"pembayaran_0001.serah.{end}").read_bytes() for end in ("json", "sig"))
    public = bytes.fromhex(handover.verify_key(home))

    def problems(changed: bytes) -> list[str]:
        found: list[str] = checker().check_file(changed, 1, "0" * 64, "pembayaran")
        return found + checker().check_note(changed, note, 1, None, "pembayaran")

    assert problems(content) == [] and checker().check_signature(sha256(content), note, signature, public) == []
    for place in range(len(content)):
        assert problems(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]), place
        assert problems(content[:place] + content[place + 1 :]), place
    dearer = content.replace(b"|300000|", b"|300001|", 1)
    assert any("Rp600000, dihitung Rp600001" in sentence for sentence in problems(dearer))
