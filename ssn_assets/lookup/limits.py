"""How many questions are too many, and which: the rules, pure. Where the counts are kept is `state.py`.

In this order: rate of the client or the address, of the network, misses on one NIK, then whether the misses of a source look
like guessing (Wald's sequential test). Nothing that others do to a NIK closes it for everybody: it only becomes strict, so
that each further address has one try a day instead of five. The person with the right numbers needs one.

A source that looks like a guesser is locked, but thousands may share it (a phone company's address). Behind a locked source
who asks, waits and asks the same NIK again is answered; what passes that way is few misses an hour. Somebody who tries one
number after the other never comes back for one; who does, learns as slowly as if he had kept to the lock and its days. What is
refused there spends no rate, else a guesser who goes on asking would use up his neighbours'.

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

PATIENCE, COME_BACK = 300.0, 3600.0
"""Seconds between asking and being answered behind a locked source, and how long that place is kept afterwards."""

PATIENT_TRIES = 2
"""Misses a day on one NIK behind a locked source: the person, and his slip of a finger."""

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


PATIENT_MISSES = Rate.per_minute(0.5, burst=15)
"""Misses that a locked source may have all the same."""

GIVEN_BACK = 4 * PATIENT_MISSES.cost
"""What each further person found there gives back: where people ask, one in three or four is found, and however many share the
address they do not use these misses up; a guesser finds nobody."""

Rates = tuple[tuple[bytes, Rate, str], ...]
"""Under which name, how much, and what to say (a key of halaman.yaml's `bantuan`) when it is used up."""


class Measure(NamedTuple):
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


class Keys(NamedTuple):
    """The names under which a question is counted; opaque, equal length. What is None is not limited.

    Attributes:
        rates: name, rate and `why` for each rate limit, in order.
        source: who guesses: an address, a client's user, or a client.
        source_nik: that source on this NIK.
        patient, place: misses of that source while it is locked; since when it waits with this NIK.
        nik: this NIK from everywhere.
        birth: all NIK of one region and birth date, from everywhere: a walk over serial numbers stays in it.
    """

    rates: Rates
    source: bytes
    source_nik: bytes
    patient: bytes
    place: bytes
    nik: bytes
    birth: bytes

    @property
    def names(self) -> list[bytes]:
        """All of them."""
        return [*[name for name, _, _ in self.rates], *self[1:]]


_ROUNDING = 0.001
_NOTHING = Measure()


def judge(keys: Keys, known: dict[bytes, Measure], now: float, hit: bool) -> tuple[Verdict, dict[bytes, Measure]]:
    """Whether a question is answered, and what to remember of it. A refused question changes nothing but its place in the queue.

    Args:
        known: the measures of `keys.names` that exist.
        now: seconds since 1970.
        hit: whether somebody was found. It changes what is remembered, not what work is done.
    """
    if _value(known, keys.source, now) >= ALARM:
        since = _measure(known, keys.place, now).value
        waited = since and now - since >= PATIENCE
        return _patient(keys, known, now, hit) if waited else _queue(keys, known, now, since)
    verdict, changed = spend(keys.rates, known, now)
    if not verdict.allowed:
        return verdict, {}
    walker = _value(known, keys.birth, now) >= ALARM and _value(known, keys.source, now) > STRICT_SCORE
    refused = _too_often(keys, known, now, TRIES, walker)
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


def _too_often(keys: Keys, known: dict[bytes, Measure], now: float, tries: int, walker: bool = False) -> Verdict | None:
    """The refusal of a question on a NIK that this source has asked wrongly too often."""
    guessed_at = _value(known, keys.birth, now) >= ALARM or _value(known, keys.nik, now) >= HOT_NIK
    mine = _measure(known, keys.source_nik, now)
    if walker or mine.value >= (STRICT_TRIES if guessed_at else tries):
        return Verdict("nik", math.ceil((mine.until or now + DAY) - now))
    return None


def _queue(keys: Keys, known: dict[bytes, Measure], now: float, since: float) -> tuple[Verdict, dict[bytes, Measure]]:
    """A question behind a locked source: it takes its place, or still waits in it (since when; 0: it has none)."""
    refused = _too_often(keys, known, now, PATIENT_TRIES)
    if refused:
        return refused, {}
    if since:
        return Verdict("terkunci", math.ceil(since + PATIENCE - now)), {}
    return Verdict("terkunci", math.ceil(PATIENCE)), {keys.place: Measure(now, now + PATIENCE + COME_BACK)}


def _patient(keys: Keys, known: dict[bytes, Measure], now: float, hit: bool) -> tuple[Verdict, dict[bytes, Measure]]:
    """A question that has waited; whether it is answered must not depend on `hit`, or a refusal would tell a miss."""
    refused = _too_often(keys, known, now, PATIENT_TRIES)
    if refused:
        return refused, {}
    verdict, spent = _at_rate(known, keys.patient, PATIENT_MISSES, "terkunci", now)
    if not verdict.allowed:
        return verdict, {}
    verdict, changed = spend(keys.rates, known, now)
    if not verdict.allowed:
        return verdict, {}
    if hit:
        ahead = _value(known, keys.patient, now) - GIVEN_BACK * _is_new(keys, known, now)
        spent = Measure(ahead, ahead)
    return ALLOWED, {**changed, **_counted(keys, known, now, hit), keys.patient: spent, keys.place: Measure(0.0, now)}


def _counted(keys: Keys, known: dict[bytes, Measure], now: float, hit: bool) -> dict[bytes, Measure]:
    """What an answered question leaves behind."""
    miss = 0.0 if hit else 1.0
    mine, all_on_nik = _measure(known, keys.source_nik, now), _measure(known, keys.nik, now)
    new = _is_new(keys, known, now) and hit  # in this order: a miss takes as long
    step = miss * MISS_STEP + new * HIT_STEP
    return {
        keys.source_nik: Measure(mine.value + miss + new * FOUND, mine.until or now + DAY),
        keys.nik: Measure(all_on_nik.value + miss, all_on_nik.until or now + DAY),
        keys.source: _scored(_measure(known, keys.source, now), step, now),
        keys.birth: _scored(_measure(known, keys.birth, now), step, now),
    }


def _is_new(keys: Keys, known: dict[bytes, Measure], now: float) -> bool:
    """Whether this source has not been answered with this person today."""
    return _measure(known, keys.source_nik, now).value % 1 != FOUND


def _scored(before: Measure, step: float, now: float) -> Measure:
    if before.value >= ALARM:  # an alarm stands until its time is over
        return before
    return Measure(max(0.0, before.value + step), now + LOCK)


def _measure(known: dict[bytes, Measure], name: bytes, now: float) -> Measure:
    found = known.get(name)
    return found if found is not None and found.until > now else _NOTHING


def _value(known: dict[bytes, Measure], name: bytes, now: float) -> float:
    return _measure(known, name, now).value
