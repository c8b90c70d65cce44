"""Cutting work off at every step that matters on disk: before and after each fsync, rename, removal and commit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection


class CutOff(BaseException):
    """Stands for kill -9: no `except Exception` may catch it."""


STEPS = ((os, "fsync"), (os, "rename"), (os, "replace"), (shutil, "rmtree"), (Connection, "commit"))
"""Where a step is, by owner and name."""


def around(function: Callable[..., Any], tick: Callable[[], None]) -> Callable[..., Any]:
    """The function with a tick before and after each call."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        tick()
        result = function(*args, **kwargs)
        tick()
        return result

    return wrapped


@contextmanager
def cut_at(moment: int) -> Iterator[None]:
    """Raise CutOff at the moment-th step (from 1) inside the block."""
    passed = 0

    def tick() -> None:
        nonlocal passed
        passed += 1
        if passed == moment:
            raise CutOff

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, around(getattr(owner, name), tick))
        yield


def every_cut(start: Path, root: Path, work: Callable[[], None], check: Callable[[int], None]) -> int:
    """Run the work cut off at moment 1, 2, 3 ... until it gets through, on a fresh copy each time; then check.

    Args:
        start: the folder as it is before the work.
        root: where the work finds its copy.

    Returns:
        At how many moments it was cut.
    """
    moment = 0
    while True:
        moment += 1
        shutil.rmtree(root)
        shutil.copytree(start, root)
        try:
            with cut_at(moment):
                work()
        except CutOff:
            check(moment)
        else:
            return moment - 1
