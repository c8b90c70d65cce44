"""The way of three card batches and a month's payments to the bank and back, by the officers' own commands; and how it must end.

Killing and filling disks: `bank_kills.py`.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout

import duckdb
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine

from ssn_assets import cli
from ssn_assets.bank import answers, queue, reconcile
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import handover, layout, officers
from ssn_assets.batches.encryption import AGE_KEY
from ssn_assets.home import Home
from ssn_assets.payments import reconcile as payment_reconcile
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.engine import open_store, writing
from ssn_assets.store.transfer import read_rows
from tests.prove.small_disk import said_full
from tests.unit.bank_city import NOW, Person, city, ids, kk, nik, run
from tests.unit.bank_people import LIMITS, REASON, checker
from tests.unit.payment_city import pay

BATCHES = 3
HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 40)]
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
        pem = key_of(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (home.root / f"{name}.pem").write_bytes(pem)
    (home.keys / AGE_KEY).write_text(f"{pyrage.x25519.Identity.from_str(identity).to_public()}\n")
    handover.verify_key(home)


def command(home: Home, *words: str) -> None:
    """`ssn bank ...` as an officer types it. A step that was taken already is refused in a sentence, and that is right.

    Raises:
        OSError: the sentence says that the disk is full.
        AssertionError: a brake held what a person releases by name.
    """
    os.environ |= {"SSN_HOME": str(home.root), "SSN_NOW": NOW.isoformat()}
    said = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(said):
        code = cli.main(["bank", *words])
    if code and said_full(OSError(said.getvalue())):
        raise OSError(errno.ENOSPC, said.getvalue())
    assert code != 1, said.getvalue()


def the_whole_way(home: Home) -> None:
    """Prepare, approve and release every batch, take in the bank's answers, reconcile; done again it changes nothing."""
    ani, budi = (("--key", str(home.root / f"{name}.pem")) for name in ("ani", "budi"))
    for number in map(str, range(1, BATCHES + 1)):
        command(home, "prepare", number, *ani)
        command(home, "approve", number, *budi)
        command(home, "release", number, *budi, "--alasan", REASON)
    store = open_store(home)
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
    kind = ("--jenis", "pembayaran")
    command(home, "prepare", "1", *kind, "--key", str(home.root / "ani.pem"))
    command(home, "approve", "1", *kind, "--key", str(home.root / "budi.pem"))
    command(home, "release", *kind)
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
