"""Clients in the store, SQLite and PostgreSQL: names and keys once, the export always what the store says."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine

from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.lookup import clients
from ssn_assets.lookup.client_list import ClientList
from ssn_assets.publication import files
from ssn_assets.sealing import SIGNING_KEY, public_key, read_document
from tests.unit.publication_city import NOW

pytest_plugins = ("tests.unit.store_backends",)
KEY, OTHER = public_key(b"a" * 32), public_key(b"b" * 32)


def exported(home: Home) -> list[dict[str, object]]:
    content = read_document(public_key(read_or_create(home, SIGNING_KEY)), (home.santer / "klien.json").read_bytes())
    found: list[dict[str, object]] = content["klien"]
    return found


def followed(home: Home) -> ClientList:
    """As a worker that starts now."""
    found = ClientList(home.santer, public_key(read_or_create(home, SIGNING_KEY)), home.root / "layanan" / "urutan-klien")
    found.look()
    return found


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


def test_a_revoked_client_does_not_come_back_with_an_older_file(home: Home, engine: Engine) -> None:
    clients.add(engine, home, "santer", KEY.hex(), 600, NOW)
    path = home.santer / "klien.json"
    older, worker = path.read_bytes(), followed(home)
    assert worker.get("santer")
    clients.revoke(engine, home, "santer", NOW)
    worker.look()
    path.write_bytes(older)
    worker.look()
    assert not worker.get("santer") and not followed(home).get("santer")
    clients.add(engine, home, "baru", OTHER.hex(), 600, NOW)
    worker.look()
    assert worker.get("baru") and not worker.get("santer")


def test_a_list_that_could_not_be_read_is_read_again(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_many_files(_: Path) -> bytes:
        raise OSError(24, "Too many open files")

    clients.add(engine, home, "santer", KEY.hex(), 600, NOW)
    worker = followed(home)
    clients.revoke(engine, home, "santer", NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", too_many_files)
        worker.look()
        assert worker.get("santer")
    worker.look()
    assert not worker.get("santer")


def test_a_revocation_that_could_not_be_written_is_written_by_the_next_try(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    clients.add(engine, home, "santer", KEY.hex(), 600, NOW)
    with monkeypatch.context() as patch:
        patch.setattr(clients, "write_atomically", full)
        with pytest.raises(clients.ClientError, match=r"No space left.*ssn client list"):
            clients.revoke(engine, home, "santer", NOW)
    assert exported(home)
    with pytest.raises(clients.ClientError, match="no client santer in force"):
        clients.revoke(engine, home, "santer", NOW)
    assert not exported(home)


def test_a_run_leaves_the_files_that_others_are_writing(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    clients.add(engine, home, "santer", KEY.hex(), 600, NOW)
    (home.santer / ".baru.tmp").mkdir()
    real = os.fsync

    def meanwhile(descriptor: int) -> None:
        real(descriptor)
        files.clear_unfinished(home)

    monkeypatch.setattr(os, "fsync", meanwhile)
    clients.revoke(engine, home, "santer", NOW)
    assert not exported(home) and not list(home.santer.glob(".*"))


def test_keys_as_people_have_them() -> None:
    pem = Ed25519PublicKey.from_public_bytes(KEY).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (KEY.hex(), base64.b64encode(KEY).decode(), pem, f"  {KEY.hex()}\n"):
        assert clients.read_public_key(text) == KEY
    for text in ("", "abc", KEY.hex()[:-2], "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        with pytest.raises(clients.ClientError):
            clients.read_public_key(text)
