{{ config(materialized='view') }}

-- For any row of the list: who was considered, what each field says on either side, what it weighed, which rule decided. The exact
-- match weighs nothing: its rows stand here without bits. A view with values in full: whoever may read the warehouse may read them;
-- `ssn explain` covers them.
with garis as (
    select dtks_id, urutan, nik_calon, bidang, tingkat, sumbangan, yakin, jarak
    from {{ ref('mart_penjelasan') }}
    union all
    select
        eksak.dtks_id,
        1,
        {{ id_text('eksak.nik_angka') }},
        bidang.nama,
        case bidang.nama when 'NIK' then 'COCOK' when 'NAMA' then 'KELAS_5' when 'KK' then eksak.kk else eksak.wilayah end,
        null,
        null,
        null
    from {{ ref('int_padan_eksak') }} as eksak
    cross join (select unnest(['NIK', 'NAMA', 'KK', 'WILAYAH']) as nama) as bidang
    union all
    -- nobody was found to compare with: what the row says stands alone
    select sisa.dtks_id, null, null, bidang.nama, null, null, null, null
    from {{ ref('int_padan_sisa') }} as sisa
    cross join (select unnest(['NIK', 'NAMA', 'KK', 'WILAYAH']) as nama) as bidang
    where sisa.urutan is null
)

select
    dtks.berkas,
    dtks.baris,
    garis.dtks_id,
    garis.urutan,
    garis.nik_calon,
    garis.bidang,
    {{ field_value('garis.bidang', 'dtks', 'nik_asal', 'nama_asal', 'no_kk_asal') }} as di_dtks,
    {{ field_value('garis.bidang', 'orang', 'nik', 'nama', 'no_kk') }} as di_registri,
    garis.tingkat,
    garis.sumbangan,
    garis.yakin,
    garis.jarak,
    padan.status_padan,
    padan.aturan
from garis
inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = garis.dtks_id
inner join {{ ref('mart_padan') }} as padan on padan.dtks_id = garis.dtks_id
left join {{ ref('int_penduduk') }} as orang on orang.nik = garis.nik_calon
