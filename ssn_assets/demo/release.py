"""The demo's two people and its bank: they prepare, approve, release; the bank opens what it gets and runs its checker.

Their private keys lie under demo/, with the demo's truth: in a real home they are with the people, never in the home.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ssn_assets.bank import review
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, events, handover, officers
from ssn_assets.batches.encryption import AGE_KEY
from ssn_assets.batches.kinds import Kind
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.payments import review as payment_review
from ssn_assets.settings import PROJECT_ROOT, now
from ssn_assets.store.bank_schema import SEALED
from ssn_assets.store.engine import open_store

MAKER, CHECKER = "ani.wijaya", "budi.santoso"
REASON = "Latihan: gelombang pertama, disetujui kepala dinas."


def release_batches(home: Home, limits_of: Callable[[str], Any], when: datetime | None = None, kind: Kind = CARDS) -> str:
    """Both people agree to every sealed batch of a kind, and what a brake holds is released with a reason.

    Returns:
        What they saw and did, for the terminal.
    """
    moment = when or now()
    store = open_store(home)
    maker, checker = (_person(home, name) for name in (MAKER, CHECKER))
    known = {name for name, _, who in officers.registered(store) if not who.revoked}
    for name, key in ((MAKER, maker), (CHECKER, checker)):
        if name not in known:
            officers.add(store, name, key.public_key().public_bytes_raw().hex(), moment)
    _bank_identity(home)
    with store.connect() as con:
        waiting = [number for number, event in events.newest(con, kind).items() if event.keadaan == SEALED]
    look = review if kind is CARDS else payment_review
    said = []
    for number in waiting:
        control.prepare(store, home, kind, maker, moment, number)
        said.append(f"{MAKER}: {kind.said(number)} diajukan. {CHECKER} melihat:")
        with store.connect() as con:
            said += look.in_words(look.look_at(con, number))
        control.approve(store, home, kind, checker, moment, number)
        said.append(f"{CHECKER}: {kind.said(number)} disetujui.")
    outcomes = handover.release(store, home, kind, limits_of, moment)
    said += [f"Kirim {kind.name} {o.batch_no}: {o.result}, {o.words}" for o in outcomes]
    while outcomes and outcomes[-1].result == "DITAHAN":
        held = outcomes[-1].batch_no
        outcomes = handover.release(store, home, kind, limits_of, moment, checker, REASON, held)
        said += [
            f"{CHECKER} melepas rem {kind.name} {o.batch_no}: {o.result}, {o.words}" for o in outcomes if o.result != "SUDAH"
        ]
        outcomes = handover.release(store, home, kind, limits_of, moment)
        said += [f"Kirim {kind.name} {o.batch_no}: {o.result}, {o.words}" for o in outcomes if o.result != "SUDAH"]
    store.dispose()
    return "\n".join(said)


def receive(home: Home) -> str:
    """The bank opens everything in outbox/bank/kirim/ into a folder of its own and runs deploy/periksa_berkas_bank.py.

    Returns:
        What the checker said.
    """
    import pyrage

    identity = _bank_identity(home)
    folder = private_dir(home.truth / "bank")
    for path in sorted(home.outgoing.iterdir()):
        content = path.read_bytes()
        write_atomically(folder / path.name, content)
        if path.suffix == ".age":
            write_atomically(folder / path.stem, pyrage.decrypt(content, [identity]))
    program = PROJECT_ROOT / "deploy" / "periksa_berkas_bank.py"
    done = subprocess.run(
        [sys.executable, "-I", str(program), "--kunci", handover.verify_key(home), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"Bank membuka sandi dan memeriksa:\n{(done.stdout + done.stderr).strip()}"


def _person(home: Home, name: str) -> Ed25519PrivateKey:
    path = private_dir(home.truth / "petugas") / f"{name}.pem"
    if not path.exists():
        officers.new_key(path, "")
    return officers.load_key(path, lambda: "")


def _bank_identity(home: Home):  # type: ignore[no-untyped-def]
    """The bank's private age key; its public half is put where the platform looks for it."""
    from pyrage import x25519

    path: Path = home.truth / "bank_age.txt"
    if not path.exists():
        identity = x25519.Identity.generate()
        write_atomically(path, f"{identity}\n".encode())
        write_atomically(home.keys / AGE_KEY, f"{identity.to_public()}\n".encode())
    return x25519.Identity.from_str(path.read_text().strip())
