"""What the second error model (`other_errors.py`) does to NIK, KK and RT: keypads, bad reading, empty columns filled."""

from __future__ import annotations

import random

from tests.bench.other_errors import beside, grid

PAD = grid("789", "456", "123", "0")
BADLY_READ_DIGITS = dict(zip("0123456789", ("6", "7", "7", "8", "9", "36", "05", "1", "3", "4"), strict=True))
NOTHING = ("", "", "-", "0", "NIHIL", "BELUM PUNYA", "XXX", "6472000000000000", "1111111111111111", "1234567890123456", "TDK ADA")
PLACEHOLDER = "6472010101800001"
"""Looks like a NIK and may be somebody's: typed where there is none."""


def wrong_digits(number: str, rnd: random.Random) -> str:
    """The key beside on the keypad, a digit badly read, two of them, or one typed twice and the next lost."""
    way = rnd.random()
    at = rnd.randrange(1, 16)
    if way < 0.08:
        return number[:at] + number[at - 1 : -1]
    for _ in range(2 if way < 0.2 else 1):
        new = beside(PAD, number[at], rnd) if rnd.random() < 0.55 else rnd.choice(BADLY_READ_DIGITS[number[at]])
        number, at = number[:at] + new + number[at + 1 :], rnd.randrange(1, 16)
    return number


def changed_over(number: str, rnd: random.Random) -> str:
    """Two digits changed over: neighbours, those around one, or day and month."""
    way, gap = rnd.random(), 1 if rnd.random() < 0.85 else 2
    if way < 0.1 and number[6:8] != number[8:10]:
        return number[:6] + number[8:10] + number[6:8] + number[10:]
    i = rnd.choice([i for i in range(1, 16 - gap) if number[i] != number[i + gap]] or [0])
    return number[:i] + number[i + gap] + number[i + 1 : i + gap] + number[i] + number[i + gap + 1 :]


def too_short(number: str, rnd: random.Random) -> str:
    """The end lost, or one digit inside."""
    i = rnd.randrange(1, 15)
    return number[: rnd.randrange(12, 16)] if rnd.random() < 0.7 else number[:i] + number[i + 1 :]


def nothing(rnd: random.Random) -> str:
    """What stands in a column that must not be empty."""
    return PLACEHOLDER if rnd.random() < 0.06 else rnd.choice(NOTHING)


def wrong_rt(rt: int, rnd: random.Random) -> str:
    """One beside, any, the RW's, or none."""
    way = rnd.random()
    if way < 0.5:
        return written_rt(max(1, rt + rnd.choice((-1, 1, -2, 2))), rnd)
    return written_rt(rnd.randrange(1, 45), rnd) if way < 0.75 else rnd.choice(("", "-", "0", "00", "000", "RT"))


def written_rt(rt: int, rnd: random.Random) -> str:
    """The ways in which clerks write the same RT."""
    return rnd.choice(
        (
            f"{rt:03d}",
            f"{rt}",
            f"{rt:02d}",
            f"RT {rt:02d}",
            f"RT.{rt}",
            f"{rt:03d}/000",
            f"RT {rt:02d} RW 00",
            f"RT{rt:03d}",
            f"0{rt:02d}",
        )
    )
