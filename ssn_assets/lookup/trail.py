"""Writing the trail: a slot of a mapped file for every question, before it is answered. Its form is `ssn_assets/trail.py`.

Each worker has files of its own. A write is a copy into memory that the kernel owns: kill -9 loses nothing, a power cut what
was answered since the last `sync` (SYNC_SECONDS). Refused questions show nothing of anybody and leave no trail (/metrics counts
them).
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
from pathlib import Path

from ssn_assets import trail
from ssn_assets.home import private_dir, sync_dir

SYNC_SECONDS = 1.0
SHARED_FILE = 0o640
"""Readable by the group: the platform's user collects it, where the folder lets it in."""


class TrailFull(RuntimeError):
    """There is no room for the trail: the question is not answered, because it could not be recorded."""


class _Segment:
    """One file with room for SLOTS - 1 lookups, its blocks taken on the disk; locked as long as it is written."""

    def __init__(self, folder: Path, key: bytes, now: float) -> None:
        file_id = secrets.token_bytes(16)
        self.path = folder / f"{int(now * 1000):014d}-{file_id.hex()}{trail.SUFFIX}"
        size = trail.SLOT * trail.SLOTS
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, SHARED_FILE)
        os.fchmod(self.file, SHARED_FILE)  # whatever the umask
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX)
            os.posix_fallocate(self.file, 0, size)  # a full disk is met here, not while a slot is written
            self.memory = mmap.mmap(self.file, size)
        except OSError as problem:
            os.close(self.file)
            self.path.unlink()
            raise OSError(problem.errno, problem.strerror, str(folder)) from problem
        self.memory[: trail.SLOT] = trail.head(file_id, key, now)
        self.end = trail.SLOT

    def close(self) -> None:
        """On disk, or gone when nothing was written."""
        if self.end == trail.SLOT:
            self.path.unlink(missing_ok=True)
        else:
            os.fdatasync(self.file)
        self.memory.close()
        os.close(self.file)


class Trail:
    """One worker's trail. `record` belongs to the event loop, `sync` may run in a thread."""

    def __init__(self, folder: Path, key: bytes, now: float) -> None:
        """Begin a file.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder, self._key = private_dir(folder), key
        self._clients: dict[str, bytes] = {}
        self._now = _Segment(self._folder, key, now)
        self._next: _Segment | None = None
        self._full: list[_Segment] = []

    def record(self, nik: str, purpose: trail.Purpose, outcome: trail.Outcome, client: str, at: float) -> None:
        """Record a question that is about to be answered.

        Raises:
            TrailFull: no room on the disk.
        """
        segment = self._now
        begin = segment.end
        if begin == trail.SLOT * trail.SLOTS:
            segment, begin = self._turn_over(at), trail.SLOT
        name = self._clients.get(client)
        if name is None:
            name = self._clients[client] = client.encode()[: trail.CLIENT_SIZE]
        segment.memory[begin : begin + trail.SLOT] = trail.slot(at, trail.person(self._key, nik), purpose, outcome, name)
        segment.end = begin + trail.SLOT

    def sync(self, now: float) -> None:
        """Put what was recorded on the disk, and the next file in place before it is needed."""
        full, self._full = self._full, []
        for segment in full:
            segment.close()
        os.fdatasync(self._now.file)  # covers what was written through the map (Linux)
        if self._next is None and self._now.end > trail.SLOT * trail.SLOTS // 2:
            self._next = _Segment(self._folder, self._key, now)
            sync_dir(self._folder)

    def close(self) -> None:
        """Everything on disk; files without a lookup are removed."""
        for segment in (*self._full, self._now, self._next):
            if segment is not None:
                segment.close()

    def _turn_over(self, now: float) -> _Segment:
        coming, self._next = self._next, None
        try:
            coming = coming or _Segment(self._folder, self._key, now)
        except OSError as problem:
            raise TrailFull(str(problem)) from problem
        self._full.append(self._now)
        self._now = coming
        return coming
