-- Rows that the exact match leaves, whose their NIK is, if anybody's.
with dtks as (
    select dtks.*
    from {{ ref('int_dtks') }} as dtks
    anti join {{ ref('int_padan_eksak') }} using (dtks_id)
    cross join {{ source('ops', 'konteks') }} as konteks
    where konteks.registri_dipakai
)

select
    dtks.*,
    pemilik.nik_angka is not null as nik_terdaftar,
    pemilik.kk_angka as kk_pemilik
from dtks
left join {{ ref('int_penduduk_kunci') }} as pemilik on pemilik.nik_angka = dtks.nik_angka
