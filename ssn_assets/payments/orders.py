"""Which families get a payment order now: SQL over cards, decisions and the payment ledger. Once a family and month.

A family is known by its card, its chain of replaced cards, its family card number and its holder: an order tied to it by any
of these is its order. Orders that are not in a batch yet are a proposal, thrown away and worked out anew each time.
The rules: README, Formats and codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text

from ssn_assets.batches.kinds import LEDGER_KEY
from ssn_assets.home import Home
from ssn_assets.keys import hmac_pads, read_or_create
from ssn_assets.payments import answers
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.payment_schema import pembayaran
from ssn_assets.store.transfer import copy_over, fill, insert_rows, read_rows, stream

if TYPE_CHECKING:
    import duckdb

REGISTRY_USABLE = "select 1 from ops.konteks where registri_dipakai"

_PROPOSALS_AWAY = "delete from pembayaran where batch_no is null"

_ORDERED = "select count(*), count(id_rujukan), coalesce(sum(jumlah), 0) from pembayaran where batch_no is null"

IN_HAND = "DISERAHKAN"
"""The step of a card that its holder has; a card that came back to the bank is in nobody's hand."""

_COLUMNS = (
    *("id_pembayaran", "id_penerbitan", "kartu_awal", "nik_awal", "no_kk", "nomor_ssn", "nik", "nama", "kode_kelurahan"),
    *("bulan", "urut", "jumlah", "id_rujukan", "dari_urut", "sebab"),
)

FIRST_CARDS = """
create or replace temp table kartu_pertama as
with recursive naik(id_penerbitan, kartu_awal, jarak) as (
    select id_penerbitan, id_penerbitan, 0 from ops.penerbitan where jenis = 'BARU' and status = 'DITULIS'
    union all
    select g.id_penerbitan, n.kartu_awal, n.jarak + 1
    from naik as n
    inner join ops.penerbitan as g on g.id_rujukan = n.id_penerbitan and g.jenis = 'GANTI' and g.status = 'DITULIS'
)
select id_penerbitan, kartu_awal from naik
"""

IN_FORCE = f"""
create or replace temp table penerima_bayar as
with berhak as (
    select nik_awal, min(no_kk_padan) as no_kk from mart_keputusan_dasar
    where keputusan = 'VALID' and nik_padan is not null and nik_awal is not null
    group by nik_awal
),
memegang as (
    select k.id_penerbitan, a.kartu_awal, k.nik_awal, b.no_kk, k.nomor_ssn, p.nik, p.kode_kelurahan
    from ops.kartu as k
    inner join berhak as b using (nik_awal)
    inner join ops.penerbitan as p using (id_penerbitan)
    inner join kartu_pertama as a using (id_penerbitan)
    where k.aktif and k.langkah = '{IN_HAND}' and p.status = 'DITULIS' and regexp_full_match(coalesce(b.no_kk, ''), '[0-9]{{16}}')
        and k.id_penerbitan not in (select id_penerbitan from ops.kartu_terhalang)
)
from memegang anti join (select no_kk from memegang group by no_kk having count(*) > 1) using (no_kk)
"""
"""Cards in the hand of a VALID holder, with nothing open about them; the family card is the one of now."""

OWN_ORDERS = """
create or replace temp table pesanan_keluarga as
with milik as (
    select f.id_penerbitan as kartu, o.id_pembayaran
    from penerima_bayar as f inner join pesanan as o using (kartu_awal)
    union
    select f.id_penerbitan, o.id_pembayaran
    from penerima_bayar as f inner join pesanan as o using (id_penerbitan)
    union
    select f.id_penerbitan, o.id_pembayaran
    from penerima_bayar as f inner join pesanan as o using (no_kk)
    union
    select f.id_penerbitan, o.id_pembayaran
    from penerima_bayar as f inner join pesanan as o using (nik_awal)
)
select
    m.kartu, o.*,
    o.langkah in ('GAGAL', 'RETUR', 'DITARIK') as mati,
    o.id_pembayaran in (select id_rujukan from pesanan where id_rujukan is not null) as dilanjutkan,
    -- its cause is remedied: a registered person says so, or the family has another card in hand since
    o.langkah = 'DITARIK' or o.id_pembayaran in (select id_pembayaran from diminta_ulang) or o.id_penerbitan <> m.kartu as diatasi
from milik as m
inner join pesanan as o using (id_pembayaran)
"""

NEW = f"""
with ditahan as (
    select distinct kartu from pesanan_keluarga where mati and not dilanjutkan and not diatasi and not bertentangan
),
baru as (
    select f.*, $period as bulan, 1 as urut, b.rupiah_per_bulan as jumlah, null::text as id_rujukan, null::bigint as dari_urut,
        null::text as sebab
    from penerima_bayar as f
    cross join ops.kebijakan as b
    where b.rupiah_per_bulan > 0
        and not exists (select 1 from pesanan_keluarga as o where o.kartu = f.id_penerbitan and o.bulan = $period)
),
terakhir as (
    -- all orders of that family and month are dead beyond doubt: the last one may get its only successor
    select o.kartu, o.id_pembayaran, o.kartu_awal
    from pesanan_keluarga as o
    where o.bulan <= $period
    qualify bool_and(o.mati and not o.bertentangan and (o.dilanjutkan or o.diatasi)) over (partition by o.kartu, o.bulan)
        and row_number() over (partition by o.kartu, o.bulan order by o.urut desc) = 1
        and not o.dilanjutkan
),
ulang as (
    select f.*, o.bulan, o.urut + 1, o.jumlah, o.id_pembayaran, o.urut, o.langkah
    from terakhir as t
    inner join penerima_bayar as f on f.id_penerbitan = t.kartu
    inner join pesanan as o on o.id_pembayaran = t.id_pembayaran
    -- a family that split: it belongs to those who have the card
    qualify row_number() over (partition by t.id_pembayaran order by (f.kartu_awal = t.kartu_awal) desc, t.kartu) = 1
),
semua as (from baru union all from ulang),
bernomor as (
    select
        s.*, n.nama,
        'B' || upper(sha256($outer || unhex(sha256($inner || encode(s.kunci))))[1:16]) as id_pembayaran
    from (select *, 'BAYAR|' || kartu_awal || '|' || bulan || '|' || urut as kunci from semua) as s
    inner join nama_kartu as n using (id_penerbitan)
    anti join ditahan as d on d.kartu = s.id_penerbitan
)
select {", ".join(_COLUMNS)} from bernomor order by id_pembayaran
"""


def order(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> dict[str, Any]:
    """Make the ledger's open orders exactly those that are due, in one store transaction. Repeating it changes nothing.

    Args:
        con: the warehouse after the cards (ops.penerbitan, ops.kartu, ops.kartu_terhalang) and the policy
            (ops.kebijakan.rupiah_per_bulan, null or absent amounts order nothing).
        home: its key file makes the ids opaque.
        period: YYYY-MM, the month that is paid; corrections may be of earlier months.

    Returns:
        Counts: dipesan, koreksi (of these, in place of an earlier order), rupiah; or why nothing was done.
    """
    if not con.execute(REGISTRY_USABLE).fetchone():
        with writing(engine) as transaction:
            transaction.execute(text(_PROPOSALS_AWAY))
        return {"langkah": "tidak ada pesanan pembayaran: data kependudukan tidak dapat dipakai"}
    outer, inner = hmac_pads(read_or_create(home, LEDGER_KEY))
    with writing(engine) as transaction:
        transaction.execute(text(_PROPOSALS_AWAY))
        _load(con, transaction)
        for statement in (FIRST_CARDS, IN_FORCE, OWN_ORDERS):
            con.execute(statement)
        found = con.execute(NEW, {"period": period, "outer": outer, "inner": inner})
        same = {"periode": period, "dibuat_pada": timestamp(now)}
        insert_rows(transaction, pembayaran, _COLUMNS, stream(found), same)
        ((count, corrections, rupiah),) = read_rows(transaction, _ORDERED)
    return {"dipesan": count, "koreksi": corrections, "rupiah": rupiah}


def load_requests(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Make the temporary table diminta_ulang(id_pembayaran): failed payments whose cause somebody declared remedied."""
    asked = read_rows(store, "select id_pembayaran from permintaan_bayar_ulang")
    fill(con, "diminta_ulang", {"id_pembayaran": "text"}, asked, temporary=True)


def _load(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """The temporary tables the queries above ask: pesanan, diminta_ulang, nama_kartu."""
    answers.load(con, store)
    load_requests(con, store)
    names = {"id_penerbitan": "text", "nama": "text"}
    copy_over(store, con, "nama_kartu", names, "penerbitan where status = 'DITULIS' and jenis <> 'BLOKIR'", temporary=True)
