"""How a nomor SSN is written: 6472, seven scrambled digits, one check digit. Who gets one is in `allocation.py`.

Check digit: H. Michael Damm, "Total anti-symmetrische Quasigruppen" (2004): catches every single wrong digit and
every swap of neighbours, the prefix and the check digit included. Seven digits: a keyed bijection of 0..9,999,999
(Feistel network on 24 bits, walking on while outside: Black and Rogaway, "Ciphers with Arbitrary Finite Domains",
2002): they do not show the order.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PREFIX = "6472"
LENGTH = 12
CAPACITY = 10_000_000
"""How many numbers there are."""

_ROUNDS = 10
_HALF_BITS = 12
_MASK = (1 << _HALF_BITS) - 1
_DAMM = tuple(
    tuple(int(digit) for digit in row)
    for row in [
        "0317598642",
        "7092154863",
        "4206871359",
        "1750983426",
        "6123045978",
        "3674209581",
        "5869720134",
        "8945362017",
        "9438617205",
        "2581436790",
    ]
)


def check_digit(digits: str) -> str:
    """The Damm digit of a string of decimal digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def is_valid(number: str) -> bool:
    """Whether a text is a well-formed nomor SSN: 12 digits, the prefix, the right check digit; given out or not."""
    well_formed = len(number) == LENGTH and number.isascii() and number.isdigit() and number.startswith(PREFIX)
    return well_formed and check_digit(number) == "0"


def numbers(key: bytes, first: int, count: int) -> list[str]:
    """The numbers of the running counters first .. first + count - 1.

    Args:
        key: decides the bijection; another key, other numbers.

    Raises:
        ValueError: a counter outside 0 .. CAPACITY - 1.
    """
    import numpy as np

    if first < 0 or count < 0 or first + count > CAPACITY:
        raise ValueError(f"running counters must lie in 0..{CAPACITY - 1}")
    bodies = scramble(key, np.arange(first, first + count, dtype=np.int64))
    return [PREFIX + body + digit for body, digit in _with_check_digit(bodies)]


def scramble(key: bytes, counters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A keyed bijection of 0 .. CAPACITY - 1 onto itself, element by element."""
    tables = _round_tables(key)
    scrambled = _feistel(tables, counters)
    outside = scrambled >= CAPACITY
    while outside.any():
        scrambled[outside] = _feistel(tables, scrambled[outside])
        outside = scrambled >= CAPACITY
    return scrambled


def _round_tables(key: bytes) -> Any:
    import numpy as np

    size = 1 << _HALF_BITS
    stream = hashlib.shake_256(b"nomor-ssn/1" + key).digest(_ROUNDS * size * 2)
    return np.frombuffer(stream, dtype="<u2").reshape(_ROUNDS, size).astype(np.int64) & _MASK


def _feistel(tables: Any, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    left, right = values >> _HALF_BITS, values & _MASK
    for table in tables:
        left, right = right, left ^ table[right]
    return (left << _HALF_BITS) | right


def _with_check_digit(bodies: npt.NDArray[np.int64]) -> list[tuple[str, str]]:
    import numpy as np

    damm = np.array(_DAMM)
    interim = np.full(len(bodies), int(check_digit(PREFIX)))
    for power in range(6, -1, -1):
        interim = damm[interim, bodies // 10**power % 10]
    return [(f"{body:07d}", str(digit)) for body, digit in zip(bodies.tolist(), interim.tolist(), strict=True)]
