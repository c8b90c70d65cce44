"""The form of a nomor SSN."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssn_assets.numbering.digits import CAPACITY, check_digit, is_valid, numbers, scramble

KEY = bytes(range(32))


def test_known_check_digit() -> None:
    assert check_digit("572") == "4"  # Damm's own example


def test_all_ten_million_counters_get_their_own_seven_digits() -> None:
    taken = np.zeros(CAPACITY, dtype=bool)
    taken[scramble(KEY, np.arange(CAPACITY))] = True
    assert taken.all()


def test_numbers_are_valid_and_depend_on_the_key() -> None:
    given_out = numbers(KEY, 0, 1000)
    assert all(is_valid(n) for n in given_out) and len(set(given_out)) == 1000
    assert numbers(KEY, 500, 10) == given_out[500:510]
    assert not set(given_out) & set(numbers(KEY[::-1], 0, 1000))
    with pytest.raises(ValueError, match="counters"):
        numbers(KEY, CAPACITY - 1, 2)


def test_neighbouring_counters_look_unrelated() -> None:
    bodies = scramble(KEY, np.arange(100_000))
    assert abs(np.corrcoef(np.arange(100_000), bodies)[0, 1]) < 0.02
    assert np.count_nonzero(np.abs(np.diff(bodies)) < 1000) < 40  # about 20 by chance


@given(st.integers(0, CAPACITY - 1))
@settings(max_examples=100)
def test_every_wrong_digit_and_every_swap_of_neighbours_is_caught(counter: int) -> None:
    (number,) = numbers(KEY, counter, 1)
    for place in range(12):
        for digit in "0123456789":
            if digit != number[place]:
                wrong = number[:place] + digit + number[place + 1 :]
                assert not is_valid(wrong) and check_digit(wrong) != "0"
        if place < 11 and number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert not is_valid(swapped) and check_digit(swapped) != "0"


@pytest.mark.parametrize("text", ["", "6472", "64721234567x", "６４７２１２３４５６７８", "1" * 12])
def test_what_is_not_a_number(text: str) -> None:
    assert not is_valid(text)
