"""Limits: what a guesser learns, and that nobody's guesses close the door for the person himself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ssn_assets.lookup import limits
from ssn_assets.lookup.limits import DAY, Keys, Measure, Rate, judge
from ssn_assets.lookup.service import network_of
from ssn_assets.lookup.state import State, StateBusy
from tests.unit.publication_city import KK, NIK, PEOPLE
from tests.web.conftest import Asked

WRONG = "1" * 16


def test_an_address_has_a_rate_and_its_network_a_wider_one(service: Asked) -> None:
    assert [service.ask(NIK, KK).status_code for _ in range(21)] == [200] * 20 + [429]
    assert service.ask(NIK, KK, "203.0.113.8").status_code == 200
    refused = service.ask(NIK, KK)
    assert refused.headers["retry-after"] == "3" and "kelurahan" in refused.json()["detail"]
    service.clock.now += 3
    assert service.ask(NIK, KK).status_code == 200
    service.clock.now += 60
    from_everywhere = [service.ask(NIK, KK, f"203.0.113.{host}").status_code for host in range(1, 250)]
    assert from_everywhere.count(200) == 240 and service.ask(NIK, KK, "198.51.100.1").status_code == 200


def test_five_misses_on_one_nik_close_it_for_that_address_until_tomorrow(service: Asked) -> None:
    assert [service.ask(NIK, WRONG).status_code for _ in range(6)] == [200] * 5 + [429]
    assert service.ask(NIK, KK).status_code == 429 and service.ask(*PEOPLE[1][:2]).status_code == 200
    service.clock.now += DAY + 1
    assert service.ask(NIK, KK).status_code == 200


def test_the_right_numbers_are_no_miss(service: Asked) -> None:
    for _ in range(12):
        assert service.ask(NIK, KK).status_code == 200
        service.clock.now += 3


def test_others_guesses_never_lock_a_person_out(service: Asked) -> None:
    for number in range(100):
        service.ask(NIK, WRONG, f"10.{number}.0.1")
    assert service.ask(NIK, KK, "203.0.113.9").status_code == 200  # one try is left to everybody
    tries = [service.ask(NIK, WRONG, "203.0.113.10").status_code for _ in range(3)]
    assert tries == [200, 429, 429]  # under attack a stranger has one, not five


def test_a_walk_over_serial_numbers_from_many_addresses_becomes_strict(service: Asked) -> None:
    for serial in range(60):
        service.ask(f"647201010190{serial:04d}", WRONG, f"10.{serial}.0.1")
    service.clock.now += 60
    guesser = [service.ask(f"64720101019{serial:05d}", WRONG, "198.51.100.9").status_code for serial in range(200, 206)]
    assert guesser.count(429) >= 1 and service.ask(NIK, KK, "203.0.113.11").status_code == 200


def test_a_guesser_is_locked_after_about_forty_misses_in_a_row(service: Asked) -> None:
    answered = 0
    for number in range(60):
        service.clock.now += 10
        answered += service.ask(f"64720{number:02d}{number:02d}1900001", WRONG).status_code == 200
    assert answered == 40
    service.clock.now += 60
    assert service.ask(NIK, KK).json()["status"] == 429 and service.ask(NIK, KK, "203.0.113.12").status_code == 200


def test_workers_share_the_counts_and_the_file_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "layanan.sqlite"
    first, second = State(path, b"k" * 32), State(path, b"k" * 32)
    name = first.namer(NIK)
    keys = Keys(
        ((name("alamat", "a"), Rate.per_minute(10), "alamat"),), name("s", "a"), name("sn", NIK), name("n", NIK), name("l", "x")
    )
    allowed = [(first if i % 2 else second).ask(keys, 1000.0, True).allowed for i in range(12)]
    assert allowed == [True] * 10 + [False] * 2
    assert first.use_once(name("nonce", "1"), 1000.0) and not second.use_once(name("nonce", "1"), 1001.0)
    first.forget(1000.0 + 2 * DAY)
    assert second.ask(keys, 1000.0, True).allowed
    first.close()
    second.close()
    content = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert NIK.encode() not in content and path.stat().st_mode & 0o777 == 0o600


def test_a_question_that_cannot_be_counted_is_not_answered(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise StateBusy("locked")

    monkeypatch.setattr(service.app.state.service.state, "ask", busy)
    refused = service.ask(NIK, KK)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize(
    ("address", "own", "network"),
    [
        ("203.0.113.7", "cb007107", "cb0071"),
        ("::ffff:203.0.113.7", "cb007107", "cb0071"),
        ("2001:db8:1:2::3", "20010db800010002", "20010db80001"),
        ("", "tak dikenal", "tak dikenal"),
    ],
)
def test_how_an_address_is_counted(address: str, own: str, network: str) -> None:
    assert network_of(address) == (own, network)


class Simulation:
    """The rules alone, in memory, with a clock: a city that asks honestly and somebody who guesses."""

    def __init__(self, seed: int) -> None:
        self.random, self.known, self.now = random.Random(seed), dict[bytes, Measure](), 0.0
        self.address, self.network = Rate.per_minute(20), Rate.per_minute(240)

    def ask(self, source: str, nik: str, hit: bool) -> bool:
        rates = (
            (f"a{source}".encode(), self.address, "alamat"),
            (f"n{source.rpartition('.')[0]}".encode(), self.network, "jaringan"),
        )
        keys = Keys(rates, f"s{source}".encode(), f"{source}|{nik}".encode(), f"k{nik}".encode(), f"l{nik[:12]}".encode())
        verdict, changed = judge(keys, self.known, self.now, hit)
        self.known.update(changed)
        return verdict.allowed

    def honest(self, people: int) -> float:
        """The share of honest people who do not get their answer: 70 % are not listed, 10 % mistype first."""
        blocked = 0
        for number in range(people):
            source = f"h.{number % 50}.{number % 4000}"  # many share an address
            nik = f"647201{self.random.randrange(10**10):010d}"
            if self.random.random() < 0.1:
                self.ask(source, nik, False)
            blocked += not self.ask(source, nik, self.random.random() < 0.3)
            self.now += 0.5
        return blocked / people

    def guess(self, sources: int, requests: int, share_known: float = 0.007) -> int:
        """Records learnt by somebody whose every guess is right with the density of a NIK-only list (0.7 %)."""
        learnt = 0
        for number in range(requests):
            hit = self.random.random() < share_known
            nik = f"647201{self.random.randrange(10**10):010d}"
            learnt += self.ask(f"g{number % sources}.0.1", nik, hit) and hit
            self.now += 0.01
        return learnt


def test_simulator_one_source() -> None:
    """Even were the KK no factor at all, 100,000 requests of one source yield at most a record or two."""
    assert Simulation(1).guess(1, 100_000) <= 2


def test_simulator_honest_people_are_answered_while_a_thousand_sources_guess() -> None:
    simulation = Simulation(2)
    simulation.guess(1000, 30_000)
    assert simulation.honest(10_000) <= 1e-4
    # with NIK and KK both needed (a right KK of a known NIK: one in millions) nothing is learnt at all
    assert simulation.guess(1000, 30_000, share_known=0.007 / 1e6) == 0


def test_the_sequential_test_is_what_the_notes_say() -> None:
    assert 39 < limits.ALARM / limits.MISS_STEP < 40
    assert limits.HONEST_MISSES * limits.MISS_STEP + (1 - limits.HONEST_MISSES) * limits.HIT_STEP < 0
