"""The publication in force, as the service sees it: verified once, opened immutable, switched as a whole.

A request takes `Publications.current(now)` once and uses nothing else, so an answer is never a mixture; an old publication
is closed when the last request that holds it is done. All workers switch at one moment (SWITCH_AFTER the change of
current.json), so a client that meets another worker does not step back: a worker that got no time to look at the disk for
LOOK_EVERY does so before it answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ssn_assets import sealing
from ssn_assets.sealing import SERVICE_MANIFEST, SERVICE_TABLE, Entry, SealError

CURRENT = "current.json"
SWITCH_AFTER = 1.5
"""Seconds after a change of current.json at which every worker on the machine switches."""
LOOK_EVERY = 1.0
"""How old, in seconds, a worker's view of the disk may be; less than SWITCH_AFTER."""

SUCCESSOR = "select kunci, isi from entri where kunci >= ? order by kunci limit 1"
_MMAP = 1 << 33
log = logging.getLogger("ssn.lookup")


class PublicationError(RuntimeError):
    """A publication that the service does not use; the message says why. What was in force stays in force."""


@dataclass(frozen=True)
class Facts:
    """What layanan.json says: id, period, created (ISO, UTC), and the manifest's SHA-256 by which current.json names it."""

    publication_id: str
    period: str
    created: str
    policy_version: str
    manifest_sha256: str

    @property
    def day(self) -> str:
        """The date of the data, YYYY-MM-DD in UTC."""
        return self.created[:10]

    def age_days(self, now: float) -> float:
        """How old it is."""
        return (datetime.fromtimestamp(now, UTC) - datetime.fromisoformat(self.created)).total_seconds() / 86_400


class Publication:
    """One open release."""

    def __init__(self, facts: Facts, table: sqlite3.Connection, keys: sealing.PublicationKeys) -> None:
        """Use `open_publication`."""
        self.facts = facts
        self._table, self._keys = table, keys
        self._no_key = secrets.token_bytes(32)
        self._no_record = sealing.seal(self._no_key, sealing.encode(sealing.NOBODY))

    def find(self, nik: str, no_kk: str) -> Entry | None:
        """The entry of a person, or None. A miss does the same work on a record that says nothing."""
        who = sealing.person(nik, no_kk)
        wanted, key = sealing.find_key(self._keys, who), sealing.open_key(self._keys, who)
        found, record = self._table.execute(SUCCESSOR, (wanted,)).fetchone() or (b"", b"")
        if not hmac.compare_digest(found, wanted):
            key, record = self._no_key, self._no_record
        entry = sealing.decode(sealing.unseal(key, record))
        return entry if entry.keputusan else None


def open_publication(folder: Path, publication_id: str, secret: bytes, public_key: bytes, manifest_sha256: str) -> Publication:
    """Verify and open a release.

    Args:
        folder: outbox/santer.
        manifest_sha256: what current.json says of manifest.json; layanan.json must be of the same release.

    Raises:
        PublicationError: it is not there, damaged, not ours, or made with another key.
    """
    path = folder / publication_id
    try:
        said: dict[str, Any] = sealing.read_document(public_key, (path / SERVICE_MANIFEST).read_bytes())
        facts = Facts(said["id"], said["period"], said["created"], said["policy_version"], said["manifest_sha256"])
        if facts.publication_id != publication_id or facts.manifest_sha256 != manifest_sha256 or said["format"] != 1:
            raise PublicationError(f"{path / SERVICE_MANIFEST} is of another release")
        if said["key_id"] != sealing.key_id(secret):
            raise PublicationError(f"{publication_id} was made with another layanan.key than this service has: copy it anew")
        if _sha256(path / SERVICE_TABLE) != said["sha256"]:
            raise PublicationError(f"{path / SERVICE_TABLE} is damaged: run `ssn run` to have it built again")
        address = f"file:{path / SERVICE_TABLE}?mode=ro&immutable=1"
        table = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None, cached_statements=8)
        table.execute(f"pragma mmap_size = {_MMAP}")  # all workers share the pages
        table.execute(SUCCESSOR, (b"",)).fetchone()
    except (OSError, SealError, sqlite3.Error, KeyError, TypeError) as problem:
        raise PublicationError(f"{path} cannot be used: {problem}") from problem
    return Publication(facts, table, sealing.publication_keys(secret, publication_id))


class Publications:
    """Follows current.json. `look` may run in another thread than `current`."""

    def __init__(self, folder: Path, secret: bytes, public_key: bytes) -> None:
        """Args: folder: outbox/santer; secret: layanan.key; public_key: publikasi.pub."""
        self._folder, self._secret, self._public_key = folder, secret, public_key
        self._now: Publication | None = None
        self._next: tuple[float, Publication] | None = None
        self._seen: tuple[int, int, int] | None = None
        self._switching, self._looking = threading.Lock(), threading.Lock()
        self._looked = time.monotonic()
        self._switch_at = 0.0
        self.failure = ""

    def current(self, now: float) -> Publication | None:
        """The publication in force at a moment; None when there is none yet."""
        if time.monotonic() - self._looked > LOOK_EVERY and not self.failure:
            self._look_late()
        coming = self._next
        if coming is not None and now >= coming[0]:
            with self._switching:
                if self._next is coming:
                    self._now, self._next = coming[1], None
        return self._now

    def until_all_switch(self, now: float) -> float:
        """Seconds, at most SWITCH_AFTER, for which a worker that starts just now waits: the others still answer from before."""
        ahead = self._switch_at - now
        return ahead if 0 < ahead <= SWITCH_AFTER else 0.0

    def look(self) -> None:
        """Prepare what current.json names, if it changed. A release that cannot be used is logged and tried again."""
        with self._looking:
            began = time.monotonic()
            self._look()
            self._looked = began

    def _look_late(self) -> None:
        if self._looking.acquire(timeout=LOOK_EVERY):  # a request is late rather than dropped
            self._looking.release()
            if time.monotonic() - self._looked > LOOK_EVERY:
                self.look()

    def _look(self) -> None:
        try:
            with open(self._folder / CURRENT, "rb") as handle:  # one file, not two: it is replaced under our eyes
                stat, content = os.fstat(handle.fileno()), handle.read()
        except OSError:
            self._seen = None  # nothing published, or the folder is gone: what is open stays open
            return
        seen = (stat.st_ctime_ns, stat.st_ino, stat.st_size)
        if seen == self._seen:
            return
        try:
            publication = self._open(json.loads(content))
        except (OSError, ValueError, KeyError, TypeError, PublicationError) as problem:
            if self.failure != str(problem):
                log.error("publication not used", extra={"reason": str(problem)})
            self.failure = str(problem)
            return
        self._seen, self.failure = seen, ""
        if publication is not None:
            with self._switching:
                # from the time of the rename: the content was written before, by as long as the disk took
                self._switch_at = stat.st_ctime + SWITCH_AFTER
                if self._next is not None and self._next[0] <= stat.st_ctime:  # due, and nobody has asked since
                    self._now = self._next[1]
                if self._now is None:
                    self._now = publication
                else:
                    self._next = (self._switch_at, publication)
            log.info("publication ready", extra={"publication": publication.facts.publication_id})

    def _open(self, named: dict[str, str]) -> Publication | None:
        publication_id, manifest_sha256 = named["publication_id"], named["manifest_sha256"]
        if "/" in publication_id or publication_id.startswith("."):
            raise PublicationError(f"{CURRENT} is damaged")
        if self._next is None and self._now and self._now.facts.publication_id == publication_id:
            return None
        return open_publication(self._folder, publication_id, self._secret, self._public_key, manifest_sha256)


def _sha256(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
