"""What the officers who hand out cards reported: kept line by line, once, and what of it people have to look at.

That DISERAHKAN is a step of the card is the bank stage's business, which reads the same table of the store.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ssn_assets.collection.policy import CollectionPolicy
from ssn_assets.collection.waiting import ON_HOLD
from ssn_assets.store.collection_schema import penyerahan
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.transfer import fill, insert_rows, is_copy_of, mark_copy, read_rows

if TYPE_CHECKING:
    import duckdb

RECEIVED = ("berkas_sha256", "baris", "berkas", "id_penerbitan", "status", "petugas", "tanggal", "cara_identifikasi", "catatan")
LINE = {
    **{"penyerahan_id": "bigint", "id_penerbitan": "text", "status": "text", "petugas": "text", "tanggal": "date"},
    **{"cara_identifikasi": "text", "catatan": "text"},
}

NEW_LINES = f"""
select {", ".join(f"b.{c}::varchar" if c == "tanggal" else f"b.{c}" for c in RECEIVED)}, $seen
from raw.penyerahan as b
anti join baris_tersimpan as t using (berkas_sha256, baris)
qualify row_number() over (partition by b.berkas_sha256, b.baris order by b.berkas) = 1
order by b.tanggal, b.berkas_sha256, b.baris
"""

ATTENTION = """
create or replace table ops.perhatian_kartu as
with terbaru as (
    select * from ops.penyerahan
    qualify row_number() over (partition by id_penerbitan order by tanggal desc, penyerahan_id desc) = 1
),
serah as (
    select id_penerbitan, max(tanggal) as tanggal from ops.penyerahan where status = 'DISERAHKAN' group by id_penerbitan
),
kartu as (
    select p.id_penerbitan, p.nomor_ssn, p.kode_kelurahan, coalesce(k.aktif, false) as aktif
    from ops.penerbitan as p
    left join ops.kartu as k using (id_penerbitan)
),
temuan as (
    select t.status as jenis, t.id_penerbitan, t.tanggal, 'Petugas melaporkan ' || t.status || '.' as keterangan
    from terbaru as t
    inner join kartu as k using (id_penerbitan)
    where list_contains($hold, t.status) and k.aktif
    union all
    select distinct 'BERTENTANGAN', h.id_penerbitan, h.tanggal, 'Dilaporkan DISERAHKAN dan juga ' || h.status || '.'
    from ops.penyerahan as h
    inner join serah as s using (id_penerbitan)
    where h.status = 'MENINGGAL' and h.tanggal <= s.tanggal or list_contains($hold, h.status) and h.tanggal = s.tanggal
    union all
    select 'BERTENTANGAN', s.id_penerbitan, s.tanggal, 'Petugas melaporkan DISERAHKAN, bank melaporkan ' || j.status || '.'
    from serah as s
    inner join ops.jawaban_bank as j using (id_penerbitan)
    where j.status = 'DIKEMBALIKAN'    union all
    select 'KARTU_TIDAK_BERLAKU', s.id_penerbitan, s.tanggal, 'Diserahkan sesudah kartu ini diblokir atau diganti.'
    from serah as s
    inner join dihentikan as d using (id_penerbitan)
    where s.tanggal > d.sejak
    union all
    select 'BELUM_SIAP_MENURUT_BANK', s.id_penerbitan, s.tanggal, 'Diserahkan, tetapi bank belum pernah melaporkannya siap.'
    from serah as s
    anti join siap using (id_penerbitan)
    union all
    select 'CARA_TIDAK_DIIZINKAN', h.id_penerbitan, h.tanggal,
        'Diserahkan dengan cara ' || coalesce(h.cara_identifikasi, 'yang tidak disebut') || '.'
    from ops.penyerahan as h
    where h.status = 'DISERAHKAN' and not coalesce(list_contains($ways, h.cara_identifikasi), false)
        and not exists (
            select 1 from ops.penyerahan as b
            where b.id_penerbitan = h.id_penerbitan and b.status = 'DISERAHKAN' and list_contains($ways, b.cara_identifikasi)
        )
    union all
    select 'TANGGAL_BELUM_TIBA', id_penerbitan, tanggal, 'Tanggal di masa depan: ' || tanggal::varchar || '.'
    from ops.penyerahan where tanggal > $today
    union all
    select 'DIKEMBALIKAN', id_penerbitan, null, 'Kartu dikembalikan ke bank; pemegang belum memegangnya.'
    from ops.kartu where aktif and langkah = 'DIKEMBALIKAN'
    union all
    select 'TANPA_KELURAHAN', id_penerbitan, null, 'Kelurahan pemegang tidak diketahui.'
    from ops.pengambilan where kode_kelurahan = ''
)
select distinct t.jenis, t.id_penerbitan, k.nomor_ssn, coalesce(k.kode_kelurahan, '') as kode_kelurahan, t.tanggal, t.keterangan
from temuan as t
inner join kartu as k using (id_penerbitan)
"""


STOPPED = """
select id_rujukan, min(dibuat_pada) from penerbitan
where jenis in ('BLOKIR', 'GANTI') and status <> 'BATAL' and id_rujukan is not null
group by id_rujukan
"""


def save(con: duckdb.DuckDBPyConnection, engine: Engine, now: datetime) -> int:
    """Keep every line of raw.penyerahan in the store, once each (file content and row).

    Returns:
        How many lines were new.
    """
    received = con.execute("select berkas_sha256, count(distinct baris) from raw.penyerahan group by all").fetchall()
    with writing(engine) as store:
        kept = dict(read_rows(store, "select berkas_sha256, count(*) from penyerahan group by berkas_sha256"))
        if all(count <= kept.get(sha256, 0) for sha256, count in received):
            return 0
        known = read_rows(store, "select berkas_sha256, baris from penyerahan")
        fill(con, "baris_tersimpan", {"berkas_sha256": "text", "baris": "bigint"}, known, temporary=True)
        rows = con.execute(NEW_LINES, {"seen": timestamp(now)}).fetchall()
        return insert_rows(store, penyerahan, (*RECEIVED, "dilihat_pada"), rows)


def copy(con: duckdb.DuckDBPyConnection, engine: Engine) -> None:
    """Copy all lines into ops.penyerahan."""
    with engine.connect() as store:
        version = " ".join(map(str, *read_rows(store, "select count(*), max(penyerahan_id) from penyerahan")))
        if not is_copy_of(con, "ops.penyerahan", version):
            rows = read_rows(store, f"select {', '.join(LINE)} from penyerahan order by penyerahan_id")
            fill(con, "ops.penyerahan", LINE, rows)
            mark_copy(con, "ops.penyerahan", version)


def find_matters(con: duckdb.DuckDBPyConnection, engine: Engine, policy: CollectionPolicy, today: date) -> int:
    """Make ops.perhatian_kartu: what people have to look at. Needs what `waiting.work_out` made.

    Returns:
        How many matters there are.
    """
    with engine.connect() as store:
        stopped = [(issuance, when[:10]) for issuance, when in read_rows(store, STOPPED)]
    fill(con, "dihentikan", {"id_penerbitan": "text", "sejak": "date"}, stopped, temporary=True)
    ways = list(policy.jemput_bola.cara_identifikasi)
    con.execute(ATTENTION, {"hold": list(ON_HOLD), "ways": ways, "today": today})
    row = con.execute("select count(*) from ops.perhatian_kartu").fetchone()
    return int(row[0]) if row else 0
