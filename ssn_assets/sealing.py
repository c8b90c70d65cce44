"""The sealed form in which a publication reaches the lookup service: key derivation, one record, signed documents.

Writer (`publication/service_file.py`) and reader (`lookup/`) share this and nothing else. Files and SQL do not belong here.

One secret (`kunci/layanan.key`) gives every publication its own keys, so two publications cannot be joined; a record is
found by HMAC(NIK, Nomor KK) and opened by another HMAC of the same two, so file and key without the person's numbers open
nothing, and all records have one size.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SERVICE_KEY, SIGNING_KEY, VERIFY_KEY = "layanan.key", "publikasi.key", "publikasi.pub"
"""Key files: the service's secret; the platform's signing seed; its public half (hex), which the service needs."""

SERVICE_TABLE, SERVICE_MANIFEST = "layanan.sqlite", "layanan.json"
CLIENTS_FILE, IN_FORCE_FILE = "klien.json", "berlaku.json"
"""Signed by the platform, beside the releases: who may sign requests; which release is in force."""

KEY_SIZE, SECRET_SIZE, PLAIN_SIZE = 16, 32, 240
SEALED_SIZE = PLAIN_SIZE + 16
SEPARATOR = "\x1f"
_NONCE = bytes(12)
"""Each record has a key of its own that seals one text only, so a fixed nonce is never used twice with a key."""


class SealError(ValueError):
    """A sealed text, or a signed document, is not what it should be."""


@dataclass(frozen=True)
class Entry:
    """What a publication says of one person.

    Attributes:
        keputusan: VALID, MENUNGGU or TIDAK_VALID; empty in a record that pads the table.
        alasan: reason codes, in the contract's order.
        kategori_bantuan: kinds of aid had.
        kartu: the card's step; empty when there is none.
        periode: YYYY-MM of the decision.
        pembayaran: the newest payment's month and step, "2026-10 BERHASIL"; empty when there is none.
    """

    keputusan: str
    alasan: tuple[str, ...] = ()
    kategori_bantuan: tuple[str, ...] = ()
    kartu: str = ""
    periode: str = ""
    pembayaran: str = ""


@dataclass(frozen=True)
class PublicationKeys:
    """The two HMAC keys of one publication: for finding a record, for opening it."""

    find: bytes
    open: bytes


def publication_keys(secret: bytes, publication_id: str) -> PublicationKeys:
    """The keys of a publication, from the service's secret."""
    return PublicationKeys(derive(secret, f"cari|{publication_id}"), derive(secret, f"buka|{publication_id}"))


@lru_cache(maxsize=64)
def keyed(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 under one key, what the key alone decides worked out once: half the time of `hmac.digest`."""
    begun = hmac.new(key, digestmod="sha256")

    def digest(text: bytes) -> bytes:
        hashed = begun.copy()
        hashed.update(text)
        return hashed.digest()

    return digest


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256, RFC 5869, one block, no salt)."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, f"ssn-layanan|{purpose}".encode() + b"\x01", "sha256")


def key_id(secret: bytes) -> str:
    """A public name of the secret: tells a wrong key file from an unknown person."""
    return derive(secret, "nama kunci")[:8].hex()


def person(nik: str, no_kk: str) -> bytes:
    """What both HMACs are computed over."""
    return f"{nik}{SEPARATOR}{no_kk}".encode("ascii")


def find_key(keys: PublicationKeys, who: bytes) -> bytes:
    """Under which key the record of `person(...)` stands."""
    return keyed(keys.find)(who)[:KEY_SIZE]


def open_key(keys: PublicationKeys, who: bytes) -> bytes:
    """The AES-256 key of that record."""
    return keyed(keys.open)(who)


def encode(entry: Entry) -> bytes:
    """An entry as text of PLAIN_SIZE bytes; kinds of aid that do not fit are left out, from the end.

    Without a payment it is the text of releases made before there were any: both ways they are read alike.

    Raises:
        SealError: the entry does not fit even without them.
    """
    categories = list(entry.kategori_bantuan)
    payment = [entry.pembayaran] if entry.pembayaran else []
    while True:
        fields = [entry.keputusan, " ".join(entry.alasan), categories, entry.kartu, entry.periode, *payment]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) <= PLAIN_SIZE:
            return text.ljust(PLAIN_SIZE)
        if not categories:
            raise SealError(f"a decision with {len(entry.alasan)} reasons does not fit into {PLAIN_SIZE} bytes")
        categories.pop()


def decode(text: bytes) -> Entry:
    """The entry that `encode` wrote, with or without a payment."""
    keputusan, alasan, categories, kartu, periode, *payment = json.loads(text.decode())
    return Entry(keputusan, tuple(alasan.split()), tuple(categories), kartu, periode, *payment[:1])


def seal(key: bytes, text: bytes) -> bytes:
    """AES-256-GCM under a record's own key."""
    return AESGCM(key).encrypt(_NONCE, text, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """The reverse of `seal`. Raises cryptography.exceptions.InvalidTag when key or text are not the right ones."""
    return AESGCM(key).decrypt(_NONCE, sealed, None)


def public_key(seed: bytes) -> bytes:
    """The 32 bytes of the public half of an Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign_document(seed: bytes, content: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """A JSON document with its Ed25519 signature: {"isi": "<JSON text>", "tanda_tangan": "<base64>"}."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return json.dumps({"isi": text, "tanda_tangan": base64.b64encode(signature).decode()}).encode() + b"\n"


def read_document(public: bytes, content: bytes) -> Any:
    """What `sign_document` signed.

    Raises:
        SealError: not signed by the holder of that key, or not such a document.
    """
    try:
        document = json.loads(content)
        text, signature = document["isi"], base64.b64decode(document["tanda_tangan"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
        return json.loads(text)
    except InvalidSignature as problem:
        raise SealError("its signature is not that of publikasi.pub") from problem
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise SealError("it is not a signed document") from problem


def sha256_hex(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
