{{ config(tags=['akhir'], materialized='view') }}

-- keputusan.parquet: columns and order of README, Formats and codes. A view: the file is the copy that is kept.
select
    dasar.periode,
    dasar.berkas,
    dasar.baris,
    dasar.id_kasus,
    dasar.nik_asal,
    dasar.nama_asal,
    dasar.status_padan,
    dasar.metode_padan,
    dasar.skor,
    dasar.nik_padan,
    dasar.no_kk_padan,
    dasar.kode_kelurahan,
    dasar.duplikat_dari,
    dasar.verifikasi,
    dasar.keputusan,
    dasar.alasan,
    dasar.pernah_menerima,
    dasar.kategori_bantuan,
    nomor_ssn.nomor as nomor_ssn,
    dasar.versi_kebijakan
from {{ ref('mart_keputusan_dasar') }} as dasar
left join {{ source('ops', 'nomor_ssn') }} as nomor_ssn
    -- an equality alone: any other condition here makes DuckDB compare every row with every number
    on nomor_ssn.nik_awal = case when dasar.duplikat_dari is null then dasar.nik_awal end
