"""`ssn run` as a process that can be killed: what it printed when, and how it ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ssn_assets.home import Home
from ssn_assets.settings import PROJECT_ROOT

SSN = PROJECT_ROOT / ".venv" / "bin" / "ssn"
NOW = "2026-11-03T02:00:00+00:00"
"""Every run of a proof happens at this moment, so that what is made twice can be compared."""

STEP_ENDED = re.compile(r"^\s+(\S+)\s+(?:selesai|dilewati)\s")


@dataclass
class Attempt:
    """One `ssn run`. code is negative when it was killed; ended: (step, seconds after the start) in order."""

    code: int = 0
    seconds: float = 0.0
    said: str = ""
    ended: list[tuple[str, float]] = field(default_factory=list)


def run(home: Home, kill_after: float | None = None, kill_in: tuple[str, float] | None = None) -> Attempt:
    """Run to the end, or kill (-9) the whole process group.

    Args:
        kill_after: seconds after the start.
        kill_in: (a step, seconds): so long after that step ended, thus within the step that follows it.
    """
    environment = {**os.environ, "SSN_HOME": str(home.root), "DAGSTER_HOME": str(PROJECT_ROOT), "SSN_NOW": NOW}
    environment.pop("SSN_DATABASE_URL", None)
    began = time.monotonic()
    process = subprocess.Popen(
        [str(SSN), "run"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    attempt = Attempt()
    timers: list[threading.Timer] = []

    def later(seconds: float) -> None:
        timer = threading.Timer(max(seconds, 0), _kill, [process])
        timer.daemon = True
        timer.start()
        timers.append(timer)

    if kill_after is not None:
        later(kill_after)
    try:
        _listen(process, attempt, began, (lambda: later(kill_in[1])) if kill_in else None, kill_in[0] if kill_in else "")
        attempt.code = process.wait()
    except BaseException:
        _kill(process)  # a proof that is broken off leaves no run behind
        raise
    finally:
        for timer in timers:
            timer.cancel()
    attempt.seconds = time.monotonic() - began
    return attempt


def _listen(
    process: subprocess.Popen[str], attempt: Attempt, began: float, at_step: Callable[[], None] | None, step: str
) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        attempt.said += line
        found = STEP_ENDED.match(line)
        if found:
            attempt.ended.append((found[1], time.monotonic() - began))
            if at_step and found[1] == step:
                at_step()


def _kill(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)  # its own session: nothing but this run and its children
    except ProcessLookupError:
        return
