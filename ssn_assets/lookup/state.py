"""The service's own memory: counts and used nonces in one local LMDB file that all workers of a machine share.

Nothing of anybody: every name is a keyed hash. It may be deleted while the service is stopped; then the counts begin anew. So
they do after the machine was started again: the file is written without syncs, a power cut may leave it torn, and a torn file
is worse than none. Damaged all the same it is put aside (`counts_file.py`). What the counts mean is `limits.py`. The trail of
lookups is `trail.py`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import lmdb

from ssn_assets.home import PRIVATE_FILE
from ssn_assets.lookup import counts_file
from ssn_assets.lookup.counts_file import DAMAGED
from ssn_assets.lookup.limits import Keys, Measure, Rates, Verdict, judge, spend
from ssn_assets.lookup.signatures import WINDOW

Judged = tuple[Verdict, dict[bytes, Measure]]
Result = TypeVar("Result")
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
_MEASURE = struct.Struct("<dd")


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
            lmdb.Error: the file is damaged once more within a day, or cannot be written.
            OSError: the folder cannot be written, or there is no room on the disk.
            StateBusy: another worker does not let it.
        """
        self.path = counts_file.of_this_start(folder)
        self._key, self._turn = key, _Turn(self.path.with_name(f"{self.path.name}-giliran"))
        with self._turn:
            counts_file.opened(self.path, MOST)
            self._file = counts_file.here(self.path)
            self._closed_until = counts_file.lost_nonces_until(self.path)

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

    def ask(self, asked: Sequence[tuple[Keys, float, bool]]) -> list[Verdict]:
        """Judge questions and remember them, one after the other, in one transaction among all workers.

        Args:
            asked: keys, moment and whether somebody was found, of each.

        Raises:
            StateBusy: they cannot be counted, none of them.
        """

        def work(turn: lmdb.Transaction) -> list[Verdict]:
            return [_judged(turn, keys.names, partial(judge, keys, now=now, hit=hit)) for keys, now, hit in asked]

        return self._write(work)

    def spend(self, rates: Rates, now: float) -> Verdict:
        """Take one from each rate, in one transaction among all workers; for what is not a question about a person.

        Raises:
            StateBusy: it cannot be counted.
        """
        names = [name for name, _, _ in rates]
        return self._write(lambda turn: _judged(turn, names, partial(spend, rates, now=now)))

    def use_once(self, name: bytes, now: float) -> bool:
        """Whether a nonce is new; from now on it is not. Remembered for longer than a signature is accepted.

        Raises:
            StateBusy: it cannot be remembered, or those of a moment ago are lost.
        """
        new = self._write(lambda turn: turn.put(name, _MEASURE.pack(1.0, now + 3 * WINDOW), overwrite=False))
        if now < self._closed_until:
            raise StateBusy("the counts begin anew: whether a signature was used before is not known for two minutes")
        return new

    def forget(self, now: float) -> None:
        """Drop what no longer matters; called now and then, in a thread: the file is held while one portion is dropped.

        Raises:
            StateBusy: it cannot be written.
        """
        self._write(lambda _: None)  # maps it anew where another worker lengthened it
        for first in range(SLICES):
            try:
                over = self._over(bytes([first]), now)
            except DAMAGED as problem:
                with self._turn:
                    self._damaged(problem)
                raise StateBusy(str(problem)) from problem
            for begin in range(0, len(over), PORTION):
                self._drop(over[begin : begin + PORTION], now)
                time.sleep(PORTION_PAUSE)
            time.sleep(PORTION_PAUSE)

    def close(self) -> None:
        """Close the file, when nobody else in this process has it open."""
        with self._turn:
            counts_file.closed(self.path)
        self._turn.close()

    def _write(self, work: Callable[[lmdb.Transaction], Result], spare: int = 0) -> Result:
        """Work in one transaction among all workers; where the file is full, with so many bytes more."""
        try:
            with self._turn:
                try:
                    return self._worked(work, spare)
                except DAMAGED as problem:
                    self._damaged(problem)
                    raise StateBusy(str(problem)) from problem
        except (lmdb.Error, OSError) as problem:  # no room for a fresh one
            raise StateBusy(str(problem)) from problem

    def _worked(self, work: Callable[[lmdb.Transaction], Result], spare: int) -> Result:
        file = counts_file.current(self.path, MOST)
        if file is not self._file:
            self._file, self._closed_until = file, counts_file.lost_nonces_until(self.path)
        try:
            with file.begin(write=True) as turn:
                return work(turn)
        except lmdb.MapResizedError:  # by another worker
            self._map(MOST)
        except lmdb.MapFullError:
            if not spare:
                raise
            self._map(MOST + spare)
        try:
            with file.begin(write=True) as turn:
                return work(turn)
        finally:
            self._map(MOST)

    def _damaged(self, problem: Exception) -> None:
        """Begin anew; call it in a turn."""
        counts_file.replace(self.path, MOST, problem)

    def _drop(self, names: list[bytes], now: float) -> None:
        def work(turn: lmdb.Transaction) -> None:
            for name in names:
                value = turn.get(name)  # it may have been counted again since
                if value is not None and _MEASURE.unpack(value)[1] < now:
                    turn.delete(name)

        self._write(work, SPARE)

    def _map(self, most: int) -> None:
        """Only in a turn: nobody in this process writes."""
        with counts_file.mapped:
            counts_file.here(self.path).set_mapsize(most)  # never less than what is in use

    def _over(self, first: bytes, now: float) -> list[bytes]:
        """Names with this first byte that no longer matter."""
        with counts_file.mapped, counts_file.here(self.path).begin() as turn, turn.cursor() as place:
            place.set_range(first)
            over = []
            for name, value in place:
                if name[:1] != first:
                    break
                if _MEASURE.unpack(value)[1] < now:
                    over.append(name)
            return over


def _judged(turn: lmdb.Transaction, names: Iterable[bytes], rule: Callable[[dict[bytes, Measure]], Judged]) -> Verdict:
    read, unpack = turn.get, _MEASURE.unpack
    known = {name: Measure(*unpack(value)) for name in names if (value := read(name)) is not None}
    verdict, changed = rule(known)
    for name, measure in changed.items():
        turn.put(name, _MEASURE.pack(*measure))
    return verdict
