-- Same NIK and the very same name: nothing more can be learnt about these rows, and they are most of the list.
select
    dtks.dtks_id,
    dtks.nik_angka
from {{ ref('int_dtks') }} as dtks
inner join {{ ref('int_penduduk_kunci') }} as penduduk
    on penduduk.nik_angka = dtks.nik_angka and penduduk.nama_kunci = dtks.nama_kunci
cross join {{ source('ops', 'konteks') }} as konteks
where konteks.registri_dipakai
