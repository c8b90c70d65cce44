"""Limits: what a guesser learns, and that nobody's guesses close the door for the person himself."""

from __future__ import annotations

import pytest

from ssn_assets.lookup import limits
from ssn_assets.lookup import service as lookup_service
from ssn_assets.lookup.limits import DAY
from ssn_assets.lookup.service import network_of
from ssn_assets.lookup.state import StateBusy
from tests.unit.publication_city import KK, NIK, PEOPLE
from tests.web.conftest import Asked, locked

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


def test_after_a_day_the_lock_is_off_and_who_goes_on_guessing_is_locked_sooner(service: Asked) -> None:
    locked(service)
    service.clock.now += DAY - 600
    assert service.ask(NIK, KK).status_code == 429
    service.clock.now += 600
    answered = 0
    for number in range(45):
        service.clock.now += 10
        answered += service.ask(f"64740{number:02d}{number:02d}1900001", WRONG).status_code == 200
    assert answered == 10


def test_behind_a_guessers_address_who_asks_the_same_four_times_is_answered(service: Asked) -> None:
    locked(service)
    for _ in range(3):
        refused = service.ask(NIK, KK)
        assert refused.status_code == 429 and refused.headers["retry-after"] == "20"
        assert "NIK dan Nomor KK yang sama" in " ".join(refused.json()["detail"].split())
        service.clock.now += 19
        assert service.ask(NIK, KK).headers["retry-after"] == "1"  # too soon: counts for nothing
        service.clock.now += 1
    assert service.ask(NIK, KK).json()["keputusan"] == "VALID"
    assert service.ask(NIK, KK).status_code == 429  # and the price is paid anew


def test_behind_a_locked_address_a_slip_of_the_finger_costs_one_asking(service: Asked) -> None:
    locked(service)
    typed = [KK, KK, KK, WRONG, KK]
    answered = []
    for no_kk in typed:
        answered.append(service.ask(NIK, no_kk).status_code)
        service.clock.now += 20
    assert answered == [429] * 4 + [200]


def test_an_asking_counts_for_a_quarter_of_an_hour(service: Asked) -> None:
    locked(service)
    for pause in (880, 880, 920, 880, 880):
        assert service.ask(NIK, KK).status_code == 429
        service.clock.now += pause
    assert service.ask(NIK, KK).status_code == 429
    service.clock.now += 20
    assert service.ask(NIK, KK).status_code == 200


def test_behind_a_locked_address_answers_cost_four_requests_whatever_is_asked(service: Asked) -> None:
    locked(service)
    answered = requests = 0
    for turn in range(30):
        for number in range(12):
            requests += 1
            no_kk = f"64720101{turn // 4 * 7 + number:08d}" if number % 2 else f"64720101{turn:08d}"
            answered += service.ask(f"6472019{number:02d}1900001", no_kk).status_code == 200
        service.clock.now += 21
    assert 0 < answered <= requests / 4


def test_who_asks_for_one_number_after_the_other_fills_no_memory(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The places behind one address are so many and no more; who shares one with others is answered all the same."""
    monkeypatch.setattr(lookup_service, "PLACES", 1)  # 256 places instead of 65,536
    locked(service)

    def counts() -> int:
        with service.app.state.service.state._file.begin() as turn:
            return int(turn.stat()["entries"])

    before, answered = counts(), 0
    for number in range(3000):
        service.clock.now += 0.05
        answered += service.ask(f"{6471010101900000 + number}", WRONG).status_code == 200
    assert (
        answered < 3000 / 4 and counts() - before - 3 * answered <= 2 * 256
    )  # an answer is counted under three names of its own
    service.clock.now += 20
    for _ in range(8):
        if (last := service.ask(NIK, KK).status_code) == 200:
            break
        service.clock.now += 20
    assert last == 200


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


@pytest.mark.parametrize(("found", "answered"), [((0, 1, 2), 70), ((0, 0, 0), 51)])
def test_only_another_person_who_is_found_takes_misses_back(service: Asked, found: tuple[int, ...], answered: int) -> None:
    """People who share an address are found now and then; a guesser may put his own numbers between the guesses."""
    misses = 0
    for number in range(70):
        service.clock.now += 10
        if number in (30, 45, 60):
            service.ask(*PEOPLE[found[number // 15 - 2]][:2])
        misses += service.ask(f"64720{number:02d}{number:02d}1900001", WRONG).status_code == 200
    assert misses == answered


def test_a_guesser_who_goes_on_behind_the_lock_leaves_his_neighbours_the_rate(service: Asked) -> None:
    locked(service)
    for number in range(300):  # one a second: three times what the address may ask
        service.clock.now += 1
        service.ask(f"64710{number:03d}01900001", WRONG)
        if number % 30 == 0:
            last = service.ask(NIK, KK)
            if last.status_code == 200:
                break
    assert last.json()["keputusan"] == "VALID"


def test_the_sequential_test_is_what_the_notes_say() -> None:
    assert 39 < limits.ALARM / limits.MISS_STEP < 40
    assert limits.HONEST_MISSES * limits.MISS_STEP + (1 - limits.HONEST_MISSES) * limits.HIT_STEP < 0
