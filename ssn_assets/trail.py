"""The trail of lookups as the service leaves it on disk: one file a worker, slots of one size, no NIK in clear.

Writer (`lookup/trail.py`) and collector (`oversight/trail.py`) share this and nothing else. SQL does not belong here.

A file's first slot is its head (magic, id, name of the key, when begun); every other one is a lookup: time, HMAC of the NIK,
purpose, outcome, client, CRC-32. An empty slot is all zeros.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from ssn_assets.sealing import derive, keyed

KEY_FILE = "jejak.key"
"""In kunci/, with a copy for the service: its own, so that a new layanan.key does not make the trail unreadable."""
SUFFIX = ".jejak"
SLOT, SLOTS = 72, 16_384
KEY_SIZE, CLIENT_SIZE = 16, 40
_HEAD = struct.Struct("<9s16s8sQ")
_LOOKUP = struct.Struct(f"<Q{KEY_SIZE}sBB{CLIENT_SIZE}s")
_CRC = struct.Struct("<I")
_MAGIC = b"SSNJEJAK1"
_EMPTY = bytes(SLOT)
_PAD = bytes(SLOT - _LOOKUP.size - _CRC.size)


class Purpose(IntEnum):
    """Why the data was looked at, by the door the question came through."""

    PERIKSA_DI_HALAMAN = 1
    PERIKSA_LEWAT_API = 2
    PERIKSA_LEWAT_KLIEN = 3


class Outcome(IntEnum):
    """What the question brought to light."""

    DITEMUKAN = 1
    TIDAK_COCOK = 2


class TrailFileError(ValueError):
    """Not a trail file."""


@dataclass(frozen=True)
class Head:
    """file_id: 32 hex digits, the file's own name wherever it lies; key_id: which key its HMACs are under."""

    file_id: str
    key_id: str


@dataclass(frozen=True)
class Lookup:
    """One answered question. at: seconds since 1970; client: "" for anybody."""

    at: float
    person: str
    purpose: Purpose
    outcome: Outcome
    client: str


def key_id(key: bytes) -> str:
    """A public name of the key."""
    return derive(key, "nama kunci jejak")[:8].hex()


def person(key: bytes, nik: str) -> bytes:
    """Under which name the trail has a NIK."""
    return keyed(key)(nik.encode())[:KEY_SIZE]


def head(file_id: bytes, key: bytes, at: float) -> bytes:
    """The first slot."""
    return _HEAD.pack(_MAGIC, file_id, bytes.fromhex(key_id(key)), int(at * 1000)).ljust(SLOT, b"\0")


def slot(at: float, who: bytes, purpose: int, outcome: int, client: bytes) -> bytes:
    """A lookup's slot. client: at most CLIENT_SIZE bytes."""
    body = _LOOKUP.pack(int(at * 1000), who, purpose, outcome, client)
    return body + _CRC.pack(zlib.crc32(body)) + _PAD


def read_head(content: bytes) -> Head:
    """The head of a file.

    Raises:
        TrailFileError: it is none.
    """
    if len(content) < SLOT or content[: len(_MAGIC)] != _MAGIC:
        raise TrailFileError("not a trail file")
    _, file_id, name, _ = _HEAD.unpack_from(content)
    return Head(file_id.hex(), name.hex())


def read_slots(content: bytes, first: int) -> Iterator[tuple[int, Lookup | None]]:
    """The slots that are not empty, from number `first` on (the head is 0); None for one that was written only in part."""
    for number in range(max(first, 1), len(content) // SLOT):
        raw = content[number * SLOT : (number + 1) * SLOT]
        if raw != _EMPTY:
            yield number, _lookup(raw)


def _lookup(raw: bytes) -> Lookup | None:
    body = raw[: _LOOKUP.size]
    if _CRC.unpack_from(raw, _LOOKUP.size)[0] != zlib.crc32(body):
        return None
    at, who, purpose, outcome, client = _LOOKUP.unpack(body)
    try:
        return Lookup(at / 1000, who.hex(), Purpose(purpose), Outcome(outcome), client.rstrip(b"\0").decode())
    except ValueError:
        return None
