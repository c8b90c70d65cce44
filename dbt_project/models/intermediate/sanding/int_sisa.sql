-- Rows that the exact match leaves, whose their NIK is, if anybody's, and whether that name is like theirs.
with dtks as (
    select *
    from {{ ref('int_dtks') }} as dtks
    where
        not exists (select 1 from {{ ref('int_padan_eksak') }} as eksak where eksak.dtks_id = dtks.dtks_id)
        and exists (select 1 from {{ source('ops', 'konteks') }} where registri_dipakai)
)

select
    dtks.*,
    pemilik.nik_angka is not null as nik_terdaftar,
    pemilik.kk_angka as kk_pemilik,
    coalesce({{ jaro_winkler('dtks.nama_norm', 'pemilik.nama_norm') }} >= 0.9, false) as mirip_pemilik
from dtks
left join {{ ref('int_penduduk_kunci') }} as pemilik on pemilik.nik_angka = dtks.nik_angka
