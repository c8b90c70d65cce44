"""The second process of a run: same results with it, without it, and when it is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssn_assets import beside


def who() -> int:
    return os.getpid()


def refuse(reason: str) -> None:
    raise ValueError(reason)


def die_elsewhere(here: int) -> int:
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return here


def test_work_is_done_elsewhere_only_where_there_is_a_second_process() -> None:
    assert beside.call(who) == os.getpid()
    with beside.second_process():
        assert beside.call(who) != os.getpid()
    assert beside.call(who) == os.getpid()


def test_what_the_work_raises_is_raised_here() -> None:
    with beside.second_process():
        with pytest.raises(ValueError, match="no room"):
            beside.call(refuse, "no room")
        assert beside.call(abs, -3) == 3


def test_an_answer_nobody_asked_for_is_not_taken_for_the_next_one() -> None:
    with beside.second_process():
        beside.begin(abs, -1)
        assert beside.begin(abs, -2).result() == 2


def test_work_is_done_here_when_the_second_process_is_lost() -> None:
    with beside.second_process():
        assert beside.call(die_elsewhere, os.getpid()) == os.getpid()
        assert beside.call(who) == os.getpid()


def test_it_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "import os, time\n"
        "from ssn_assets import beside\n"
        "if __name__ == '__main__':\n"
        "    with beside.second_process():\n"
        "        print(beside.call(os.getpid), flush=True)\n"
        "        beside.begin(time.sleep, 60)\n"
        "        time.sleep(60)\n"
    )
    run = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert run.stdout is not None
    second = int(run.stdout.readline())
    run.kill()
    run.wait()
    until = time.monotonic() + 10
    while is_alive(second):
        assert time.monotonic() < until, "the second process outlived a killed run"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
