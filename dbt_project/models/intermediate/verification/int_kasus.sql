{{ config(materialized='view') }}

-- Which case each row belongs to, and in which kelurahan, by what the matching alone says.
with barisan as (
    select
        dtks.dtks_id,
        padan.status_padan,
        dtks.nik,
        dtks.nama_asal,
        dtks.no_kk,
        coalesce(orang.nik_awal, padan.nik_padan) as nik_awal,
        coalesce(penduduk.kode_kelurahan, dtks.kode_kelurahan) as kode_kelurahan
    from {{ ref('mart_padan') }} as padan
    inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = padan.dtks_id
    left join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = coalesce(padan.nik_padan, padan.nik_calon)
    left join {{ ref('int_orang') }} as orang on orang.nik = padan.nik_padan
),

kunci as (select * from {{ source('ops', 'kunci') }}),

kasus_terkirim as (select * from {{ source('ops', 'kasus') }}),

kasus_orang as (
    select
        barisan.dtks_id,
        {{ id_kasus(isi_kasus_orang('barisan.nik_awal', 'barisan.kode_kelurahan'), 'kunci') }} as id_kasus
    from barisan
    cross join kunci
    where barisan.status_padan = 'PADAN'
),

kasus_baris as (
    select
        barisan.dtks_id,
        {{ id_kasus(isi_kasus_baris('barisan.nik', 'barisan.nama_asal', 'barisan.no_kk', 'barisan.kode_kelurahan'), 'kunci') }} as id_kasus
    from barisan
    cross join kunci
    where barisan.status_padan in ('RAGU', 'TIDAK_PADAN')
),

-- The candidate of a doubtful row may have lived elsewhere when the case was sent and answered: the case keeps its id.
belum_terkirim as (
    select barisan.*
    from barisan
    inner join kasus_baris on kasus_baris.dtks_id = barisan.dtks_id
    left join kasus_terkirim on kasus_terkirim.id_kasus = kasus_baris.id_kasus
    where barisan.status_padan = 'RAGU' and kasus_terkirim.id_kasus is null
),

kemungkinan as (
    select
        barisan.dtks_id,
        {{ id_kasus(isi_kasus_baris('barisan.nik', 'barisan.nama_asal', 'barisan.no_kk', 'wilayah.kode_kelurahan'), 'kunci') }} as id_kasus
    from belum_terkirim as barisan
    cross join (select distinct kode_kelurahan from kasus_terkirim) as wilayah
    cross join kunci
),

kasus_lama as (
    select kemungkinan.dtks_id, max_by(jawaban.id_kasus, jawaban.jawaban_id) as id_kasus
    from kemungkinan
    inner join {{ ref('int_jawaban_terbaru') }} as jawaban on jawaban.id_kasus = kemungkinan.id_kasus
    group by kemungkinan.dtks_id
)

select
    barisan.dtks_id,
    barisan.nik_awal,
    barisan.kode_kelurahan,
    coalesce(kasus_orang.id_kasus, kasus_lama.id_kasus, kasus_baris.id_kasus) as id_kasus
from barisan
left join kasus_orang on kasus_orang.dtks_id = barisan.dtks_id
left join kasus_baris on kasus_baris.dtks_id = barisan.dtks_id
left join kasus_lama on kasus_lama.dtks_id = barisan.dtks_id
