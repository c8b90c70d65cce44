"""Maker and checker: one person prepares a sealed batch, another approves or returns it. Handing over is `handover.py`.

What a person agrees to is signed with his own key, over the hash of the sealed file. That the two are different people,
and that states follow one another, the database keeps (store/bank_schema.py); here it is only said in words first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, select

from ssn_assets import suites
from ssn_assets.batches import events, layout, officers
from ssn_assets.batches.brakes import Brake
from ssn_assets.batches.kinds import Kind
from ssn_assets.batches.officers import ControlError, Officer
from ssn_assets.home import Home
from ssn_assets.store.bank_schema import (
    ACKNOWLEDGED,
    APPROVED,
    LEAST_REASON,
    PREPARED,
    RETURNED,
    SEALED,
    SENT,
    WITHDRAWN,
)
from ssn_assets.store.engine import timestamp, writing

REVOKED_SINCE = "PETUGAS_DICABUT"
"""The brake on a batch whose maker or checker was revoked before it was sent."""

NEXT = {
    SEALED: "belum diajukan: `ssn bank prepare`",
    RETURNED: "dikembalikan oleh pemeriksa: `ssn bank prepare` lagi",
    PREPARED: "sudah diajukan: orang lain menyetujuinya dengan `ssn bank approve`",
    APPROVED: "sudah disetujui: `ssn bank release`",
    SENT: "sudah dikirim",
    ACKNOWLEDGED: "sudah dikirim dan seluruhnya dijawab bank",
    WITHDRAWN: "ditarik: tidak dikirim; `ssn run` membuat batch penggantinya",
}
"""What a state means for the people who work on the batch."""


def prepare(engine: Engine, home: Home, kind: Kind, key: Ed25519PrivateKey, now: datetime, batch_no: int | None = None) -> int:
    """The maker hands a sealed batch to the checker.

    Args:
        key: the maker's.
        batch_no: the oldest batch that waits for a maker when left out.

    Returns:
        The batch's number. Asked again by the same person it does nothing.

    Raises:
        ControlError: there is nothing to prepare, the file is not the sealed one, or the person is not registered.
    """
    with writing(engine) as con:
        who = officers.identify(con, key)
        line, state = find(con, kind, batch_no, (SEALED, RETURNED))
        if state.keadaan == PREPARED and state.oleh == who.name:
            return int(line.batch_no)
        if state.keadaan not in (SEALED, RETURNED):
            raise ControlError(f"{kind.said(line.batch_no)} {NEXT.get(state.keadaan, state.keadaan)}.")
        sealed_file(home, kind, line)
        _record(con, kind, line, state, PREPARED, who, now)
        return int(line.batch_no)


def approve(engine: Engine, home: Home, kind: Kind, key: Ed25519PrivateKey, now: datetime, batch_no: int | None = None) -> int:
    """The checker, another person than the maker, agrees to the batch that was prepared.

    Args:
        key: the checker's.
        batch_no: the oldest prepared batch when left out.

    Returns:
        The batch's number. Asked again by the same person it does nothing.

    Raises:
        ControlError: not prepared, prepared by the same person, or the file is not the sealed one.
    """
    with writing(engine) as con:
        who = officers.identify(con, key)
        line, state = find(con, kind, batch_no, (PREPARED,))
        if state.keadaan == APPROVED and state.oleh == who.name:
            return int(line.batch_no)
        _must_be_prepared(line, state)
        if state.oleh == who.name:
            raise ControlError(f"{kind.said(line.batch_no)} diajukan oleh {who.name} sendiri; orang lain harus menyetujuinya.")
        sealed_file(home, kind, line)
        _record(con, kind, line, state, APPROVED, who, now)
        return int(line.batch_no)


def give_back(engine: Engine, kind: Kind, key: Ed25519PrivateKey, now: datetime, reason: str, batch_no: int | None = None) -> int:
    """The checker says no; the batch waits for a maker again.

    Raises:
        ControlError: not prepared, or no reason.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise ControlError(f"Tulis alasannya, sedikitnya {LEAST_REASON} huruf.")
    with writing(engine) as con:
        who = officers.identify(con, key)
        line, state = find(con, kind, batch_no, (PREPARED,))
        _must_be_prepared(line, state)
        _record(con, kind, line, state, RETURNED, who, now, reason.strip())
        return int(line.batch_no)


def oldest_prepared(engine: Engine, kind: Kind) -> int:
    """The batch that waits longest for a checker.

    Raises:
        ControlError: none does.
    """
    with engine.connect() as con:
        return int(find(con, kind, None, (PREPARED,))[0].batch_no)


def sealed_file(home: Home, kind: Kind, line: Any) -> bytes:
    """The bytes of a batch on disk, which are those it was sealed with and which the border suite lets pass.

    Raises:
        ControlError: the file is gone, was changed, or fails the suite.
    """
    path = home.bank / kind.file_name(line.batch_no)
    content = path.read_bytes() if path.exists() else b""
    if layout.sha256(content) != line.sha256:
        raise ControlError(f"{path} hilang atau berubah sejak disegel. Jalankan `ssn run`: berkas yang sama ditulis lagi.")
    faults = _faults(home, path.name, kind)
    if faults:
        raise ControlError(
            f"{path} tidak lolos pemeriksaan berkas ({', '.join(faults)}); tidak diajukan, disetujui atau dikirim."
            " Berkas tersegel tidak berubah lagi: hubungi pengelola sistem."
        )
    return content


def _faults(home: Home, name: str, kind: Kind) -> list[str]:
    """What of its suite a sealed file fails critically; worked out here, as the last run may not have looked at it."""
    frame = kind.profile(home)
    (line,) = frame[frame["berkas"] == name].to_dict("records")
    found = []
    for expectation in suites.suite(kind.suite)["expectations"]:
        bounds = expectation["kwargs"]  # each is a measure between two bounds: tests/expectations
        low, high, measured = bounds.get("min_value"), bounds.get("max_value"), line[bounds["column"]]
        outside = (low is not None and measured < low) or (high is not None and measured > high)
        if outside and suites.critical(expectation):
            found.append(str(bounds["column"]))
    return found


def agreed_statement(kind: Kind, line: Any, event_no: int, state: str, name: str, reason: str | None) -> bytes:
    """What a person signs about a batch: its bytes, its totals, the place in its history, and what he says."""
    facts = {"batch_no": line.batch_no, "urut": event_no, "sha256": line.sha256, "oleh": name, "alasan": reason}
    return officers.statement(state, **facts, **kind.totals(line))


def agreement(con: Connection, kind: Kind, line: Any) -> tuple[tuple[str, str], list[Brake]]:
    """Who prepared and who approved the batch, after checking both signatures against the registered keys.

    Returns:
        Both names, and a brake when one of them has been revoked since: somebody else has to answer for the batch.

    Raises:
        ControlError: one of them did not sign these bytes, or was never registered as it has to be.
    """
    trail = {event.keadaan: event for event in events.of_batch(con, line.batch_no, kind)}
    people, gone = officers.admitted(con), []
    for state in (PREPARED, APPROVED):
        event = trail.get(state)
        owner = people.get(event.kunci or "") if event else None
        text = agreed_statement(kind, line, event.urut, state, event.oleh, event.alasan) if event else b""
        signed = event and owner and officers.is_signed(event.kunci or "", event.tanda_tangan or "", text)
        if not event or not owner or not signed or owner.name != event.oleh:
            raise ControlError(
                f"Batch {line.batch_no}: tanda tangan {state} tidak cocok dengan berkas yang disegel; tidak dikirim."
                " Periksa siapa yang mengubah basis data."
            )
        if owner.revoked:
            gone.append(f"{owner.name} ({state}) dicabut pada {owner.revoked}")
    held = [Brake(REVOKED_SINCE, ", ".join(gone))] if gone else []
    return (trail[PREPARED].oleh, trail[APPROVED].oleh), held


def _must_be_prepared(line: Any, state: events.Event) -> None:
    if state.keadaan != PREPARED:
        raise ControlError(f"Batch {line.batch_no} {NEXT.get(state.keadaan, state.keadaan)}.")


def find(con: Connection, kind: Kind, batch_no: int | None, waiting_in: tuple[str, ...]) -> tuple[Any, events.Event]:
    """The batch and its newest event: the one asked for, else the oldest in one of these states.

    Raises:
        ControlError: there is none.
    """
    newest = events.newest(con, kind)
    if batch_no is None:
        batch_no = min((n for n, event in newest.items() if event.keadaan in waiting_in), default=None)
        if batch_no is None:
            raise ControlError(f"Tidak ada batch {kind.name} yang menunggu langkah ini; lihat `ssn bank status`.")
    line = con.execute(select(kind.batch).where(kind.batch.c.batch_no == batch_no)).one_or_none()
    if line is None or batch_no not in newest:
        raise ControlError(f"Tidak ada batch {batch_no}; lihat `ssn bank status`.")
    return line, newest[batch_no]


def _record(
    con: Connection,
    kind: Kind,
    line: Any,
    before: events.Event,
    state: str,
    who: Officer,
    now: datetime,
    reason: str | None = None,
) -> None:
    text = agreed_statement(kind, line, before.urut + 1, state, who.name, reason)
    by = events.By(who.name, who.public, who.sign(text), reason)
    events.append(con, kind, line.batch_no, line.sha256, state, timestamp(now), by)
