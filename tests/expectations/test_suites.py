"""Each border suite passes on a batch within its bounds and names every measure that is just outside them."""

from __future__ import annotations

import pandas as pd
import pytest

from ssn_assets import suites

SUITES = sorted(path.stem for path in suites.SUITES.glob("*.json"))
STEP = 1e-6


def bounds(name: str) -> dict[str, tuple[float | None, float | None]]:
    """Column -> (lowest, highest allowed)."""
    every = suites.suite(name)["expectations"]
    assert {e["type"] for e in every} == {"expect_column_values_to_be_between"}
    return {e["kwargs"]["column"]: (e["kwargs"].get("min_value"), e["kwargs"].get("max_value")) for e in every}


def failing(name: str, values: dict[str, float]) -> set[str]:
    results = suites.validate(name, pd.DataFrame([{"berkas": "satu.csv", **values}]))
    return {r["name"].removesuffix("__be_between") for r in results if not r["passed"]}


@pytest.mark.parametrize("name", SUITES)
def test_a_batch_on_its_bounds_passes(name: str) -> None:
    limits = bounds(name)
    assert all(low is not None or high is not None for low, high in limits.values())
    assert failing(name, {c: low if low is not None else high for c, (low, high) in limits.items()}) == set()
    assert failing(name, {c: high if high is not None else low for c, (low, high) in limits.items()}) == set()


@pytest.mark.parametrize("name", SUITES)
def test_every_measure_outside_its_bounds_is_named(name: str) -> None:
    limits = bounds(name)
    too_low = {c: low - STEP if low is not None else high for c, (low, high) in limits.items()}
    too_high = {c: high + STEP if high is not None else low for c, (low, high) in limits.items()}
    assert failing(name, too_low) == {c for c, (low, _) in limits.items() if low is not None}
    assert failing(name, too_high) == {c for c, (_, high) in limits.items() if high is not None}


@pytest.mark.parametrize("name", SUITES)
def test_every_expectation_has_words_and_a_severity(name: str) -> None:
    for e in suites.suite(name)["expectations"]:
        assert len(e["meta"]["notes"]) > 10 and e["severity"] in ("critical", "warning")
