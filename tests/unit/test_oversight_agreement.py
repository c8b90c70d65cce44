"""The arithmetic of the readers' labels against published and hand-made numbers."""

from __future__ import annotations

import pytest

from ssn_assets.oversight import agreement as a

COHEN = [("SAMA", "SAMA")] * 20 + [("SAMA", "BEDA")] * 5 + [("BEDA", "SAMA")] * 10 + [("BEDA", "BEDA")] * 15


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(30, 30, 0.8843, 1.0), (29, 30, 0.8278, 0.9992), (0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (1, 1, 0.025, 1.0)],
)
def test_exact_intervals(hits: int, of: int, low: float, high: float) -> None:
    share = a.exact_share(hits, of)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert share.value == hits / of


def test_very_many_lines_do_not_overflow() -> None:
    share = a.exact_share(99_990, 100_000)
    assert share.low is not None and 0.9997 < share.low < 0.9999


def test_nothing_read_is_no_share() -> None:
    assert a.exact_share(0, 0).value is a.weighted_share([(100, 0, 0)]).value is None


def test_strata_weigh_as_much_as_they_are_in_the_list() -> None:
    share = a.weighted_share([(900, 10, 10), (100, 10, 5), (500, 0, 0)])
    assert share.value == pytest.approx(0.95) and (share.hits, share.of) == (15, 20)
    assert share.low < 0.95 < share.high < 1  # type: ignore[operator]
    alike = a.weighted_share([(100, 50, 50), (100, 50, 45)])
    assert (alike.low, alike.high) == pytest.approx(a.wilson(0.95, 100))


def test_wilson_against_a_published_interval() -> None:
    assert a.wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I


def test_kappa_and_ac1() -> None:
    assert a.kappa(COHEN) == pytest.approx(0.4)
    assert a.kappa([]) is None and a.kappa([("SAMA", "SAMA")] * 5) is None
    nearly_all_same = [("SAMA", "SAMA")] * 96 + [("SAMA", "TIDAK_TAHU")] * 2 + [("TIDAK_TAHU", "SAMA")] * 2
    assert a.kappa(nearly_all_same) < 0 and a.ac1(nearly_all_same) > 0.95  # type: ignore[operator]
    assert a.ac1([("SAMA", "SAMA")] * 5) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("labels", "together"),
    [
        (["SAMA", "SAMA"], "SAMA"),
        (["SAMA", "BEDA"], None),
        (["SAMA", "BEDA", "BEDA"], "BEDA"),
        (["SAMA", "TIDAK_TAHU"], None),
        (["SAMA"], None),
        (["BEDA", "ADA_LAIN"], "ADA_LAIN"),
        (["BEDA", "ADA_LAIN", "BEDA"], "BEDA"),
        (["SAMA", "ADA_LAIN", "SAMA"], "SAMA"),
        (["TIDAK_TAHU"], None),
        ([], None),
    ],
)
def test_what_readers_say_together(labels: list[str], together: str | None) -> None:
    assert a.verdict({str(n): label for n, label in enumerate(labels)}) == together


def test_one_reader_says_it_for_the_time_being() -> None:
    assert a.verdict({"1": "SAMA"}, readers=1) == "SAMA" and a.verdict({"1": "TIDAK_TAHU"}, readers=1) is None


@pytest.mark.parametrize(
    ("verdicts", "answer"),
    [
        (["BEDA", "SAMA", None], "SAMA"),
        (["BEDA", "ADA_LAIN"], "ADA_LAIN"),
        (["BEDA", None], None),
        (["BEDA", "BEDA"], "BEDA"),
    ],
)
def test_what_the_candidates_of_a_row_come_to(verdicts: list[str | None], answer: str | None) -> None:
    assert a.row_answer(verdicts) == answer


def test_a_reader_may_change_his_mind_and_kappa_is_of_those_who_read_most() -> None:
    said = a.last_labels(
        [("S1", "1", "BEDA"), ("S1", "2", "SAMA"), ("S1", "1", "SAMA"), ("S2", "1", "SAMA"), ("S2", "3", "BEDA")]
    )
    assert said["S1"] == {"1": "SAMA", "2": "SAMA"}
    said["S3"] = {"1": "BEDA", "2": "BEDA"}
    assert sorted(a.readers_pairs(said)) == [("BEDA", "BEDA"), ("SAMA", "SAMA")]
