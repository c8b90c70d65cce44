"""How a complaint's texts are sealed, and the names a ticket has: number, secret, key of a person. No files, no SQL.

The service holds only the public half: whoever takes it over can add complaints, not read those that were sent. A text is
sealed to the office's X25519 key: AES-256-GCM under a key of that text alone (`sealing.py`), agreed with a key pair made for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from ssn_assets import sealing

KEY_FILE = "aduan.key"
"""In kunci/: the office's half. Without it no complaint can be read any more."""
PUBLIC_FILE = "aduan.json"
"""In outbox/santer/: its public half, signed like a release."""

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, O, I: people read these over the telephone."""
NUMBER_SIZE, SECRET_SIZE = 8, 12
_POINT = 32


class Unreadable(ValueError):
    """A sealed text does not open with this key, or is damaged."""


@dataclass(frozen=True)
class Content:
    """What a person sent: all that is personal, and all of it sealed. nik and kontak may be empty."""

    uraian: str
    nik: str = ""
    kontak: str = ""


def public_half(private: bytes) -> bytes:
    """The 32 bytes that the service seals with."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(public: bytes, content: Content) -> str:
    """Content as text for the store, of a length that is a multiple of 256 bytes before base64."""
    own = X25519PrivateKey.generate()
    point = own.public_key().public_bytes_raw()
    text = json.dumps(content.__dict__, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 256)
    sealed = sealing.seal(_key(own.exchange(X25519PublicKey.from_public_bytes(public)), point, public), text)
    return base64.b64encode(point + sealed).decode()


def unseal(private: bytes, sealed: str) -> Content:
    """The content that `seal` sealed.

    Raises:
        Unreadable: another key, or damaged.
    """
    own = X25519PrivateKey.from_private_bytes(private)
    try:
        raw = base64.b64decode(sealed, validate=True)
        point = raw[:_POINT]
        shared = own.exchange(X25519PublicKey.from_public_bytes(point))
        text = sealing.unseal(_key(shared, point, own.public_key().public_bytes_raw()), raw[_POINT:])
        return Content(**json.loads(text))
    except (InvalidTag, ValueError, TypeError, binascii.Error) as problem:
        raise Unreadable(f"a complaint does not open with kunci/{KEY_FILE}; restore that key from the backup") from problem


def name_of(form: Sequence[str]) -> str:
    """A name of a filled-in form: the same form twice has one; gone back to and changed, it is another."""
    return hashlib.sha256(json.dumps(form).encode()).hexdigest()


def secret_of(key: bytes, name: str) -> str:
    """The secret of a form sent; one that arrives twice gets the same."""
    return _letters(hmac.digest(key, f"rahasia|{name}".encode(), "sha256"), SECRET_SIZE)


def number_of(key: bytes, name: str, attempt: int) -> str:
    """The number a new ticket gets; the next attempt when somebody has it."""
    return _letters(hmac.digest(key, f"nomor|{attempt}|{name}".encode(), "sha256"), NUMBER_SIZE)


def fingerprint(secret: str) -> str:
    """What the store keeps of a secret."""
    return hashlib.sha256(f"ssn-aduan|{secret}".encode()).hexdigest()


def person_key(key: bytes, kind: str, nik: str, no_kk: str) -> str:
    """Same person and kind, same key. Both numbers: whoever knows only a NIK does not get to its open ticket."""
    return hmac.digest(key, b"orang|" + kind.encode() + b"|" + sealing.person(nik, no_kk), "sha256").hex()


def as_typed(text: str) -> str:
    """A number or secret as a person types it, in the form the store has: no blanks and dashes, capitals."""
    return "".join(c for c in text.upper() if c in ALPHABET)[: SECRET_SIZE + 1]


def in_groups(text: str) -> str:
    """As people read it: ABCD-EFGH."""
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def _key(shared: bytes, point: bytes, public: bytes) -> bytes:
    return sealing.derive(shared, f"aduan|{point.hex()}|{public.hex()}")


def _letters(digest: bytes, size: int) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:size])
