"""`make prove`: kill -9 and full disks over prepare, approve, release and the bank's answers; all happened exactly once.

A home with three sealed card batches; a child takes them and the first month's payments the whole way and is killed
at a random moment (every fifth twice), or finds no room left on a small disk of its own. Then it is run again to its
end, and store, sealed files and hand-overs must be those of a home never disturbed. What is closed with age differs by
right from home to home; what the bank finds inside must not, and what once lay in kirim/ must never change.

    python -m tests.prove.bank_kills [--kills 500] [--disks 100] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from ssn_assets.bank import answers, queue, reconcile
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, handover, layout, officers
from ssn_assets.batches.encryption import AGE_KEY
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.payments import reconcile as payment_reconcile
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.engine import open_store, writing
from ssn_assets.store.transfer import read_rows
from tests.prove.small_disk import ROOMY, disk, said_full
from tests.unit.bank_city import NOW, Person, city, ids, kk, nik, run
from tests.unit.bank_people import LIMITS, REASON, checker
from tests.unit.payment_city import LIMITS as PAYMENT_LIMITS
from tests.unit.payment_city import pay

BATCHES = 3
HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 40)]
NO_ROOM = 3
"""Exit code of a child that found the disk full."""

FRESH = frozenset({"isi", "serah", "tanda_tangan"})
RANDOM_COLUMNS = {"batch_kiriman": FRESH, "batch_pembayaran_kiriman": FRESH}
"""Made with fresh randomness in every home: compared by what the bank finds inside."""


def key_of(name: str) -> Ed25519PrivateKey:
    """The same person in every home."""
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))


def prepare_home(home: Home, identity: str) -> None:
    """Three sealed batches, the second with a block; two people; the bank's key."""
    store = open_store(home.prepare())
    for upto in (20, 30, 39):
        people = [HEADS[0] if upto == 20 else HEADS[0].but(keputusan="TIDAK_VALID"), *HEADS[1:upto]]
        run(city(people), store, home)
    for name in ("ani", "budi"):
        officers.add(store, name, key_of(name).public_key().public_bytes_raw().hex(), NOW)
    (home.keys / AGE_KEY).write_text(f"{pyrage.x25519.Identity.from_str(identity).to_public()}\n")
    handover.verify_key(home)


def the_whole_way(home: Home) -> None:
    """Prepare, approve and release every batch, take in the bank's answers, reconcile; done again it changes nothing."""
    store = open_store(home)
    for number in range(1, BATCHES + 1):
        with suppress(ControlError):  # it is further already
            control.prepare(store, home, CARDS, key_of("ani"), NOW, number)
        with suppress(ControlError):
            control.approve(store, home, CARDS, key_of("budi"), NOW, number)
        handover.release(store, home, CARDS, lambda period: LIMITS, NOW, key_of("budi"), REASON, batch_no=number)
    said = {"BLOKIR": "DITERIMA"}
    reports = sorted((issuance, said.get(kind, "DISERAHKAN")) for (kind, _), issuance in ids(store).items())
    con = city([HEADS[0].but(keputusan="TIDAK_VALID"), *HEADS[1:]], reports)
    run(con, store, home)
    with writing(store) as transaction:
        answers.copy_ledger(con, transaction)
        answers.load_steps(con, transaction)
        reconcile.reconcile(con, transaction, home, LIMITS.silent_days, NOW)
        queue.refresh(con, transaction, home, NOW)
    _pay(home, store, con)
    for kind in (CARDS, PAYMENTS):
        handover.restore(store, home, kind)


def _pay(home: Home, store: Engine, con: duckdb.DuckDBPyConnection) -> None:
    """Order, seal, release the month's payments, take in what the bank says of them, reconcile."""
    pay(con, store, home)
    with suppress(ControlError):
        control.prepare(store, home, PAYMENTS, key_of("ani"), NOW, 1)
    with suppress(ControlError):
        control.approve(store, home, PAYMENTS, key_of("budi"), NOW, 1)
    handover.release(store, home, PAYMENTS, lambda period: PAYMENT_LIMITS, NOW)
    with store.connect() as found:
        ordered = [i for (i,) in read_rows(found, "select id_pembayaran from pembayaran order by id_pembayaran")]
    pay(con, store, home, answers=[(i, "GAGAL" if n % 9 == 0 else "BERHASIL", "2026-11-02") for n, i in enumerate(ordered)])
    with writing(store) as transaction:
        payment_reconcile.reconcile(con, transaction, home, LIMITS.silent_days, NOW)


def picture(home: Home, identity: str) -> dict[str, object]:
    """Everything that must be the same: the store's rows, the files, and what the bank finds inside."""
    found: dict[str, object] = {}
    with closing(sqlite3.connect(f"file:{home.store}?mode=ro", uri=True)) as store:
        for (table,) in store.execute("select name from sqlite_master where type = 'table'").fetchall():
            columns = [c[1] for c in store.execute(f"pragma table_info({table})") if c[1] not in RANDOM_COLUMNS.get(table, ())]
            found[table] = sorted(map(repr, store.execute(f"select {', '.join(columns)} from {table}")))
    for path in home.bank.iterdir():
        if path.is_file():
            found[path.name] = path.read_bytes()
    public = bytes.fromhex((home.keys / handover.VERIFY_KEY).read_text().strip())
    previous = layout.NO_PREVIOUS
    for kind, number in [*((CARDS, n) for n in range(1, BATCHES + 1)), (PAYMENTS, 1)]:
        previous = layout.NO_PREVIOUS if number == 1 else previous
        name = home.outgoing / kind.file_name(number)
        closed = name.with_name(f"{name.name}.age").read_bytes()
        content = pyrage.decrypt(closed, [pyrage.x25519.Identity.from_str(identity)])
        note, signature = name.with_suffix(".serah.json").read_bytes(), name.with_suffix(".serah.sig").read_bytes()
        found[f"kirim {kind.name} {number}"] = (content, {k: v for k, v in json.loads(note).items() if k != "sandi"})
        prefix = kind.form.prefix
        found[f"checker {kind.name} {number}"] = checker().check_batch(
            content, note, signature, public, number, previous, closed, prefix
        )
        previous = layout.sha256(content)
    found["kirim"] = sorted(p.name for p in home.outgoing.iterdir() if not p.name.startswith("."))
    return found


def in_child(work: Callable[[], None], kill_after: float | None = None, small: bool = False) -> tuple[bool, float]:
    """Run in a forked child. Returns whether it was cut off (killed, or the disk was full), and its seconds.

    Args:
        small: whether the disk may be found full.

    Raises:
        AssertionError: it failed by itself.
    """
    began = time.monotonic()
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        except (OSError, DatabaseError) as problem:
            code = NO_ROOM if small and said_full(problem) else 1
            if code == 1:
                raise
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    cut = os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == NO_ROOM
    assert cut or os.waitstatus_to_exitcode(status) == 0, "the bank's way failed"
    return cut, time.monotonic() - began


@dataclass
class Found:
    """Homes that were cut off, after how many of these something was handed over, and what was not as it must be."""

    homes: int = 0
    cut: int = 0
    handed: int = 0
    wrong: list[str] = field(default_factory=list)


class Proof:
    """A home before the bank's steps, what it must come to, and homes that were cut off on the way there."""

    def __init__(self, work: Path, seed: int) -> None:
        import pandas  # noqa: F401 - loaded before forking, or most kills would fall into it
        import pyarrow.compute  # noqa: F401

        self.work, self.rnd, self.identity = work, random.Random(seed), str(pyrage.x25519.Identity.generate())
        self.base, whole = Home(work / "base"), Home(work / "whole")
        in_child(lambda: prepare_home(self.base, self.identity))
        shutil.copytree(self.base.root, whole.root)
        _, self.seconds = in_child(lambda: the_whole_way(whole))
        self.expected = picture(whole, self.identity)
        faults = [name for name in self.expected if name.startswith("checker ") and self.expected[name]]
        assert not faults, "the undisturbed home is not right"

    def kills(self, times: int) -> Found:
        """Kill at random moments."""
        found = Found()
        for number in range(times):
            home = self._copy(self.work / "killed")
            for _ in range(2 if number % 5 == 4 else 1):
                found.cut += in_child(lambda: the_whole_way(home), self.rnd.uniform(0, self.seconds))[0]  # noqa: B023 - run at once
            self._again(home, found, f"kill {number}")
        return found

    def full_disks(self, times: int) -> Found | None:
        """Leave too little room; None where no small disk may be made."""
        found = Found()
        with disk(self.work / "disk") as resize:
            if resize is None:
                return None
            needed = self._needed()
            for number in range(times):
                resize(ROOMY)
                home = self._copy(self.work / "disk" / "home")
                resize(_used(home) + self.rnd.randrange(needed))
                found.cut += in_child(lambda: the_whole_way(home), small=True)[0]  # noqa: B023
                resize(ROOMY)
                self._again(home, found, f"full disk {number}")
        return found

    def _needed(self) -> int:
        """Bytes that the way takes: the store with its log, files."""
        home = self._copy(self.work / "disk" / "home")
        before = _used(home)
        in_child(lambda: the_whole_way(home))
        return _used(home) - before

    def _copy(self, root: Path) -> Home:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.base.root, root)
        return Home(root)

    def _again(self, home: Home, found: Found, name: str) -> None:
        """To the end, and compare."""
        lay_there = {p.name: p.read_bytes() for p in home.outgoing.glob("pe*_*")} if home.outgoing.is_dir() else {}
        found.homes += 1
        found.handed += bool(lay_there)
        in_child(lambda: the_whole_way(home))
        now = picture(home, self.identity)
        found.wrong += [f"{name}: {what} differs" for what in self.expected if now.get(what) != self.expected[what]]
        found.wrong += [f"{name}: {n} changed" for n, content in lay_there.items() if (home.outgoing / n).read_bytes() != content]


def _used(home: Home) -> int:
    """Bytes on a disk of 4 KB pages."""
    return sum(-(-path.stat().st_size // 4096) * 4096 + 4096 for path in home.root.rglob("*"))


def main() -> int:
    """Entry point; 1 when a difference was found, 2 when too few kills or disks hit a running process."""
    parser = argparse.ArgumentParser(prog="bank_kills", description="kill -9 and full disks between seal and bank, then compare")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--disks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.environ.pop("SSN_DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="ssn-bank-") as folder:
        proof = Proof(Path(folder), arguments.seed)
        results = {"kills": proof.kills(arguments.kills), "full disks": proof.full_disks(arguments.disks)}
    for name, found in results.items():
        if found is None:
            print(f"bank, {name}: no small disk may be mounted here")
            continue
        after = f"{found.handed} after something was handed over"
        print(f"bank, {name}: {found.homes} homes, {found.cut} cut off, {after}, {len(found.wrong)} differences")
        for line in found.wrong[:20]:
            print(f"  {line}")
    done = [found for found in results.values() if found]
    return 1 if any(found.wrong for found in done) else 2 if any(found.cut < found.homes * 0.6 for found in done) else 0


if __name__ == "__main__":
    sys.exit(main())
