"""`make prove`: what guessers learn from the lookup service, and whom the guard against them keeps from an answer.

A guesser knows what can be known without a list of NIK with their Nomor KK: how numbers are made, or every listed NIK, and all
27,000 Nomor KK of the kecamatan, but not who is in which family. A guess that is answered is then right once in 27,000; learnt
is that, summed over the answered guesses, so that no luck is in it. Somebody who has both numbers of a person is that person to
the service; only the rates hold him up.

    python -m tests.prove.guessing [--requests 100000] [--people 30000]
"""

from __future__ import annotations

import argparse
import bisect
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ssn_assets.home import Home
from ssn_assets.lookup.limits import DAY
from tests.prove.crowd import START, Ask, Pair, Person, Square, Tally, city, honest, townspeople, unlisted

RIGHT_KK = 1 / 27_000
"""Families in a kecamatan of Samarinda, on average: 270,000 in ten."""
REAL_NIK = 0.007
"""Of the NIK that could exist, those of people on the list (serving.md section 2)."""
WEEKS = 28 * DAY
"""No guesser goes on for longer: the slow ones, of whom nearly every question is answered, are measured by time."""

PACE, PLACES = 3.0, 8
"""Seconds between two questions of a source: as many as its rate lets through. With how many one waits at the same time."""

ONE, MANY = 100_000, 10_000
"""In so many requests at most one record: from one source, from a thousand together. The figures of the issue."""
BLOCKED = 1 / 10_000


Way = Callable[[random.Random, str, list[Pair], int], Person]
"""How somebody guesses from an address: with what luck, where, knowing whom, in how many requests."""


@dataclass(frozen=True)
class Guesser:
    """A kind of guesser. right: how often an answered guess is; requests: in how many he may learn one record."""

    name: str
    sources: int
    right: float
    requests: int
    way: Way


def address_of(source: int) -> str:
    """Networks apart: renting a thousand addresses in one is cheaper and the network's own limit then holds them."""
    return f"{45 + source % 8}.{source // 8 % 256}.{source % 251}.9"


def wrong_kk(rnd: random.Random, nik: str) -> Pair:
    """A Nomor KK of the kecamatan; whether it were right is counted, not tried."""
    return nik, f"{nik[:6]}{rnd.randint(1, 28):02d}{rnd.randint(1, 12):02d}{rnd.randint(6, 25):02d}{rnd.randint(9000, 9999)}"


def hurried(rnd: random.Random, address: str, listed: list[Pair], requests: int) -> Person:
    """Takes one NIK after the other, whatever is said."""
    first = rnd.randrange(len(listed))
    for number in range(requests):
        yield Ask(START + number * PACE, address, *wrong_kk(rnd, listed[(first + number) % len(listed)][0]))


def blind(rnd: random.Random, address: str, listed: list[Pair], requests: int) -> Person:
    """Knows no NIK either, and walks through the serial numbers of a birth date."""
    at = START
    nik, _ = unlisted(rnd)
    for number in range(requests):
        if number % 50 == 0:
            nik, _ = unlisted(rnd)
        yield Ask(at, address, *wrong_kk(rnd, f"{nik[:12]}{number % 50 + 5001}"))
        at += PACE


def obedient(pace: float = PACE, places: int = PLACES) -> Way:
    """Does as an honest person is told: waits, and asks the same again; a few at a time, so that no time is lost."""

    def way(rnd: random.Random, address: str, listed: list[Pair], requests: int) -> Person:
        at, waiting = START, list[tuple[float, Pair]]()
        for _ in range(requests):
            if len(waiting) == places:
                at = max(at, waiting[0][0])
            if at > START + WEEKS:
                return
            again = waiting and waiting[0][0] <= at
            pair = waiting.pop(0)[1] if again else wrong_kk(rnd, rnd.choice(listed)[0])
            heard = yield Ask(at, address, *pair)
            if not heard.answered:
                bisect.insort(waiting, (at + heard.wait + 0.1, pair))
            at += pace

    return way


def returning(every: float, niks: int) -> Way:
    """Comes back to each of his NIK once in so many seconds with another Nomor KK, for weeks."""

    def way(rnd: random.Random, address: str, listed: list[Pair], requests: int) -> Person:
        mine = [nik for nik, _ in rnd.sample(listed, niks)]
        for number in range(requests):
            at = START + number * every / niks
            if at > START + WEEKS:
                return
            yield Ask(at, address, *wrong_kk(rnd, mine[number % niks]))

    return way


def with_own(pairs: int) -> Way:
    """Puts a question he knows the answer of after every ten guesses, to look like a person; he knows so many families."""

    def way(rnd: random.Random, address: str, listed: list[Pair], requests: int) -> Person:
        known, at = rnd.sample(listed, pairs), START
        for number in range(requests):
            sure = number % 11 == 10
            yield Ask(at, address, *(known[number // 11 % pairs] if sure else wrong_kk(rnd, rnd.choice(listed)[0])))
            at += PACE
            if at > START + WEEKS:
                return

    return way


GUESSERS = (
    Guesser("one source, NIK and KK at random", 1, REAL_NIK * RIGHT_KK, ONE, blind),
    Guesser("1,000 sources, NIK and KK at random", 1000, REAL_NIK * RIGHT_KK, MANY, blind),
    Guesser("one source, knows the NIK", 1, RIGHT_KK, ONE, hurried),
    Guesser("1,000 sources, know the NIK", 1000, RIGHT_KK, MANY, hurried),
    Guesser("one source, knows the NIK, waits as told", 1, RIGHT_KK, ONE, obedient()),
    Guesser("one source, waits as told, five requests a second", 1, RIGHT_KK, ONE, obedient(0.2, 120)),
    Guesser("1,000 sources, know the NIK, wait as told", 1000, RIGHT_KK, MANY, obedient()),
    Guesser("one source, 40 NIK, back every hour", 1, RIGHT_KK, ONE, returning(3600, 40)),
    Guesser("one source, 1,000 NIK, back every day", 1, RIGHT_KK, ONE, returning(DAY, 1000)),
    Guesser("1,000 sources, 3 NIK each, back every day", 1000, RIGHT_KK, MANY, returning(DAY, 3)),
    Guesser("one source, asks his own between guesses", 1, RIGHT_KK, ONE, with_own(1)),
    Guesser("one source, asks 20 families he knows", 1, RIGHT_KK, ONE, with_own(20)),
)

HURRIED, OBEDIENT = GUESSERS[2], GUESSERS[4]
SHARED = ((240, None, 3), (60, HURRIED, 3), (15, HURRIED, 20), (240, OBEDIENT, 1), (60, OBEDIENT, 3), (15, OBEDIENT, 20))
"""Honest people an hour behind one address, who guesses among them, which part of the people: rare ones have many guesses
between."""


@dataclass(frozen=True)
class Outcome:
    """What a kind of guesser came to. learnt: records expected; allowed: by the figure, for so many requests or days."""

    kind: Guesser
    tally: Tally

    @property
    def learnt(self) -> float:
        return self.tally.answered * self.kind.right

    @property
    def allowed(self) -> float:
        return max(self.tally.requests / self.kind.requests, self.tally.days * DAY / WEEKS)

    def __str__(self) -> str:
        t = self.tally
        asked = f"{t.requests:,} requests in {t.days:.1f} days, {t.answered:,} answered"
        return f"{self.kind.name}: {asked}, {self.learnt:.2g} records learnt, {self.allowed:.2g} allowed"


def guess(home: Home, work: Path, listed: list[Pair], kind: Guesser, requests: int, seed: int = 1) -> Outcome:
    """One kind of guesser alone before the service."""
    rnd, tally, square = random.Random(seed), Tally(), Square(home, work)
    square.invite([kind.way(rnd, address_of(n), listed, requests // kind.sources) for n in range(kind.sources)], tally)
    square.run()
    return Outcome(kind, tally)


def in_town(home: Home, work: Path, listed: list[Pair], people: int, requests: int, seed: int = 2) -> Tally:
    """Honest people of the town while all kinds of guessers are at work from addresses of their own."""
    rnd, theirs, square = random.Random(seed), Tally(), Square(home, work)
    square.invite(townspeople(rnd, people, 3, listed, theirs), theirs)
    sources = 0
    for kind in GUESSERS:
        share = max(requests // len(GUESSERS) // kind.sources, 1)
        square.invite([kind.way(rnd, address_of(sources + n), listed, share) for n in range(kind.sources)], Tally())
        sources += kind.sources
    square.run()
    return theirs


def behind(home: Home, work: Path, listed: list[Pair], people: int, hourly: float, kind: Guesser | None, seed: int = 3) -> Tally:
    """Honest people of one shared address, with a guesser among them day and night."""
    rnd, theirs, square, address = random.Random(seed), Tally(), Square(home, work), "114.4.7.7"

    def arrivals() -> Iterator[Person]:
        at = START + 3600
        for _ in range(people):
            at += rnd.expovariate(hourly / 3600)
            yield honest(rnd, at, address, listed, theirs)

    square.invite(arrivals(), theirs)
    if kind:
        square.invite([kind.way(rnd, address, listed, int((people / hourly + 1) * 3600 / PACE))], Tally())
    square.run()
    return theirs


def main() -> int:
    """Entry point; 1 when a figure is missed."""
    parser = argparse.ArgumentParser(prog="guessing", description="guessers and honest people before the lookup service")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--listed", type=int, default=200_000)
    arguments = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory(prefix="ssn-guessing-") as folder:
        work = Path(folder)
        home = Home(work / "home").prepare()
        listed = city(home, arguments.listed)
        for number, kind in enumerate(GUESSERS):
            found = guess(home, work / f"guesser{number}", listed, kind, arguments.requests)
            missed += found.learnt > found.allowed
            print(found, flush=True)
        people = arguments.people
        town = in_town(home, work / "town", listed, people, arguments.requests)
        missed += _said("honest people in town, all guessers at work", town)
        for number, (hourly, kind, share) in enumerate(SHARED):
            shared = behind(home, work / f"behind{number}", listed, people // share, hourly, kind)
            missed += _said(f"behind one address, {hourly} an hour{f', among them {kind.name}' if kind else ''}", shared)
    return 1 if missed else 0


def _said(name: str, tally: Tally) -> bool:
    """Print how honest people fared; whether too many were blocked."""
    print(f"{name}: {tally.people:,} honest people, {tally.blocked} without their answer", flush=True)
    return tally.blocked > tally.people * BLOCKED


if __name__ == "__main__":
    sys.exit(main())
