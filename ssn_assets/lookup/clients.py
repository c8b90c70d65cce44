"""Clients that sign their requests: kept in the store, exported for the service. The service reads only the export.

The export is outbox/santer/klien.json, signed like a release. It is rewritten by every `ssn client` command, so a lost one
comes back with `ssn client list`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

from ssn_assets.home import SANTER_DIR, SANTER_FILE, Home, private_dir, write_atomically
from ssn_assets.keys import public_key, read_or_create
from ssn_assets.sealing import CLIENTS_FILE, SIGNING_KEY, sign_document
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import klien

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


class ClientError(ValueError):
    """The client was not added or revoked; the message says why and what to do."""


@dataclass(frozen=True)
class Registered:
    """One client as the store has it."""

    nama: str
    kunci_publik: str
    kuota_per_menit: int
    dibuat_pada: str
    dicabut_pada: str | None


def add(engine: Engine, home: Home, name: str, public_key: str, per_minute: int, now: datetime) -> None:
    """Register a client and export the list.

    Args:
        name: 3 to 40 of a-z, 0-9, `-`; the `keyid` of its signatures.
        public_key: 64 hex digits, or base64 of the 32 bytes, or PEM.
        per_minute: how many questions it may ask in a minute.

    Raises:
        ClientError: a bad name, key or quota, or one that was used before.
    """
    if not _NAME.fullmatch(name):
        raise ClientError(f"{name!r} is not a client name: 3 to 40 of a-z, 0-9 and -, e.g. santer-2026")
    if not 1 <= per_minute <= 1_000_000:
        raise ClientError("--per-minute must be between 1 and 1000000")
    key = read_public_key(public_key).hex()
    try:
        with writing(engine) as con:
            for client in _all(con):
                if client.nama == name:
                    raise ClientError(f"{name} exists already (revoked or not); take a new name, e.g. {name}-2")
                if client.kunci_publik == key:
                    raise ClientError(f"this key belongs to {client.nama}; every client has a key of its own")
            con.execute(insert(klien).values(nama=name, kunci_publik=key, kuota_per_menit=per_minute, dibuat_pada=timestamp(now)))
    finally:  # also what a command before could not write
        export(engine, home)


def revoke(engine: Engine, home: Home, name: str, now: datetime) -> None:
    """Take a client's right away and export the list; the service follows within seconds.

    Raises:
        ClientError: there is no such client in force, or the list cannot be written (then it says what to do).
    """
    try:
        with writing(engine) as con:
            where = (klien.c.nama == name) & klien.c.dicabut_pada.is_(None)
            if con.execute(update(klien).where(where).values(dicabut_pada=timestamp(now))).rowcount != 1:
                raise ClientError(f"there is no client {name} in force; `ssn client list` shows them")
    finally:  # also when it was revoked already and could not be written then
        export(engine, home)


def registered(engine: Engine) -> list[Registered]:
    """All clients, by name, revoked ones too."""
    with engine.connect() as con:
        return _all(con)


def export(engine: Engine, home: Home) -> Path:
    """Write the clients in force where the service reads them; nothing is written when nothing changed.

    Raises:
        ClientError: it cannot be written; what the store says stays, the service does not know it yet.
    """
    with writing(engine) as con:  # one exporter at a time: an older list never replaces a newer one
        clients = _all(con)
        document = sign_document(read_or_create(home, SIGNING_KEY), _content(clients))
        path = home.santer / CLIENTS_FILE
        try:
            private_dir(home.outbox)
            home.santer.mkdir(exist_ok=True)
            home.santer.chmod(SANTER_DIR)
            if not path.exists() or path.read_bytes() != document:
                write_atomically(path, document, SANTER_FILE)
        except OSError as problem:
            raise ClientError(
                f"{path} cannot be written ({problem.strerror or problem}): the service does not know the newest changes yet. "
                "Mend that, then run `ssn client list`, which writes it again."
            ) from problem
    return path


def read_public_key(text: str) -> bytes:
    """The 32 bytes of an Ed25519 public key given as hex, base64 or PEM.

    Raises:
        ClientError: it is none of these.
    """
    try:
        return public_key(text)
    except ValueError as problem:
        raise ClientError("that is not an Ed25519 public key (PEM, 64 hex digits, or base64 of 32 bytes)") from problem


def _content(clients: list[Registered]) -> dict[str, object]:
    """Clients in force, under a number that grows with every client added and every one revoked; none is ever deleted."""
    in_force = [c for c in clients if c.dicabut_pada is None]
    return {
        "urutan": 2 * len(clients) - len(in_force),
        "klien": [{"nama": c.nama, "kunci_publik": c.kunci_publik, "kuota_per_menit": c.kuota_per_menit} for c in in_force],
    }


def _all(con: Connection) -> list[Registered]:
    return [Registered(*row) for row in con.execute(select(klien).order_by(klien.c.nama))]
