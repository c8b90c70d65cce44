"""The seed of matching rules: a rule acts alone only where it was measured and is right often enough. Not what a rule matches."""

from __future__ import annotations

import csv
from math import comb

import pytest

from ssn_assets.dbt import PROJECT_DIR
from ssn_assets.oversight.sampling import plan

ENOUGH = 0.9999
CHANCE = 0.01
"""A rule that keeps its promise shows so many errors or more in fewer than one of a hundred measurements."""

with (PROJECT_DIR / "seeds" / "aturan_padan.csv").open(newline="") as handle:
    RULES = list(csv.DictReader(handle))
ALONE = [rule for rule in RULES if rule["keputusan"] == "PADAN"]


def earned(rows: int, right: int, promise: float) -> bool:
    """Whether it was measured at all, and its errors are no more than promise and chance allow (one-sided binomial test)."""
    fewer = sum(comb(rows, n) * (1 - promise) ** n * promise ** (rows - n) for n in range(rows - right))
    return rows > 0 and 1 - fewer >= CHANCE


@pytest.mark.parametrize(
    ("rows", "right", "expected"),
    [(0, 0, False), (30, 30, True), (1000, 999, True), (1000, 995, False), (65, 61, False), (4, 1, False)],
)
def test_errors_beyond_the_promise_cost_a_rule_its_right_to_decide(rows: int, right: int, expected: bool) -> None:
    assert earned(rows, right, 0.999) is expected


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule["aturan"])
def test_a_rule_that_acts_alone_has_earned_it(rule: dict[str, str]) -> None:
    """`python -m tests.dbt.measure_rules --write` measures. A rule that fails here must be stricter, or RAGU."""
    assert earned(int(rule["uji_baris"]), int(rule["uji_benar"]), plan().promise_of(rule["aturan"]))


def test_all_that_is_decided_without_a_human_is_right_enough() -> None:
    """All rules together, each as heavy as it is often used."""
    rows, right = (sum(int(rule[column]) for rule in ALONE) for column in ("uji_baris", "uji_benar"))
    assert right / rows >= ENOUGH


def test_what_a_human_decides_comes_after_what_acts_alone() -> None:
    """The first rule that holds decides: a RAGU rule must not stand before one that is surer. RAGU rules say why."""
    decisions = [rule["keputusan"] for rule in sorted(RULES, key=lambda rule: int(rule["nomor"]))]
    assert decisions == sorted(decisions)
    assert all(bool(rule["catatan"]) == (rule["keputusan"] == "RAGU") for rule in RULES)
