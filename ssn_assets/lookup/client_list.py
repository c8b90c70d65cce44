"""The clients whose signatures count, from the export of `ssn client` (klien.json). The store is not asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

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
    """Follows klien.json; a damaged or unsigned one is logged and what was known stays."""

    def __init__(self, folder: Path, public_key: bytes) -> None:
        """Args: folder: outbox/santer; public_key: publikasi.pub."""
        self._path, self._public_key = folder / CLIENTS_FILE, public_key
        self._seen: tuple[int, int] | None = None
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
            if (seen := (stat.st_mtime_ns, stat.st_ino)) == self._seen:
                return
            self._seen = seen
            self._clients = {
                c["nama"]: Client(c["nama"], bytes.fromhex(c["kunci_publik"]), Rate.per_minute(c["kuota_per_menit"]))
                for c in read_document(self._public_key, self._path.read_bytes())
            }
        except FileNotFoundError:
            self._seen, self._clients = None, {}
        except (OSError, SealError, KeyError, TypeError, ValueError) as problem:
            log.error("client list not used", extra={"reason": f"{self._path}: {problem}"})
