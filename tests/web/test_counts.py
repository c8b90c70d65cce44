"""The file of counts: shared by the workers, full, cut off, damaged; never the end of a process, never a question uncounted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssn_assets.lookup import metrics, state
from ssn_assets.lookup.counts_file import ASIDE
from ssn_assets.lookup.limits import DAY, LOCK, Keys, Rate
from ssn_assets.lookup.signatures import WINDOW
from ssn_assets.lookup.state import State, StateBusy
from tests.unit.publication_city import NIK


def test_workers_share_the_counts_and_the_file_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "hitungan-lama.lmdb").touch()
    first, second = State(tmp_path, b"k" * 32), State(tmp_path, b"k" * 32)
    rate, nonce, *others = (first.opaque(NIK) + bytes([kind]) for kind in range(8))
    keys = Keys(((rate, Rate.per_minute(10), "alamat"),), *others)
    allowed = [(first if i % 2 else second).ask([(keys, 1000.0, True)])[0].allowed for i in range(12)]
    assert allowed == [True] * 10 + [False] * 2
    assert first.use_once(nonce, 1000.0) and not second.use_once(nonce, 1001.0)
    first.forget(1000.0 + 2 * DAY)
    assert second.ask([(keys, 1000.0, True)])[0].allowed
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


def damage(path: Path) -> None:
    """All its pages but the two that describe it are gone."""
    with open(path, "r+b") as file:
        file.seek(8192)
        file.write(bytes(path.stat().st_size - 8192))


def filled(folder: Path) -> State:
    made = State(folder, b"k" * 32)
    for number in range(300):
        made.use_once(made.opaque(str(number)) + b"1", time.time())
    return made


def test_a_damaged_file_is_put_aside_and_all_workers_count_in_a_fresh_one(tmp_path: Path) -> None:
    mine, other, now = filled(tmp_path), State(tmp_path, b"k" * 32), time.time()
    (rate,), asked, put_aside = ((mine.opaque("a") + b"r", Rate.per_minute(2), "alamat"),), [], metrics.begun().mended
    counted = put_aside._value.get()
    damage(mine.path)
    with pytest.raises(StateBusy):  # this question could not be counted
        mine.spend((rate,), now)
    asked = [worker.spend((rate,), now).allowed for worker in (mine, other, mine, other)]
    assert asked == [True, True, False, False]
    assert put_aside._value.get() == counted + 1 and len([*tmp_path.glob(f"*{ASIDE}*")]) == 1
    mine.forget(now)
    mine.close()
    other.close()


def test_after_that_no_signed_request_passes_while_one_of_before_could_be_sent_again(tmp_path: Path) -> None:
    mine, other, now = filled(tmp_path), State(tmp_path, b"k" * 32), time.time()
    damage(mine.path)
    for worker in (mine, other, mine):
        with pytest.raises(StateBusy):
            worker.use_once(b"n" * 16, now)
    later = State(tmp_path, b"k" * 32)
    with pytest.raises(StateBusy):
        later.use_once(b"o" * 16, now + 2 * WINDOW - 1)
    assert later.use_once(b"p" * 16, now + 2 * WINDOW + 2) and not mine.use_once(b"p" * 16, now + 2 * WINDOW + 3)
    for worker in (mine, other, later):
        worker.close()


def test_damaged_again_within_a_day_it_waits_for_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else who can damage it takes everybody's misses back as often as he likes."""
    mine, rate, now = filled(tmp_path), ((b"r" * 16, Rate.per_minute(100), "alamat"),), time.time()
    damage(mine.path)
    for _ in range(20):
        try:
            mine.spend(rate, now)
        except StateBusy:
            continue
    damage(mine.path)
    for _ in range(3):
        with pytest.raises(StateBusy):
            mine.spend(rate, now)
    monkeypatch.setattr(time, "time", lambda: now + LOCK + 1)
    with pytest.raises(StateBusy):
        mine.spend(rate, now)
    assert mine.spend(rate, now).allowed and len([*tmp_path.glob(f"*{ASIDE}*")]) == 2
    mine.close()


def test_damage_that_only_forgetting_meets_is_mended_as_well(tmp_path: Path) -> None:
    mine, rate, now = filled(tmp_path), ((b"r" * 16, Rate.per_minute(100), "alamat"),), time.time()
    mine._write(lambda turn: turn.put(b"kurang", b"tiga"))
    with pytest.raises(StateBusy):
        mine.forget(now)
    assert mine.spend(rate, now).allowed and len([*tmp_path.glob(f"*{ASIDE}*")]) == 1
    mine.close()
