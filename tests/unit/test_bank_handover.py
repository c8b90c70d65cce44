"""What both agreed on leaves in the order of the chain, once, and not past a brake that nobody answers for."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from ssn_assets.bank import brakes
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, events, handover
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from tests.unit.bank_city import NOW, Person, city, kk, nik, run
from tests.unit.bank_people import LIMITS, REASON, agree, people, release, states

pytest_plugins = ("tests.unit.store_backends",)

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 5)]


def test_brakes_hold_the_release_for_a_person_with_a_reason(home: Home, engine: Engine) -> None:
    run(city(HEADS[:2]), engine, home)
    run(city(HEADS), engine, home)
    who = people(engine, home)
    tight = brakes.Limits(new_cards_per_day=3, share_of_blocks=0.05, silent_days=14)
    agree(engine, home, who)
    agree(engine, home, who)
    assert release(engine, home, tight) == [(1, "DIKIRIM"), (2, "DITAHAN")]  # two cards, then four in one day
    assert release(engine, home, tight, key=who.ani, batch_no=2) == [(1, "SUDAH"), (2, "DITAHAN")]
    assert release(engine, home, tight, reason=REASON) == [(1, "SUDAH"), (2, "DITAHAN")]
    tomorrow = [o.result for o in handover.release(engine, home, CARDS, lambda p: tight, NOW + timedelta(days=1))]
    assert tomorrow == ["SUDAH", "DIKIRIM"]
    run(city([HEADS[0].but(keputusan="TIDAK_VALID"), *HEADS[1:]]), engine, home)  # one block of four cards
    agree(engine, home, who)
    with engine.connect() as con:
        (held,) = brakes.holding(con, 3, tight, NOW)
    assert held.code == brakes.BLOCKS and "1 pemblokiran dari 4 kartu" in held.words
    assert release(engine, home, tight, key=who.ani, reason=REASON, batch_no=3) == [(2, "SUDAH"), (3, "DIKIRIM")]
    with engine.connect() as con:
        last = events.newest(con, CARDS)[3]
    assert (last.oleh, last.rem, last.alasan) == ("ani", brakes.BLOCKS, REASON)


def test_a_passed_brake_is_one_batch_s(home: Home, engine: Engine) -> None:
    who = people(engine, home)
    for upto in (2, 3, 4):
        run(city(HEADS[:upto]), engine, home)
        agree(engine, home, who)
    tight = brakes.Limits(new_cards_per_day=1, share_of_blocks=0.05, silent_days=14)
    with pytest.raises(ControlError, match="satu batch"):
        release(engine, home, tight, key=who.ani, reason=REASON)
    with pytest.raises(ControlError, match="Batch 1 belum dikirim"):
        release(engine, home, tight, key=who.ani, reason=REASON, batch_no=2)
    with pytest.raises(ControlError, match="Tidak ada batch 9"):
        release(engine, home, tight, batch_no=9)
    assert release(engine, home, tight, key=who.ani, reason=REASON, batch_no=1) == [(1, "DIKIRIM")]
    assert release(engine, home, tight, key=who.ani, reason=REASON, batch_no=1) == [(1, "SUDAH")]
    assert release(engine, home, tight) == [(1, "SUDAH"), (2, "DITAHAN")]
    assert len(list(home.outgoing.iterdir())) == 3


def test_a_batch_that_may_not_go_takes_no_other_back(home: Home, engine: Engine) -> None:
    who = people(engine, home)
    for upto in (2, 4):
        run(city(HEADS[:upto]), engine, home)
        agree(engine, home, who)
    path = home.bank / "penerbitan_0002.txt"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ControlError, match=r"^Batch 1 dikirim\. .*penerbitan_0002\.txt hilang atau berubah"):
        release(engine, home)
    assert len(list(home.outgoing.iterdir())) == 3 and states(engine)[-1] == "DIKIRIM:SISTEM"
    assert states(engine, 2)[-1] == "DISETUJUI:budi"


def test_batches_leave_in_the_order_of_the_chain(home: Home, engine: Engine) -> None:
    for upto in (1, 2, 3):
        run(city(HEADS[:upto]), engine, home)
    who = people(engine, home)
    control.prepare(engine, home, CARDS, who.ani, NOW, 2)
    control.approve(engine, home, CARDS, who.budi, NOW, 2)
    assert release(engine, home) == [(1, "MENUNGGU")]
    agree(engine, home, who)
    assert release(engine, home) == [(1, "DIKIRIM"), (2, "DIKIRIM"), (3, "MENUNGGU")]


def test_64_releases_at_once_have_one_effect(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    agree(engine, home, people(engine, home))
    results: list[tuple[int, str]] = []
    threads = [threading.Thread(target=lambda: results.extend(release(engine, home, LIMITS))) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [(1, "DIKIRIM"), *[(1, "SUDAH")] * 63]
    assert states(engine).count("DIKIRIM:SISTEM") == 1 and len(list(home.outgoing.iterdir())) == 3
