"""Keys: secret files under the home, made on first use, never overwritten; public ones as people give them. No uses."""

from __future__ import annotations

import base64
import os
import re
import secrets
from pathlib import Path

from ssn_assets.home import PRIVATE_FILE, Home, private_dir, sync_dir

KEY_BYTES = 32
_HEX = re.compile(rb"[0-9a-f]{64}\n?")
_BLOCK = 64


class KeyFileError(RuntimeError):
    """A key file is there but is not one; it must come back from the backup, a new key would change every id."""


def read_or_create(home: Home, name: str) -> bytes:
    """The 32 bytes of a key file (64 hex digits), made on first use with mode 0600.

    Two processes that ask first at the same moment get the same key; an existing file is never replaced.

    Args:
        home: its `keys` folder holds the file.
        name: the file's name, e.g. "santer.key".

    Raises:
        KeyFileError: the file is there but holds something else.
    """
    return read_or_create_in(home.keys, name)


def read_or_create_in(folder: Path, name: str) -> bytes:
    """`read_or_create` in any folder: for a service that has a key of its own outside the home."""
    path = folder / name
    if not path.exists():
        private_dir(folder)
        candidate = folder / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_hex(KEY_BYTES).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(candidate, path)  # unlike a rename, fails when somebody else was first
        except FileExistsError:
            pass
        finally:
            candidate.unlink()
        sync_dir(folder)
    return read(path)


def read(path: Path) -> bytes:
    """The 32 bytes of a key file that must be there.

    Raises:
        FileNotFoundError: it is not.
        KeyFileError: it holds something else.
    """
    content = path.read_bytes()
    if not _HEX.fullmatch(content):
        raise KeyFileError(f"{path} is not a key file (64 hex digits). Restore it from the backup; do not delete it.")
    return bytes.fromhex(content.decode())


def public_key(text: str) -> bytes:
    """The 32 bytes of an Ed25519 public key given as 64 hex digits, base64 or PEM.

    Raises:
        ValueError: it is none of these.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    text = text.strip()
    if text.startswith("-----BEGIN"):
        key = load_pem_public_key(text.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return key.public_bytes_raw()
    raw = bytes.fromhex(text) if re.fullmatch(r"[0-9a-fA-F]{64}", text) else base64.b64decode(text, validate=True)
    return Ed25519PublicKey.from_public_bytes(raw).public_bytes_raw()


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The two blocks with which SQL computes HMAC-SHA256: sha256(outer || unhex(sha256(inner || message))).

    Args:
        key: at most 64 bytes.

    Returns:
        (outer, inner), RFC 2104's key xor opad and key xor ipad. As secret as the key.
    """
    block = key.ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x5C for b in block), bytes(b ^ 0x36 for b in block)


def case_key_pads(home: Home) -> tuple[bytes, bytes]:
    """The pads of the key that names kelurahan cases (id_kasus)."""
    return hmac_pads(read_or_create(home, "kasus.key"))
