"""What the retention rule (`simpan` of aturan.yaml) deletes. Runs in every `ssn run`; running it twice deletes nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update

from ssn_assets.complaints.rules import Keep
from ssn_assets.store.engine import COMPLAINTS, timestamp, writing
from ssn_assets.store.schema import aduan, aduan_catatan, aduan_suara


def apply(engine: Engine, keep: Keep, now: datetime) -> dict[str, int]:
    """Close what was answered and is quiet, delete texts of what is done, then whole tickets.

    Returns:
        Counts: `selesai_otomatis`, `isi_dihapus` (voices), `tiket_dihapus`.
    """

    def before(days: int) -> str:
        return timestamp(now - timedelta(days=days))

    quiet = (aduan.c.status == "DIJAWAB") & (aduan.c.diubah_pada < before(keep.selesai_otomatis_hari))
    done = select(aduan.c.nomor).where(aduan.c.selesai_pada < before(keep.isi_hari))
    old = select(aduan.c.nomor).where(aduan.c.selesai_pada < before(keep.tiket_hari))
    with writing(engine, COMPLAINTS) as con:
        closed = con.execute(update(aduan).where(quiet).values(status="SELESAI", selesai_pada=timestamp(now), kunci_terbuka=None))
        texts = con.execute(
            update(aduan_suara).where(aduan_suara.c.isi.is_not(None), aduan_suara.c.nomor.in_(done)).values(isi=None)
        )
        for table in (aduan_suara, aduan_catatan):
            con.execute(delete(table).where(table.c.nomor.in_(old)))
        gone = con.execute(delete(aduan).where(aduan.c.selesai_pada < before(keep.tiket_hari)))
    return {"selesai_otomatis": closed.rowcount, "isi_dihapus": texts.rowcount, "tiket_dihapus": gone.rowcount}
