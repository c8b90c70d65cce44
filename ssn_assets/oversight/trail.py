"""The trail in the store: collected from the service's files exactly once, asked by NIK, deleted by rule. No printing.

A file's rows and how far it was read are one transaction; a file goes away after that, and only when its worker is gone. So a
file collected twice, or a kill at any point, changes nothing. Their form is `ssn_assets/trail.py`.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import yaml
from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from ssn_assets import trail
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import jejak, jejak_berkas, koreksi_nik
from ssn_assets.store.transfer import insert_rows

RULE = Path(__file__).with_name("jejak.yaml")
COLUMNS = ("kunci_nik", "waktu", "keperluan", "klien", "hasil")
SHOWN_TO_SOMEBODY = "PERMINTAAN_JEJAK"
LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Collected:
    """Lookups new in the store, files read and removed, slots damaged, files of another key, without a head or not to be read."""

    lookups: int = 0
    files: int = 0
    removed: int = 0
    damaged: int = 0
    unusable: int = 0

    def __add__(self, other: Collected) -> Collected:
        mine, others = self.__dict__, other.__dict__
        return Collected(**{name: mine[name] + others[name] for name in mine})


@dataclass(frozen=True)
class Asked:
    """One line of the answer to "who asked about me": how often, first and last (ISO, UTC). klien: None for anybody."""

    klien: str | None
    keperluan: str
    hasil: str
    kali: int
    pertama: str
    terakhir: str


def collect(engine: Engine, folder: Path, key: bytes, now: datetime) -> Collected:
    """Take over what the service's workers recorded; files that are still written are read as far as they are."""
    found = Collected()
    for path in sorted(folder.glob(f"*{trail.SUFFIX}")) if folder.is_dir() else ():
        try:
            found += _collect_file(engine, path, trail.key_id(key), now)
        except FileNotFoundError:  # another collector was faster, or its worker wrote nothing and removed it
            continue
        except PermissionError:
            found += Collected(unusable=1)
    return found


def asked_about(engine: Engine, key: bytes, nik: str) -> list[Asked]:
    """Who asked about a person, under this NIK and those the registry corrected it from or to; the latest first."""
    with engine.connect() as con:
        names = [trail.person(key, n).hex() for n in _same_person(con, nik)]
        last = func.max(jejak.c.waktu)
        wanted = (
            select(jejak.c.klien, jejak.c.keperluan, jejak.c.hasil, func.count(), func.min(jejak.c.waktu), last)
            .where(jejak.c.kunci_nik.in_(names))
            .group_by(jejak.c.klien, jejak.c.keperluan, jejak.c.hasil)
            .order_by(last.desc(), jejak.c.keperluan, jejak.c.hasil)
        )
        return [Asked(*row) for row in con.execute(wanted)]


def record_shown(engine: Engine, key: bytes, nik: str, who: str, now: datetime) -> None:
    """That an officer looked at somebody's trail is part of it."""
    row = (trail.person(key, nik).hex(), timestamp(now), SHOWN_TO_SOMEBODY, who, "DITUNJUKKAN")
    with writing(engine) as con:
        con.execute(insert(jejak).values(dict(zip(COLUMNS, row, strict=True))))


def apply_retention(engine: Engine, now: datetime, days: int | None = None) -> int:
    """Delete what is older than the rule of jejak.yaml. Returns how many lookups.

    Args:
        days: instead of the rule's.
    """
    keep = days if days is not None else int(yaml.safe_load(RULE.read_text(encoding="utf-8"))["simpan_hari"])
    before = timestamp(now - timedelta(days=keep))
    with writing(engine) as con:
        gone = con.execute(delete(jejak).where(jejak.c.waktu < before)).rowcount
        con.execute(delete(jejak_berkas).where(jejak_berkas.c.diubah_pada < before))
    return int(gone)


def kept(engine: Engine) -> int:
    """Lookups in the store."""
    with engine.connect() as con:
        return int(con.execute(select(func.count()).select_from(jejak)).scalar_one())


def _collect_file(engine: Engine, path: Path, our_key: str, now: datetime) -> Collected:
    handle = os.open(path, os.O_RDONLY)
    try:
        over = _worker_is_gone(handle)
        content = _whole(handle)
        if not content.strip(b"\0"):  # begun this moment; or its worker died before it wrote anything
            if over and content:
                path.unlink()
            return Collected()
        try:
            head = trail.read_head(content)
        except trail.TrailFileError:
            return Collected(unusable=1)
        new, damaged = _take_over(engine, head, content, over, now)
        if over:
            path.unlink()
        return Collected(new, 1, int(over), damaged, int(head.key_id != our_key))
    finally:
        os.close(handle)


def _take_over(engine: Engine, head: trail.Head, content: bytes, over: bool, now: datetime) -> tuple[int, int]:
    at = timestamp(now)
    with writing(engine) as con:
        known = con.execute(select(jejak_berkas.c.terkumpul).where(jejak_berkas.c.berkas_id == head.file_id)).scalar()
        begin, damaged, rows = known or 1, 0, []
        end = begin
        for number, lookup in trail.read_slots(content, begin):
            if lookup is None and not over:
                break  # being written at this moment
            end = number + 1
            if lookup is None:
                damaged += 1
            else:
                rows.append(_row(lookup))
        insert_rows(con, jejak, COLUMNS, rows)
        if known is None:
            con.execute(insert(jejak_berkas).values(berkas_id=head.file_id, terkumpul=end, diubah_pada=at))
        elif end > begin:
            con.execute(
                update(jejak_berkas).where(jejak_berkas.c.berkas_id == head.file_id).values(terkumpul=end, diubah_pada=at)
            )
    return len(rows), damaged


def _row(lookup: trail.Lookup) -> tuple[str | None, ...]:
    return lookup.person, _second(int(lookup.at)), lookup.purpose.name, lookup.client or None, lookup.outcome.name


@lru_cache(maxsize=256)
def _second(at: int) -> str:
    """A busy service answers many questions in a second."""
    return timestamp(datetime.fromtimestamp(at, UTC))


def _same_person(con: Connection, nik: str) -> set[str]:
    """This NIK and, through corrections, the person's others."""
    known = {nik}
    for _ in range(LONGEST_CHAIN):
        either = or_(koreksi_nik.c.nik_lama.in_(known), koreksi_nik.c.nik_baru.in_(known))
        found = {n for pair in con.execute(select(koreksi_nik.c.nik_lama, koreksi_nik.c.nik_baru).where(either)) for n in pair}
        if found <= known:
            break
        known |= found
    return known


def _worker_is_gone(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _whole(handle: int) -> bytes:
    with os.fdopen(os.dup(handle), "rb") as file:
        return file.read()
