-- Same NIK and the very same name: nothing can overturn these, and they are most of the list. KK and home are noted as evidence.
select
    dtks.dtks_id,
    dtks.nik_angka,
    penduduk.kk_angka as kk_penduduk,
    case
        when dtks.kk_angka = penduduk.kk_angka then 'COCOK'
        when dtks.kk_angka is null then 'TIDAK_ADA'
        else 'BEDA'
    end as kk,
    {{ home_level('dtks', 'penduduk') }} as wilayah
from {{ ref('int_dtks') }} as dtks
inner join {{ ref('int_penduduk_kunci') }} as penduduk
    on penduduk.nik_angka = dtks.nik_angka and penduduk.nama_kunci = dtks.nama_kunci
cross join {{ source('ops', 'konteks') }} as konteks
where konteks.registri_dipakai and dtks.nama_norm is not null
