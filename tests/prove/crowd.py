"""A crowd before the lookup service: who asks when, through the service's own code, with a clock that costs no time.

Everything a question meets below HTTP is the real thing: publication, limits, their file, the trail. Who asks is a generator that
yields questions and hears what came of them. Guessers and the figures are `guessing.py`.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ssn_assets.home import Home
from ssn_assets.lookup.limits import DAY
from ssn_assets.lookup.problem import Refusal
from ssn_assets.lookup.service import Asked, Asker, Service
from ssn_assets.publication.release import release
from ssn_assets.settings import Serving
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import warehouse

START = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
SYNC_EVERY = 10_000
PATIENT_PERSON = 8
"""Refusals after which an honest person gives up."""
LISTED, SLIP, AGAIN, FAMILY = 0.30, 0.10, 0.5, 0.3
"""Of honest people: on the list; a wrong digit in what is typed; not found and asks the same once more; asks for one more."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Ask:
    """A question that somebody has decided to ask, and when. place: as the page that refused it before says it again."""

    at: float
    address: str
    nik: str
    no_kk: str
    place: str = ""


@dataclass(frozen=True)
class Heard:
    """What came of it. wait, place: what the service says when it refuses."""

    answered: bool
    found: bool = False
    wait: float = 0.0
    place: str = ""


Person = Generator[Ask, Heard, None]


@dataclass
class Tally:
    """What a kind of people did: questions, answered ones; people who came to an end, those whose right numbers had no answer."""

    requests: int = 0
    answered: int = 0
    people: int = 0
    blocked: int = 0
    first_at: float = field(default=float("inf"))
    last_at: float = 0.0

    @property
    def days(self) -> float:
        """From the first question to the last."""
        return max(0.0, self.last_at - self.first_at) / DAY


def city(home: Home, people: int) -> list[Pair]:
    """Publish so many listed people of Samarinda, three a family; their numbers."""
    con = warehouse([])
    con.execute("set enable_progress_bar = false")
    con.execute(
        """
        insert into mart_penerima
        select
            kecamatan || strftime(date '1946-01-01' + ((i * 7919) % 22000)::integer, '%d%m%y')
            || lpad((1 + i // 220000)::text, 4, '0'),
            kecamatan || strftime(date '2006-01-01' + ((i // 3 * 31) % 7000)::integer, '%d%m%y')
            || lpad((1 + i // 3 // 7000)::text, 4, '0'),
            'VALID', [], ['SEMBAKO'], 'DISERAHKAN', '2026-10', null
        from (select i::integer as i, '6472' || lpad((1 + i // 22000 % 10)::text, 2, '0') as kecamatan from range(?) as t(i))
        """,
        [people],
    )
    con.execute("create or replace table mart_penerima as select distinct on (nik) * from mart_penerima")
    release(con, open_store(home), home, "2026-10", datetime.fromtimestamp(START, UTC))
    return con.execute("select nik, no_kk from mart_penerima order by nik").fetchall()


class Square:
    """The place before one service with counts of its own."""

    def __init__(self, home: Home, state: Path) -> None:
        """Args: home: with a publication; state: a folder that is empty yet."""
        self._service = Service(Serving(home.santer, home.keys, state, state / "jejak"))
        self._service.look()
        self._queue: list[tuple[float, int, Ask, Person, Tally]] = []
        self._number = 0

    def invite(self, people: Iterable[Person], tally: Tally) -> None:
        """Let these people come; what they do is counted there."""
        for person in people:
            self._next(person, tally, None)

    def run(self) -> None:
        """Until nobody asks any more."""
        asked = 0
        while self._queue:
            _, _, ask, person, tally = heapq.heappop(self._queue)
            tally.requests += 1
            tally.first_at, tally.last_at = min(tally.first_at, ask.at), ask.at
            heard = self._ask(ask)
            tally.answered += heard.answered
            self._next(person, tally, heard)
            asked += 1
            if asked % SYNC_EVERY == 0:
                self._service.trail.sync(ask.at)
        self._service.close()

    def _ask(self, ask: Ask) -> Heard:
        publication = self._service.publication(ask.at)
        asked = Asked(publication, Asker(ask.address, place=ask.place), ask.nik, ask.no_kk, ask.at)
        [found] = self._service.find_all([asked])
        if isinstance(found, Exception):
            assert isinstance(found, Refusal) and found.status == 429, found
            return Heard(False, wait=found.wait, place=found.place)
        return Heard(True, found is not None)

    def _next(self, person: Person, tally: Tally, heard: Heard | None) -> None:
        try:
            ask = next(person) if heard is None else person.send(heard)
        except StopIteration:
            return
        self._number += 1
        heapq.heappush(self._queue, (ask.at, self._number, ask, person, tally))


def honest(rnd: random.Random, at: float, address: str, listed: list[Pair], tally: Tally) -> Person:
    """Somebody who wants to know of himself, and now and then of one more; he asks again after the time he is told."""
    for _ in range(1 + (rnd.random() < FAMILY)):
        own = rnd.choice(listed) if rnd.random() < LISTED else unlisted(rnd)
        refusals, told, more, place = 0, False, rnd.random() < AGAIN, ""
        while refusals < PATIENT_PERSON:
            typed = slipped(rnd, own) if rnd.random() < SLIP else own
            heard = yield Ask(at, address, *typed, place)
            place = heard.place
            if heard.answered:
                at += rnd.uniform(20, 120)
                told = told or typed == own
                if heard.found or (told and not more):
                    break
                more = more and not told
            else:
                refusals += 1
                at += heard.wait + rnd.uniform(1, 60)
                if told:
                    break
        tally.people += 1
        tally.blocked += not told


def unlisted(rnd: random.Random) -> Pair:
    """Numbers as they are made in Samarinda, of nobody on the list."""
    day, kecamatan = f"{rnd.randint(1, 28):02d}{rnd.randint(1, 12):02d}{rnd.randint(46, 99):02d}", rnd.randint(1, 10)
    nik = f"6472{kecamatan:02d}{day}{rnd.randint(5000, 5050)}"
    return (
        nik,
        f"6472{kecamatan:02d}{rnd.randint(1, 28):02d}{rnd.randint(1, 12):02d}{rnd.randint(6, 25):02d}{rnd.randint(1, 30):04d}",
    )


def slipped(rnd: random.Random, pair: Pair) -> Pair:
    """One digit wrong in one of the two numbers."""
    place, which = rnd.randrange(6, 16), rnd.randrange(2)
    digit = (int(pair[which][place]) + rnd.randint(1, 9)) % 10
    wrong = f"{pair[which][:place]}{digit}{pair[which][place + 1 :]}"
    return (wrong, pair[1]) if which == 0 else (pair[0], wrong)


def townspeople(rnd: random.Random, people: int, days: float, listed: list[Pair], tally: Tally) -> Iterable[Person]:
    """Honest people by day: from a line of their own (40 %), a phone company's 120 addresses (55 %), 59 kelurahan offices."""
    for number in range(people):
        at = START + int(rnd.uniform(0, days)) * DAY + rnd.uniform(0, 12 * 3600)
        where = rnd.random()
        if where < 0.40:
            address = f"36.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        elif where < 0.95:
            address = f"114.4.{rnd.randrange(3)}.{rnd.randrange(40)}"
        else:
            address = f"103.1.{rnd.randrange(59)}.1"
        yield honest(rnd, at, address, listed, tally)
