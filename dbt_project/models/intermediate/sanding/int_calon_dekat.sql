-- Candidates that the row's own numbers point to: its NIK, whole or with digits lost or doubled, its KK, the family of either, and
-- the family that others of the same KK on the list belong to. A family found one way is not looked up another way.
with sisa as (select * from {{ ref('int_sisa') }}),

-- NIK with digits lost at the end (12 to 14 left).
terpotong as (
    select dtks_id, try_cast(nik as bigint) as awal, length(nik) as panjang
    from sisa
    where length(nik) between 12 and 14
),

-- NIK with one digit lost anywhere.
kekurangan as (
    select distinct
        sisa.dtks_id,
        try_cast(left(sisa.nik, posisi.n) || digit.n::varchar || substr(sisa.nik, posisi.n + 1) as bigint) as angka
    from sisa
    cross join {{ numbers(0, 15) }} as posisi
    cross join {{ numbers(0, 9) }} as digit
    where length(sisa.nik) = 15
),

-- NIK with one digit too many anywhere.
kelebihan as (
    select distinct sisa.dtks_id, try_cast(left(sisa.nik, d.n - 1) || substr(sisa.nik, d.n + 1) as bigint) as angka
    from sisa
    cross join {{ numbers(1, 17) }} as d
    where length(sisa.nik) = 17
)

select sisa.dtks_id, penduduk.nik_angka, 'NIK' as blok
from sisa
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = sisa.nik_angka
union all
select sisa.dtks_id, penduduk.nik_angka, 'KK' as blok
from sisa
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.kk_angka = sisa.kk_angka
union all
select sisa.dtks_id, penduduk.nik_angka, 'NIK_KK' as blok
from sisa
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.kk_angka = sisa.nik_angka
union all
select sisa.dtks_id, penduduk.nik_angka, 'KK_NIK' as blok
from sisa
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = sisa.kk_angka
union all
select sisa.dtks_id, penduduk.nik_angka, 'KELUARGA' as blok
from sisa
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.kk_angka = sisa.kk_pemilik
where sisa.kk_pemilik is distinct from sisa.kk_angka
union all
select sisa.dtks_id, penduduk.nik_angka, 'KK_SETARA' as blok
from sisa
inner join {{ ref('int_kk_setara') }} as setara on setara.kk_angka = sisa.kk_angka
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.kk_angka = setara.kk_registri
where setara.kk_registri is distinct from sisa.kk_pemilik and (setara.baris > 1 or setara.satu_baris <> sisa.dtks_id)
{% for digits in [12, 13, 14] %}
union all
select terpotong.dtks_id, penduduk.nik_angka, 'NIK_POTONG' as blok
from terpotong
inner join {{ ref('int_penduduk_kunci') }} as penduduk on {{ div('penduduk.nik_angka', 10 ** (16 - digits)) }} = terpotong.awal
where terpotong.panjang = {{ digits }}
{% endfor %}
union all
select kelebihan.dtks_id, penduduk.nik_angka, 'NIK_PANJANG' as blok
from kelebihan
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = kelebihan.angka
union all
select kekurangan.dtks_id, penduduk.nik_angka, 'NIK_KURANG' as blok
from kekurangan
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = kekurangan.angka
