"""Limits: what a guesser learns, and that nobody's guesses close the door for the person himself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ssn_assets.lookup import limits, state
from ssn_assets.lookup import service as lookup_service
from ssn_assets.lookup.limits import DAY, Keys, Rate
from ssn_assets.lookup.service import network_of
from ssn_assets.lookup.state import State, StateBusy
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


def test_workers_share_the_counts_and_the_file_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "hitungan-lama.lmdb").touch()
    first, second = State(tmp_path, b"k" * 32), State(tmp_path, b"k" * 32)
    rate, nonce, *others = (first.opaque(NIK) + bytes([kind]) for kind in range(8))
    keys = Keys(((rate, Rate.per_minute(10), "alamat"),), *others)
    allowed = [(first if i % 2 else second).ask(keys, 1000.0, True).allowed for i in range(12)]
    assert allowed == [True] * 10 + [False] * 2
    assert first.use_once(nonce, 1000.0) and not second.use_once(nonce, 1001.0)
    first.forget(1000.0 + 2 * DAY)
    assert second.ask(keys, 1000.0, True).allowed
    first.close()
    second.close()
    content = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert NIK.encode() not in content and first.path.stat().st_mode & 0o777 == 0o600
    assert all(p.name.startswith(first.path.name) for p in tmp_path.iterdir())  # of this start of the machine only


def test_a_worker_that_hangs_in_its_turn_is_not_waited_for(tmp_path: Path) -> None:
    hanging, asking = State(tmp_path, b"k" * 32), State(tmp_path, b"k" * 32)
    with hanging._turn, pytest.raises(StateBusy):
        asking.use_once(b"1" * 16, 1000.0)
    assert asking.use_once(b"1" * 16, 1000.0)


FILL = """
import sys
from pathlib import Path
from ssn_assets.lookup import state
state.MOST, state.SPARE = 1 << 19, 1 << 17
of = state.State(Path(sys.argv[1]), b"k" * 32)
try:
    for number in range(20_000):
        of.use_once(of.opaque(str(number)) + b"1", 1000.0)
except state.StateBusy:
    of.forget(1000.0 if sys.argv[2:] else 5000.0)
    of.close()
    print("full")
"""


def other_worker(folder: Path, *keeps: str) -> str:
    filling = [sys.executable, "-c", FILL, str(folder), *keeps]
    return subprocess.run(filling, capture_output=True, text=True, check=True).stdout.strip()


def test_a_file_full_of_counts_is_emptied_when_they_are_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST", 1 << 19)
    monkeypatch.setattr(state, "SPARE", 1 << 17)
    mine = State(tmp_path, b"k" * 32)
    new = mine.opaque("baru") + b"1"
    assert other_worker(tmp_path, "keeps") == "full"
    with pytest.raises(StateBusy):  # full of what still counts
        for number in range(1000):
            mine.use_once(mine.opaque(f"lagi {number}") + b"1", 1000.0)
    mine.forget(5000.0)
    assert mine.use_once(new, 5000.0) and not mine.use_once(new, 5001.0)
    assert mine.path.stat().st_size < (1 << 19) + (1 << 17)
    mine.close()


def test_a_file_that_another_worker_emptied_with_more_room_is_used_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST", 1 << 19)
    mine = State(tmp_path, b"k" * 32)
    assert other_worker(tmp_path) == "full" and mine.path.stat().st_size > 1 << 19  # longer than it is mapped here
    assert mine.use_once(mine.opaque("baru") + b"1", 5000.0)
    mine.close()


@pytest.mark.parametrize("left", [2, 14, 24])
def test_a_file_that_was_cut_off_is_an_error_and_not_the_end_of_the_process(tmp_path: Path, left: int) -> None:
    whole = State(tmp_path, b"k" * 32)
    for number in range(3000):
        whole.use_once(whole.opaque(str(number)) + b"1", 1000.0)
    whole.close()
    os.truncate(whole.path, left * 4096)
    cut = State(tmp_path, b"k" * 32)  # else SIGBUS, in this process
    with pytest.raises(StateBusy):
        for number in range(3000):
            cut.use_once(cut.opaque(str(number)) + b"1", 1001.0)
    cut.close()


def test_what_is_written_through_memory_has_its_place_on_the_disk(tmp_path: Path) -> None:
    """A hole in such a file is SIGBUS for the worker that meets it when the disk is full."""
    counts = State(tmp_path / "state", b"k" * 32)
    counts.close()
    (tmp_path / "metrik").mkdir()
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrik")}
    counting = "from ssn_assets.lookup import metrics; metrics.request('/', 200, 0.1); metrics.in_force(None, True)"
    for program, files in (("from ssn_assets.lookup import web", 0), (counting, 4)):  # to import is not to count
        subprocess.run([sys.executable, "-c", program], check=True, env=environment)
        assert len([*tmp_path.glob("metrik/*.db")]) == files
    mapped = [*tmp_path.glob("metrik/*.db"), counts.path.with_name(f"{counts.path.name}-lock")]
    assert [p.name for p in mapped if p.stat().st_blocks * 512 < p.stat().st_size] == []


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


def test_old_counts_are_forgotten_while_others_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In slices: a question of another worker never waits for all of them."""
    forgetting, asking = State(tmp_path / "negara", b"k" * 32), State(tmp_path / "negara", b"k" * 32)
    names = [bytes([first]) + b"n" * 15 for first in range(256)] + [b"\xff" * 16]
    for name in names:
        forgetting.use_once(name, 0.0)
    forgetting.use_once(b"\xffbaru", 1e9)
    counted: list[bool] = []
    monkeypatch.setattr(state.time, "sleep", lambda _: counted.append(asking.use_once(f"{len(counted)}".encode(), 1e9)))
    forgetting.forget(1e6)
    assert len(counted) > 100 and all(counted)
    assert all(forgetting.use_once(name, 1e9) for name in names) and not forgetting.use_once(b"\xffbaru", 1e9)
