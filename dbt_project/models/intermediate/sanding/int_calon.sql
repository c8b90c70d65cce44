-- Who could a remaining row be? One line per row and candidate, with the ways in which the candidate was found.
with sisa as (select * from {{ ref('int_sisa') }}),

luas as (select * from sisa where cari_luas),

penduduk as (select * from {{ ref('int_penduduk_kunci') }}),

posisi as (select n as i, pow(10, n)::bigint as m from {{ numbers(0, 15) }}),

-- NIK and KK with one digit wrong or two neighbours swapped: 159 variants each, joined as integers.
ditulis as (
    select dtks_id, 'NIK' as apa, nik_angka as angka, kelurahan_angka, huruf from luas where nik_angka is not null
    union all
    select dtks_id, 'KK', kk_angka, kelurahan_angka, huruf from luas where kk_angka is not null
),

varian as (
    select dtks_id, apa, angka + (d.n - {{ div('angka', 'm') }} % 10) * m as angka, kelurahan_angka, huruf
    from ditulis
    cross join posisi
    cross join {{ numbers(0, 9) }} as d
    where {{ div('angka', 'm') }} % 10 <> d.n
    union all
    select dtks_id, apa, angka + ({{ div('angka', 'm') }} % 10 - {{ div('angka', '(m * 10)') }} % 10) * 9 * m, kelurahan_angka, huruf
    from ditulis
    cross join posisi
    where i < 15 and {{ div('angka', 'm') }} % 10 <> {{ div('angka', '(m * 10)') }} % 10
),

-- NIK with digits lost at the end (12 to 15 left), or one digit too many anywhere.
terpotong as (
    select dtks_id, try_cast(nik as bigint) as awal, pow(10, 16 - length(nik))::bigint as m
    from luas
    where length(nik) between 12 and 15
),

kelebihan as (
    select luas.dtks_id, try_cast(left(luas.nik, n - 1) || substr(luas.nik, n + 1) as bigint) as angka
    from luas
    cross join {{ numbers(1, 17) }} as d
    where length(luas.nik) = 17
),

calon as (
    select dtks_id, penduduk.nik_angka, 'NIK' as blok
    from sisa inner join penduduk using (nik_angka)
    union all
    select dtks_id, penduduk.nik_angka, 'KK' as blok
    from sisa inner join penduduk using (kk_angka)
    union all
    select dtks_id, penduduk.nik_angka, 'NIK_KK' as blok
    from luas inner join penduduk on penduduk.kk_angka = luas.nik_angka
    union all
    select dtks_id, penduduk.nik_angka, 'KELUARGA' as blok
    from sisa inner join penduduk on penduduk.kk_angka = sisa.kk_pemilik
    union all
    select dtks_id, penduduk.nik_angka, 'NIK_SUNTING' as blok
    from varian inner join penduduk on penduduk.nik_angka = varian.angka
    where apa = 'NIK' and (penduduk.kelurahan_angka = varian.kelurahan_angka or penduduk.huruf = varian.huruf)
    union all
    select dtks_id, penduduk.nik_angka, 'KK_SUNTING' as blok
    from varian inner join penduduk on penduduk.kk_angka = varian.angka
    where apa = 'KK' and (penduduk.kelurahan_angka = varian.kelurahan_angka or penduduk.huruf = varian.huruf)
    {% for m in [10, 100, 1000, 10000] %}
    union all
    select dtks_id, penduduk.nik_angka, 'NIK_POTONG' as blok
    from terpotong inner join penduduk on {{ div('penduduk.nik_angka', m) }} = terpotong.awal
    where m = {{ m }}
    {% endfor %}
    union all
    select dtks_id, penduduk.nik_angka, 'NIK_PANJANG' as blok
    from kelebihan inner join penduduk on penduduk.nik_angka = kelebihan.angka
    union all
    select dtks_id, penduduk.nik_angka, 'LAHIR_KELURAHAN' as blok
    from luas
    inner join penduduk
        on penduduk.lahir_nik = {{ birth_part('luas.nik_angka') }} and penduduk.kelurahan_angka = luas.kelurahan_angka
    union all
    select dtks_id, penduduk.nik_angka, 'LAHIR_NAMA' as blok
    from luas
    inner join penduduk
        on penduduk.lahir_nik = {{ birth_part('luas.nik_angka') }} and penduduk.huruf = luas.huruf
    union all
    select dtks_id, penduduk.nik_angka, 'NAMA_KELURAHAN' as blok
    from luas inner join penduduk using (nama_kunci, kelurahan_angka)
    union all
    select dtks_id, penduduk.nik_angka, 'RT_NAMA' as blok
    from luas
    inner join penduduk
        on penduduk.kelurahan_angka = luas.kelurahan_angka
        and penduduk.rt_angka = luas.rt_angka
        and penduduk.huruf = luas.huruf
    union all
    select dtks_id, penduduk.nik_angka, 'NAMA' as blok
    from luas
    inner join penduduk using (nama_kunci)
    inner join (select nama_kunci from penduduk group by nama_kunci having count(*) <= 5) as jarang using (nama_kunci)
)

select dtks_id, nik_angka, string_agg(distinct blok, '+' order by blok) as blok
from calon
group by dtks_id, nik_angka
