"""Who may prepare and approve: registered people, each with a key of his own, and what they sign. No states of batches.

The platform keeps public keys only. A person is known by the private key file he brings; a new key for the same name is
the same person, so a change of keys never makes two people of one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
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
from sqlalchemy import Connection, Engine, insert, select, update

from ssn_assets.home import PRIVATE_FILE
from ssn_assets.keys import public_key
from ssn_assets.store.bank_schema import petugas
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


def statement(action: str, **facts: Any) -> bytes:
    """What a person signs: an action and what it is about."""
    return (PURPOSE + json.dumps({"tindakan": action, **facts}, sort_keys=True, ensure_ascii=False)).encode()


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


def add(engine: Engine, name: str, public: str, now: datetime) -> None:
    """Register a person's public key.

    Raises:
        ControlError: a bad name or key, or the key is somebody's already.
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
        con.execute(insert(petugas).values(kunci_publik=key, nama=name, dibuat_pada=timestamp(now)))


def revoke(engine: Engine, name: str, now: datetime) -> None:
    """Take a person's rights away; what he signed before stays signed.

    Raises:
        ControlError: nobody of that name has a key in force.
    """
    with writing(engine) as con:
        mine = (petugas.c.nama == name) & petugas.c.dicabut_pada.is_(None)
        if not con.execute(update(petugas).where(mine).values(dicabut_pada=timestamp(now))).rowcount:
            raise ControlError(f"Tidak ada petugas {name} yang berlaku; lihat `ssn bank officer list`.")


def registered(engine: Engine) -> list[tuple[str, str, str | None]]:
    """(name, public key, revoked at) of everybody, by name."""
    columns = (petugas.c.nama, petugas.c.kunci_publik, petugas.c.dicabut_pada)
    with engine.connect() as con:
        return [(row[0], row[1], row[2]) for row in con.execute(select(*columns).order_by(petugas.c.nama, petugas.c.dibuat_pada))]


def identify(con: Connection, key: Ed25519PrivateKey) -> Officer:
    """The person a key belongs to.

    Raises:
        ControlError: nobody's, or revoked.
    """
    public = key.public_key().public_bytes_raw().hex()
    row = con.execute(select(petugas.c.nama, petugas.c.dicabut_pada).where(petugas.c.kunci_publik == public)).one_or_none()
    if row is None:
        raise ControlError("Kunci ini tidak terdaftar; daftarkan dengan `ssn bank officer add NAMA --key KUNCI_PUBLIK`.")
    if row.dicabut_pada:
        raise ControlError(f"Kunci {row.nama} dicabut pada {row.dicabut_pada}.")
    return Officer(row.nama, public, key)
