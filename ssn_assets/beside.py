"""A second process beside a run, for work that keeps Python itself, and so one core, busy: Great Expectations and sealing.

Work is a function of some module and what it is given; both cross by pickle. Where no second process was started (Dagster's own
workers, tests) or it was lost, the same function runs here: the result is the same, later. What the work is does not belong here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

R = TypeVar("R")

_ours: Connection | None = None
_numbers = count()


@contextmanager
def second_process() -> Iterator[None]:
    """Have a second process inside the `with`. It ends with us, even when we are killed."""
    from multiprocessing import get_context

    global _ours
    spawn = get_context("spawn")
    _ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield
    finally:
        _ours.close()
        _ours = None
        process.join()


@dataclass(frozen=True)
class Begun:
    """Work under way. number: of what the second process was sent; None when it is still to be done, here."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    number: int | None

    def result(self) -> Any:
        """What the function returned. Raises what it raised."""
        if self.number is None:
            return self.function(*self.arguments)
        assert _ours is not None
        answered = None
        try:
            while answered != self.number:  # what nobody asked for any more comes first
                answered, good, found = _ours.recv()
        except (EOFError, OSError):  # the second process was killed, for its memory perhaps
            return self.function(*self.arguments)
        if not good:
            raise found
        return found


def begin(function: Callable[..., Any], *arguments: Any) -> Begun:
    """Have the second process call a function while we go on. Results are asked for in the order in which work is begun."""
    number = next(_numbers)
    try:
        if _ours is not None:
            _ours.send((number, function, arguments))
            return Begun(function, arguments, number)
    except OSError:
        pass
    return Begun(function, arguments, None)


def call(function: Callable[..., R], *arguments: Any) -> R:
    """Have the second process call a function, and wait for what it returns."""
    found: R = begin(function, *arguments).result()
    return found


def _serve(theirs: Connection) -> None:
    import gc
    import signal

    gc.disable()  # as in the first process: it lives as short
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process hears it too, and ends us
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    while True:
        try:
            number, function, arguments = theirs.recv()
        except EOFError:
            gc.freeze()  # or its end would look for garbage for a second
            return
        try:
            answer = (number, True, function(*arguments))
        except Exception as problem:
            answer = (number, False, problem)
        theirs.send(answer)


def _end_with_the_first() -> None:
    """Nothing is written any more once the run is dead: the next one may have begun."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    first = parent_process()
    assert first is not None
    wait([first.sentinel])
    os._exit(1)
