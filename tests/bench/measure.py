"""Running a command and knowing what it cost: wall time, peak memory, memory over time. No opinion on the numbers."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK_EVERY = 0.02
"""Seconds between two looks at the memory; a shorter peak within a stage can be missed, the whole run's cannot."""


@dataclass(frozen=True)
class Cost:
    """What a command took. times and resident: when its memory was looked at, and bytes."""

    code: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str
    times: tuple[float, ...]
    resident: tuple[int, ...]

    def peak_between(self, began: float, ended: float) -> int:
        """The most memory seen between two moments (seconds since the epoch)."""
        return max((size for at, size in zip(self.times, self.resident, strict=True) if began <= at <= ended), default=0)


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end. Its standard error goes to the log; peak memory is the kernel's own count, or what it and its
    children were seen to have together where that is more.

    wait4 counts what we held when we started the process as its own (up to exec it shares our memory): where that is the
    most, the high-water mark that the process itself showed last is taken.

    Args:
        environment: added to ours.
    """
    times: list[float] = []
    resident: list[int] = []
    highest: list[int] = [0]
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with log.open("a") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=errors, text=True)
        watcher = threading.Thread(target=_watch, args=(process.pid, times, resident, highest), daemon=True)
        watcher.start()
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    watcher.join(timeout=1)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if usage.ru_maxrss <= ours * 1.05 and highest[0]:
        peak = highest[0]
    peak = max(peak, max(resident, default=0))
    return Cost(process.returncode, seconds, usage.ru_utime + usage.ru_stime, peak, output, tuple(times), tuple(resident))


def _watch(pid: int, times: list[float], resident: list[int], highest: list[int]) -> None:
    status, children = Path(f"/proc/{pid}/status"), Path(f"/proc/{pid}/task/{pid}/children")
    while True:
        try:
            size = sum(_resident(each) for each in (str(pid), *children.read_text().split()))
            mark = status.read_text().partition("VmHWM:")[2].split()
            highest[0] = max(highest[0], int(mark[0]) * 1024 if mark else 0)  # a process that has ended shows no mark
        except (OSError, IndexError):
            return
        times.append(time.time())
        resident.append(size)
        time.sleep(LOOK_EVERY)


def _resident(pid: str) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:  # it has just ended
        return 0
