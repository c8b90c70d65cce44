"""The service's own memory: counts and used nonces in one local SQLite file that all workers of a machine share.

Nothing of anybody: every name is a keyed hash. It may be deleted while the service is stopped; then the counts begin anew. What
the counts mean is `limits.py`. The trail of lookups is `trail.py`.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from ssn_assets.home import PRIVATE_FILE, private_dir
from ssn_assets.lookup.limits import Keys, Measure, Rates, Verdict, judge, spend
from ssn_assets.lookup.signatures import WINDOW

_SCHEMA = """
create table if not exists ukuran (nama blob primary key, nilai real not null, sampai real not null) without rowid;
create table if not exists terpakai (nama blob primary key, sampai real not null) without rowid;
"""
_REMEMBER = """
insert into ukuran values (?, ?, ?) on conflict (nama) do update set nilai = excluded.nilai, sampai = excluded.sampai
"""
Judged = tuple[Verdict, dict[bytes, Measure]]
NEAR_SIZE, VALUE_SIZE = 5, 10
"""Bytes of a name that say where, and of what; a last one says which kind of count."""
SLICES, SLICE_PAUSE = 256, 0.002
"""By the first byte of a name, which is a hash; between two slices others have their turn."""
WAIT_SECONDS = 0.25
"""How long a question waits for another worker; longer means something is wrong, and the answer is 503."""


class StateBusy(RuntimeError):
    """The file cannot be written now; the question is not answered, because it could not be counted."""


class State:
    """One connection to the shared file."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open or make the file.

        Args:
            key: names are hashes under it, at most 64 bytes.
        """
        private_dir(path.parent)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))
        self._key, self._turn = key, threading.Lock()
        self._file = sqlite3.connect(path, isolation_level=None, timeout=WAIT_SECONDS, check_same_thread=False)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = off")  # counts, not truth: a power cut may lose the last seconds
        self._file.execute("pragma wal_autocheckpoint = 4000")
        self._file.executescript(_SCHEMA)

    def namer(self, near: str) -> Callable[..., tuple[bytes, ...]]:
        """Names of things that are counted: (value, kind, ...) -> an opaque name of each kind, kinds being single bytes.

        Those with one `near` lie together in the file: a question touches six counts or eight; in two places they are two
        pages to write instead of six. Keyed BLAKE2b (RFC 7693) gives what HMAC-SHA256 gives, in a third of the time.
        """
        key, hashing = self._key, hashlib.blake2b
        place = hashing(near.encode("utf-8", "replace"), key=key, digest_size=NEAR_SIZE).digest()

        def names(value: str, *kinds: bytes) -> tuple[bytes, ...]:
            begins = place + hashing(value.encode("utf-8", "replace"), key=key, digest_size=VALUE_SIZE).digest()
            return tuple([begins + kind for kind in kinds])

        return names

    def ask(self, keys: Keys, now: float, hit: bool) -> Verdict:
        """Judge a question and remember it, in one transaction among all workers.

        Raises:
            StateBusy: it cannot be counted.
        """
        try:
            with self._turn:
                return self._judged(keys.names, lambda known: judge(keys, known, now, hit))
        except sqlite3.Error as problem:
            raise StateBusy(str(problem)) from problem

    def spend(self, rates: Rates, now: float) -> Verdict:
        """Take one from each rate, in one transaction among all workers; for what is not a question about a person.

        Raises:
            StateBusy: it cannot be counted.
        """
        names = [name for name, _, _ in rates]
        try:
            with self._turn:
                return self._judged(names, lambda known: spend(rates, known, now))
        except sqlite3.Error as problem:
            raise StateBusy(str(problem)) from problem

    def use_once(self, name: bytes, now: float) -> bool:
        """Whether a nonce is new; from now on it is not. Remembered for longer than a signature is accepted."""
        try:
            with self._turn:
                made = self._file.execute("insert or ignore into terpakai values (?, ?)", [name, now + 3 * WINDOW])
        except sqlite3.Error as problem:
            raise StateBusy(str(problem)) from problem
        return made.rowcount == 1

    def forget(self, now: float) -> None:
        """Drop what no longer matters; called now and then, in a thread: each slice holds the file as long as a question does."""
        for table in ("ukuran", "terpakai"):
            for first in range(SLICES):
                with self._turn:
                    self._file.execute(
                        f"delete from {table} where nama >= ? and nama < ? and sampai < ?",
                        [bytes([first]), bytes([first + 1]) if first + 1 < SLICES else b"\xff" * 64, now],
                    )
                time.sleep(SLICE_PAUSE)

    def _judged(self, names: Sequence[bytes], rule: Callable[[dict[bytes, Measure]], Judged]) -> Verdict:
        file = self._file
        file.execute("begin immediate")
        try:
            rows = file.execute(_known(len(names)), names)
            verdict, changed = rule({name: Measure(value, until) for name, value, until in rows})
            file.executemany(_REMEMBER, [(name, m.value, m.until) for name, m in changed.items()])
        finally:
            file.execute("commit")
        return verdict

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            self._file.close()


@cache
def _known(count: int) -> str:
    return f"select nama, nilai, sampai from ukuran where nama in ({','.join('?' * count)})"
