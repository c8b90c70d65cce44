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

from ssn_assets.bank import control, events, layout, officers
from ssn_assets.bank.brakes import Brake
from ssn_assets.bank.encryption import Recipient, bank_recipient
from ssn_assets.bank.kinds import CARDS, KINDS, Kind
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.keys import read_or_create
from ssn_assets.store.bank_schema import ACKNOWLEDGED, APPROVED, LEAST_REASON, SENT
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.payment_schema import WITHDRAWN
from ssn_assets.store.transfer import read_rows

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
    limits_of: Callable[[str], Any],
    now: datetime,
    key: Ed25519PrivateKey | None = None,
    reason: str | None = None,
    kind: Kind = CARDS,
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
        newest = events.newest(con, kind)
        numbers = sorted(newest)
        done = [n for n in numbers if newest[n].keadaan in (SENT, ACKNOWLEDGED)]
        outcomes += [Outcome(n, "SUDAH", f"sudah dikirim pada {_sent_at(con, kind, n)}") for n in done[-1:]]
        for number in numbers:
            if newest[number].keadaan not in (SENT, ACKNOWLEDGED, WITHDRAWN):
                outcomes.append(_release_one(con, home, kind, newest[number], limits_of, now, key, reason))
                if outcomes[-1].result not in (SENT, WITHDRAWN):
                    break
    restore(engine, home)
    return outcomes


def restore(engine: Engine, home: Home) -> int:
    """Have everything that was handed over in outbox/bank/kirim/, byte for byte.

    Returns:
        How many files had to be written.
    """
    with writing(engine) as con:  # one writer of files at a time
        return sum(_restore(con, home, kind) for kind in KINDS.values())


def _restore(con: Connection, home: Home, kind: Kind) -> int:
    written, table = 0, kind.handed
    small = (table.c.batch_no, table.c.keadaan, table.c.cara, table.c.serah, table.c.tanda_tangan)
    for row in con.execute(select(*small).order_by(table.c.batch_no)).all():
        note, signature = (home.outgoing / name(row.batch_no, kind) for name in (note_name, signature_name))
        if row.keadaan == SENT:
            closed = home.outgoing / f"{kind.file_name(row.batch_no)}.{row.cara}"
            if _hash_of(closed) != json.loads(row.serah)["sandi"]["sha256"]:
                content = con.execute(select(table.c.isi).where(table.c.batch_no == row.batch_no)).scalar_one()
                write_atomically(closed, bytes(content))
                written += 1
        for path, content in ((note, row.serah.encode()), (signature, row.tanda_tangan.encode() + b"\n")):
            if not path.exists() or path.read_bytes() != content:
                write_atomically(path, content)
                written += 1
    return written


def note_name(batch_no: int, kind: Kind = CARDS) -> str:
    """penerbitan_0001.serah.json"""
    return f"{kind.form.prefix}_{batch_no:04d}.serah.json"


def signature_name(batch_no: int, kind: Kind = CARDS) -> str:
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
    content = control.sealed_file(home, line, kind)
    people = control.agreement(con, line, kind)
    when = timestamp(now)
    forbidden = kind.must_not_leave(con, number)
    if forbidden:
        _withdraw(con, home, kind, line, forbidden, when)
        return Outcome(number, WITHDRAWN, f"{forbidden}; tidak ada yang dikirim, `ssn run` membuat batch penggantinya")
    held = kind.holding(con, number, limits_of(line.periode), now)
    words = "; ".join(brake.words for brake in held)
    if held and (key is None or len((reason or "").strip()) < LEAST_REASON):
        return Outcome(
            number,
            "DITAHAN",
            f"{words}. Petugas melepasnya dengan `ssn bank release --key BERKAS --alasan TEKS` ({LEAST_REASON} huruf)",
        )
    by = _by(con, kind, line, state, held, key, reason)
    recipient = bank_recipient(home)
    event = events.append(con, number, line.sha256, SENT, when, by, kind)
    closed = recipient.encrypt(content)
    note = _note(con, kind, line, recipient, content, closed, people, when)
    _keep(con, home, kind, event, recipient.cara, closed, note)
    return Outcome(
        number,
        SENT,
        f"{line.jumlah:,} baris, diajukan {people[0]}, disetujui {people[1]}" + (f"; rem dilepas: {words}" if held else ""),
    )


def _withdraw(con: Connection, home: Home, kind: Kind, line: Any, why: str, when: str) -> None:
    """End a batch that may not leave: the bank gets a signed note of its number and hash, so that its chain goes on."""
    event = events.append(con, line.batch_no, line.sha256, WITHDRAWN, when, events.By(alasan=why), kind)
    facts = {**_about(kind, line), "ditarik": when}
    _keep(con, home, kind, event, "", b"", json.dumps(facts, indent=1).encode() + b"\n")


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


def _about(kind: Kind, line: Any) -> dict[str, Any]:
    return {
        "versi": 1,
        "batch_no": line.batch_no,
        "berkas": kind.file_name(line.batch_no),
        "sha256": line.sha256,
        "sha256_sebelumnya": line.prev_sha256,
        "periode": line.periode,
        "dibuat": line.dibuat_pada,
    }


def _note(
    con: Connection,
    kind: Kind,
    line: Any,
    recipient: Recipient,
    content: bytes,
    closed: bytes,
    people: tuple[str, str],
    when: str,
) -> bytes:
    name = kind.file_name(line.batch_no)
    facts = {
        **_about(kind, line),
        "byte": len(content),
        "baris": line.jumlah,
        **({"rupiah": line.rupiah} if kind.form.money else {}),
        "hash_total": line.hash_total,
        "dikirim": when,
        "diajukan_oleh": people[0],
        "disetujui_oleh": people[1],
        "sandi": {
            "cara": recipient.cara,
            "berkas": f"{name}.{recipient.cara}",
            "sha256": layout.sha256(closed),
            "byte": len(closed),
        },
        **({"kartu_lama": _about_old_cards(con, line.batch_no)} if kind is CARDS else {}),
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


def _sent_at(con: Connection, kind: Kind, batch_no: int) -> str:
    return next(event.waktu for event in events.of_batch(con, batch_no, kind) if event.keadaan == SENT)


def _hash_of(path: Any) -> str:
    private_dir(path.parent)
    return layout.sha256(path.read_bytes()) if path.exists() else ""
