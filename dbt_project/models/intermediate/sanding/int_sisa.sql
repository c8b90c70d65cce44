-- Rows that the exact match leaves, with what their NIK already tells: whose it is, and whether that name is like theirs.
with dtks as (
    select *
    from {{ ref('int_dtks') }} as dtks
    where
        not exists (select 1 from {{ ref('int_padan_eksak') }} as eksak where eksak.dtks_id = dtks.dtks_id)
        and exists (select 1 from {{ source('ops', 'konteks') }} where registri_dipakai)
),

pemilik as (
    select nik_angka, {{ id_number('no_kk') }} as kk_angka, nama_norm
    from {{ ref('int_penduduk') }}
    where nik_angka in (select nik_angka from dtks)
)

select
    dtks.*,
    pemilik.nik_angka is not null as nik_terdaftar,
    pemilik.kk_angka as kk_pemilik,
    {{ jaro_winkler("replace(dtks.nama_norm, ' ', '')", "replace(pemilik.nama_norm, ' ', '')") }} as mirip_pemilik,
    pemilik.nik_angka is null or mirip_pemilik < 0.85 as cari_luas
from dtks
left join pemilik on pemilik.nik_angka = dtks.nik_angka
