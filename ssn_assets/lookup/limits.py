"""How many questions are too many, and which: the rules, pure. Where the counts are kept is `state.py`.

In this order: rate of the client or the address, of the network, misses on one NIK, then whether the misses of a source look
like guessing (Wald's sequential test). Nothing that others do to a NIK closes it for everybody: it only becomes strict, so
that each further address has one try a day instead of five. The person with the right numbers needs one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

DAY = 86_400.0

HONEST_MISSES, GUESSING_MISSES = 0.70, 0.993
"""Share of questions without an answer: of people who look whether they are listed (assumed), and of a guesser."""

FALSE_ALARM = 1e-6
MISS_STEP = math.log(GUESSING_MISSES / HONEST_MISSES)
HIT_STEP = math.log((1 - GUESSING_MISSES) / (1 - HONEST_MISSES))
ALARM = math.log(1 / FALSE_ALARM)
"""About 40 misses in a row; a hit takes ten of them back."""

LOCK = DAY
"""How long a source that looks like a guesser waits."""

TRIES, STRICT_TRIES = 5, 1
"""Misses a day that one source may have on one NIK; on anything that is being guessed at."""

HOT_NIK = 20
"""Misses a day from everywhere together after which a NIK is strict."""

STRICT_SCORE = 3 * MISS_STEP
"""A source with a higher score than this asks nothing about a birth date that is being walked through."""


@dataclass(frozen=True)
class Rate:
    """A steady rate with room for a burst (GCRA): what one question costs, and how far ahead one may be, in seconds."""

    cost: float
    ahead: float

    @classmethod
    def per_minute(cls, count: int, burst: int | None = None) -> Rate:
        """`count` a minute, `burst` (default as many) at once."""
        return cls(60 / count, 60 / count * ((burst or count) - 1))


Rates = tuple[tuple[bytes, Rate, str], ...]
"""Under which name, how much, and what to say (a key of halaman.yaml's `bantuan`) when it is used up."""


@dataclass(frozen=True)
class Measure:
    """One remembered value: what it is depends on the key (time ahead, count of misses, score), until when it matters."""

    value: float = 0.0
    until: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """Whether a question is answered. `why`: "" or a key of halaman.yaml's `bantuan`; `wait`: seconds, 0 when allowed."""

    why: str = ""
    wait: int = 0

    @property
    def allowed(self) -> bool:
        """True when the question is answered."""
        return not self.why


ALLOWED = Verdict()


@dataclass(frozen=True)
class Keys:
    """The names under which a question is counted; opaque, equal length. What is None is not limited.

    Attributes:
        rates: name, rate and `why` for each rate limit, in order.
        source: who guesses: an address, a client's user, or a client.
        source_nik: that source on this NIK.
        nik: this NIK from everywhere.
        birth: all NIK of one region and birth date, from everywhere: a walk over serial numbers stays in it.
    """

    rates: Rates
    source: bytes
    source_nik: bytes
    nik: bytes
    birth: bytes
    names: tuple[bytes, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        names = (*(name for name, _, _ in self.rates), self.source, self.source_nik, self.nik, self.birth)
        object.__setattr__(self, "names", names)


_ROUNDING = 0.001


def judge(keys: Keys, known: dict[bytes, Measure], now: float, hit: bool) -> tuple[Verdict, dict[bytes, Measure]]:
    """Whether a question is answered, and what to remember of it. A refused question changes nothing.

    Args:
        known: the measures of `keys.names` that exist.
        now: seconds since 1970.
        hit: whether somebody was found. It changes what is remembered, not what work is done.
    """
    verdict, changed = spend(keys.rates, known, now)
    if not verdict.allowed:
        return verdict, {}
    score = known.get(keys.source, Measure())
    if score.value >= ALARM and score.until > now:
        return Verdict("terkunci", math.ceil(score.until - now)), {}
    mine, all_on_nik = _measure(known, keys.source_nik, now), _measure(known, keys.nik, now)
    walked = _value(known, keys.birth, now) >= ALARM
    tries = STRICT_TRIES if walked or all_on_nik.value >= HOT_NIK else TRIES
    if mine.value >= tries or (walked and _value(known, keys.source, now) > STRICT_SCORE):
        return Verdict("nik", math.ceil((mine.until or now + DAY) - now)), {}
    miss = 0.0 if hit else 1.0
    changed[keys.source_nik] = Measure(mine.value + miss, mine.until or now + DAY)
    changed[keys.nik] = Measure(all_on_nik.value + miss, all_on_nik.until or now + DAY)
    for name in (keys.source, keys.birth):
        changed[name] = _scored(_measure(known, name, now), miss, now)
    return ALLOWED, changed


def spend(rates: Rates, known: dict[bytes, Measure], now: float) -> tuple[Verdict, dict[bytes, Measure]]:
    """Take one from each of these rates, or say which one is used up and take nothing."""
    changed: dict[bytes, Measure] = {}
    for name, rate, why in rates:
        ahead = max(_value(known, name, now), now)
        if ahead - now > rate.ahead + _ROUNDING:
            return Verdict(why, math.ceil(ahead - now - rate.ahead)), {}
        changed[name] = Measure(ahead + rate.cost, ahead + rate.cost)
    return ALLOWED, changed


def _scored(before: Measure, miss: float, now: float) -> Measure:
    if before.value >= ALARM:  # an alarm stands until its time is over
        return before
    value = max(0.0, before.value + miss * MISS_STEP + (1 - miss) * HIT_STEP)
    return Measure(value, now + LOCK)


def _measure(known: dict[bytes, Measure], name: bytes, now: float) -> Measure:
    found = known.get(name)
    return found if found and found.until > now else Measure()


def _value(known: dict[bytes, Measure], name: bytes, now: float) -> float:
    return _measure(known, name, now).value
