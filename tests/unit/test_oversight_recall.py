"""Recall from a sample: the estimate is right, and its interval holds what it promises."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets.oversight.agreement import Share
from ssn_assets.oversight.recall import Decided, Missed, estimated_recall, estimated_rows

Kinds = tuple[int, int, int]
"""Of a stratum: its rows, those whose person the matching missed, and how many are read."""

DEMO: list[Kinds] = [(2278, 0, 30), (395, 0, 30), (155, 1, 30), (110, 0, 30), (63, 0, 30), (24, 0, 24), (8, 0, 8)]
DEMO_REST: list[Kinds] = [(6, 5, 6), (3, 2, 3), (5, 1, 5), (57, 0, 57)]
CITY: list[Kinds] = [(120_000, 12, 30), (14_000, 8, 30), (6000, 20, 30), (900, 9, 45), (60, 2, 45)]
CITY_REST: list[Kinds] = [(150, 120, 20), (280, 100, 20), (900, 45, 60), (2600, 30, 60)]
POOR: list[Kinds] = [(9000, 900, 30), (4000, 300, 30), (500, 60, 30)]
POOR_REST: list[Kinds] = [(600, 400, 20), (900, 300, 60), (1500, 60, 60)]


def true_recall(decided: list[Kinds], rest: list[Kinds]) -> float:
    """All PADAN rows but the wrong ones, over these and all missed ones."""
    right = sum(size - missed for size, missed, _ in decided)
    return right / (right + sum(missed for _, missed, _ in decided + rest))


def drawn(chance: random.Random, kinds: Kinds) -> tuple[int, int]:
    """How many rows are read and settled, and how many of them were missed: two readers, each cannot tell one line in fifty."""
    size, missed, lines = kinds
    read = [row for row in chance.sample(range(size), min(lines, size)) if chance.random() > 0.04]
    return len(read), sum(row < missed for row in read)


def estimate(chance: random.Random, decided: list[Kinds], rest: list[Kinds]) -> Share:
    """One draw of the sample, read."""
    padan = [(kinds[0], *drawn(chance, kinds)) for kinds in decided]
    others = [(kinds[0], *drawn(chance, kinds)) for kinds in rest]
    return estimated_recall(
        [Decided(size, read, read - missed, missed) for size, read, missed in padan],
        [Missed(size, read, missed) for size, read, missed in others],
    )


@pytest.mark.parametrize(
    ("decided", "rest"), [(DEMO, DEMO_REST), (CITY, CITY_REST), (POOR, POOR_REST)], ids=["demo", "city", "poor matching"]
)
def test_the_interval_holds_the_truth_as_often_as_it_says(decided: list[Kinds], rest: list[Kinds]) -> None:
    chance, truth = random.Random(4), true_recall(decided, rest)
    shares = [share for _ in range(400) if (share := estimate(chance, decided, rest)).value is not None]
    held = sum(share.low - 1e-9 <= truth <= share.high + 1e-9 for share in shares)  # type: ignore[operator]
    assert len(shares) > 300 and held / len(shares) >= 0.94
    mean = sum(share.value for share in shares) / len(shares)  # type: ignore[misc]
    assert mean == pytest.approx(truth, abs=0.004)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), max_size=5),
)
def test_a_list_read_to_its_last_row_leaves_nothing_to_chance(
    decided: list[tuple[int, int]], rest: list[tuple[int, int]]
) -> None:
    padan: list[Kinds] = [(size, min(missed, size - 1), size) for size, missed in decided]
    others: list[Kinds] = [(size, min(missed, size), size) for size, missed in rest]
    share = estimated_recall([Decided(n, n, n - m, m) for n, m, _ in padan], [Missed(n, n, m) for n, m, _ in others])
    assert share.low == pytest.approx(share.value) == pytest.approx(share.high) == pytest.approx(true_recall(padan, others))


@given(st.integers(1, 10_000), st.data())
def test_what_was_seen_is_certain(size: int, data: st.DataObject) -> None:
    read = data.draw(st.integers(1, size))
    seen = data.draw(st.integers(0, read))
    middle, low, high = estimated_rows(size, read, seen)
    assert seen <= low <= middle + 1e-9 and middle - 1e-9 <= high <= size - (read - seen)


def test_rows_not_in_the_registry_do_not_count() -> None:
    share = estimated_recall([Decided(100, 100, 90, 5)], [Missed(50, 50, 5)])
    assert (share.value, share.hits, share.of) == (0.9, 90, 100)


def test_a_small_stratum_of_which_nothing_is_settled_counts_as_missed() -> None:
    share = estimated_recall([Decided(95, 95, 95, 0)], [Missed(95, 95, 0), Missed(5, 0, 0)])
    assert (share.value, share.low, share.high) == (0.95, 0.95, 1.0)


def test_a_stratum_that_nobody_read_leaves_the_recall_open() -> None:
    assert estimated_recall([Decided(100, 10, 10, 0)], [Missed(50, 0, 0)]).value is None
    assert estimated_recall([Decided(100, 0, 0, 0)], []).value is None
    assert estimated_recall([Decided(100, 10, 10, 0), Decided(9, 0, 0, 0)], [Missed(0, 0, 0)]).value == 1.0
