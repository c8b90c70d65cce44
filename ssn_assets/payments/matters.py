"""What people have to look at about payments, and who says that the cause of a failed one is remedied.

The lines go into pengecualian.csv and antrean.csv with those of the cards. What is ordered again: `orders.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select

from ssn_assets.payments import settlement, steps
from ssn_assets.store.bank_schema import LEAST_REASON
from ssn_assets.store.engine import city_day, timestamp, writing
from ssn_assets.store.payment_schema import pembayaran, permintaan_bayar_ulang

if TYPE_CHECKING:
    import duckdb
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MATTERS = f"""
create or replace table ops.pengecualian_pembayaran as
with semua as (
    select
        'PEMBAYARAN_GAGAL' as jenis, o.*, 'bank melaporkan ' || o.langkah || '; dibayar lagi sesudah sebabnya diatasi.' as kata
    from (from pesanan where langkah in ('GAGAL', 'RETUR') and not bertentangan) as o
    anti join pesanan as lanjut on lanjut.id_rujukan = o.id_pembayaran
    anti join diminta_ulang as d on d.id_pembayaran = o.id_pembayaran
    union all
    select 'PEMBAYARAN_BERTENTANGAN', o.*, 'jawaban bank saling bertentangan.' from pesanan as o where o.bertentangan
    union all
    select 'PEMBAYARAN_TANPA_PERINTAH', o.*, 'bank menjawab yang tidak pernah dikirim.'
    from pesanan as o where o.dijawab and o.dikirim_pada is null
    union all
    select 'PEMBAYARAN_DIAM', o.*, 'dikirim ' || {city_day("o.dikirim_pada")} || '; bank belum menjawab.'
    from pesanan as o where not o.dijawab and o.dikirim_pada < $patience
)
select
    jenis, id_penerbitan, nomor_ssn, kode_kelurahan,
    'Pembayaran ' || id_pembayaran || ' bulan ' || bulan || ': ' || kata as keterangan
from semua
"""


def find(con: duckdb.DuckDBPyConnection, silent_days: int, now: datetime) -> int:
    """Make ops.pengecualian_pembayaran (columns as in `bank/exceptions.py` COLUMNS_FOUND). Returns how many there are.

    Args:
        con: the warehouse with the temporary tables `pesanan` and `diminta_ulang` of `orders.order`.
        silent_days: the policy's patience.
    """
    con.execute(MATTERS, {"patience": timestamp(now - timedelta(days=silent_days))})
    row = con.execute("select count(*) from ops.pengecualian_pembayaran").fetchone()
    return int(row[0]) if row else 0


def remedied(engine: Engine, key: Ed25519PrivateKey, payment: str, reason: str, now: datetime) -> None:
    """A registered person says that the cause of a failed payment is remedied: the next run orders it again, once.

    Args:
        key: the person's.
        payment: id_pembayaran of the payment that failed or came back.
        reason: what was done, in a few words; it is kept with his signature.

    Raises:
        ControlError: there is no such payment, the money is not known to be back, or the person is not registered.
    """
    from ssn_assets.batches import officers
    from ssn_assets.batches.officers import ControlError

    why = reason.strip()
    if len(why) < LEAST_REASON:
        raise ControlError(f"Tulis apa yang sudah diatasi, sedikitnya {LEAST_REASON} huruf.")
    with writing(engine) as con:
        who = officers.identify(con, key)
        settlement.in_batch(con, payment)
        reports = settlement.reports(con, payment)
        step = steps.furthest(reports, sent=True)
        if step not in steps.NOT_WITH_THE_FAMILY:
            raise ControlError(f"Pembayaran {payment} belum dinyatakan gagal atau retur oleh bank (sekarang {step}).")
        if steps.contradictory(reports):
            raise ControlError(
                f"Jawaban bank tentang {payment} saling bertentangan; putuskan dulu mana yang benar: ssn bank settle."
            )
        if con.execute(select(pembayaran.c.id_pembayaran).where(pembayaran.c.id_rujukan == payment)).scalar():
            raise ControlError(f"Pembayaran {payment} sudah diulang.")
        if con.execute(select(permintaan_bayar_ulang.c.waktu).where(permintaan_bayar_ulang.c.id_pembayaran == payment)).scalar():
            return
        officers.keep_request(con, permintaan_bayar_ulang, "BAYAR_ULANG", who, now, id_pembayaran=payment, sebab=why)
