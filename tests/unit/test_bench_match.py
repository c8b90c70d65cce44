"""The arithmetic of the benchmark: who was right, how names are ranked, what a process held. The benchmark is not a test."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

from tests.bench import match, match_city
from tests.bench.measure import run
from tests.bench.names import area, recall, token_set_ratio

TRUTH = "values (1, 'A'), (2, 'B'), (3, null), (4, 'D'), (5, 'E')"


def judged(folder: Path, matcher: str, answer: str, sure: float = 0.0) -> match.Result:
    """A matcher's answer, as SQL, against TRUTH."""
    duckdb.sql(f"copy (select * from ({TRUTH}) as t (dtks_id, nik_benar)) to '{folder}/truth.parquet'")
    duckdb.sql(f"copy ({answer}) to '{folder}/{matcher}.parquet'")
    result = match.Result(matcher, 1, 1, "1")
    match.judge(result, folder, sure)
    return result


def test_a_rival_is_right_when_it_names_the_person(tmp_path: Path) -> None:
    """Two right, one wrong, one for somebody who is not registered."""
    answer = "select * from (values (1, 'A', 1.0), (2, 'X', 0.9), (3, 'C', 0.8), (4, 'D', 0.7)) as t (dtks_id, nik, peluang)"
    found = judged(tmp_path, "ministry", answer)
    assert (found.rows, found.precision, found.recall, found.review) == (5, 0.5, 0.5, 0)
    strict = judged(tmp_path, "ministry", answer, sure=0.95)
    assert (strict.precision, strict.recall, strict.review) == (1, 0.25, 0.6)


def test_what_we_leave_to_a_human_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    """RAGU counts as review only."""
    found = judged(
        tmp_path,
        "ours",
        "select * from (values (1, 'A', 'PADAN'), (2, 'B', 'RAGU'), (3, null, 'TIDAK_PADAN')) as t (dtks_id, nik, status_padan)",
    )
    assert (found.precision, found.recall, found.review) == (1, 0.25, 0.2)


def test_a_slip_of_the_pen_stays_one_in_every_shard() -> None:
    """Each digit becomes another one, 0 stays 0 and never comes first."""
    for shard in range(12):
        assert sorted(match_city.other_digits(shard)) == list("123456789")
    assert len({match_city.other_digits(shard) for shard in range(12)}) == 12


def test_area_and_recall() -> None:
    """By hand: three of four pairs of pairs in order, a tie counts half; above the best stranger."""
    assert area([True, True, False, False], [0.9, 0.4, 0.5, 0.1]) == 0.75
    assert area([True, False], [0.5, 0.5]) == 0.5
    assert recall([True, True, False, False], [0.9, 0.4, 0.5, 0.1]) == 0.5


def test_token_set_ratio_is_the_known_one() -> None:
    """Figures of rapidfuzz 3.14."""
    assert token_set_ratio("SITI AMINAH", "SITI AMINAH RAHMAH") == 1
    assert token_set_ratio("BUDI SANTOSO", "SANTOSO BUDI") == 1
    assert token_set_ratio("SITI AISYAH", "SITI AMINAH") == pytest.approx(0.8181818)


def test_a_small_process_is_not_charged_with_our_memory(tmp_path: Path) -> None:
    """What we held when we started it is not its own."""
    ballast = bytearray(200_000_000)
    cost = run([sys.executable, "-c", "import time; time.sleep(0.3)"], {}, tmp_path / "log")
    assert len(ballast) and cost.peak_bytes < 100_000_000
