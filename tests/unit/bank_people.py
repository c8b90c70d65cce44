"""Two registered people, a bank with an age key, and the bank's checker, for the tests of release."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from ssn_assets.bank.brakes import Limits
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, events, handover, officers
from ssn_assets.home import Home
from ssn_assets.settings import PROJECT_ROOT
from tests.unit.bank_city import NOW

LIMITS = Limits(new_cards_per_day=1000, share_of_blocks=0.5, silent_days=14)
REASON = "disetujui kepala dinas"


@dataclass
class People:
    """ani prepares, budi approves; bank opens."""

    ani: Ed25519PrivateKey
    budi: Ed25519PrivateKey
    bank: Any


def people(engine: Engine, home: Home) -> People:
    """Register both, and put the bank's key where it belongs."""
    import pyrage

    found = People(Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate(), pyrage.x25519.Identity.generate())
    for name, key in (("ani", found.ani), ("budi", found.budi)):
        officers.add(engine, name, key.public_key().public_bytes_raw().hex(), NOW)
    (home.keys / "bank.age").write_text(f"{found.bank.to_public()}\n")
    return found


def agree(engine: Engine, home: Home, who: People) -> None:
    """Both agree to the oldest batch."""
    control.prepare(engine, home, CARDS, who.ani, NOW)
    control.approve(engine, home, CARDS, who.budi, NOW)


def release(engine: Engine, home: Home, limits: Limits = LIMITS, **by: Any) -> list[tuple[int, str]]:
    """(batch, result) of a release."""
    return [(o.batch_no, o.result) for o in handover.release(engine, home, CARDS, lambda period: limits, NOW, **by)]


def states(engine: Engine, number: int = 1) -> list[str]:
    """Everything that happened to a batch, and by whom."""
    with engine.connect() as con:
        return [f"{e.keadaan}:{e.oleh}" for e in events.of_batch(con, number, CARDS)]


def opened(home: Home, who: People, number: int) -> tuple[bytes, bytes, bytes]:
    """What the bank has after opening a batch: file, note, signature."""
    import pyrage

    name = home.outgoing / f"penerbitan_{number:04d}.txt"
    content = pyrage.decrypt(name.with_name(f"{name.name}.age").read_bytes(), [who.bank])
    return content, name.with_suffix(".serah.json").read_bytes(), name.with_suffix(".serah.sig").read_bytes()


@lru_cache(maxsize=1)
def checker() -> Any:
    """deploy/periksa_berkas_bank.py, as a module."""
    spec = importlib.util.spec_from_file_location("periksa_berkas_bank", PROJECT_ROOT / "deploy" / "periksa_berkas_bank.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
