"""Which cards this period's decisions ask for: SQL over decisions, registry and ledger. The rules: README, Formats and codes.

Reads  mart_keputusan_dasar, int_penduduk_terkait, int_penduduk, ops.penerbitan, ops.nomor_ssn, ops.konteks,
       ops.kebijakan, and the temporary tables langkah_penerbitan (answers.py), rantai_nik (store/identity.py),
       ganti_diminta and data_terkirim (replacement.py).
Makes  diperlukan: the issuances that should be reserved now, with the registry's fields; any other is withdrawn.
       ops.pengecualian_kartu: families and cards that people have to look at.

Only what is in a batch (DITULIS) is a fact here; a reservation is a proposal, worked out anew each time, so that it
never outlives the decision it was made for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssn_assets.store.schema import PERSON_FIELDS

if TYPE_CHECKING:
    import duckdb

PERSONAL = [*PERSON_FIELDS, "kode_kelurahan"]
"""Fields of an issuance that are the registry's."""

CHECKED_BY_BANK = ("nik", "nama", "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "nama_ibu")
"""What the bank compares with the person's papers: a refused line is sent again when one of these was corrected."""


DECIDED = """
create or replace temp table putusan as
select
    nik_awal,
    case
        when bool_or(keputusan = 'VALID') then 'VALID'
        when bool_or(keputusan = 'MENUNGGU') then 'MENUNGGU'
        else 'TIDAK_VALID'
    end as keputusan,
    min(nik_padan) as nik,
    min(alasan[1]) filter (where keputusan = 'TIDAK_VALID') as sebab
from mart_keputusan_dasar
where nik_awal is not null and nik_padan is not null
group by nik_awal
"""
"""One line a person; a GANDA row says nothing of a person whose kept row is VALID or waiting."""

CARDS_OUT = """
create or replace temp table kartu_keluar as
select c.id_penerbitan, c.nik_awal, c.nomor_ssn, c.no_kk as no_kk_kartu, c.kode_kelurahan, l.langkah
from ops.penerbitan as c
left join langkah_penerbitan as l using (id_penerbitan)
where c.jenis in ('BARU', 'GANTI') and c.status = 'DITULIS'
    and not exists (
        select 1 from ops.penerbitan as b
        where b.id_rujukan = c.id_penerbitan and b.jenis in ('BLOKIR', 'GANTI') and b.status = 'DITULIS'
    )
"""
"""Cards at the bank that we did not stop or replace; one that the bank blocked by itself is still the family's."""

WANTED = """
create or replace temp table dicari as
with luar_daftar as (select nik_awal from kartu_keluar anti join putusan using (nik_awal))
select nik_awal, nik from putusan
where keputusan = 'VALID' or nik_awal in (select nik_awal from kartu_keluar)
union
select nik_awal, nik_awal from luar_daftar
union
select l.nik_awal, r.nik from luar_daftar as l inner join rantai_nik as r using (nik_awal)
"""
"""The NIKs of everybody valid or holding a card; a holder outside the list may stand under any NIK he ever had."""

PEOPLE = """
create or replace temp table warga as
with dikenal as (select * from dicari where nik in (select nik from int_penduduk_terkait)),
beberapa as (select nik_awal from dikenal group by nik_awal having count(*) > 1)
select d.nik_awal, p.nik, p.no_kk, p.hubungan_keluarga, p.tanggal_lahir, p.kode_kelurahan
from int_penduduk_terkait as p
inner join (from dikenal anti join beberapa using (nik_awal)) as d using (nik)
union all
(
    select d.nik_awal, p.nik, p.no_kk, p.hubungan_keluarga, p.tanggal_lahir, p.kode_kelurahan
    from int_penduduk_terkait as p
    inner join (from dikenal semi join beberapa using (nik_awal)) as d using (nik)
    qualify row_number() over (partition by d.nik_awal order by (p.status = 'AKTIF') desc, p.nik desc) = 1
)
"""
"""Their registry records, as far as the list led the decision to them. Nearly everybody has one: only the others are sorted."""

MISSING = "select count(*) from kartu_keluar anti join warga using (nik_awal)"

PEOPLE_OUTSIDE = """
insert into warga
select d.nik_awal, p.nik, p.no_kk, p.hubungan_keluarga, p.tanggal_lahir, p.kode_kelurahan
from int_penduduk as p
inner join dicari as d using (nik)
anti join warga as w on w.nik_awal = d.nik_awal
qualify row_number() over (partition by d.nik_awal order by (p.status = 'AKTIF') desc, p.nik desc) = 1
"""
"""Holders who are not in the list at all: looked for in the whole registry, only when there are such."""

HELD = """
create or replace temp table kartu_dipegang as
select
    k.*, coalesce(w.no_kk, k.no_kk_kartu, '') as keluarga, coalesce(u.keputusan, 'TIDAK_ADA') as keputusan_pemegang, u.sebab
from kartu_keluar as k
left join warga as w using (nik_awal)
left join putusan as u using (nik_awal)
"""
"""A card goes where its holder goes: it is the card of the family he belongs to now."""

CANDIDATES = """
create or replace temp table calon as
select
    w.*,
    case
        when upper(trim(w.hubungan_keluarga)) in ('KEPALA KELUARGA', '1', '01') then 0
        when upper(trim(w.hubungan_keluarga)) in ('SUAMI', 'ISTRI', '2', '02', '3', '03') then 1
        else 2
    end as peran,
    exists (
        select 1 from ops.penerbitan as d where d.nik_awal = w.nik_awal and d.jenis = 'BARU' and d.status = 'DIPESAN'
    ) as dipesan,
    coalesce(w.tanggal_lahir + to_years(b.umur_minimal_pemegang::integer) <= k.tanggal, false) as cukup_umur,
    coalesce(regexp_full_match(w.no_kk, '[0-9]{16}'), false) as ber_kk
from warga as w
cross join ops.konteks as k
cross join ops.kebijakan as b
semi join (select nik_awal from putusan where keputusan = 'VALID') as v on v.nik_awal = w.nik_awal
anti join (from kartu_dipegang where keputusan_pemegang <> 'TIDAK_VALID') as h on h.nik_awal = w.nik_awal
anti join (from kartu_dipegang where keputusan_pemegang <> 'TIDAK_VALID') as f on f.keluarga = w.no_kk
"""
"""Valid members of families without a card; one to be blocked does not count. Digits are the registry's codes."""

CHOSEN = """
create or replace temp table dipilih as
with pemegang as (
    select * from calon
    where cukup_umur and ber_kk
    qualify row_number() over (partition by no_kk order by dipesan desc, peran, tanggal_lahir, nik) = 1
)
select 'BARU' as jenis, p.nik_awal, p.nik, n.nomor as nomor_ssn, null::varchar as id_rujukan, null::varchar as sebab
from pemegang as p
left join ops.nomor_ssn as n on n.nik_awal = p.nik_awal
union all
select 'BLOKIR' as jenis, d.nik_awal, w.nik, d.nomor_ssn, d.id_penerbitan as id_rujukan, d.sebab
from kartu_dipegang as d
inner join warga as w using (nik_awal)
where d.keputusan_pemegang = 'TIDAK_VALID'
union all
select 'GANTI' as jenis, d.nik_awal, w.nik, d.nomor_ssn, d.id_penerbitan as id_rujukan, g.sebab
from kartu_dipegang as d
inner join warga as w using (nik_awal)
inner join ganti_diminta as g using (id_penerbitan)
where d.keputusan_pemegang = 'VALID'
"""

CORRECTED = f"""
insert into ganti_diminta
select k.id_penerbitan, 'DATA_DIBETULKAN'
from kartu_dipegang as k
inner join data_terkirim as t using (id_penerbitan)
inner join warga as w using (nik_awal)
inner join int_penduduk as p on p.nik = w.nik
where ({", ".join(f"p.{f}::varchar" for f in CHECKED_BY_BANK)}) is distinct from ({", ".join(f"t.{f}" for f in CHECKED_BY_BANK)})
    and k.id_penerbitan not in (select id_penerbitan from ganti_diminta)
"""
"""What the bank refused and the registry says otherwise by now: a corrected line in its place."""

RECORDS = f"select {', '.join(f'{c}::varchar as {c}' for c in PERSONAL)} from int_penduduk where nik in (select nik from dipilih)"

NO_RECORDS = f"select {', '.join(f'null::varchar as {c}' for c in PERSONAL)} where false"

NEEDED = """
create or replace temp table diperlukan as
with catatan_penduduk as ({records}),
pernah as (
    select no_kk, count(*) as jumlah from ops.penerbitan where jenis = 'BARU' and status = 'DITULIS' group by no_kk
)
select d.*, c.* exclude (nik), case when d.jenis = 'BARU' then 1 + coalesce(p.jumlah, 0) end as siklus
from dipilih as d
inner join catatan_penduduk as c using (nik)
left join pernah as p on p.no_kk = c.no_kk
"""
"""A family's cycle: how many new cards it was issued, this one counted. The ledger has each once, so that two runs that know
different things cannot both give the family its next card."""

EXCEPTIONS = """
create or replace table ops.pengecualian_kartu as
with keluarga_tanpa_pemegang as (
    select * from calon as c
    where not exists (select 1 from diperlukan as d where d.jenis = 'BARU' and d.no_kk = c.no_kk)
    qualify row_number() over (
        partition by case when ber_kk then no_kk else nik end order by peran, tanggal_lahir, nik
    ) = 1
)
select
    case when ber_kk then 'TANPA_PEMEGANG' else 'TANPA_KK' end as jenis, null::varchar as id_penerbitan,
    n.nomor as nomor_ssn, k.kode_kelurahan,
    case
        when ber_kk then 'Tidak ada anggota keluarga VALID yang cukup umur untuk memegang kartu.'
        else 'Nomor KK di data kependudukan tidak lengkap; kartu keluarga tidak dapat ditentukan.'
    end as keterangan
from keluarga_tanpa_pemegang as k
left join ops.nomor_ssn as n using (nik_awal)
union all
select
    case keputusan_pemegang when 'MENUNGGU' then 'PEMEGANG_MENUNGGU' else 'PEMEGANG_TIDAK_ADA' end,
    id_penerbitan, nomor_ssn, kode_kelurahan,
    case keputusan_pemegang
        when 'MENUNGGU' then 'Keputusan pemegang kartu masih menunggu; kartu tidak diblokir.'
        else 'Pemegang kartu tidak ada dalam daftar periode ini; kartu tidak diblokir.'
    end
from kartu_dipegang
where keputusan_pemegang in ('MENUNGGU', 'TIDAK_ADA')
union all
select
    'DUA_KARTU', id_penerbitan, nomor_ssn, kode_kelurahan,
    'Keluarga ini memegang lebih dari satu kartu; putuskan kartu mana yang tetap.'
from kartu_dipegang
where keputusan_pemegang <> 'TIDAK_VALID' and keluarga <> ''
qualify count(*) over (partition by keluarga) > 1
union all
select
    'DIBLOKIR_BANK', id_penerbitan, nomor_ssn, kode_kelurahan,
    'Bank memblokir kartu ini tanpa permintaan; pemegangnya masih VALID.'
from kartu_dipegang
where langkah = 'DIBLOKIR' and keputusan_pemegang = 'VALID'
"""


def registry_usable(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the people of this run were looked up at all; if not, nobody's decision says anything about a card."""
    return bool(_count(con, "select count(*) from ops.konteks where registri_dipakai"))


def work_out(con: duckdb.DuckDBPyConnection) -> None:
    """Make `diperlukan` and ops.pengecualian_kartu, after the tables named on top of this file.

    The registry is a view over the whole city, so it is asked only when there is somebody to ask for.
    """
    for statement in (DECIDED, CARDS_OUT, WANTED, PEOPLE):
        con.execute(statement)
    if _count(con, MISSING):
        con.execute(PEOPLE_OUTSIDE)
    con.execute(HELD)
    if _count(con, "select count(*) from data_terkirim"):
        con.execute(CORRECTED)
    for statement in (CANDIDATES, CHOSEN):
        con.execute(statement)
    con.execute(NEEDED.format(records=RECORDS if _count(con, "select count(*) from dipilih") else NO_RECORDS))
    con.execute(EXCEPTIONS)


def _count(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = con.execute(statement).fetchone()
    return int(row[0]) if row else 0
