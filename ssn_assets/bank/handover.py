"""Handing over: what two people agreed to is closed to the bank's key, signed, and laid into outbox/bank/kirim/.

The closed bytes, the note and the signature stand in the store before any file is written, in one transaction with the
state DIKIRIM: a second release does nothing, a lost folder comes back the same. Agreeing is `control.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, insert, select

from ssn_assets.bank import brakes, control, events, layout, officers
from ssn_assets.bank.encryption import Recipient, bank_recipient
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.keys import read_or_create
from ssn_assets.store.bank_schema import ACKNOWLEDGED, APPROVED, LEAST_REASON, SENT, batch_kiriman
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import batch
from ssn_assets.store.transfer import read_rows

SIGNING_KEY, VERIFY_KEY = "kirim.key", "kirim.pub"
"""The platform's key for hand-overs, and its public half, which the bank gets once by another way than the files."""

PURPOSE = b"SSN-SERAH-BANK-1\n"


@dataclass(frozen=True)
class Outcome:
    """What became of one batch: DIKIRIM now, SUDAH (before), DITAHAN by brakes, or MENUNGGU people."""

    batch_no: int
    result: str
    words: str


def release(
    engine: Engine,
    home: Home,
    limits_of: Callable[[str], brakes.Limits],
    now: datetime,
    key: Ed25519PrivateKey | None = None,
    reason: str | None = None,
) -> list[Outcome]:
    """Hand over every approved batch, in order; the first that may not go stops those after it, for the bank's chain.

    Args:
        limits_of: the policy's brakes for a batch's period.
        key: of the person who passes a brake; not needed while none holds.
        reason: why he does.

    Returns:
        What became of each batch that is not handed over yet, and of the newest that was.

    Raises:
        ControlError: the bank's key is missing, a file or signature is not right, or the person is not registered.
    """
    outcomes: list[Outcome] = []
    with writing(engine) as con:
        newest = events.newest(con)
        numbers = sorted(newest)
        done = [n for n in numbers if newest[n].keadaan in (SENT, ACKNOWLEDGED)]
        outcomes += [Outcome(n, "SUDAH", f"sudah dikirim pada {_sent_at(con, n)}") for n in done[-1:]]
        for number in numbers:
            if newest[number].keadaan not in (SENT, ACKNOWLEDGED):
                outcomes.append(_release_one(con, home, newest[number], limits_of, now, key, reason))
                if outcomes[-1].result != SENT:
                    break
    restore(engine, home)
    return outcomes


def restore(engine: Engine, home: Home) -> int:
    """Have everything that was handed over in outbox/bank/kirim/, byte for byte.

    Returns:
        How many files had to be written.
    """
    written = 0
    with writing(engine) as con:  # one writer of files at a time
        small = (batch_kiriman.c.batch_no, batch_kiriman.c.cara, batch_kiriman.c.serah, batch_kiriman.c.tanda_tangan)
        for row in con.execute(select(*small).order_by(batch_kiriman.c.batch_no)).all():
            name = layout.file_name(row.batch_no)
            closed = home.outgoing / f"{name}.{row.cara}"
            note, signature = home.outgoing / note_name(row.batch_no), home.outgoing / signature_name(row.batch_no)
            if _hash_of(closed) != json.loads(row.serah)["sandi"]["sha256"]:
                content = con.execute(select(batch_kiriman.c.isi).where(batch_kiriman.c.batch_no == row.batch_no)).scalar_one()
                write_atomically(closed, bytes(content))
                written += 1
            for path, content in ((note, row.serah.encode()), (signature, row.tanda_tangan.encode() + b"\n")):
                if not path.exists() or path.read_bytes() != content:
                    write_atomically(path, content)
                    written += 1
    return written


def note_name(batch_no: int) -> str:
    """penerbitan_0001.serah.json"""
    return f"penerbitan_{batch_no:04d}.serah.json"


def signature_name(batch_no: int) -> str:
    """penerbitan_0001.serah.sig"""
    return f"penerbitan_{batch_no:04d}.serah.sig"


def verify_key(home: Home) -> str:
    """The public half of the signing key, hex; also written beside it for the bank."""
    public = _signer(home).public_key().public_bytes_raw().hex()
    path = home.keys / VERIFY_KEY
    if not path.exists() or path.read_text().strip() != public:
        write_atomically(path, public.encode() + b"\n")
    return public


def signed_text(content: bytes, note: bytes) -> bytes:
    """What the platform signs of a hand-over: the file and its note, by their hashes."""
    return PURPOSE + f"{layout.sha256(content)}\n{layout.sha256(note)}\n".encode()


def _release_one(
    con: Connection,
    home: Home,
    state: events.Event,
    limits_of: Callable[[str], brakes.Limits],
    now: datetime,
    key: Ed25519PrivateKey | None,
    reason: str | None,
) -> Outcome:
    number = state.batch_no
    if state.keadaan != APPROVED:
        return Outcome(number, "MENUNGGU", control.NEXT.get(state.keadaan, "belum disegel: `ssn run`"))
    line = con.execute(select(batch).where(batch.c.batch_no == number)).one()
    content = control.sealed_file(home, line)
    maker, checker = control.agreement(con, line)
    held = brakes.holding(con, number, limits_of(line.periode), now)
    words = "; ".join(brake.words for brake in held)
    if held and (key is None or len((reason or "").strip()) < LEAST_REASON):
        return Outcome(
            number,
            "DITAHAN",
            f"{words}. Petugas melepasnya dengan `ssn bank release --key BERKAS --alasan TEKS` ({LEAST_REASON} huruf)",
        )
    by = _by(con, line, state, held, key, reason)
    recipient = bank_recipient(home)
    when = timestamp(now)
    event = events.append(con, number, line.sha256, SENT, when, by)
    _keep(con, home, line, event, recipient, content, (maker, checker), when)
    return Outcome(
        number,
        SENT,
        f"{line.jumlah:,} baris, diajukan {maker}, disetujui {checker}" + (f"; rem dilepas: {words}" if held else ""),
    )


def _by(
    con: Connection,
    line: Any,
    state: events.Event,
    held: list[brakes.Brake],
    key: Ed25519PrivateKey | None,
    reason: str | None,
) -> events.By:
    if not held or key is None:
        return events.By()
    who = officers.identify(con, key)
    why = (reason or "").strip()
    text = control.agreed_statement(line, state.urut + 1, SENT, who.name, why)
    return events.By(who.name, who.public, who.sign(text), why, ",".join(brake.code for brake in held))


def _keep(
    con: Connection,
    home: Home,
    line: Any,
    event: events.Event,
    recipient: Recipient,
    content: bytes,
    people: tuple[str, str],
    when: str,
) -> None:
    closed = recipient.encrypt(content)
    note = _note(line, recipient.cara, content, closed, people, when, _about_old_cards(con, line.batch_no))
    con.execute(
        insert(batch_kiriman).values(
            batch_no=line.batch_no,
            urut=event.urut,
            keadaan=event.keadaan,
            oleh=event.oleh,
            sha256=event.sha256,
            cara=recipient.cara,
            isi=closed,
            serah=note.decode(),
            tanda_tangan=_signer(home).sign(signed_text(content, note)).hex(),
        )
    )


def _note(
    line: Any, cara: str, content: bytes, closed: bytes, people: tuple[str, str], when: str, old_cards: list[dict[str, str]]
) -> bytes:
    name = layout.file_name(line.batch_no)
    facts = {
        "versi": 1,
        "batch_no": line.batch_no,
        "berkas": name,
        "sha256": line.sha256,
        "byte": len(content),
        "baris": line.jumlah,
        "hash_total": line.hash_total,
        "sha256_sebelumnya": line.prev_sha256,
        "periode": line.periode,
        "dibuat": line.dibuat_pada,
        "dikirim": when,
        "diajukan_oleh": people[0],
        "disetujui_oleh": people[1],
        "sandi": {"cara": cara, "berkas": f"{name}.{cara}", "sha256": layout.sha256(closed), "byte": len(closed)},
        "kartu_lama": old_cards,
    }
    return json.dumps(facts, indent=1).encode() + b"\n"


def _about_old_cards(con: Connection, batch_no: int) -> list[dict[str, str]]:
    """For each BLOKIR and GANTI of a batch: which card, why, and (BLOKIR) the family's card from now on. Opaque ids only."""
    columns = ("id_penerbitan", "jenis", "id_rujukan", "sebab", "id_pemegang")
    rows = read_rows(
        con, f"select {', '.join(columns)} from penerbitan where batch_no = {int(batch_no)} and jenis <> 'BARU' order by seq"
    )
    names = ("id_penerbitan", "jenis", "kartu", "sebab", "kartu_sekarang")
    return [dict(zip(names, (value or "" for value in row), strict=True)) for row in rows]


def _signer(home: Home) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(read_or_create(home, SIGNING_KEY))


def _sent_at(con: Connection, batch_no: int) -> str:
    return next(event.waktu for event in events.of_batch(con, batch_no) if event.keadaan == SENT)


def _hash_of(path: Any) -> str:
    private_dir(path.parent)
    return layout.sha256(path.read_bytes()) if path.exists() else ""
