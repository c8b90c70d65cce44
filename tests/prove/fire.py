"""`make prove`: publications under fire. The publisher is killed or its disk is full, again and again, while people read.

Three kinds of event: kill -9 at a random moment, kill -9 before or after a chosen fsync, rename, removal or commit, and a disk
with no room left (a small tmpfs; where none may be mounted, a limit on the size of files). Every release carries a mark, so
that an answer from two releases would show. The service keeps its counts on another disk, as in deploy/. Publications follow
each other by a second at least: a worker that looks once a second would otherwise miss one that its neighbour has shown.

    python -m tests.prove.fire [--events 1000] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pandas  # noqa: F401 - before the forks: DuckDB imports it, a second in every child
import pytest

from ssn_assets.home import Home
from ssn_assets.publication.release import release
from ssn_assets.sealing import IN_FORCE_FILE
from ssn_assets.store.engine import open_store
from tests.prove.readers import Reader, Told
from tests.unit.cut_off import STEPS, around
from tests.unit.publication_city import NOW, PEOPLE, Row, in_force, warehouse
from tests.web.test_process import running

KINDS = ("moment", "moment", "step", "step", "full")
DISK = 256_000_000
RELEASE_SECONDS, RELEASE_STEPS, RELEASE_BYTES = 0.45, 36, 3_000_000
"""About what one release takes."""
APART = 1.1

KEEP = 4


@dataclass
class Fire:
    """What came of it. wrong is [] when no answer was a mixture or a step back, and none failed."""

    hits: Counter[str] = field(default_factory=Counter)
    releases: int = 0
    told: list[Told] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def disk(folder: Path) -> Iterator[bool]:
    """A small disk of its own at this folder; False where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "ssn-uji", str(folder)]
    mounted = os.getuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def prove(work: Path, events: int, seed: int = 1, readers: int = 2) -> Fire:
    """Fire at the publisher while readers ask.

    Args:
        work: a folder for the home, the service's state and its log.
        events: kills and full disks together.
    """
    rnd, fire, truth = random.Random(seed), Fire(), dict[str, str]()
    with disk(work / "disk") as own_disk, pytest.MonkeyPatch.context() as patch:
        home = Home(work / "disk" / "home").prepare()
        patch.setenv("SSN_HOME", str(home.root))
        patch.setenv("SSN_SERVE_STATE", str(work / "state"))
        for name in ("SSN_SERVE_ADDRESS_PER_MINUTE", "SSN_SERVE_NETWORK_PER_MINUTE"):
            patch.setenv(name, "10000000")
        _event(home, "", 0, rnd, own_disk)
        with running(work / "log", "--workers", "2") as (address, _):
            asking = [Reader(address) for _ in range(readers)]
            for number in range(1, events + 1):
                kind = rnd.choice(KINDS)
                fire.hits[kind] += _event(home, kind, number, rnd, own_disk)
                _take_stock(home, truth)
            _event(home, "", events + 1, rnd, own_disk)
            _take_stock(home, truth)
            last = in_force(home) or ""
            time.sleep(4)  # the service follows within two seconds
            fire.told = [reader.stop() for reader in asking]
    fire.releases = len(truth)
    fire.wrong = [fault for told in fire.told for fault in faults(told, truth, last)]
    return fire


def faults(told: Told, truth: dict[str, str], last: str) -> list[str]:
    """What is wrong with what one reader was told.

    Args:
        truth: the mark of each release, read from its files.
        last: the release in force at the end.
    """
    wrong = [f"failed request: {failure}" for failure in told.failures]
    wrong += [f"mixture: {i} with {mark}" for i, mark in told.changes if truth.get(i) != mark]
    ids = [i for i, _ in told.changes]
    wrong += [f"step back: {before} to {after}" for before, after in pairwise(ids) if after < before]
    return wrong if ids[-1:] == [last] else [*wrong, f"ended with {ids[-1:]}, in force is {last}"]


def _event(home: Home, kind: str, number: int, rnd: random.Random, own_disk: bool) -> bool:
    """One publisher in a child process, killed or out of room; whether that hit it. An empty kind lets it make one release."""
    ours, its = socket.socketpair()
    room, step = rnd.randrange(RELEASE_BYTES), rnd.randint(1, RELEASE_STEPS)
    ballast = home.root.parent / "ballast"
    child = os.fork()
    if child == 0:
        _publish(home, kind, number, its, step, RELEASE_BYTES if own_disk else room)
    with ours, its:
        ours.recv(1)
        _wait_apart(home)
        if kind == "full" and own_disk:
            _fill(ballast, room)
        ours.send(b"go")
        if kind == "moment":
            time.sleep(rnd.uniform(0, RELEASE_SECONDS))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    ballast.unlink(missing_ok=True)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL) or kind == "full", f"the publisher ended with {code}"
    return code != 0


def _publish(home: Home, kind: str, number: int, tell: socket.socket, step: int, room: int) -> None:
    """The child: ready, go, then one release. It never returns."""
    code = 1
    try:
        table, store = warehouse([_row(number)]), open_store(home)
        tell.send(b"r")
        tell.recv(2)
        if kind == "step":
            _die_at(step)
        if kind == "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        release(table, store, home, "2026-10", NOW)
        code = 0
    except Exception:
        if kind != "full":
            traceback.print_exc()
    finally:
        os._exit(code)


def _wait_apart(home: Home) -> None:
    with suppress(FileNotFoundError):
        time.sleep(max(0.0, (home.santer / IN_FORCE_FILE).stat().st_ctime + APART - time.time()))


def _row(number: int) -> Row:
    return (*PEOPLE[0][:4], [f"tanda-{number:08d}"], PEOPLE[0][5])


def _die_at(step: int) -> None:
    """Have this process killed at its step-th step that matters on disk (tests/unit/cut_off.py raises there instead)."""
    passed = 0

    def tick() -> None:
        nonlocal passed
        passed += 1
        if passed >= step:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        setattr(owner, name, around(getattr(owner, name), tick))


def _fill(ballast: Path, room: int) -> None:
    """Leave so much room on the disk and no more."""
    free = shutil.disk_usage(ballast.parent).free
    with open(ballast, "wb") as handle:
        os.posix_fallocate(handle.fileno(), 0, max(free - room, 1))


def _take_stock(home: Home, truth: dict[str, str]) -> None:
    """Remember the marks of new releases, and forget the files of old ones. A careful reader finds everything whole."""
    now = in_force(home)
    folders = sorted(f for f in home.santer.iterdir() if f.is_dir() and not f.name.startswith("."))
    for folder in folders:
        if folder.name not in truth:
            line = json.loads((folder / "penerima.jsonl").read_text())
            truth[folder.name] = " ".join(line["kategori_bantuan"])
    for folder in [f for f in folders if f.name != now][:-KEEP]:
        shutil.rmtree(folder)


def main() -> int:
    """Entry point; 1 when something was wrong, 2 when too few events hit."""
    parser = argparse.ArgumentParser(prog="fire", description="kills and full disks while people read")
    parser.add_argument("--events", type=int, default=1_100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="ssn-fire-"))
    fire = prove(work, arguments.events, arguments.seed)
    hits = sum(fire.hits.values())
    answers, seen = sum(t.answers for t in fire.told), max(len(t.changes) for t in fire.told)
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(fire.hits.items()))
    print(f"{hits} of {arguments.events} events hit ({kinds}); {fire.releases} releases, {seen} of them seen by one reader")
    print(f"{answers:,} answers, {len(fire.wrong)} wrong: a mixture, a step back or a failed request")
    for fault in fire.wrong[:20]:
        print(f"  {fault}")
    if not fire.wrong:
        shutil.rmtree(work)
    return 1 if fire.wrong else 2 if hits < arguments.events * 0.8 else 0


if __name__ == "__main__":
    sys.exit(main())
