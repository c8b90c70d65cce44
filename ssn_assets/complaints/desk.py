"""The citizen's side of a ticket: sending, and following with its secret. The office's is `office.py`, pages are `lookup/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from ssn_assets.complaints import sealed
from ssn_assets.complaints.rules import Kind
from ssn_assets.complaints.ticket import Followed, Receipt, Sent
from ssn_assets.settings import WITA
from ssn_assets.store.engine import COMPLAINTS, timestamp, writing
from ssn_assets.store.schema import aduan, aduan_catatan, aduan_suara

_ATTEMPTS = 20


def send(engine: Engine, key: bytes, public: bytes, kind: Kind, sent: Sent, now: datetime) -> Receipt:
    """Keep what was sent: as a new ticket, or as a voice more of the same person's open ticket of a kind that is merged.

    The receipt says nothing of a ticket that was there already: family and officers know a person's two numbers as well.

    Args:
        key: the service's own; numbers, secrets and the persons' keys come from it.
        public: the office's half, the only one that texts are sealed to.
    """
    name = sealed.name_of(astuple(sent))
    secret, at = sealed.secret_of(key, name), timestamp(now)
    whose = sealed.person_key(key, sent.jenis, sent.nik, sent.no_kk) if kind.merged and sent.nik else None
    content = sealed.seal(public, sealed.Content(sent.uraian, sent.nik, sent.kontak))
    deadline = _deadline(kind, at)
    with writing(engine, COMPLAINTS) as con:
        known = con.execute(
            select(aduan.c.nomor, aduan_suara.c.diterima_pada)
            .join(aduan_suara)
            .where(aduan_suara.c.rahasia_sha256 == sealed.fingerprint(secret))
        ).one_or_none()
        if known:  # the same form again: a slow network, an impatient finger
            return Receipt(known.nomor, secret, _deadline(kind, known.diterima_pada))
        number = _open_ticket(con, whose, at, deadline) if whose else None
        if number is None:
            number = _free_number(con, key, name)
            con.execute(
                insert(aduan).values(
                    nomor=number,
                    jenis=sent.jenis,
                    kunci_terbuka=whose,
                    tujuan=kind.tujuan,
                    kode_kelurahan=sent.kode_kelurahan or None,
                    diterima_pada=at,
                    tenggat=deadline,
                    status="BARU",
                    diubah_pada=at,
                )
            )
        voice: dict[str, Any] = {"rahasia_sha256": sealed.fingerprint(secret), "diterima_pada": at, "isi": content}
        con.execute(insert(aduan_suara).values(nomor=number, **voice))
    return Receipt(number, secret, deadline)


def follow(engine: Engine, number: str, secret: str, kinds: Mapping[str, Kind]) -> Followed | None:
    """The state of a ticket since this secret's voice came; None when number and secret do not belong together.

    What was answered before was said to somebody else, who may be somebody else indeed.

    Args:
        number, secret: as typed, in any case, with or without dashes.
        kinds: of aturan.yaml.
    """
    nomor, mark = sealed.as_typed(number), sealed.fingerprint(sealed.as_typed(secret))
    with engine.connect() as con:
        found = con.execute(
            select(aduan, aduan_suara.c.diterima_pada.label("terkirim"))
            .join(aduan_suara)
            .where(aduan.c.nomor == nomor, aduan_suara.c.rahasia_sha256 == mark)
        ).one_or_none()
        if found is None:
            return None
        said = con.execute(
            select(aduan_catatan.c.waktu, aduan_catatan.c.teks)
            .where(
                aduan_catatan.c.nomor == nomor,
                aduan_catatan.c.kejadian.in_(("DIJAWAB", "SELESAI")),
                aduan_catatan.c.teks.is_not(None),
                aduan_catatan.c.waktu >= found.terkirim,
            )
            .order_by(aduan_catatan.c.catatan_id)
        ).all()
    answers = tuple((waktu, teks) for waktu, teks in said)
    kind = kinds.get(found.jenis)
    deadline = max(found.tenggat, _deadline(kind, found.terkirim)) if kind else found.tenggat
    return Followed(nomor, found.jenis, found.terkirim, deadline, found.status, answers)


def _open_ticket(con: Connection, whose: str, at: str, deadline: str) -> str | None:
    """The number of the person's open ticket, waiting again if it was answered already."""
    found = con.execute(
        select(aduan.c.nomor, aduan.c.tenggat, aduan.c.status).where(aduan.c.kunci_terbuka == whose)
    ).one_or_none()
    if found is None:
        return None
    until = deadline if found.status == "DIJAWAB" else found.tenggat
    con.execute(update(aduan).where(aduan.c.nomor == found.nomor).values(status="BARU", tenggat=until, diubah_pada=at))
    return str(found.nomor)


def _deadline(kind: Kind, at: str) -> str:
    return kind.deadline(datetime.fromisoformat(at).astimezone(WITA).date()).isoformat()


def _free_number(con: Connection, key: bytes, name: str) -> str:
    for attempt in range(_ATTEMPTS):
        number = sealed.number_of(key, name, attempt)
        if con.execute(select(aduan.c.nomor).where(aduan.c.nomor == number)).first() is None:
            return number
    raise RuntimeError("no free ticket number")
