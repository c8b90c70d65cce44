"""Clients in the store, SQLite and PostgreSQL: names and keys once, the export always what the store says."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine

from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.lookup import clients
from ssn_assets.sealing import SIGNING_KEY, public_key, read_document
from tests.unit.publication_city import NOW

pytest_plugins = ("tests.unit.store_backends",)
KEY, OTHER = public_key(b"a" * 32), public_key(b"b" * 32)


def exported(home: Home) -> list[dict[str, object]]:
    content: list[dict[str, object]] = read_document(
        public_key(read_or_create(home, SIGNING_KEY)), (home.santer / "klien.json").read_bytes()
    )
    return content


def test_added_exported_revoked(home: Home, engine: Engine) -> None:
    clients.add(engine, home, "santer", KEY.hex(), 600, NOW)
    assert exported(home) == [{"nama": "santer", "kunci_publik": KEY.hex(), "kuota_per_menit": 600}]
    assert (home.santer / "klien.json").stat().st_mode & 0o777 == 0o644
    for name, key in (("santer", OTHER), ("lain", KEY)):
        with pytest.raises(clients.ClientError):
            clients.add(engine, home, name, key.hex(), 600, NOW)
    clients.revoke(engine, home, "santer", NOW)
    assert exported(home) == [] and clients.registered(engine)[0].dicabut_pada == "2026-10-31T09:00:00Z"
    with pytest.raises(clients.ClientError):
        clients.revoke(engine, home, "santer", NOW)
    with pytest.raises(clients.ClientError):
        clients.add(engine, home, "santer", OTHER.hex(), 600, NOW)


def test_a_lost_export_comes_back(home: Home, engine: Engine) -> None:
    clients.add(engine, home, "santer", KEY.hex(), 600, NOW)
    before = (home.santer / "klien.json").read_bytes()
    (home.santer / "klien.json").unlink()
    clients.export(engine, home)
    assert (home.santer / "klien.json").read_bytes() == before


def test_keys_as_people_have_them() -> None:
    pem = Ed25519PublicKey.from_public_bytes(KEY).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (KEY.hex(), base64.b64encode(KEY).decode(), pem, f"  {KEY.hex()}\n"):
        assert clients.read_public_key(text) == KEY
    for text in ("", "abc", KEY.hex()[:-2], "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        with pytest.raises(clients.ClientError):
            clients.read_public_key(text)
