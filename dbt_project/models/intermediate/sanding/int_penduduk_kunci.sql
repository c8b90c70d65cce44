-- The registry as numbers: what candidates are found by. Everything else is fetched later, for candidates only.
select
    nik_angka,
    {{ id_number('no_kk') }} as kk_angka,
    {{ birth_part('nik_angka') }} as lahir_nik,
    try_cast(replace(kode_kelurahan, '.', '') as bigint) as kelurahan_angka,
    try_cast(rt as smallint) as rt_angka,
    {{ join_key("replace(nama_norm, ' ', '')") }} as nama_kunci,
    left(nama_norm, 3) as huruf
from {{ ref('int_penduduk') }}
