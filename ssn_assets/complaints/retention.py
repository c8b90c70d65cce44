"""What the retention rule (`simpan` of aturan.yaml) deletes. Runs in every `ssn run`, also one that a gate
stops; running it twice deletes nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, Select, delete, select, update

from ssn_assets.complaints.rules import Keep
from ssn_assets.store.engine import COMPLAINTS, timestamp, writing
from ssn_assets.store.schema import aduan, aduan_catatan, aduan_suara


def is_due(engine: Engine, keep: Keep, now: datetime) -> bool:
    """Whether `apply` would delete a text."""
    with engine.connect() as con:
        wanted = select(aduan_suara.c.nomor).where(aduan_suara.c.isi.is_not(None), aduan_suara.c.nomor.in_(_done(keep, now)))
        return con.execute(wanted.limit(1)).first() is not None


def apply(engine: Engine, keep: Keep, now: datetime) -> dict[str, int]:
    """Close what was answered and is quiet, delete texts of what is done, then whole tickets.

    Returns:
        Counts: `selesai_otomatis`, `isi_dihapus` (voices), `tiket_dihapus`.
    """
    quiet = (aduan.c.status == "DIJAWAB") & (aduan.c.diubah_pada < _before(now, keep.selesai_otomatis_hari))
    old = select(aduan.c.nomor).where(aduan.c.selesai_pada < _before(now, keep.tiket_hari))
    with writing(engine, COMPLAINTS) as con:
        closed = con.execute(update(aduan).where(quiet).values(status="SELESAI", selesai_pada=timestamp(now), kunci_terbuka=None))
        texts = con.execute(
            update(aduan_suara).where(aduan_suara.c.isi.is_not(None), aduan_suara.c.nomor.in_(_done(keep, now))).values(isi=None)
        )
        for table in (aduan_suara, aduan_catatan):
            con.execute(delete(table).where(table.c.nomor.in_(old)))
        gone = con.execute(delete(aduan).where(aduan.c.selesai_pada < _before(now, keep.tiket_hari)))
    return {"selesai_otomatis": closed.rowcount, "isi_dihapus": texts.rowcount, "tiket_dihapus": gone.rowcount}


def _done(keep: Keep, now: datetime) -> Select[tuple[str]]:
    return select(aduan.c.nomor).where(aduan.c.selesai_pada < _before(now, keep.isi_hari))


def _before(now: datetime, days: int) -> str:
    return timestamp(now - timedelta(days=days))
