"""Answers about payments: the same state in any order; failed money goes back to its cause, and out again once."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Engine, text

from ssn_assets.bank import answers as card_answers
from ssn_assets.bank import exceptions as odd
from ssn_assets.bank import queue, replacement
from ssn_assets.bank import reconcile as card_reconcile
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.payments import answers, matters, reconcile
from ssn_assets.payments import orders as payment_orders
from ssn_assets.payments import steps as rules
from ssn_assets.payments.steps import Report
from ssn_assets.store.engine import open_store, writing
from tests.unit.bank_city import NOW, city, exceptions, ids, nik, run
from tests.unit.bank_people import REASON, people
from tests.unit.payment_city import HEADS, Answer, in_hand, lines, orders, pay, payment_of, release, steps

pytest_plugins = ("tests.unit.store_backends",)

DAYS = ("2026-11-01", "2026-11-02", "2026-11-03")
REPORTS = st.lists(st.builds(Report, st.sampled_from([*rules.REPORTED, "ENTAH"]), st.sampled_from(DAYS)), max_size=8)


@given(REPORTS, st.randoms(use_true_random=False), st.integers(1, 3), st.booleans())
def test_order_and_repetition_do_not_matter(reports: list[Report], random, times: int, sent: bool) -> None:  # type: ignore[no-untyped-def]
    shuffled = reports * times
    random.shuffle(shuffled)
    assert rules.furthest(shuffled, sent) == rules.furthest(reports, sent)
    assert rules.contradictory(shuffled) == rules.contradictory(reports)


@given(REPORTS)
def test_a_step_never_goes_back(reports: list[Report]) -> None:
    reached = [rules.furthest(reports[:n], sent=True) for n in range(len(reports) + 1)]
    assert all(rules.rank(a) <= rules.rank(b) for a, b in pairwise(reached))


def test_what_cannot_be_true_together() -> None:
    paid, back = Report("BERHASIL", DAYS[0]), Report("RETUR", DAYS[1])
    assert not rules.contradictory([paid, back]) and rules.furthest([back, paid], True) == "RETUR"
    assert rules.contradictory([back, Report("BERHASIL", DAYS[2])])  # paid again by itself: nobody orders it once more
    assert rules.contradictory([Report("GAGAL", DAYS[0]), paid]) and rules.contradictory([Report("GAGAL", DAYS[0]), back])
    assert rules.furthest([paid, Report("GAGAL", DAYS[2])], True) == "BERHASIL"
    assert rules.furthest([], True) == "DIKIRIM" and rules.furthest([], False) == "DIPESAN"


@given(REPORTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_warehouse_says_the_same(home: Home, reports: list[Report]) -> None:
    store = open_store(home)
    con = in_hand(HEADS[:1], store, home)
    pay(con, store, home)
    payment = payment_of(store, HEADS[0])
    with store.begin() as db:
        db.execute(text("delete from jawaban_pembayaran"))
    pay(con, store, home, answers=[(payment, *report) for report in reports])
    known = [r.day for r in reports if r.status in rules.REPORTED]
    assert steps(con) == {payment: (rules.furthest(reports, sent=False), max(known, default=None))}
    assert con.execute("select bertentangan from pesanan").fetchall() == [(rules.contradictory(reports),)]
    store.dispose()


def nightly(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, days: int = 0) -> reconcile.Reconciliation:
    """What the assets do after ordering: reconcile, find what is odd, refresh the queue."""
    now = NOW + timedelta(days=days)
    with writing(engine) as store:
        found = reconcile.reconcile(con, store, home, 14, now)
        payment_orders.load_requests(con, store)
        matters.find(con, 14, now)
    run_queue(con, engine, home, now)
    return found


def run_queue(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, now) -> None:  # type: ignore[no-untyped-def]
    with writing(engine) as store:
        odd.write(con, store, home, "2026-10", {})
        card_answers.load_steps(con, store)
        card_reconcile.reconcile(con, store, home, 99, NOW)
        queue.refresh(con, store, home, now)


def table(home: Home, name: str) -> list[dict[str, str]]:
    with open(home.bank / name, newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_rupiah_is_paid_failed_returned_or_silent(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS, engine, home)
    pay(con, engine, home)
    assert nightly(con, engine, home) == reconcile.Reconciliation(0, 0, 0, 0, 0, 0, 0, 0, True)
    release(engine, home, people(engine, home))
    known = [payment_of(engine, p) for p in HEADS]
    told = [
        (known[0], "BERHASIL", DAYS[0]),
        (known[1], "GAGAL", DAYS[0]),
        (known[2], "RETUR", DAYS[1]),
        (known[2], "BERHASIL", DAYS[0]),
    ]
    pay(con, engine, home, answers=told)
    found = nightly(con, engine, home, days=15)
    assert found == reconcile.Reconciliation(4, 1, 1, 1, 1, 1, 1_200_000, 300_000, True)
    (line,) = table(home, reconcile.FILE)
    assert line["keadaan"] == "DIKIRIM"
    assert [line[f"rupiah_{n}"] for n in ("dikirim", "berhasil", "gagal", "retur", "diam")] == [
        *("1200000", "300000", "300000", "300000", "300000")
    ]
    waiting = {(x["jenis"], x["penyebab"], x["pemilik"]) for x in table(home, "antrean.csv")}
    assert waiting == {("PEMBAYARAN_GAGAL", "REKENING_PASIF", "Kelurahan"), ("PEMBAYARAN_DIAM", "", "Bankaltimtara")}
    assert not any(nik(i) in (home.bank / "antrean.csv").read_text() for i in range(1, 5))
    pay(con, engine, home, answers=[*told, (known[3], "BERHASIL", DAYS[2])])
    assert nightly(con, engine, home, days=15).diam == 0
    assert table(home, reconcile.FILE)[0]["keadaan"] == "DIAKUI"


def test_a_failed_payment_goes_out_again_only_when_its_cause_is_remedied(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:2], engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    release(engine, home, who)
    payment = payment_of(engine, HEADS[0])
    with pytest.raises(ControlError, match="belum dinyatakan"):
        matters.remedied(engine, who.ani, payment, REASON, NOW)
    told = [(payment, "RETUR", DAYS[0]), (payment_of(engine, HEADS[1]), "BERHASIL", DAYS[0])]
    assert pay(con, engine, home, answers=told)["dipesan"] == 0
    assert pay(con, engine, home, "2026-11")["dipesan"] == 1  # the next month of the other; this family waits
    with pytest.raises(ControlError, match="sedikitnya"):
        matters.remedied(engine, who.ani, payment, "ya", NOW)
    with pytest.raises(ControlError, match="Tidak ada pembayaran"):
        matters.remedied(engine, who.ani, "B0", REASON, NOW)
    for _ in range(2):
        matters.remedied(engine, who.ani, payment, REASON, NOW)
    report = pay(con, engine, home, "2026-11")
    assert (report["dipesan"], report["koreksi"]) == (2, 1)  # the old month and the new one
    assert pay(con, engine, home, "2026-11")["dipesan"] == 0
    assert [o[1:4] for o in orders(engine) if o[0] == nik(1)] == [
        *[("2026-10", 1, None), ("2026-10", 2, "RETUR"), ("2026-11", 1, None)]
    ]
    again = next(line for line in lines(home, 3)[1:-1] if line[7] == "2026-10")
    assert again[9] == payment and again[8] == "300000"
    with pytest.raises(ControlError, match="sudah diulang"):
        matters.remedied(engine, who.ani, payment, REASON, NOW)


def test_another_card_in_hand_is_a_remedy(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:1], engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    old = ids(engine)["BARU", nik(1)]
    told = [(payment_of(engine, HEADS[0]), "GAGAL", DAYS[0])]
    replacement.ask(engine, who.ani, old, "RUSAK", NOW)
    run(city(HEADS[:1]), engine, home)
    con = city(HEADS[:1], [(old, "DISERAHKAN"), (ids(engine)["GANTI", nik(1)], "DISERAHKAN")])
    run(con, engine, home)
    assert pay(con, engine, home, answers=told)["koreksi"] == 1
    assert [o[2:4] for o in orders(engine)] == [(1, None), (2, "GAGAL")]


def test_a_success_that_was_told_too_late_stops_the_second_payment(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:1], engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    release(engine, home, who)
    payment = payment_of(engine, HEADS[0])
    pay(con, engine, home, answers=[(payment, "GAGAL", DAYS[0])])
    matters.remedied(engine, who.ani, payment, REASON, NOW)
    pay(con, engine, home)
    pay(con, engine, home, answers=[(payment, "BERHASIL", DAYS[1])])
    assert release(engine, home, who)[-1] == (2, "DITARIK")
    assert pay(con, engine, home)["dipesan"] == 0  # contradictory: nobody is paid twice on that
    nightly(con, engine, home)
    assert [line[0] for line in exceptions(home)] == ["PEMBAYARAN_BERTENTANGAN"]


def test_money_that_the_bank_sent_again_by_itself_is_not_ordered_again(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:1], engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    release(engine, home, who)
    payment = payment_of(engine, HEADS[0])
    pay(con, engine, home, answers=[(payment, "RETUR", DAYS[0])])
    matters.remedied(engine, who.ani, payment, REASON, NOW)
    assert pay(con, engine, home)["koreksi"] == 1
    pay(con, engine, home, answers=[(payment, "BERHASIL", DAYS[1])])  # told before ours left
    assert release(engine, home, who)[-1] == (2, "DITARIK")
    assert pay(con, engine, home)["dipesan"] == 0
    with pytest.raises(ControlError, match="bertentangan"):
        matters.remedied(engine, who.ani, payment, REASON, NOW)
    assert pay(con, engine, home, "2026-11")["dipesan"] == 1  # the doubt is about that month only


class Sequences(RuleBasedStateMachine):
    """Files of answers in any order, with repetitions and noise: never back, nothing lost, the clean state in the end."""

    home: Home
    store: Engine
    con: duckdb.DuckDBPyConnection
    ids: Sequence[str]

    @initialize(
        ways=st.tuples(*[st.lists(st.builds(Report, st.sampled_from(rules.REPORTED), st.sampled_from(DAYS)), max_size=3)] * 2)
    )
    def begin(self, ways: tuple[list[Report], ...]) -> None:
        with self.store.begin() as db:
            db.execute(text("delete from jawaban_pembayaran"))
        self.truth: list[Answer] = [(i, *report) for i, way in zip(self.ids, ways, strict=True) for report in way]
        self.before = dict.fromkeys(self.ids, rules.ORDERED)

    @rule(data=st.data(), noise=st.sampled_from(["ENTAH", "", "DIPESAN"]))
    def some(self, data: st.DataObject, noise: str) -> None:
        if self.truth:
            self._tell([*data.draw(st.lists(st.sampled_from(self.truth), max_size=5)), (self.ids[0], noise, DAYS[0])])

    def teardown(self) -> None:
        if hasattr(self, "truth"):
            self._tell(self.truth[::-1])
            for payment in self.ids:
                said = [Report(status, day) for i, status, day in self.truth if i == payment]
                assert self.before[payment] == rules.furthest(said, sent=False)

    def _tell(self, told: list[Answer]) -> None:
        known = self._rows()
        pay(self.con, self.store, self.home, answers=told)
        pay(self.con, self.store, self.home, answers=told)  # the same file again
        assert self._rows() <= known + len(told)
        now = {i: step for i, (step, _) in steps(self.con).items()}
        assert all(rules.rank(self.before[i]) <= rules.rank(now[i]) for i in self.ids)
        assert len(orders(self.store)) == len(self.ids)  # nothing is ordered twice, whatever the bank says
        self.before = now

    def _rows(self) -> int:
        with self.store.connect() as con:
            return int(con.execute(text("select count(*) from jawaban_pembayaran")).scalar_one())


def test_answers_in_any_disorder_end_as_the_clean_ones(home: Home) -> None:
    store = open_store(home)
    con = in_hand(HEADS[:2], store, home)
    pay(con, store, home)
    Sequences.home, Sequences.store, Sequences.con = home, store, con
    Sequences.ids = [payment_of(store, p) for p in HEADS[:2]]
    chosen = settings(
        max_examples=8, stateful_step_count=4, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Sequences, settings=chosen)
    assert answers.copy_ids(con, store) == 2
