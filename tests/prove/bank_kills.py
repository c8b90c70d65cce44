"""`make prove`: kill -9 and full disks over prepare, approve, release and the bank's answers; all happened exactly once.

A home with three sealed card batches; a child takes them and the first month's payments the whole way (`bank_way.py`: the
officers' own commands, the run's own functions) and is killed at a random moment (every fifth twice), or finds no room left
on a small disk of its own. It is forked with everything imported, so that no kill is spent on importing. Then it is run again
to its end, and store, sealed files and hand-overs must be those of a home never disturbed. What is closed with age differs by
right from home to home; what the bank finds inside must not, and what once lay in kirim/ must never change.

    python -m tests.prove.bank_kills [--kills 500] [--disks 100] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
from sqlalchemy.exc import DatabaseError

from ssn_assets.home import Home
from tests.prove.bank_way import picture, prepare_home, the_whole_way
from tests.prove.small_disk import ROOMY, disk, said_full, used

NO_ROOM = 3
"""Exit code of a child that found the disk full."""


def in_child(work: Callable[[], None], kill_after: float | None = None, small: bool = False) -> tuple[bool, float]:
    """Run in a forked child. Returns whether it was cut off (killed, or the disk was full), and its seconds.

    Args:
        small: whether the disk may be found full.

    Raises:
        AssertionError: it failed by itself.
    """
    began = time.monotonic()
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        except (OSError, DatabaseError) as problem:
            code = NO_ROOM if small and said_full(problem) else 1
            if code == 1:
                raise
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    cut = os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == NO_ROOM
    assert cut or os.waitstatus_to_exitcode(status) == 0, "the bank's way failed"
    return cut, time.monotonic() - began


@dataclass
class Found:
    """Homes that were cut off, after how many of these something was handed over, and what was not as it must be."""

    homes: int = 0
    cut: int = 0
    handed: int = 0
    wrong: list[str] = field(default_factory=list)


class Proof:
    """A home before the bank's steps, what it must come to, and homes that were cut off on the way there."""

    def __init__(self, work: Path, seed: int) -> None:
        import pandas  # noqa: F401 - loaded before forking, or most kills would fall into it
        import pyarrow.compute  # noqa: F401

        import ssn_assets.decision.policy  # noqa: F401

        self.work, self.rnd, self.identity = work, random.Random(seed), str(pyrage.x25519.Identity.generate())
        self.base, whole = Home(work / "base"), Home(work / "whole")
        in_child(lambda: prepare_home(self.base, self.identity))
        shutil.copytree(self.base.root, whole.root)
        _, self.seconds = in_child(lambda: the_whole_way(whole))
        self.expected = picture(whole, self.identity)
        faults = [name for name in self.expected if name.startswith("checker ") and self.expected[name]]
        assert not faults, "the undisturbed home is not right"

    def kills(self, times: int) -> Found:
        """Kill at random moments; once more, earlier, when the way was faster this time than the undisturbed one."""
        found = Found()
        for number in range(times):
            for share in (1, 0.5, 0.25):
                home = self._copy(self.work / "killed")
                if in_child(lambda: the_whole_way(home), share * self.rnd.uniform(0, self.seconds))[0]:  # noqa: B023 - run at once
                    found.cut += 1
                    break
            if number % 5 == 4:
                in_child(lambda: the_whole_way(home), self.rnd.uniform(0, self.seconds))  # noqa: B023
            self._again(home, found, f"kill {number}")
        return found

    def full_disks(self, times: int) -> Found | None:
        """Leave too little room; None where no small disk may be made."""
        found = Found()
        with disk(self.work / "disk") as resize:
            if resize is None:
                return None
            needed = self._needed()
            for number in range(times):
                resize(ROOMY)
                home = self._copy(self.work / "disk" / "home")
                resize(used(self.work / "disk") + self.rnd.randrange(needed))
                found.cut += in_child(lambda: the_whole_way(home), small=True)[0]  # noqa: B023
                resize(ROOMY)
                self._again(home, found, f"full disk {number}")
        return found

    def _needed(self) -> int:
        """Bytes that the way takes: the store with its log, files."""
        home = self._copy(self.work / "disk" / "home")
        before = used(self.work / "disk")
        in_child(lambda: the_whole_way(home))
        return used(self.work / "disk") - before

    def _copy(self, root: Path) -> Home:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.base.root, root)
        return Home(root)

    def _again(self, home: Home, found: Found, name: str) -> None:
        """To the end, and compare."""
        lay_there = {p.name: p.read_bytes() for p in home.outgoing.glob("pe*_*")} if home.outgoing.is_dir() else {}
        found.homes += 1
        found.handed += bool(lay_there)
        in_child(lambda: the_whole_way(home))
        now = picture(home, self.identity)
        found.wrong += [f"{name}: {what} differs" for what in self.expected if now.get(what) != self.expected[what]]
        found.wrong += [f"{name}: {n} changed" for n, content in lay_there.items() if (home.outgoing / n).read_bytes() != content]


def main() -> int:
    """Entry point; 1 when a difference was found, 2 when too few kills or disks hit a running process."""
    parser = argparse.ArgumentParser(prog="bank_kills", description="kill -9 and full disks between seal and bank, then compare")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--disks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.environ.pop("SSN_DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="ssn-bank-") as folder:
        proof = Proof(Path(folder), arguments.seed)
        results = {"kills": proof.kills(arguments.kills), "full disks": proof.full_disks(arguments.disks)}
    for name, found in results.items():
        if found is None:
            print(f"bank, {name}: no small disk may be mounted here")
            continue
        after = f"{found.handed} after something was handed over"
        print(f"bank, {name}: {found.homes} homes, {found.cut} cut off, {after}, {len(found.wrong)} differences")
        for line in found.wrong[:20]:
            print(f"  {line}")
    done = [found for found in results.values() if found]
    return 1 if any(found.wrong for found in done) else 2 if any(found.cut < found.homes * 0.6 for found in done) else 0


if __name__ == "__main__":
    sys.exit(main())
