"""`make prove`: kill -9 at random moments of `ssn run`, then a clean run, and everything is as if nothing had happened.

Half of the kills fall anywhere in the run's time, half in a chosen step, the steps in turn; every fifth run is killed
twice. After the clean run all outputs and the whole store must equal those of a home that was never disturbed, and no
number, issuance or release may exist twice. `make test` does a few of the same (tests/lineage).

    python -m tests.prove.kills [--kills 40] [--people 2000] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ssn_assets.home import Home
from tests.prove.compare import counts, differences, picture, repeats
from tests.prove.prepare import copy, prepare, whole
from tests.prove.process import Attempt, run


@dataclass(frozen=True)
class Kill:
    """When to kill: anywhere (step is empty), or so many seconds after a step ended."""

    step: str
    seconds: float
    inside: str

    def words(self) -> str:
        """Where it falls."""
        return f"in {self.inside}" if self.step else f"after {self.seconds:.2f} s"


@dataclass(frozen=True)
class Proof:
    """One kill and what came of it. wrong is [] when nothing was lost or done twice."""

    kill: Kill
    died: bool
    ended_steps: int
    wrong: list[str]


def plan(undisturbed: Attempt, count: int, seed: int) -> list[Kill]:
    """The kills of a proof: every second one anywhere, the others in each step in turn, the longest steps first."""
    rnd = random.Random(seed)
    previous, began = "", 0.0
    windows = []
    for step, ended in undisturbed.ended:
        if previous:
            windows.append((ended - began, previous, step))
        previous, began = step, ended
    windows.sort(reverse=True)
    kills = []
    for number in range(count):
        if number % 2 == 0 or not windows:
            kills.append(Kill("", rnd.uniform(0.5, undisturbed.seconds), ""))
        else:
            length, before, step = windows[(number // 2) % len(windows)]
            kills.append(Kill(before, rnd.uniform(0, length), step))
    return kills


def prove(base: Home, work: Path, count: int, seed: int = 1) -> Iterator[Proof]:
    """Kill, run again, compare; one proof a kill.

    Args:
        base: a prepared home; it is copied, never run in.
        work: a folder for the copies.
    """
    undisturbed = copy(base, work / "undisturbed")
    attempt = whole(run(undisturbed))
    expected = picture(undisturbed)
    for number, kill in enumerate(plan(attempt, count, seed)):
        home, death = _kill(base, work / "killed", kill)
        if number % 5 == 4:
            run(home, kill_after=kill.seconds)
        last = run(home)
        wrong = [f"the clean run ended with {last.code}: {last.said[-2000:]}"] if last.code else []
        wrong += differences(expected, picture(home)) + repeats(home)
        yield Proof(kill, death.code < 0, len(death.ended), wrong)


def _kill(base: Home, root: Path, kill: Kill) -> tuple[Home, Attempt]:
    """Run in a copy and kill it; once more, earlier, when the run was faster this time than the undisturbed one."""
    for share in (1.0, 0.5, 0.25):
        home = copy(base, root)
        if kill.step:
            attempt = run(home, kill_in=(kill.step, kill.seconds * share))
        else:
            attempt = run(home, kill_after=kill.seconds * share)
        if attempt.code < 0:
            break
    return home, attempt


def main() -> int:
    """Entry point; 1 when a difference was found, 2 when too few kills hit a running process."""
    parser = argparse.ArgumentParser(prog="kills", description="kill -9 at random moments, then compare")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the homes of the last kill")
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="ssn-prove-"))
    print(f"Preparing a home of {arguments.people:,} people in {work} ...", flush=True)
    base = prepare(work / "base", arguments.people, arguments.seed)
    failed = died = 0
    for number, proof in enumerate(prove(base, work, arguments.kills, arguments.seed), start=1):
        if number == 1:
            compared = picture(Home(work / "undisturbed"))
            print(f"Undisturbed: {counts(Home(work / 'undisturbed'))}; {len(compared)} files and tables are compared")
        died += proof.died
        failed += bool(proof.wrong)
        state = "killed" if proof.died else "ended before the kill"
        print(f"{number:3d}  {proof.kill.words():<36} {state} after {proof.ended_steps} steps: ", end="")
        print("same" if not proof.wrong else "; ".join(proof.wrong), flush=True)
    print(f"{arguments.kills} kills, {died} hit a running process, {failed} with a difference")
    if not arguments.keep and not failed:
        shutil.rmtree(work)
    return 1 if failed else 2 if died < arguments.kills * 0.8 else 0


if __name__ == "__main__":
    sys.exit(main())
