"""The clients whose signatures count, from the export of `ssn client` (klien.json). The store is not asked.

The export has a number that only grows; the service remembers the highest, so a revoked client does not come back with an older
file put back in its place.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ssn_assets.lookup.highest import Highest
from ssn_assets.lookup.limits import Rate
from ssn_assets.sealing import CLIENTS_FILE, SealError, read_document

log = logging.getLogger("ssn.lookup")


@dataclass(frozen=True)
class Client:
    """A client in force: its Ed25519 key and what it may ask."""

    name: str
    public_key: bytes
    rate: Rate


class ClientList:
    """Follows klien.json; one that is damaged, unsigned or older is logged and tried again, and what was known stays."""

    def __init__(self, folder: Path, public_key: bytes, memory: Path) -> None:
        """Follow a folder.

        Args:
            folder: outbox/santer.
            public_key: publikasi.pub.
            memory: where the highest number seen is kept, for all workers and the next start.
        """
        self._path, self._public_key, self._turns = folder / CLIENTS_FILE, public_key, Highest(memory)
        self._seen: tuple[int, int, int] | None = None
        self._failure = ""
        self._clients: dict[str, Client] = {}

    def get(self, name: str) -> Client | None:
        """A client in force."""
        return self._clients.get(name)

    def key_of(self, name: str) -> bytes | None:
        """Its key; None when there is no such client in force."""
        client = self._clients.get(name)
        return client.public_key if client else None

    def look(self) -> None:
        """Read the file again if it changed."""
        try:
            stat = self._path.stat()
            if (seen := (stat.st_ctime_ns, stat.st_ino, stat.st_size)) == self._seen:
                return
            self._clients = self._read()
            self._seen, self._failure = seen, ""
        except FileNotFoundError:
            self._seen, self._clients = None, {}
        except (OSError, SealError, KeyError, TypeError, ValueError) as problem:
            if self._failure != str(problem):
                log.error("client list not used", extra={"reason": f"{self._path}: {problem}"})
            self._failure = str(problem)

    def _read(self) -> dict[str, Client]:
        highest = self._turns.seen()
        said = read_document(self._public_key, self._path.read_bytes())
        if (turn := int(said["urutan"])) < highest:
            raise ValueError(
                f"it is older (number {turn}) than one this service has seen ({highest}). Was the store restored from a backup? "
                f"Then remove {self._turns.memory} and restart; else somebody put an old file back: run `ssn client list`"
            )
        clients = [
            Client(c["nama"], bytes.fromhex(c["kunci_publik"]), Rate.per_minute(c["kuota_per_menit"])) for c in said["klien"]
        ]
        if turn > highest:
            self._turns.remember(turn)
        return {client.name: client for client in clients}
