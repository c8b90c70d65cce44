"""Who may prepare and approve: registered people, each with a key of his own, and what they sign. No states of batches.

The platform keeps public keys only. A person is known by the private key file he brings; a new key for the same name is
the same person, so a change of keys never makes two people of one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, Engine, Table, func, insert, select, update

from ssn_assets.home import PRIVATE_FILE
from ssn_assets.keys import public_key
from ssn_assets.store.bank_schema import FIRST_PEOPLE, REGISTERED, REVOKED, petugas, petugas_kejadian
from ssn_assets.store.engine import timestamp, writing

PURPOSE = "SSN-PETUGAS-BANK-1\n"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")


class ControlError(ValueError):
    """It was not done; the message says why and what to do."""


@dataclass(frozen=True)
class Officer:
    """A registered person with the key he brought."""

    name: str
    public: str
    key: Ed25519PrivateKey

    def sign(self, statement: bytes) -> str:
        """His signature, hex."""
        return self.key.sign(statement).hex()


@dataclass(frozen=True)
class Admission:
    """How a key came to count: whose it is, since when, who signed for it (nobody for the first ones), when it was revoked."""

    name: str
    since: str
    by: tuple[str, ...]
    revoked: str | None

    def in_words(self) -> str:
        """The same for a terminal."""
        by = f" oleh {' dan '.join(self.by)}" if self.by else ""
        return f"terdaftar {self.since}{by}, {f'dicabut {self.revoked}' if self.revoked else 'berlaku'}"


def statement(action: str, **facts: Any) -> bytes:
    """What a person signs: an action and what it is about."""
    return (PURPOSE + json.dumps({"tindakan": action, **facts}, sort_keys=True, ensure_ascii=False)).encode()


def keep_request(con: Connection, table: Table, action: str, who: Officer, now: datetime, **facts: str) -> None:
    """Add what a person asks for to a table, with his signature over it.

    Args:
        con: inside `engine.writing`.
        facts: the table's columns that say what it is about.
    """
    signature = who.sign(statement(action, **facts, oleh=who.name))
    signed = {"oleh": who.name, "kunci": who.public, "tanda_tangan": signature}
    con.execute(insert(table).values(**facts, **signed, waktu=timestamp(now)))


def is_signed(public: str, signature: str, text: bytes) -> bool:
    """Whether the holder of a public key (hex) signed the text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key(path: Path, passphrase: str) -> str:
    """Make a person's key file (PEM); never over an existing one.

    Args:
        passphrase: closes the file; empty: it is not closed.

    Returns:
        The public key, hex.

    Raises:
        ControlError: the file is there already.
    """
    key = Ed25519PrivateKey.generate()
    closing = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    except FileExistsError:
        raise ControlError(f"{path} sudah ada; pilih nama berkas lain.") from None
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closing))
    return key.public_key().public_bytes_raw().hex()


def load_key(path: Path, ask: Callable[[], str]) -> Ed25519PrivateKey:
    """A person's private key.

    Args:
        path: a PEM file.
        ask: gives the passphrase; only called when the file is closed with one.

    Raises:
        ControlError: no such file, not an Ed25519 key, or the passphrase is wrong.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise ControlError(
            f"{path} tidak dapat dibaca. Berikan berkas kunci Anda dengan --key; `ssn bank officer key BERKAS` membuat yang baru."
        ) from None
    try:
        try:
            key = load_pem_private_key(content, None)
        except TypeError:  # it is closed
            key = load_pem_private_key(content, ask().encode())
    except (ValueError, TypeError):
        raise ControlError(f"{path} bukan kunci pribadi PEM, atau kata sandinya salah.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ControlError(f"{path} bukan kunci Ed25519; buat dengan `ssn bank officer key`.")
    return key


def add(engine: Engine, name: str, public: str, now: datetime, by: Sequence[Ed25519PrivateKey] = ()) -> None:
    """Register a person's public key.

    Args:
        by: keys of two registered people, who sign for it; not needed for the first two, who know nobody yet.

    Raises:
        ControlError: a bad name or key, the key is somebody's already, or not two registered people signed.
    """
    if not _NAME.fullmatch(name) or name == "sistem":
        raise ControlError(f"{name!r} bukan nama petugas: 3 sampai 40 dari a-z, 0-9, titik, _ dan -, misalnya ani.wijaya")
    try:
        key = public_key(public).hex()
    except ValueError:
        raise ControlError("Itu bukan kunci publik Ed25519 (PEM, 64 digit heksadesimal, atau base64).") from None
    with writing(engine) as con:
        owner = con.execute(select(petugas.c.nama).where(petugas.c.kunci_publik == key)).scalar()
        if owner:
            raise ControlError(f"Kunci ini sudah milik {owner}; setiap orang memakai kuncinya sendiri.")
        signers = [identify(con, k) for k in by]
        if _next(con) > FIRST_PEOPLE and (len(signers) != 2 or signers[0].name == signers[1].name):
            raise ControlError(
                f"Petugas sesudah {FIRST_PEOPLE} yang pertama didaftarkan oleh dua petugas lain yang menandatangani:"
                " --by BERKAS --by BERKAS."
            )
        con.execute(insert(petugas).values(kunci_publik=key, nama=name, dibuat_pada=timestamp(now)))
        _record(con, REGISTERED, name, key, timestamp(now), signers if len(signers) == 2 else [])


def revoke(engine: Engine, name: str, now: datetime, by: Ed25519PrivateKey) -> None:
    """Take a person's rights away; what he signed before stays signed.

    Args:
        by: key of a registered person, who signs for it.

    Raises:
        ControlError: nobody of that name has a key in force, or the key is nobody's.
    """
    with writing(engine) as con:
        who = identify(con, by)
        mine = (petugas.c.nama == name) & petugas.c.dicabut_pada.is_(None)
        keys = con.execute(select(petugas.c.kunci_publik).where(mine).order_by(petugas.c.kunci_publik)).scalars().all()
        if not keys:
            raise ControlError(f"Tidak ada petugas {name} yang berlaku; lihat `ssn bank officer list`.")
        for key in keys:
            _record(con, REVOKED, name, key, timestamp(now), [who])
        con.execute(update(petugas).where(mine).values(dicabut_pada=timestamp(now)))


def _next(con: Connection) -> int:
    return int(con.execute(select(func.coalesce(func.max(petugas_kejadian.c.urut), 0))).scalar_one()) + 1


def _record(con: Connection, action: str, name: str, key: str, when: str, signers: Sequence[Officer]) -> None:
    number = _next(con)
    text = _about(number, action, name, key, when)
    signed: dict[str, str] = {}
    for which, who in zip(("", "_2"), signers, strict=False):
        signed |= {f"oleh{which}": who.name, f"kunci{which}": who.public, f"tanda_tangan{which}": who.sign(text)}
    event = {"urut": number, "tindakan": action, "nama": name, "kunci_publik": key, "waktu": when}
    con.execute(insert(petugas_kejadian).values(**event, **signed))


def _about(number: int, action: str, name: str, key: str, when: str) -> bytes:
    return statement(f"PETUGAS-{action}", urut=number, nama=name, kunci=key, waktu=when)


def admitted(con: Connection) -> dict[str, Admission]:
    """Whose keys count, by public key: registered as it has to be, signatures checked. A line of `petugas` alone is nobody."""
    revoked = {row.kunci_publik: row.dicabut_pada for row in con.execute(select(petugas))}
    found: dict[str, Admission] = {}
    for event in con.execute(select(petugas_kejadian).order_by(petugas_kejadian.c.urut)):
        if event.tindakan == REVOKED:
            continue
        text = _about(event.urut, event.tindakan, event.nama, event.kunci_publik, event.waktu)
        signed = [(event.oleh, event.kunci, event.tanda_tangan), (event.oleh_2, event.kunci_2, event.tanda_tangan_2)]
        if event.oleh is None or all(
            key in found
            and found[key].name == name
            and (found[key].revoked or event.waktu) >= event.waktu
            and is_signed(key, signature, text)
            for name, key, signature in signed
        ):
            by = tuple(name for name, _, _ in signed if name)
            found[event.kunci_publik] = Admission(event.nama, event.waktu, by, revoked.get(event.kunci_publik))
    return found


def registered(engine: Engine) -> list[tuple[str, str, Admission]]:
    """(name, public key, how it was admitted) of everybody, by name."""
    with engine.connect() as con:
        return sorted(((who.name, key, who) for key, who in admitted(con).items()), key=lambda line: (line[0], line[2].since))


def identify(con: Connection, key: Ed25519PrivateKey) -> Officer:
    """The person a key belongs to.

    Raises:
        ControlError: nobody's, or revoked.
    """
    public = key.public_key().public_bytes_raw().hex()
    found = admitted(con).get(public)
    if found is None:
        raise ControlError("Kunci ini tidak terdaftar; daftarkan dengan `ssn bank officer add NAMA --key KUNCI_PUBLIK`.")
    if found.revoked:
        raise ControlError(f"Kunci {found.name} dicabut pada {found.revoked}.")
    return Officer(found.name, public, key)
