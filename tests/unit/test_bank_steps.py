"""The card's step: the same whatever the order, however often; never back; and the SQL says the same as the rules."""

from __future__ import annotations

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ssn_assets.bank.steps import (
    BLOCKED,
    CONTRADICTIONS,
    REPORTED,
    RESERVED,
    STEPS,
    advance,
    contradictions,
    furthest,
    rank,
)
from ssn_assets.home import Home
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import Person, city, ids, kk, nik, reserve, run, steps

REPORTS = st.lists(st.sampled_from([*REPORTED, "ENTAH"]), max_size=12)


@given(REPORTS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_repetition_do_not_matter(reports: list[str], random, times: int) -> None:  # type: ignore[no-untyped-def]
    shuffled = reports * times
    random.shuffle(shuffled)
    assert furthest(shuffled) == furthest(reports)
    assert contradictions(shuffled) == contradictions(reports)


@given(REPORTS)
def test_the_step_never_goes_back_and_blocked_is_the_end(reports: list[str]) -> None:
    step = RESERVED
    for reported in reports:
        following = advance(step, reported)
        assert rank(following) >= rank(step) and following in STEPS
        assert step != BLOCKED or following == BLOCKED
        step = following
    assert step == furthest(reports)


def test_a_card_not_collected_can_still_be_handed_over() -> None:
    assert furthest(["BELUM_DIAMBIL", "DISERAHKAN", "SIAP_DIAMBIL"]) == "DISERAHKAN"
    assert furthest(["GAGAL_BUKA", "REKENING_DIBUKA"]) == "REKENING_DIBUKA"
    assert furthest([]) == RESERVED


def test_what_cannot_both_be_true() -> None:
    assert contradictions(["REKENING_DIBUKA", "DITERIMA", "DITOLAK"]) == [("DITOLAK", "REKENING_DIBUKA")]
    assert (
        contradictions(["DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "BELUM_DIAMBIL", "DISERAHKAN", BLOCKED])
        == []
    )
    assert all(len(pair) == 2 for pair in CONTRADICTIONS)


@given(st.lists(st.sampled_from([*REPORTED, "ENTAH"]), max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_warehouse_says_the_same(home: Home, reports: list[str]) -> None:
    person = Person(nik(1), kk(1), "KEPALA KELUARGA")
    store = open_store(home)
    run(city([person]), store, home)
    with store.begin() as con:
        con.execute(text("delete from jawaban_bank"))
    answered: duckdb.DuckDBPyConnection = city([person], [(ids(store)["BARU", person.nik], status) for status in reports])
    reserve(answered, store, home)
    step = furthest(reports)
    assert steps(answered) == {person.nik: (step, step != BLOCKED)}
    store.dispose()
