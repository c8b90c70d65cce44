{{ config(materialized='view', access='protected') }}

-- A view: writing 880,000 people's texts a second time would cost more than the whole matching. int_penduduk_kunci is the table.
with penduduk as (select * from {{ ref('stg_dukcapil') }}),

ganda as (select * from {{ ref('int_penduduk_ganda') }}),

nama_baku as (select * from {{ ref('int_nama') }}),

sekali as (
    select *
    from penduduk
    anti join ganda using (nik, berkas, baris)
    where penduduk.nik_kelas = 'BAIK'
)

select
    sekali.nik,
    {{ id_number('sekali.nik') }} as nik_angka,
    sekali.no_kk,
    sekali.nama,
    coalesce(nama_baku.nama_baku, sekali.nama) as nama_norm,
    {{ words('coalesce(nama_baku.nama_baku, sekali.nama)') }} as kata,
    nama_baku.nama_lain,
    sekali.tempat_lahir,
    sekali.tanggal_lahir,
    sekali.jenis_kelamin,
    sekali.hubungan_keluarga,
    sekali.nama_ibu,
    sekali.alamat,
    sekali.rt,
    sekali.kode_kelurahan,
    sekali.kelurahan,
    sekali.kecamatan,
    sekali.kode_pos,
    sekali.status,
    sekali.tanggal_status
from sekali
left join nama_baku on nama_baku.nama = sekali.nama
