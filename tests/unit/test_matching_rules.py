"""The seed of matching rules: a rule acts alone only where it was measured and is right often enough. Not what a rule matches."""

from __future__ import annotations

import csv

import pytest

from ssn_assets.dbt import PROJECT_DIR

ENOUGH = 0.9999
STILL_UNDER = {"NIK_NAMA_MIRIP", "KK_NAMA_SEBAGIAN"}
"""Rules that act alone although measured under it (972 of 973, 937 of 940 in November 2026). Take a name out once it is stricter
or RAGU; put none in."""

with (PROJECT_DIR / "seeds" / "aturan_padan.csv").open(newline="") as handle:
    RULES = list(csv.DictReader(handle))
ALONE = [rule for rule in RULES if rule["keputusan"] == "PADAN"]


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule["aturan"])
def test_a_rule_that_acts_alone_has_earned_it(rule: dict[str, str]) -> None:
    """`python -m tests.dbt.measure_rules --write` measures; a rule without a single measured row has earned nothing."""
    rows, right = int(rule["uji_baris"] or 0), int(rule["uji_benar"] or 0)
    assert 0 <= right <= rows and rows > 0
    assert right / rows >= ENOUGH or rule["aturan"] in STILL_UNDER


def test_all_that_is_decided_without_a_human_is_right_enough() -> None:
    """All rules together, each as heavy as it is often used."""
    rows, right = (sum(int(rule[column]) for rule in ALONE) for column in ("uji_baris", "uji_benar"))
    assert right / rows >= ENOUGH


def test_what_a_human_decides_comes_after_what_acts_alone() -> None:
    """The first rule that holds decides: a RAGU rule must not stand before one that is surer. RAGU rules say why."""
    decisions = [rule["keputusan"] for rule in sorted(RULES, key=lambda rule: int(rule["nomor"]))]
    assert decisions == sorted(decisions)
    assert all(bool(rule["catatan"]) == (rule["keputusan"] == "RAGU") for rule in RULES)
