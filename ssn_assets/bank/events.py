"""The states of a batch as lines that are only ever added: reading them and adding the next. Who may add which: `control.py`.

Order, people and bytes are kept by the database itself (store/bank_schema.py); a line that does not fit is refused there.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from ssn_assets.store.bank_schema import SYSTEM, batch_kejadian


@dataclass(frozen=True)
class Event:
    """One line of batch_kejadian."""

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


_COLUMNS = tuple(batch_kejadian.c[name] for name in Event.__dataclass_fields__)


def of_batch(con: Connection, batch_no: int) -> list[Event]:
    """Everything that happened to a batch, oldest first."""
    rows = con.execute(select(*_COLUMNS).where(batch_kejadian.c.batch_no == batch_no).order_by(batch_kejadian.c.urut))
    return [Event(*row) for row in rows]


def newest(con: Connection) -> dict[int, Event]:
    """The state of every batch: its newest event, by batch number."""
    rows = con.execute(select(*_COLUMNS).order_by(batch_kejadian.c.batch_no, batch_kejadian.c.urut))
    return {row.batch_no: Event(*row) for row in rows}


def append(con: Connection, batch_no: int, sha256: str, state: str, when: str, by: By | None = None) -> Event:
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
    before = con.execute(
        select(batch_kejadian.c.urut, batch_kejadian.c.keadaan, batch_kejadian.c.oleh)
        .where(batch_kejadian.c.batch_no == batch_no)
        .order_by(batch_kejadian.c.urut.desc())
        .limit(1)
    ).one_or_none()
    number, state_before, who_before = before if before else (None, None, None)
    event = Event(batch_no, (number or 0) + 1, state, sha256, by.oleh, by.kunci, by.tanda_tangan, when, by.alasan, by.rem)
    con.execute(
        insert(batch_kejadian).values(**event.__dict__, dari_urut=number, dari_keadaan=state_before, dari_oleh=who_before)
    )
    return event
