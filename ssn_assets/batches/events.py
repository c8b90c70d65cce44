"""The states of a batch as lines that are only ever added: reading them and adding the next. Who may add which: `control.py`.

Order, people and bytes are kept by the database itself (store/bank_schema.py); a line that does not fit is refused there.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from ssn_assets.batches.kinds import Kind
from ssn_assets.store.bank_schema import SYSTEM


@dataclass(frozen=True)
class Event:
    """One line of a kind's events."""

    batch_no: int
    urut: int
    keadaan: str
    sha256: str
    oleh: str
    kunci: str | None
    tanda_tangan: str | None
    waktu: str
    alasan: str | None
    rem: str | None


@dataclass(frozen=True)
class By:
    """Who did it. The platform needs no key; a person signs."""

    oleh: str = SYSTEM
    kunci: str | None = None
    tanda_tangan: str | None = None
    alasan: str | None = None
    rem: str | None = None


_NAMES = tuple(Event.__dataclass_fields__)


def of_batch(con: Connection, batch_no: int, kind: Kind) -> list[Event]:
    """Everything that happened to a batch, oldest first."""
    table = kind.events
    rows = con.execute(select(*(table.c[n] for n in _NAMES)).where(table.c.batch_no == batch_no).order_by(table.c.urut))
    return [Event(*row) for row in rows]


def newest(con: Connection, kind: Kind) -> dict[int, Event]:
    """The state of every batch of a kind: its newest event, by batch number."""
    table = kind.events
    rows = con.execute(select(*(table.c[n] for n in _NAMES)).order_by(table.c.batch_no, table.c.urut))
    return {row.batch_no: Event(*row) for row in rows}


def oldest(con: Connection, state: str, kind: Kind) -> tuple[int, str] | None:
    """Number and period of the oldest batch in a state; None when there is none."""
    number = min((n for n, event in newest(con, kind).items() if event.keadaan == state), default=None)
    if number is None:
        return None
    return number, con.execute(select(kind.batch.c.periode).where(kind.batch.c.batch_no == number)).scalar_one()


def append(con: Connection, kind: Kind, batch_no: int, sha256: str, state: str, when: str, by: By | None = None) -> Event:
    """Add the next state of a batch.

    Args:
        con: inside `engine.writing`: nobody adds in between.
        sha256: of the sealed file it is about.
        when: UTC, to the second.
        by: who; the platform when left out.

    Raises:
        sqlalchemy.exc.IntegrityError: the state may not follow the one before, or not by this person.
    """
    by = by or By()
    table = kind.events
    before = con.execute(
        select(table.c.urut, table.c.keadaan, table.c.oleh)
        .where(table.c.batch_no == batch_no)
        .order_by(table.c.urut.desc())
        .limit(1)
    ).one_or_none()
    number, state_before, who_before = before if before else (None, None, None)
    event = Event(batch_no, (number or 0) + 1, state, sha256, by.oleh, by.kunci, by.tanda_tangan, when, by.alasan, by.rem)
    con.execute(insert(table).values(**event.__dict__, dari_urut=number, dari_keadaan=state_before, dari_oleh=who_before))
    return event
