{{ config(access='protected') }}

-- The people of the civil registry that a row, a candidate, an answer or an aid row points to: the rest of the city is not needed.
with ditunjuk as (
    select nik_padan as nik from {{ ref('mart_padan') }} where nik_padan is not null
    union
    select nik_calon from {{ ref('mart_calon') }}
    union
    select nik from {{ source('raw', 'dtks') }} where nik is not null
    union
    select nik_benar from {{ ref('stg_jawaban') }} where nik_benar is not null
    union
    select nik from {{ ref('stg_bansos') }} where nik is not null
),

dicari as (
    select nik from ditunjuk
    union
    select orang.nik_kini from ditunjuk inner join {{ ref('int_orang') }} as orang on orang.nik = ditunjuk.nik
)

select
    penduduk.nik,
    penduduk.no_kk,
    penduduk.nama,
    penduduk.hubungan_keluarga,
    penduduk.tanggal_lahir,
    penduduk.jenis_kelamin,
    {{ tidy_text('penduduk.nama_ibu') }} as nama_ibu,
    penduduk.alamat,
    penduduk.rt,
    penduduk.kode_kelurahan,
    penduduk.status
from {{ ref('int_penduduk') }} as penduduk
inner join dicari on dicari.nik = penduduk.nik
