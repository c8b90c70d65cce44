-- Candidates for rows whose numbers point to nobody of a like name: a slip of the pen in NIK or KK, birth date, name and home.
-- The registry's table is named in every join, not once above: DuckDB would first copy it whole.
with mirip as (
    select distinct dekat.dtks_id
    from {{ ref('int_calon_dekat') }} as dekat
    inner join {{ ref('int_sisa') }} as sisa on sisa.dtks_id = dekat.dtks_id
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = dekat.nik_angka
    where
        {{ jaro_winkler('sisa.nama_norm', 'penduduk.nama_norm') }} >= 0.9
        or (dekat.blok = 'NIK' and {{ one_holds_the_other('sisa.nama_norm', 'penduduk.nama_norm') }})
),

luas as (
    select sisa.*
    from {{ ref('int_sisa') }} as sisa
    anti join mirip using (dtks_id)
),

nama_ada as (
    select nama_kunci, count(*) as orang
    from {{ ref('int_penduduk_kunci') }}
    where nama_kunci in (select nama_kunci from luas)
    group by nama_kunci
),

-- A hundred numbers and more for each row: they carry only what sorts out at once those whom one finds.
nik_sunting as materialized (
    select varian.dtks_id, penduduk.nik_angka, penduduk.kk_angka, penduduk.nama_norm, penduduk.nama_lain, penduduk.huruf, penduduk.huruf_akhir
    from ({{ one_slip("select dtks_id, nik_angka as angka from luas where nik_angka is not null") }}) as varian
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = varian.angka
),

kk_sunting as materialized (
    select varian.dtks_id, penduduk.nik_angka, penduduk.nama_norm, penduduk.nama_lain
    from ({{ one_slip("select dtks_id, kelurahan_angka, huruf, kk_angka as angka from luas where kk_angka is not null") }}) as varian
    inner join {{ ref('int_penduduk_kunci') }} as penduduk
        on penduduk.kk_angka = varian.angka and (penduduk.kelurahan_angka = varian.kelurahan_angka or penduduk.huruf = varian.huruf)
)

select luas.dtks_id, penduduk.nik_angka, 'NIK_SUNTING' as blok
from nik_sunting as penduduk
inner join luas on luas.dtks_id = penduduk.dtks_id
where
    penduduk.kk_angka = luas.kk_angka
    or {{ names_look_alike('luas', 'penduduk') }}
    -- words turned round, or the first one left out
    or luas.huruf_akhir in (penduduk.huruf, penduduk.huruf_akhir)
union all
select luas.dtks_id, penduduk.nik_angka, 'KK_SUNTING' as blok
from kk_sunting as penduduk
inner join luas on luas.dtks_id = penduduk.dtks_id
where {{ names_look_alike('luas', 'penduduk') }}
union all
select luas.dtks_id, penduduk.nik_angka, 'LAHIR_KELURAHAN' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk
    on penduduk.lahir_nik = {{ birth_part('luas.nik_angka') }} and penduduk.kelurahan_angka = luas.kelurahan_angka
union all
select luas.dtks_id, penduduk.nik_angka, 'LAHIR_NAMA' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.lahir_nik = {{ birth_part('luas.nik_angka') }}
where
    penduduk.huruf in (luas.huruf, luas.huruf_akhir)
    or penduduk.huruf_akhir in (luas.huruf, luas.huruf_akhir)
    or {{ jaro_winkler('luas.nama_norm', 'penduduk.nama_norm') }} > 0.8
union all
select luas.dtks_id, penduduk.nik_angka, 'NAMA_KELURAHAN' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk
    on penduduk.nama_kunci = luas.nama_kunci and penduduk.kelurahan_angka = luas.kelurahan_angka
union all
select luas.dtks_id, penduduk.nik_angka, 'NAMA' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nama_kunci = luas.nama_kunci
where luas.nama_kunci in (select nama_kunci from nama_ada where orang <= 5)
union all
-- two wrong digits, which are too many to try
select luas.dtks_id, penduduk.nik_angka, 'NAMA_NIK' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nama_kunci = luas.nama_kunci
where {{ differing_digits('luas.nik_angka', 'penduduk.nik_angka') }} = 2
union all
-- without a NIK a name has to do, even one that nobody bears: a slip in its middle, or a word left out there
select luas.dtks_id, penduduk.nik_angka, 'NAMA_MIRIP' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.huruf = luas.huruf and penduduk.huruf_akhir = luas.huruf_akhir
where
    luas.nik_angka is null
    and luas.nama_kunci not in (select nama_kunci from nama_ada)
    and {{ jaro_winkler('luas.nama_norm', 'penduduk.nama_norm') }} >= 0.93
{%- for theirs in ['huruf', 'huruf_akhir'] %}
union all
select luas.dtks_id, penduduk.nik_angka, 'RT_NAMA' as blok
from (select *, unnest([huruf, huruf_akhir]) as huruf_dicari from luas) as luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk
    on penduduk.kelurahan_angka = luas.kelurahan_angka
    and penduduk.rt_angka = luas.rt_angka
    and penduduk.{{ theirs }} = luas.huruf_dicari
where
    penduduk.huruf || penduduk.huruf_akhir in (luas.huruf || luas.huruf_akhir, luas.huruf_akhir || luas.huruf)
    or {{ names_look_alike('luas', 'penduduk', 0.8) }}
{%- endfor %}
union all
-- a slip in the first letters
select luas.dtks_id, penduduk.nik_angka, 'RT_NAMA' as blok
from luas
inner join {{ ref('int_penduduk_kunci') }} as penduduk
    on penduduk.kelurahan_angka = luas.kelurahan_angka
    and penduduk.rt_angka = luas.rt_angka
    and substr(penduduk.nama_norm, -2) = substr(luas.nama_norm, -2)
where {{ jaro_winkler('luas.nama_norm', 'penduduk.nama_norm') }} >= 0.8
