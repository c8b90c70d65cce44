"""How many questions are too many, and which: the rules, pure. Where the counts are kept is `state.py`.

In this order: rate of the client or the address, of the network, misses on one NIK, then whether the misses of a source look
like guessing (Wald's sequential test). Nothing that others do to a NIK closes it for everybody: it only becomes strict, so
that each further address has one try a day instead of five. The person with the right numbers needs one.

A source that looks like a guesser is locked, but thousands may share it (a phone company's address). Behind a locked source an
answer has a price in requests: the same NIK is asked ASKINGS times. Nobody can use up another's: whatever many misses all of
them may have together, a guesser who waits as he is told takes them all. Nor can a question tell him from a neighbour; so what
he learns is bounded by what a neighbour has the patience for. What is refused there spends no rate, else a guesser who goes on
asking would use up his neighbours'; and what the rate itself refuses is answered for the same price, before all others.

What these rules let through to which kind of guesser, and whom they hold up, is measured by tests/prove/guessing.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

DAY = 86_400.0

HONEST_MISSES, GUESSING_MISSES = 0.70, 0.993
"""Share of questions without an answer: of people who look whether they are listed (assumed), and of a guesser."""

FALSE_ALARM = 1e-6
MISS_STEP = math.log(GUESSING_MISSES / HONEST_MISSES)
HIT_STEP = math.log((1 - GUESSING_MISSES) / (1 - HONEST_MISSES))
ALARM = math.log(1 / FALSE_ALARM)
"""About 40 misses in a row; a hit takes ten of them back."""

LOCK = DAY
"""How long a source stays locked that looks like a guesser."""

PROBATION = ALARM - 10 * MISS_STEP
"""Its score for a day after that: a guesser who begins again uses up his neighbours' rate for half a minute, not for two."""

ASKINGS, ALIKE = 4, 3
"""How many times a question is asked behind a locked source, the answered one among them; and how many of these with the very
same numbers, so that no slip of the finger is answered. That one record may be learnt in 100,000 requests allows no fewer (there
are 27,000 families in a kecamatan); eight tries of a person who now and then slips on a digit allow no more."""

MOST_PAID = 2 * (ASKINGS - 1)
"""Refused askings that a place keeps: two people whose numbers share it do not take each other's."""

SPACED, KEPT = 20.0, 900.0
"""Seconds between two askings that both count, and for how long they count."""

TRIES, STRICT_TRIES = 5, 1
"""Misses a day that one source may have on one NIK; on anything that is being guessed at."""

FOUND = 0.5
"""Beside those misses: this source was answered with this person today. Asked for again, he takes no misses back: a guesser who
puts his own numbers between the guesses would never be locked."""

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
    def per_minute(cls, count: float, burst: int | None = None) -> Rate:
        """`count` a minute, `burst` (default as many) at once."""
        return cls(60 / count, 60 / count * ((burst or count) - 1))

    @property
    def twice_ahead(self) -> Rate:
        """The same, for what goes before all others: they leave it this room."""
        return Rate(self.cost, 2 * self.ahead + self.cost)


Rates = tuple[tuple[bytes, Rate, str], ...]
"""Under which name, how much, and what to say (a key of halaman.yaml's `bantuan`) when it is used up."""


class Measure(NamedTuple):
    """One remembered value: what it is depends on the key (time ahead, count of misses, score), until when it matters."""

    value: float = 0.0
    until: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """Whether a question is answered.

    Attributes:
        why: "" or a key of halaman.yaml's `bantuan`.
        wait: seconds, 0 when allowed.
        left: behind a locked source, how many times it has to be asked still.
    """

    why: str = ""
    wait: int = 0
    left: int = 0

    @property
    def allowed(self) -> bool:
        """True when the question is answered."""
        return not self.why


ALLOWED = Verdict()


class Keys(NamedTuple):
    """The names under which a question is counted; opaque, equal length. What is None is not limited.

    Attributes:
        rates: name, rate and `why` for each rate limit, in order.
        source: who guesses: an address, a client's user, or a client.
        source_nik: that source on this NIK.
        place, pair: askings of this NIK, and this pair asked, while that source is locked. Of both a source has a fixed number of
            names that its NIK share, else who asks for one NIK after the other fills the memory.
        nik: this NIK from everywhere.
        birth: all NIK of one region and birth date, from everywhere: a walk over serial numbers stays in it.
    """

    rates: Rates
    source: bytes
    source_nik: bytes
    place: bytes
    pair: bytes
    nik: bytes
    birth: bytes

    @property
    def names(self) -> list[bytes]:
        """All of them."""
        return [*[name for name, _, _ in self.rates], *self[1:]]


_ROUNDING = 0.001
_NOTHING = Measure()


def judge(keys: Keys, known: dict[bytes, Measure], now: float, hit: bool) -> tuple[Verdict, dict[bytes, Measure]]:
    """Whether a question is answered, and what to remember of it. A refused question counts as an asking, no more.

    Args:
        known: the measures of `keys.names` that exist.
        now: seconds since 1970.
        hit: whether somebody was found. It changes what is remembered, not what work is done.
    """
    if _score(known, keys.source, now) >= ALARM:
        return _again(keys, known, now, hit)
    walker = _score(known, keys.birth, now) >= ALARM and _score(known, keys.source, now) > STRICT_SCORE
    verdict, changed = spend(keys.rates, known, now)
    if not verdict.allowed:
        return _again(keys, known, now, hit, walker, verdict)
    refused = _too_often(keys, known, now, walker)
    if refused:
        return refused, {}
    return ALLOWED, {**changed, **_counted(keys, known, now, hit)}


def spend(rates: Rates, known: dict[bytes, Measure], now: float) -> tuple[Verdict, dict[bytes, Measure]]:
    """Take one from each of these rates, or say which one is used up and take nothing."""
    changed: dict[bytes, Measure] = {}
    for name, rate, why in rates:
        verdict, changed[name] = _at_rate(known, name, rate, why, now)
        if not verdict.allowed:
            return verdict, {}
    return ALLOWED, changed


def _at_rate(known: dict[bytes, Measure], name: bytes, rate: Rate, why: str, now: float) -> tuple[Verdict, Measure]:
    ahead = max(_value(known, name, now), now)
    if ahead - now > rate.ahead + _ROUNDING:
        return Verdict(why, math.ceil(ahead - now - rate.ahead)), Measure(ahead, ahead)
    return ALLOWED, Measure(ahead + rate.cost, ahead + rate.cost)


def _too_often(keys: Keys, known: dict[bytes, Measure], now: float, walker: bool = False) -> Verdict | None:
    """The refusal of a question on a NIK that this source has asked wrongly too often."""
    guessed_at = _score(known, keys.birth, now) >= ALARM or _value(known, keys.nik, now) >= HOT_NIK
    mine = _measure(known, keys.source_nik, now)
    if walker or mine.value >= (STRICT_TRIES if guessed_at else TRIES):
        return Verdict("nik", math.ceil((mine.until or now + DAY) - now))
    return None


def _again(
    keys: Keys, known: dict[bytes, Measure], now: float, hit: bool, walker: bool = False, refused: Verdict | None = None
) -> tuple[Verdict, dict[bytes, Measure]]:
    """A question behind a locked source, or beyond its rate: refused, but asked often enough it goes before all others.

    Whether it is answered must not depend on `hit`, or a refusal would tell a miss.

    Args:
        refused: by which rate; None behind a lock.
    """
    too_often = _too_often(keys, known, now, walker)
    if too_often:
        return too_often, {}
    place, pair = _value(known, keys.place, now), _measure(known, keys.pair, now)
    left, ahead = _left(place, pair.value), pair.until - KEPT + SPACED - now
    if ahead > _ROUNDING:
        return refused or Verdict("terkunci", math.ceil(ahead), left), {}
    if left > 1:
        place, alike, kept = min(place + 1, MOST_PAID), pair.value + 1, now + KEPT
        counted = {keys.place: Measure(place, kept), keys.pair: Measure(alike, kept)}
        return refused or Verdict("terkunci", math.ceil(SPACED), _left(place, alike)), counted
    verdict, changed = spend(tuple((name, rate.twice_ahead, why) for name, rate, why in keys.rates), known, now)
    if not verdict.allowed:
        return verdict, {}
    paid = Measure(place - ASKINGS + 1, now + KEPT)
    return ALLOWED, {**changed, **_counted(keys, known, now, hit), keys.place: paid, keys.pair: Measure(0.0, now)}


def _left(asked: float, alike: float) -> int:
    """How many times a question is still to be asked, the answered one among them."""
    return int(max(ASKINGS - asked, ALIKE - alike, 1))


def _counted(keys: Keys, known: dict[bytes, Measure], now: float, hit: bool) -> dict[bytes, Measure]:
    """What an answered question leaves behind."""
    miss = 0.0 if hit else 1.0
    mine, all_on_nik = _measure(known, keys.source_nik, now), _measure(known, keys.nik, now)
    new = _is_new(keys, known, now) and hit  # in this order: a miss takes as long
    step = miss * MISS_STEP + new * HIT_STEP
    return {
        keys.source_nik: Measure(mine.value + miss + new * FOUND, mine.until or now + DAY),
        keys.nik: Measure(all_on_nik.value + miss, all_on_nik.until or now + DAY),
        keys.source: _scored(known, keys.source, step, now),
        keys.birth: _scored(known, keys.birth, step, now),
    }


def _is_new(keys: Keys, known: dict[bytes, Measure], now: float) -> bool:
    """Whether this source has not been answered with this person today."""
    return _measure(known, keys.source_nik, now).value % 1 != FOUND


def _score(known: dict[bytes, Measure], name: bytes, now: float) -> float:
    """How much it looks like guessing; an alarm stands until its time is over."""
    found = _measure(known, name, now)
    return PROBATION if found.value >= ALARM and found.until - now <= LOCK else found.value


def _scored(known: dict[bytes, Measure], name: bytes, step: float, now: float) -> Measure:
    before = _score(known, name, now)
    if before >= ALARM:
        return known[name]
    score = max(0.0, before + step)
    return Measure(score, now + (2 * LOCK if score >= ALARM else LOCK))


def _measure(known: dict[bytes, Measure], name: bytes, now: float) -> Measure:
    found = known.get(name)
    return found if found is not None and found.until > now else _NOTHING


def _value(known: dict[bytes, Measure], name: bytes, now: float) -> float:
    return _measure(known, name, now).value
