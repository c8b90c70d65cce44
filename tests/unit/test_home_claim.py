"""One run at a time in a home: a second one is told so, or waits."""

from __future__ import annotations

import fcntl
import threading

import pytest

from ssn_assets.home import Home
from ssn_assets.warehouse import HomeBusy, claim


@pytest.fixture
def somebody_else(home: Home):
    handle = open(home.root / ".run", "w")  # noqa: SIM115
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield handle
    handle.close()


def test_a_second_run_is_told(home: Home, somebody_else) -> None:
    with pytest.raises(HomeBusy, match="another run is going on"):
        claim(home)


def test_a_run_of_dagster_waits_for_its_turn(home: Home, somebody_else) -> None:
    threading.Timer(0.5, somebody_else.close).start()
    claim(home, patience=10)
    claim(home)  # a home is claimed once for all
