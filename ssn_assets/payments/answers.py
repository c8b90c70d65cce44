"""What is known of payments: the ledger copied into the warehouse, each order with its step by what the bank said.

The rules of the steps are in `steps.py` (here as SQL; a test compares the two); what is ordered: `orders.py`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from ssn_assets.batches import settlement
from ssn_assets.payments import steps
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.bank_schema import ACKNOWLEDGED, SENT, WITHDRAWN
from ssn_assets.store.identity import load_chains
from ssn_assets.store.transfer import copy_over, fill, is_copy_of, mark_copy, read_rows

if TYPE_CHECKING:
    import duckdb

_ORDERS = {
    **dict.fromkeys(("id_pembayaran", "id_penerbitan", "kartu_awal", "nik_awal", "no_kk", "nomor_ssn"), "text"),
    **dict.fromkeys(("kode_kelurahan", "bulan", "id_rujukan"), "text"),
    **dict.fromkeys(("urut", "jumlah", "batch_no"), "bigint"),
}

PROPOSED = "usulan"

_STATES = """
select k.batch_no, k.keadaan, s.waktu
from batch_pembayaran_kejadian as k
left join batch_pembayaran_kejadian as s on s.batch_no = k.batch_no and s.keadaan = 'DIKIRIM'
where not exists (
    select 1 from batch_pembayaran_kejadian as n where n.batch_no = k.batch_no and n.urut = k.urut + 1
)
"""

_LEDGER_VERSION = """
select
    (select count(*) from pembayaran where batch_no is null), (select count(*) from pembayaran), max(batch_no),
    sum(hash_total), sum(rupiah)
from batch_pembayaran
"""
"""An order in a batch never changes, and batches are only ever added."""

_ANSWERS_VERSION = """
select
    count(*), max(jawaban_pembayaran_id), (select count(*) from putusan_pembayaran), (select count(*) from petugas_kejadian),
    (select berkas_sha256 from jawaban_pembayaran order by jawaban_pembayaran_id desc limit 1)
from jawaban_pembayaran
"""
"""Lines are only ever added; the newest file tells a store that was restored from a backup and went on from there."""

BY_STATUS = """
create or replace table ops.jawaban_bayar as
select id_pembayaran, status, min(tanggal) as pertama, max(tanggal) as terakhir
from jawaban_di_toko
group by id_pembayaran, status
"""

ORDERS = """
create or replace temp table pesanan as
with laporan as (
    select
        j.id_pembayaran, arg_max(j.status, t.urutan) as terjauh, max(j.terakhir)::date as tanggal,
        min(j.pertama) filter (where j.status = 'RETUR') as kembali,
        max(j.terakhir) filter (where j.status = 'BERHASIL') as masuk,
        bool_or(j.status = 'GAGAL') as gagal
    from ops.jawaban_bayar as j
    inner join tangga_bayar as t on t.langkah = j.status
    group by j.id_pembayaran
)
select
    p.* replace (coalesce(r.nik_awal, p.nik_awal) as nik_awal), b.keadaan, b.dikirim_pada, l.tanggal,
    case
        when l.terjauh is not null then l.terjauh
        when b.keadaan = $withdrawn then $withdrawn
        when list_contains($handed, b.keadaan) then 'DIKIRIM'
        else 'DIPESAN'
    end as langkah,
    l.terjauh is not null as dijawab,
    coalesce((l.gagal and (l.masuk is not null or l.kembali is not null)) or l.masuk > l.kembali, false) as bertentangan
from ops.pesanan_bayar as p
left join rantai_nik as r on r.nik = p.nik_awal
left join keadaan_batch_bayar as b using (batch_no)
left join laporan as l using (id_pembayaran)
"""

PUBLIC = """
create or replace table ops.pembayaran as
select id_pembayaran, id_penerbitan, nik_awal, bulan, jumlah, langkah, tanggal
from pesanan
where langkah <> $withdrawn
"""
"""An order of a withdrawn batch was never given to the bank: it is no payment, its successor is."""


def copy_ids(con: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Make ops.pembayaran_dikenal(id_pembayaran, jumlah): orders in a batch, which the bank may answer. Returns how many."""
    with engine.connect() as store:
        known = {"id_pembayaran": "text", "jumlah": "bigint"}
        return copy_over(store, con, "ops.pembayaran_dikenal", known, "pembayaran where batch_no is not null")


def load(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Make the temporary table `pesanan`: every order with its step, day of the last answer, and whether answers disagree.

    Step DITARIK: its batch was withdrawn before anything was sent. What the store has is read again only when it changed.
    """
    version = " ".join([_copy_orders(con, store), _copy_answers(con, store), str(load_chains(con))])
    found = read_rows(store, _STATES)
    version += f" {sha256(repr(found).encode()).hexdigest()}"
    if PROPOSED not in version and is_copy_of(con, "main.pesanan", version):
        return
    states = {"batch_no": "bigint", "keadaan": "text", "dikirim_pada": "text"}
    fill(con, "keadaan_batch_bayar", states, found, temporary=True)
    ladder = [(step, steps.rank(step)) for step in steps.REPORTED]
    fill(con, "tangga_bayar", {"langkah": "text", "urutan": "bigint"}, ladder, temporary=True)
    con.execute(ORDERS, {"withdrawn": WITHDRAWN, "handed": [SENT, ACKNOWLEDGED]})
    mark_copy(con, "temp.main.pesanan", version)


def _copy_orders(con: duckdb.DuckDBPyConnection, store: Connection) -> str:
    """The ledger in ops.pesanan_bayar. Returns its version; proposals, which may be other ones each time, have none."""
    ((proposed, *rest),) = read_rows(store, _LEDGER_VERSION)
    version = f"pesanan {' '.join(map(str, rest))}"
    if proposed or not is_copy_of(con, "ops.pesanan_bayar", version):
        copy_over(store, con, "ops.pesanan_bayar", _ORDERS, "pembayaran")
        mark_copy(con, "ops.pesanan_bayar", PROPOSED if proposed else version)
    return PROPOSED if proposed else version


def _copy_answers(con: duckdb.DuckDBPyConnection, store: Connection) -> str:
    """What counts of the bank's answers in ops.jawaban_bayar(id_pembayaran, status, pertama, terakhir). Returns its version."""
    version = f"jawaban {' '.join(map(str, *read_rows(store, _ANSWERS_VERSION)))}"
    if not is_copy_of(con, "ops.jawaban_bayar", version):
        columns = dict.fromkeys(("id_pembayaran", "status", "tanggal"), "text")
        copy_over(store, con, "jawaban_di_toko", columns, "jawaban_pembayaran", temporary=True)
        settlement.apply(con, store, PAYMENTS, "jawaban_di_toko")
        con.execute(BY_STATUS)
        con.execute("drop table jawaban_di_toko")
        mark_copy(con, "ops.jawaban_bayar", version)
    return version


def copy_payments(con: duckdb.DuckDBPyConnection, store: Connection) -> int:
    """Make ops.pembayaran: each order with the furthest step known. Returns the number of rows."""
    load(con, store)
    con.execute(PUBLIC, {"withdrawn": WITHDRAWN})
    row = con.execute("select count(*) from ops.pembayaran").fetchone()
    return int(row[0]) if row else 0
