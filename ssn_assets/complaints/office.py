"""The office's side of tickets: list, read, answer, close, pass on. Every reading of what a person sent is noted. No printing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from ssn_assets.complaints import sealed
from ssn_assets.complaints.rules import kelurahan_names
from ssn_assets.home import SANTER_DIR, SANTER_FILE, Home, private_dir, write_atomically
from ssn_assets.keys import read_or_create
from ssn_assets.sealing import SIGNING_KEY, SealError, public_key, read_document, sign_document
from ssn_assets.store.engine import COMPLAINTS, timestamp, writing
from ssn_assets.store.schema import aduan, aduan_catatan, aduan_suara

OPEN = ("BARU", "DIJAWAB")
MOST_LETTERS = 2000
_PERSONAL_NUMBER = re.compile(r"\d{10,}|\d(?:[ .\-]?\d){15,}")


class OfficeError(ValueError):
    """It was not done; the message says why and what to do, in the office's language."""


@dataclass(frozen=True)
class Ticket:
    """A ticket without anything personal. suara: how often it was sent."""

    nomor: str
    jenis: str
    tujuan: str
    kode_kelurahan: str | None
    diterima_pada: str
    tenggat: str
    status: str
    diubah_pada: str
    suara: int

    def overdue(self, today: str) -> bool:
        """Whether its answer is late on a day (ISO)."""
        return self.status == "BARU" and self.tenggat < today


@dataclass(frozen=True)
class Opened:
    """A ticket with what was sent, oldest first (None: deleted by the retention rule), and what the office noted."""

    ticket: Ticket
    voices: tuple[tuple[str, sealed.Content | None], ...]
    notes: tuple[tuple[str, str, str, str | None], ...]


def tickets(engine: Engine, kode_kelurahan: str | None = None, closed: bool = False) -> list[Ticket]:
    """Tickets by deadline.

    Args:
        kode_kelurahan: only this kelurahan's.
        closed: also those that are done.
    """
    wanted = _tickets().order_by(aduan.c.tenggat, aduan.c.nomor)
    if not closed:
        wanted = wanted.where(aduan.c.status.in_(OPEN))
    if kode_kelurahan:
        wanted = wanted.where(aduan.c.kode_kelurahan == kode_kelurahan)
    with engine.connect() as con:
        return [Ticket(*row) for row in con.execute(wanted)]


def show(engine: Engine, home: Home, number: str, who: str, now: datetime) -> Opened:
    """Open a ticket; who did so when is noted before anything is returned.

    Raises:
        OfficeError: no such ticket.
        sealed.Unreadable: the key is not the one it was sealed to.
    """
    private = read_or_create(home, sealed.KEY_FILE)
    with writing(engine, COMPLAINTS) as con:
        ticket = _ticket(con, number)
        _note(con, ticket.nomor, "DIBUKA", None, who, now)
        sent = con.execute(
            select(aduan_suara.c.diterima_pada, aduan_suara.c.isi)
            .where(aduan_suara.c.nomor == ticket.nomor)
            .order_by(aduan_suara.c.suara_id)
        ).all()
        noted = con.execute(
            select(aduan_catatan.c.waktu, aduan_catatan.c.petugas, aduan_catatan.c.kejadian, aduan_catatan.c.teks)
            .where(aduan_catatan.c.nomor == ticket.nomor)
            .order_by(aduan_catatan.c.catatan_id)
        ).all()
    voices = tuple((at, sealed.unseal(private, isi) if isi else None) for at, isi in sent)
    return Opened(ticket, voices, tuple((w, p, k, t) for w, p, k, t in noted))


def answer(engine: Engine, number: str, text: str, who: str, now: datetime) -> Ticket:
    """Answer a ticket; it stays open for a while in case the person writes again.

    Raises:
        OfficeError: no such open ticket, or a text that is empty, too long or holds a personal number.
    """
    return _said(engine, number, "DIJAWAB", text, who, now)


def close(engine: Engine, number: str, text: str, who: str, now: datetime) -> Ticket:
    """Say the last word; from now on the retention rule runs.

    Raises:
        OfficeError: as `answer`.
    """
    return _said(engine, number, "SELESAI", text, who, now)


def pass_on(engine: Engine, number: str, kode_kelurahan: str, who: str, now: datetime) -> Ticket:
    """Give a ticket to another kelurahan.

    Raises:
        OfficeError: no such open ticket or kelurahan, or one that stays with Dinsos.
    """
    if kode_kelurahan not in kelurahan_names():
        raise OfficeError(f"{kode_kelurahan} bukan kode kelurahan di Samarinda; tulis seperti 64.72.03.1005")
    with writing(engine, COMPLAINTS) as con:
        ticket = _ticket(con, number, must_be_open=True)
        if ticket.tujuan != "kelurahan":
            raise OfficeError(f"{number} ditangani Dinas Sosial dan tidak diteruskan ke kelurahan")
        _change(con, ticket.nomor, now, kode_kelurahan=kode_kelurahan)
        _note(con, ticket.nomor, "DIALIHKAN", kode_kelurahan, who, now)
        return _ticket(con, ticket.nomor)


def route(engine: Engine, found: dict[str, str], now: datetime) -> int:
    """Give tickets without a kelurahan the one that the civil registry has for the person. Returns how many.

    Args:
        found: ticket to kelurahan.
    """
    routed = 0
    with writing(engine, COMPLAINTS) as con:
        for number, code in found.items():
            lost = (aduan.c.nomor == number) & aduan.c.kode_kelurahan.is_(None) & (aduan.c.tujuan == "kelurahan")
            changed = con.execute(update(aduan).where(lost).values(kode_kelurahan=code, diubah_pada=timestamp(now)))
            routed += changed.rowcount
    return routed


def sealed_texts(engine: Engine) -> dict[str, list[str]]:
    """What was sent to each open ticket, still sealed, oldest first."""
    found: dict[str, list[str]] = {}
    wanted = select(aduan_suara.c.nomor, aduan_suara.c.isi).join(aduan).where(aduan.c.status.in_(OPEN))
    with engine.connect() as con:
        for number, isi in con.execute(wanted.order_by(aduan_suara.c.suara_id)):
            found.setdefault(number, []).extend([isi] if isi else [])
    return found


def export_key(home: Home, now: datetime) -> Path:
    """Put the public half where the service reads it; the key pair is made on first use.

    Under a number that grows with every other key: the service takes no older one, so a key that was given up does not come
    back with an old file. It is a time (seconds since 1970), since the file may be lost and the store knows no keys.
    """
    seed, public = read_or_create(home, SIGNING_KEY), sealed.public_half(read_or_create(home, sealed.KEY_FILE)).hex()
    path = home.santer / sealed.PUBLIC_FILE
    there, number = _exported(path, seed)
    if there != public or not number:
        content = {"urutan": max(number + 1, int(now.timestamp())), "kunci_publik": public}
        private_dir(home.outbox)
        home.santer.mkdir(exist_ok=True)
        home.santer.chmod(SANTER_DIR)
        write_atomically(path, sign_document(seed, content), SANTER_FILE)
    return path


def _exported(path: Path, seed: bytes) -> tuple[str, int]:
    """The key that lies there and its number; "" and 0 when there is nothing of ours."""
    try:
        said = read_document(public_key(seed), path.read_bytes())
        return str(said["kunci_publik"]), int(said.get("urutan", 0))
    except (OSError, SealError, KeyError, TypeError, ValueError, AttributeError):
        return "", 0


def _said(engine: Engine, number: str, event: str, text: str, who: str, now: datetime) -> Ticket:
    text = text.strip()
    if not text:
        raise OfficeError("jawabannya kosong; tulis dengan --teks, atau ketik lalu tekan Ctrl-D")
    if len(text) > MOST_LETTERS:
        raise OfficeError(f"jawabannya {len(text)} huruf; paling banyak {MOST_LETTERS}")
    if _PERSONAL_NUMBER.search(text):
        raise OfficeError("jawabannya memuat nomor panjang (NIK, KK, telepon atau rekening); tulis tanpa nomor itu")
    with writing(engine, COMPLAINTS) as con:
        ticket = _ticket(con, number, must_be_open=True)
        ended: dict[str, Any] = {"selesai_pada": timestamp(now), "kunci_terbuka": None} if event == "SELESAI" else {}
        _change(con, ticket.nomor, now, status=event, **ended)
        _note(con, ticket.nomor, event, text, who, now)
        return _ticket(con, ticket.nomor)


def _tickets() -> Any:
    voices = select(func.count()).where(aduan_suara.c.nomor == aduan.c.nomor).scalar_subquery()
    columns = ("nomor", "jenis", "tujuan", "kode_kelurahan", "diterima_pada", "tenggat", "status", "diubah_pada")
    return select(*(aduan.c[name] for name in columns), voices)


def _ticket(con: Connection, number: str, must_be_open: bool = False) -> Ticket:
    row = con.execute(_tickets().where(aduan.c.nomor == sealed.as_typed(number))).one_or_none()
    if row is None:
        raise OfficeError(f"tidak ada tiket {number}; `ssn aduan list` menunjukkan yang ada")
    if must_be_open and row.status not in OPEN:
        raise OfficeError(f"tiket {number} sudah selesai")
    return Ticket(*row)


def _change(con: Connection, number: str, now: datetime, **values: Any) -> None:
    con.execute(update(aduan).where(aduan.c.nomor == number).values(diubah_pada=timestamp(now), **values))


def _note(con: Connection, number: str, event: str, text: str | None, who: str, now: datetime) -> None:
    con.execute(insert(aduan_catatan).values(nomor=number, kejadian=event, teks=text, petugas=who, waktu=timestamp(now)))
