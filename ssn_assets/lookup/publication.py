"""The publication in force, as the service sees it: verified once, opened immutable, switched as a whole.

A request takes `Publications.current(now)` once and uses nothing else, so an answer is never a mixture; an old publication
is closed when the last request that holds it is done. All workers switch at one moment (SWITCH_AFTER the change of
berlaku.json), so a client that meets another worker does not step back: a worker that got no time to look at the disk for
LOOK_EVERY does so before it answers.

Which release is in force is what the platform signed in berlaku.json, under a number that only grows, by a rollback too; the
service remembers the highest, so an older signed file put back in its place changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ssn_assets import sealing
from ssn_assets.lookup.highest import Highest
from ssn_assets.sealing import IN_FORCE_FILE, SERVICE_MANIFEST, SERVICE_TABLE, Entry, SealError
from ssn_assets.settings import WITA

SWITCH_AFTER = 1.5
"""Seconds after a change of berlaku.json at which every worker on the machine switches."""
LOOK_EVERY = 1.0
"""How old, in seconds, a worker's view of the disk may be; less than SWITCH_AFTER."""

SUCCESSOR = "select kunci, isi from entri where kunci >= ? order by kunci limit 1"
_MMAP = 1 << 33
_ANYBODY = Entry("TIDAK_VALID", ("BANSOS_PUSAT",), ("SEMBAKO",), "DISERAHKAN", "2026-10", "2026-10 BERHASIL")
log = logging.getLogger("ssn.lookup")


class PublicationError(RuntimeError):
    """A publication that the service does not use; the message says why. What was in force stays in force."""


@dataclass(frozen=True)
class Facts:
    """What layanan.json says: id, period, created (ISO, UTC), and the manifest's SHA-256 by which berlaku.json names it."""

    publication_id: str
    period: str
    created: str
    policy_version: str
    manifest_sha256: str

    @cached_property
    def day(self) -> str:
        """The date of the data in the city, YYYY-MM-DD: the nightly run is of the day that has just begun there."""
        return datetime.fromisoformat(self.created).astimezone(WITA).date().isoformat()

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
        self._no_record = sealing.seal(self._no_key, sealing.encode(_ANYBODY))

    def find(self, nik: str, no_kk: str) -> Entry | None:
        """The entry of a person, or None. A miss does the same work on a record of nobody that is as long to read."""
        who = sealing.person(nik, no_kk)
        wanted, key = sealing.find_key(self._keys, who), sealing.open_key(self._keys, who)
        found, record = self._table.execute(SUCCESSOR, (wanted,)).fetchone() or (b"", b"")
        known = hmac.compare_digest(found, wanted)
        if not known:
            key, record = self._no_key, self._no_record
        entry = sealing.decode(sealing.unseal(key, record))
        return entry if known and entry.keputusan else None


def open_publication(folder: Path, publication_id: str, secret: bytes, public_key: bytes, manifest_sha256: str) -> Publication:
    """Verify and open a release.

    Args:
        folder: outbox/santer.
        manifest_sha256: what berlaku.json says of manifest.json; layanan.json must be of the same release.

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
    """Follows berlaku.json. `look` may run in another thread than `current`."""

    def __init__(self, folder: Path, secret: bytes, public_key: bytes, memory: Path) -> None:
        """Follow a folder.

        Args:
            folder: outbox/santer.
            secret: layanan.key.
            public_key: publikasi.pub.
            memory: where the highest number seen is kept, for all workers and the next start.
        """
        self._folder, self._secret, self._public_key = folder, secret, public_key
        self._turns = Highest(memory)
        self._now: Publication | None = None
        self._coming: tuple[tuple[float, Publication], ...] = ()
        self._seen: tuple[int, int, int] | None = None
        self._switching, self._looking = threading.Lock(), threading.Lock()
        self._looked = time.monotonic()
        self._looks, self._waited_for = 0, -1
        self._switch_at = 0.0
        self.failure = ""

    def current(self, now: float) -> Publication | None:
        """The publication in force at a moment; None when there is none yet."""
        if time.monotonic() - self._looked > LOOK_EVERY and not self.failure:
            self._look_late()
        while (coming := self._coming) and now >= coming[0][0]:
            with self._switching:
                if self._coming is coming:
                    self._now, self._coming = coming[0][1], coming[1:]
        return self._now

    def until_all_switch(self, now: float) -> float:
        """Seconds, at most SWITCH_AFTER, for which a worker that starts just now waits: the others still answer from before."""
        ahead = self._switch_at - now
        return ahead if 0 < ahead <= SWITCH_AFTER else 0.0

    def look(self) -> None:
        """Prepare what berlaku.json names, if it changed. A release that cannot be used is logged and tried again."""
        with self._looking:
            self._looks += 1
            began = time.monotonic()
            self._look()
            self._looked = began

    def _look_late(self) -> None:
        under_way = self._looks  # by the thread that follows; it may take long: a big table is read whole
        if self._looking.acquire(timeout=0 if self._waited_for == under_way else LOOK_EVERY):  # late rather than dropped
            self._looking.release()
            if time.monotonic() - self._looked > LOOK_EVERY:
                self.look()
        else:
            self._waited_for = under_way  # once for a look, not once for a request: the event loop waits with it

    def _look(self) -> None:
        highest = self._turns.seen()  # before the file: another worker may see a newer one in between
        try:
            with open(self._folder / IN_FORCE_FILE, "rb") as handle:  # one file, not two: it is replaced under our eyes
                stat, content = os.fstat(handle.fileno()), handle.read()
        except OSError:
            self._seen = None  # nothing published, or the folder is gone: what is open stays open
            return
        seen = (stat.st_ctime_ns, stat.st_ino, stat.st_size)
        if seen == self._seen:
            return
        try:
            publication = self._open(sealing.read_document(self._public_key, content), highest)
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
                if self._now is None:
                    self._now = publication
                else:
                    self._coming = (*self._coming, (self._switch_at, publication))
            log.info("publication ready", extra={"publication": publication.facts.publication_id})

    def _open(self, named: dict[str, Any], highest: int) -> Publication | None:
        publication_id, turn = named["publication_id"], int(named["urutan"])
        if turn < highest:
            raise PublicationError(
                f"{IN_FORCE_FILE} is older (number {turn}) than one this service has seen ({highest}). Was the store restored "
                f"from a backup? Then remove {self._turns.memory} and restart; else somebody put an old file back: run `ssn run`"
            )
        newest = self._coming[-1][1] if self._coming else self._now
        found = None
        if newest is None or newest.facts.publication_id != publication_id:
            found = open_publication(self._folder, publication_id, self._secret, self._public_key, named["manifest_sha256"])
        if turn > highest:
            self._turns.remember(turn)
        return found


def _sha256(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
