{{ config(tags=['akhir']) }}

-- What SANTER may know: one entry per NIK and family card number. This is the published asset.
with entri as (select * from {{ ref('int_entri') }} where alasan_dikecualikan is null)

select
    entri.nik,
    entri.no_kk,
    entri.keputusan,
    entri.alasan,
    entri.kategori_bantuan,
    kartu.langkah as kartu,
    entri.periode
from entri
left join {{ source('ops', 'kartu') }} as kartu on kartu.nik_awal = entri.nik_awal
