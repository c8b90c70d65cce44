-- Every word of a name: how many people of the registry bear it, what agreeing on it is worth (bits), how it sounds.
with frekuensi as (
    select kata, count(*) as orang
    from (select unnest({{ words('nama_norm') }}) as kata from {{ ref('int_penduduk_kunci') }}) as lepas
    group by kata
),

semua as (
    select kata, orang from frekuensi
    union all
    select distinct kata, 0
    from (
        select unnest({{ words('nama_norm') }}) as kata from {{ ref('int_dtks') }}
        union all
        select unnest({{ words('nama_lain') }}) from {{ ref('int_dtks') }} where nama_lain is not null
        union all
        select unnest({{ words('nama_lain') }}) from {{ ref('int_penduduk_kunci') }} where nama_lain is not null
    ) as lepas
    where kata not in (select kata from frekuensi)
),

penduduk as (select greatest(count(nama_norm), 1) as jumlah from {{ ref('int_penduduk_kunci') }}),

aturan as (select {{ ordered_list("[pola, ganti]", "urut") }} as ejaan from {{ ref('ejaan') }}),

berbunyi as (
    select semua.kata, semua.orang, rtrim({{ rewrite("semua.kata || '$'", 'aturan.ejaan') }}, '$') as bunyi
    from semua
    cross join aturan
)

select
    berbunyi.kata,
    berbunyi.orang,
    berbunyi.orang >= greatest(3, penduduk.jumlah * 0.00002) as dikenal,
    case
        when length(berbunyi.kata) = 1 then 9.0
        else least(16.0, greatest(2.0, log2((penduduk.jumlah + 1) / (berbunyi.orang + 1))))
    end as bobot,
    berbunyi.bunyi,
    length(berbunyi.kata) as panjang,
    ascii(berbunyi.bunyi) as awal,
    ascii(right(berbunyi.bunyi, 1)) as akhir
from berbunyi
cross join penduduk
