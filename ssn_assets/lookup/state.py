"""The service's own memory: counts and used nonces in one local LMDB file that all workers of a machine share.

Nothing of anybody: every name is a keyed hash. It may be deleted while the service is stopped; then the counts begin anew. So
they do after the machine was started again: the file is written without syncs, a power cut may leave it torn, and a torn file
is worse than none. What the counts mean is `limits.py`. The trail of lookups is `trail.py`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import lmdb

from ssn_assets.home import PRIVATE_FILE, private_dir, with_room
from ssn_assets.lookup.limits import Keys, Measure, Rates, Verdict, judge, spend
from ssn_assets.lookup.signatures import WINDOW

Judged = tuple[Verdict, dict[bytes, Measure]]
Result = TypeVar("Result")
NAME, SUFFIX = "hitungan-", ".lmdb"
BOOT = Path("/proc/sys/kernel/random/boot_id")
OPAQUE, NEAR = 15, 5
"""Bytes of a name, but for the last one, which says what kind of count it is; so many of them say where it lies."""
SLICES, PORTION, PORTION_PAUSE = 256, 1000, 0.002
"""By the first byte of a name, which is a hash; so many are dropped at once, and in between others have their turn."""
IMPATIENT, WAIT_PAUSE, WAIT_SECONDS = 100, 0.0005, 0.25
"""Tries without a pause, which take as long as two questions; then this pause; then something is wrong, and the answer is 503."""
MOST = 1 << 32
"""Bytes the file may grow to: 40 million counts. It takes on the disk what is in it."""
SPARE = 1 << 26
"""More, for dropping counts only: that takes pages as well, and a file that questions filled would stay full for ever."""
READERS = 8192
"""Bytes of LMDB's table of who reads; it is written through memory."""
_MEASURE = struct.Struct("<dd")
_open: dict[Path, tuple[lmdb.Environment, int]] = {}
"""A process may have a file open once only: which it has, and for how many."""
_mapped = threading.Lock()
"""Held by who reads outside of a turn, or maps the file anew or away under readers."""


class StateBusy(RuntimeError):
    """The file cannot be written now; the question is not answered, because it could not be counted."""


class _Turn:
    """Whose turn it is to write, among threads and workers; who was killed with it has lost it.

    LMDB has such a lock, but who waits for it sleeps: waking takes longer than the turn, and two workers did the work of one.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        self._here = threading.Lock()

    def __enter__(self) -> None:
        self._here.acquire()
        try:
            self._wait()
        except BaseException:
            self._here.release()
            raise

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._here.release()

    def close(self) -> None:
        """Nobody waits any more."""
        os.close(self._file)

    def _wait(self) -> None:
        began, tries = time.monotonic(), 0
        while True:
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tries += 1
            if tries > IMPATIENT:
                if time.monotonic() - began > WAIT_SECONDS:
                    raise StateBusy("another worker does not end its turn")
                time.sleep(WAIT_PAUSE)


class State:
    """The shared file, open."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Open or make the file of this start of the machine; those of earlier ones are removed.

        Args:
            key: names are hashes under it, at most 64 bytes.

        Raises:
            lmdb.Error: the file is damaged or cannot be written.
            OSError: the folder cannot be written, or there is no room on the disk.
            StateBusy: another worker does not let it.
        """
        self.path = private_dir(folder) / f"{NAME}{_boot()}{SUFFIX}"
        for old in folder.glob(f"{NAME}*"):
            if not old.name.startswith(self.path.name):
                old.unlink(missing_ok=True)
        self._key, self._turn = key, _Turn(self.path.with_name(f"{self.path.name}-giliran"))
        with self._turn:
            self._file = _opened(self.path)

    def opaque(self, value: str) -> bytes:
        """What stands for a thing that is counted; with a byte for the kind of count it is a name.

        Keyed BLAKE2b (RFC 7693) gives what HMAC-SHA256 gives, in a third of the time.
        """
        return hashlib.blake2b(value.encode("utf-8", "replace"), key=self._key, digest_size=OPAQUE).digest()

    def opaque_near(self, near: bytes, value: str) -> bytes:
        """The same, in the place of another thing.

        A question touches six counts or eight; lying together in two places they are two pages to write instead of six.
        """
        return near[:NEAR] + self.opaque(value)[NEAR:]

    def ask(self, keys: Keys, now: float, hit: bool) -> Verdict:
        """Judge a question and remember it, in one transaction among all workers.

        Raises:
            StateBusy: it cannot be counted.
        """
        return self._judged(keys.names, lambda known: judge(keys, known, now, hit))

    def spend(self, rates: Rates, now: float) -> Verdict:
        """Take one from each rate, in one transaction among all workers; for what is not a question about a person.

        Raises:
            StateBusy: it cannot be counted.
        """
        return self._judged([name for name, _, _ in rates], lambda known: spend(rates, known, now))

    def use_once(self, name: bytes, now: float) -> bool:
        """Whether a nonce is new; from now on it is not. Remembered for longer than a signature is accepted.

        Raises:
            StateBusy: it cannot be remembered.
        """
        return self._write(lambda turn: turn.put(name, _MEASURE.pack(1.0, now + 3 * WINDOW), overwrite=False))

    def forget(self, now: float) -> None:
        """Drop what no longer matters; called now and then, in a thread: the file is held while one portion is dropped.

        Raises:
            StateBusy: it cannot be written.
        """
        self._write(lambda _: None)  # maps it anew where another worker lengthened it
        for first in range(SLICES):
            over = self._over(bytes([first]), now)
            for begin in range(0, len(over), PORTION):
                self._drop(over[begin : begin + PORTION], now)
                time.sleep(PORTION_PAUSE)
            time.sleep(PORTION_PAUSE)

    def close(self) -> None:
        """Close the file, when nobody else in this process has it open."""
        with self._turn, _mapped:
            file, others = _open[self.path]
            if others > 1:
                _open[self.path] = file, others - 1
            else:
                del _open[self.path]
                file.close()
        self._turn.close()

    def _judged(self, names: Iterable[bytes], rule: Callable[[dict[bytes, Measure]], Judged]) -> Verdict:
        def work(turn: lmdb.Transaction) -> Verdict:
            read, unpack = turn.get, _MEASURE.unpack
            known = {name: Measure(*unpack(value)) for name in names if (value := read(name)) is not None}
            verdict, changed = rule(known)
            for name, measure in changed.items():
                turn.put(name, _MEASURE.pack(*measure))
            return verdict

        return self._write(work)

    def _write(self, work: Callable[[lmdb.Transaction], Result], spare: int = 0) -> Result:
        """Work in one transaction among all workers; where the file is full, with so many bytes more."""
        try:
            with self._turn:
                try:
                    with self._file.begin(write=True) as turn:
                        return work(turn)
                except lmdb.MapResizedError:  # by another worker
                    self._map(MOST)
                except lmdb.MapFullError:
                    if not spare:
                        raise
                    self._map(MOST + spare)
                try:
                    with self._file.begin(write=True) as turn:
                        return work(turn)
                finally:
                    self._map(MOST)
        except lmdb.Error as problem:
            raise StateBusy(str(problem)) from problem

    def _drop(self, names: list[bytes], now: float) -> None:
        def work(turn: lmdb.Transaction) -> None:
            for name in names:
                value = turn.get(name)  # it may have been counted again since
                if value is not None and _MEASURE.unpack(value)[1] < now:
                    turn.delete(name)

        self._write(work, SPARE)

    def _map(self, most: int) -> None:
        """Only in a turn: nobody in this process writes."""
        with _mapped:
            self._file.set_mapsize(most)  # never less than what is in use

    def _over(self, first: bytes, now: float) -> list[bytes]:
        """Names with this first byte that no longer matter."""
        with _mapped, self._file.begin() as turn, turn.cursor() as place:
            place.set_range(first)
            over = []
            for name, value in place:
                if name[:1] != first:
                    break
                if _MEASURE.unpack(value)[1] < now:
                    over.append(name)
            return over


def _boot() -> str:
    """This start of the machine."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return "0"


def _opened(path: Path) -> lmdb.Environment:
    """Call it in a turn."""
    file, others = _open.get(path, (None, 0))
    if file is None:
        with_room(path.with_name(f"{path.name}-lock"), READERS)
        file = lmdb.open(str(path), subdir=False, map_size=MOST, sync=False, mode=PRIVATE_FILE)
        file.reader_check()  # what a worker killed in `forget` still seems to read would never be written over
        needed = (file.info()["last_pgno"] + 1) * file.stat()["psize"]
        if path.stat().st_size < needed:  # cut off: to read behind the end would be SIGBUS, of a page of zeros LMDB says so
            os.truncate(path, needed)
    _open[path] = file, others + 1
    return file
