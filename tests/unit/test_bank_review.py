"""What the two people see before they agree: what changed since the batch before, and kelurahan with far more than usual."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Engine

from ssn_assets.bank import review
from ssn_assets.batches.outliers import Outlier, outliers
from ssn_assets.home import Home
from tests.unit.bank_city import Person, city, kk, nik, run

pytest_plugins = ("tests.unit.store_backends",)

AREA = "64.72.03.1005"


@pytest.mark.parametrize(
    ("now", "earlier", "found"),
    [
        (99, [], []),  # nobody knows yet what is usual
        (10, [5], [Outlier(AREA, 10, 5)]),
        (9, [5], []),  # not yet twice
        (4, [0], []),  # twice, but few
        (20, [2, 8, 90], [Outlier(AREA, 20, 8)]),  # usual is the median: one wave of many does not hide the next
    ],
)
def test_twice_the_usual_number_is_an_outlier(now: int, earlier: list[int], found: list[Outlier]) -> None:
    assert outliers(Counter({AREA: now}), [Counter({AREA: count}) for count in earlier]) == found


def test_the_checker_sees_what_changed_and_what_is_unusual(home: Home, engine: Engine) -> None:
    people = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 12)]
    run(city(people[:3]), engine, home)
    run(city(people), engine, home)
    with engine.connect() as store:
        first, second = (review.in_words(review.look_at(store, number)) for number in (1, 2))
    assert "  Batch pertama: belum ada pembanding." in first and not any("TIDAK BIASA" in line for line in first)
    assert f"  TIDAK BIASA: kelurahan {AREA} 8 baris, biasanya 3" in second
    assert any(line.startswith("  BARU") and "sebelumnya 3, +5" in line for line in second)
