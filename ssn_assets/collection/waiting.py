"""Which cards wait for their holder, since when, and who cannot come: ops.pengambilan. Appointments are `appointments.py`'s.

Reads  ops.kartu, ops.penerbitan, int_penduduk, mart_keputusan_dasar, raw.dtks, ops.jawaban, ops.aduan, ops.penyerahan,
       ops.konteks, and of the store what the bank said and, for a holder no longer in the registry, what the card says.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, select

from ssn_assets.collection.policy import HomeVisits
from ssn_assets.store.identity import load_chains
from ssn_assets.store.schema import penerbitan
from ssn_assets.store.transfer import fill, read_rows

if TYPE_CHECKING:
    import duckdb

READY = ("SIAP_DIAMBIL", "BELUM_DIAMBIL")
"""Steps at which a card lies ready and its holder has not come (README, Formats and codes)."""

ON_HOLD = ("MENINGGAL", "PINDAH", "MENOLAK", "TIDAK_DITEMUKAN")
"""Results that people have to look into: no appointment is given until a newer result says otherwise."""

REASONS = ("TIDAK_DAPAT_BANGUN", "SAKIT", "DISABILITAS", "LANJUT_USIA", "DIMINTA")
"""Why a card is brought home, the most pressing first."""

AT_ONCE = 500
"""Ids that one query names."""

WAITING = """
create or replace temp table menunggu as
select k.id_penerbitan, k.nik_awal, k.no_kk, k.nomor_ssn, k.langkah
from ops.kartu as k
where k.aktif and list_contains($ready, k.langkah)
"""

HOLDERS = """
create or replace temp table pemegang as
with nik_menunggu as (
    select id_penerbitan, nik_awal as nik from menunggu
    union
    select m.id_penerbitan, r.nik from menunggu as m inner join rantai_nik as r using (nik_awal)
)
select n.id_penerbitan, p.nik, p.nama, p.alamat, p.rt, p.kode_kelurahan, p.kelurahan, p.kecamatan, p.tanggal_lahir
from int_penduduk as p
inner join nik_menunggu as n using (nik)
qualify row_number() over (partition by n.id_penerbitan order by (p.status = 'AKTIF') desc, p.nik desc) = 1
"""
"""As the registry has them now; a corrected person may stand under any NIK he ever had."""

PERSON = ("id_penerbitan", "nik", "nama", "alamat", "rt", "kode_kelurahan", "kelurahan", "kecamatan", "tanggal_lahir")

NEEDS = r"""
create or replace temp table tidak_dapat_datang as
with putusan as (
    select distinct m.id_penerbitan, d.dtks_id, d.id_kasus
    from menunggu as m
    inner join mart_keputusan_dasar as d using (nik_awal)
),
kolom as (
    select p.id_penerbitan, unnest(map_entries(r.lainnya::json::map(varchar, varchar))) as isi
    from putusan as p
    inner join raw.dtks as r using (dtks_id)
    where r.lainnya is not null
),
catatan as (
    select p.id_penerbitan, lower(j.catatan) as teks
    from putusan as p
    inner join ops.jawaban as j using (id_kasus)
    union all
    select m.id_penerbitan, lower(h.catatan) from menunggu as m inner join ops.penyerahan as h using (id_penerbitan)
)
select k.id_penerbitan, s.alasan
from kolom as k
inner join sebab_kolom as s on s.judul = regexp_replace(lower(k.isi.key), '[^\p{L}\p{N}]', '', 'g')
where not list_contains($nothing, lower(trim(coalesce(k.isi.value, ''))))
union
select c.id_penerbitan, s.alasan
from catatan as c
inner join sebab_kata as s
    on regexp_matches(regexp_replace(c.teks, '\b(tidak|tak|bukan)\s+' || s.kata || '\b', '', 'g'), '\b' || s.kata || '\b')
union
select w.id_penerbitan, 'LANJUT_USIA'
from pemegang as w
cross join ops.konteks as t
where date_sub('year', w.tanggal_lahir::date, t.tanggal) >= $age
union
select m.id_penerbitan, 'DIMINTA'
from menunggu as m
left join pemegang as w using (id_penerbitan)
inner join ops.aduan as a on a.nik = w.nik or a.no_kk = m.no_kk  -- a daughter may ask for her mother
where list_contains($kinds, a.jenis)
"""

RESULT = """
create or replace table ops.pengambilan as
with hasil as (
    select id_penerbitan, arg_max(status, (tanggal, penyerahan_id)) as status from ops.penyerahan group by id_penerbitan
),
alasan as (
    select id_penerbitan, string_agg(alasan, ', ' order by list_position($reasons, alasan)) as alasan_jemput
    from tidak_dapat_datang group by id_penerbitan
)
select
    m.id_penerbitan, m.nik_awal, m.nomor_ssn, m.langkah, p.nama, p.alamat, p.rt,
    coalesce(p.kode_kelurahan, '') as kode_kelurahan, p.kelurahan, p.kecamatan, right(p.nik, 4) as nik_akhir,
    date_sub('year', p.tanggal_lahir::date, t.tanggal) as umur,
    s.sejak as siap_sejak,
    greatest(date_diff('day', s.sejak, $today), 0) as umur_hari,
    coalesce(a.alasan_jemput, '') as alasan_jemput,
    case when list_contains($hold, h.status) then h.status end as ditahan
from menunggu as m
cross join ops.konteks as t
left join pemegang as p using (id_penerbitan)
left join siap as s using (id_penerbitan)
left join alasan as a using (id_penerbitan)
left join hasil as h using (id_penerbitan)
order by kode_kelurahan, p.rt, m.id_penerbitan
"""


def work_out(con: duckdb.DuckDBPyConnection, engine: Engine, visits: HomeVisits, today: date) -> int:
    """Make ops.pengambilan: one line a card that is ready and not collected.

    Args:
        visits: who is visited at home.
        today: ages of cards are counted to this day; those of people to the period's last day.

    Returns:
        How many cards wait.
    """
    con.execute(WAITING, {"ready": list(READY)})
    load_chains(con)
    with engine.connect() as store:
        _load_since(con, store)
        if con.execute("select 1 from menunggu limit 1").fetchone():
            con.execute(HOLDERS)
            _load_missing(con, store)
        else:  # the registry is large: nothing is looked up in it for nobody
            fill(con, "pemegang", dict.fromkeys(PERSON, "text") | {"tanggal_lahir": "date"}, [], temporary=True)
    _load_words(con, visits)
    con.execute(NEEDS, {"nothing": visits.nilai_tidak, "age": visits.umur_minimal, "kinds": visits.jenis_aduan})
    con.execute(RESULT, {"reasons": list(REASONS), "today": today, "hold": list(ON_HOLD)})
    row = con.execute("select count(*) from ops.pengambilan").fetchone()
    return int(row[0]) if row else 0


def _load_since(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """siap(id_penerbitan, sejak): when the bank first said that the card is ready."""
    steps = ", ".join(f"'{step}'" for step in READY)
    query = f"select id_penerbitan, min(tanggal) from jawaban_bank where status in ({steps}) group by id_penerbitan"
    fill(con, "siap", {"id_penerbitan": "text", "sejak": "date"}, read_rows(store, query), temporary=True)


def _load_missing(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Holders that the registry does not have (any more): as the card says."""
    missing = [
        i for (i,) in con.execute("select id_penerbitan from menunggu anti join pemegang using (id_penerbitan)").fetchall()
    ]
    columns = [penerbitan.c[name] for name in PERSON]
    rows: list[tuple[object, ...]] = []
    for start in range(0, len(missing), AT_ONCE):
        wanted = columns[0].in_(missing[start : start + AT_ONCE])
        rows += [tuple(row) for row in store.execute(select(*columns).where(wanted))]
    if rows:
        fill(con, "dari_buku", dict.fromkeys(PERSON, "text") | {"tanggal_lahir": "date"}, rows, temporary=True)
        con.execute(f"insert into pemegang select {', '.join(PERSON)} from dari_buku")


def _load_words(con: duckdb.DuckDBPyConnection, visits: HomeVisits) -> None:
    """sebab_kolom(judul, alasan) and sebab_kata(kata, alasan), from the policy; titles without case, blanks and signs."""
    titles = [
        ("".join(sign for sign in title.lower() if sign.isalnum()), reason)
        for reason, names in visits.kolom_dtks.items()
        for title in names
    ]
    words = [(word.lower(), reason) for reason, some in visits.kata_catatan.items() for word in some]
    fill(con, "sebab_kolom", {"judul": "text", "alasan": "text"}, titles, temporary=True)
    fill(con, "sebab_kata", {"kata": "text", "alasan": "text"}, words, temporary=True)
