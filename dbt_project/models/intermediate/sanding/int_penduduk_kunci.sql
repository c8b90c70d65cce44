-- The registry as numbers and comparable names: what candidates are found and judged by. The rest is fetched for the few.
with penduduk as (select * from {{ ref('int_penduduk') }}),

nama_lain as (select nama, max(nama_baku) as nama_baku from {{ ref('int_nama') }} where bagian = 1 group by nama)

select
    penduduk.nik_angka,
    {{ id_number('penduduk.no_kk') }} as kk_angka,
    {{ birth_part('penduduk.nik_angka') }} as lahir_nik,
    try_cast(replace(penduduk.kode_kelurahan, '.', '') as bigint) as kelurahan_angka,
    try_cast(penduduk.rt as smallint) as rt_angka,
    penduduk.nama_norm,
    nama_lain.nama_baku as nama_lain,
    {{ join_key("replace(penduduk.nama_norm, ' ', '')") }} as nama_kunci,
    left(penduduk.nama_norm, 3) as huruf,
    left(split_part(penduduk.nama_norm, ' ', -1), 3) as huruf_akhir
from penduduk
left join nama_lain on nama_lain.nama = penduduk.nama
