"""The highest number of a signed file seen so far: an older one put back in its place is known by it. Reads no such files."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from ssn_assets.home import write_atomically

log = logging.getLogger("ssn.lookup")


class Highest:
    """Kept in a file, for all workers and the next start."""

    def __init__(self, memory: Path) -> None:
        """Args: memory: the file."""
        self.memory = memory
        self._number = 0

    def seen(self) -> int:
        """The highest number that any worker has seen; 0 when there is none."""
        with suppress(OSError, ValueError):
            self._number = max(self._number, int(self.memory.read_text()))
        return self._number

    def remember(self, number: int) -> None:
        """Keep a higher number; a full disk must not keep back what it belongs to: then this worker alone remembers."""
        self._number = number
        try:
            own = self.memory.with_name(f"{self.memory.name}.{os.getpid()}")
            write_atomically(own, f"{number}\n".encode())
            own.replace(self.memory)  # the workers write at the same moment
        except OSError as problem:
            log.error("number of a signed file not kept", extra={"reason": str(problem)})
