"""Handing over: what two people agreed to is closed to the bank's key, signed, and laid into outbox/bank/kirim/.

The closed bytes, the note and the signature stand in the store before any file is written, in one transaction with the
state DIKIRIM: a second release does nothing, a lost folder comes back the same.
Agreeing is `control.py`; what the note says is `serah.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, insert, select

from ssn_assets.batches import control, events, layout, officers, serah
from ssn_assets.batches.brakes import Brake
from ssn_assets.batches.encryption import bank_recipient
from ssn_assets.batches.kinds import Kind
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.keys import read_or_create
from ssn_assets.store.bank_schema import ACKNOWLEDGED, APPROVED, LEAST_REASON, SENT, WITHDRAWN
from ssn_assets.store.engine import timestamp, writing

SIGNING_KEY, VERIFY_KEY = "kirim.key", "kirim.pub"
"""The platform's key for hand-overs, and its public half, which the bank gets once by another way than the files."""

PURPOSE = b"SSN-SERAH-BANK-1\n"


@dataclass(frozen=True)
class Outcome:
    """What became of one batch: DIKIRIM now, SUDAH (before), DITARIK (for good), DITAHAN by brakes, or MENUNGGU people."""

    batch_no: int
    result: str
    words: str


def release(
    engine: Engine,
    home: Home,
    kind: Kind,
    limits_of: Callable[[str], Any],
    now: datetime,
    key: Ed25519PrivateKey | None = None,
    reason: str | None = None,
    batch_no: int | None = None,
) -> list[Outcome]:
    """Hand over every approved batch, in order, each in a transaction of its own; the first that may not go stops those after.

    Args:
        limits_of: the policy's brakes for a batch's period.
        key: of the person who passes the brake of the batch that is named; not needed while none holds.
        reason: why he does.
        batch_no: only this one. Who passes a brake says of which batch: he has seen that one, not those behind it.

    Returns:
        What became of each batch that is not handed over yet, and of the newest that was.

    Raises:
        ControlError: the bank's key is missing, a file or signature is not right, the person is not registered, a brake is
            to be passed without naming the batch, or another batch is before the one that is named. What was sent before
            that is said and stays sent.
    """
    if key is not None and batch_no is None:
        raise ControlError("Rem dilepas untuk satu batch saja: ssn bank release NOMOR --key BERKAS --alasan TEKS")
    outcomes: list[Outcome] = []
    going: Outcome | None = None
    try:
        while going is None or (going.result in (SENT, WITHDRAWN) and batch_no is None):
            with writing(engine) as con:
                newest = events.newest(con, kind)
                if going is None:
                    outcomes += _newest_handed(con, kind, newest)
                number = _next(kind, newest, batch_no)
                if number is None:
                    break
                going = _release_one(con, home, kind, newest[number], limits_of, now, key, reason)
            outcomes.append(going)
    except ControlError as problem:
        sent = [kind.said(o.batch_no) for o in outcomes if o.result == SENT]
        if not sent:
            raise
        restore(engine, home, kind)
        raise ControlError(f"{', '.join(sent)} dikirim. {problem}") from None
    restore(engine, home, kind)
    return outcomes


def _newest_handed(con: Connection, kind: Kind, newest: dict[int, events.Event]) -> list[Outcome]:
    done = max((n for n, event in newest.items() if event.keadaan in (SENT, ACKNOWLEDGED)), default=None)
    return [] if done is None else [Outcome(done, "SUDAH", f"sudah dikirim pada {_sent_at(con, kind, done)}")]


def _next(kind: Kind, newest: dict[int, events.Event], batch_no: int | None) -> int | None:
    """The batch whose turn it is: the oldest that is not over. None when there is none, or the one that is named is over."""
    first = min((n for n, event in newest.items() if event.keadaan not in (SENT, ACKNOWLEDGED, WITHDRAWN)), default=None)
    if batch_no is None or batch_no == first:
        return first
    if batch_no not in newest:
        raise ControlError(f"Tidak ada {kind.said(batch_no).lower()}; lihat `ssn bank status`.")
    if first is not None and first < batch_no:
        raise ControlError(f"{kind.said(first)} belum dikirim; batch dikirim menurut urutan rantai.")
    return None


def restore(engine: Engine, home: Home, kind: Kind) -> int:
    """Have everything of a kind that was handed over in outbox/bank/kirim/, byte for byte.

    Returns:
        How many files had to be written.
    """
    written, table = 0, kind.handed
    small = (table.c.batch_no, table.c.keadaan, table.c.cara, table.c.serah, table.c.tanda_tangan)
    with writing(engine) as con:  # one writer of files at a time
        for row in con.execute(select(*small).order_by(table.c.batch_no)).all():
            if row.keadaan == SENT:
                written += _restore_closed(con, home, kind, row)
            note, signature = (home.outgoing / name(row.batch_no, kind) for name in (note_name, signature_name))
            for path, content in ((note, row.serah.encode()), (signature, row.tanda_tangan.encode() + b"\n")):
                if not path.exists() or path.read_bytes() != content:
                    write_atomically(path, content)
                    written += 1
    return written


def _restore_closed(con: Connection, home: Home, kind: Kind, row: Any) -> bool:
    closed = home.outgoing / f"{kind.file_name(row.batch_no)}.{row.cara}"
    if _hash_of(closed) == json.loads(row.serah)["sandi"]["sha256"]:
        return False
    table = kind.handed
    content = con.execute(select(table.c.isi).where(table.c.batch_no == row.batch_no)).scalar_one()
    write_atomically(closed, bytes(content))
    return True


def note_name(batch_no: int, kind: Kind) -> str:
    """penerbitan_0001.serah.json"""
    return f"{kind.form.prefix}_{batch_no:04d}.serah.json"


def signature_name(batch_no: int, kind: Kind) -> str:
    """penerbitan_0001.serah.sig"""
    return f"{kind.form.prefix}_{batch_no:04d}.serah.sig"


def verify_key(home: Home) -> str:
    """The public half of the signing key, hex; also written beside it for the bank."""
    public = _signer(home).public_key().public_bytes_raw().hex()
    path = home.keys / VERIFY_KEY
    if not path.exists() or path.read_text().strip() != public:
        write_atomically(path, public.encode() + b"\n")
    return public


def signed_text(file_sha256: str, note: bytes) -> bytes:
    """What the platform signs of a hand-over (or of its withdrawal): the file and its note, by their hashes."""
    return PURPOSE + f"{file_sha256}\n{layout.sha256(note)}\n".encode()


def _release_one(
    con: Connection,
    home: Home,
    kind: Kind,
    state: events.Event,
    limits_of: Callable[[str], Any],
    now: datetime,
    key: Ed25519PrivateKey | None,
    reason: str | None,
) -> Outcome:
    number = state.batch_no
    if state.keadaan != APPROVED:
        return Outcome(number, "MENUNGGU", control.NEXT.get(state.keadaan, "belum disegel: `ssn run`"))
    line = con.execute(select(kind.batch).where(kind.batch.c.batch_no == number)).one()
    content = control.sealed_file(home, kind, line)
    people, gone = control.agreement(con, kind, line)
    when = timestamp(now)
    forbidden = kind.must_not_leave(con, number)
    if forbidden:
        end(con, home, kind, line, when, events.By(alasan=forbidden))
        return Outcome(number, WITHDRAWN, f"{forbidden}; tidak ada yang dikirim, `ssn run` membuat batch penggantinya")
    held = gone + kind.holding(con, number, limits_of(line.periode), now)
    words = "; ".join(brake.words for brake in held)
    if held and (key is None or len((reason or "").strip()) < LEAST_REASON):
        return Outcome(
            number,
            "DITAHAN",
            f"{words}. Petugas melepasnya dengan `ssn bank release {number}{kind.option}"
            f" --key BERKAS --alasan TEKS` ({LEAST_REASON} huruf)",
        )
    by = _by(con, kind, line, state, held, key, reason)
    if gone and by.oleh in people:
        raise ControlError(f"Batch {number}: {words}. Petugas lain yang melepasnya, bukan {by.oleh}.")
    recipient = bank_recipient(home)
    event = events.append(con, kind, number, line.sha256, SENT, when, by)
    closed = recipient.encrypt(content)
    note = serah.of_sent(con, kind, line, recipient, content, closed, people, when)
    _keep(con, home, kind, event, recipient.cara, closed, note)
    return Outcome(
        number,
        SENT,
        f"{line.jumlah:,} baris, diajukan {people[0]}, disetujui {people[1]}" + (f"; rem dilepas: {words}" if held else ""),
    )


def end(con: Connection, home: Home, kind: Kind, line: Any, when: str, by: events.By) -> None:
    """End a batch that may not leave: the bank gets a signed note of its number and hash, so that its chain goes on.

    Args:
        con: inside `engine.writing`; after it `restore` lays the note into outbox/bank/kirim/.
        line: the store's row of the batch.
        when: UTC, to the second.
        by: who, and why.
    """
    event = events.append(con, kind, line.batch_no, line.sha256, WITHDRAWN, when, by)
    _keep(con, home, kind, event, "", b"", serah.of_withdrawn(kind, line, when))


def _by(
    con: Connection,
    kind: Kind,
    line: Any,
    state: events.Event,
    held: list[Brake],
    key: Ed25519PrivateKey | None,
    reason: str | None,
) -> events.By:
    if not held or key is None:
        return events.By()
    who = officers.identify(con, key)
    why = (reason or "").strip()
    text = control.agreed_statement(kind, line, state.urut + 1, SENT, who.name, why)
    return events.By(who.name, who.public, who.sign(text), why, ",".join(brake.code for brake in held))


def _keep(con: Connection, home: Home, kind: Kind, event: events.Event, cara: str, closed: bytes, note: bytes) -> None:
    con.execute(
        insert(kind.handed).values(
            batch_no=event.batch_no,
            urut=event.urut,
            keadaan=event.keadaan,
            oleh=event.oleh,
            sha256=event.sha256,
            cara=cara,
            isi=closed,
            serah=note.decode(),
            tanda_tangan=_signer(home).sign(signed_text(event.sha256, note)).hex(),
        )
    )


def _signer(home: Home) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(read_or_create(home, SIGNING_KEY))


def _sent_at(con: Connection, kind: Kind, batch_no: int) -> str:
    return next(event.waktu for event in events.of_batch(con, batch_no, kind) if event.keadaan == SENT)


def _hash_of(path: Any) -> str:
    private_dir(path.parent)
    return layout.sha256(path.read_bytes()) if path.exists() else ""
