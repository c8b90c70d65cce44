-- The registry as numbers and comparable names: what candidates are found and judged by. The rest is fetched for the few.
select
    nik_angka,
    {{ id_number('no_kk') }} as kk_angka,
    {{ birth_part('nik_angka') }} as lahir_nik,
    try_cast(replace(kode_kelurahan, '.', '') as bigint) as kelurahan_angka,
    try_cast(rt as smallint) as rt_angka,
    nama_norm,
    nama_lain,
    {{ join_key("replace(nama_norm, ' ', '')") }} as nama_kunci,
    left(nama_norm, 3) as huruf,
    left(split_part(nama_norm, ' ', -1), 3) as huruf_akhir
from {{ ref('int_penduduk') }}
