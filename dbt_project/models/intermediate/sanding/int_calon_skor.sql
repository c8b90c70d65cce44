-- What each candidate's agreements and contradictions weigh, in bits: how likely this row is if it is that very person, if it is a
-- stranger to the registry, and if it is an unrecorded member of that person's household. The weights are the seed's.
-- Then who already has a better row: a person is one, and seldom twice on the list.
with banding as (select * from {{ ref('int_calon_banding') }}),

bobot as (select * from {{ ref('bobot_padan') }}),

-- one of so many people: the more there are, the more it takes to be sure
penduduk as (select log2(greatest(count(*), 1)) as bit from {{ ref('int_penduduk_kunci') }}),

terbobot as (
    select
        banding.*,
        awal.bit_sama - penduduk.bit + banding.bit_sama + nik.bit_sama + kk.bit_sama + wilayah.bit_sama + alamat.bit_sama
        + lahir.bit_sama + kelamin.bit_sama + ibu.bit_sama as bit_orang,
        awal.bit_asing + banding.bit_asing + nik.bit_asing + kk.bit_asing + wilayah.bit_asing + alamat.bit_asing
        + lahir.bit_asing + kelamin.bit_asing + ibu.bit_asing as bit_orang_asing,
        case
            when banding.kk in ('COCOK', 'SETARA', 'SUNTING') or banding.nik = 'KELUARGA' or banding.alamat = 'SAMA'
                then awal.bit_serumah - penduduk.bit + banding.bit_keluarga + nik.bit_serumah + kk.bit_serumah + wilayah.bit_serumah + alamat.bit_serumah
                    + lahir.bit_serumah + kelamin.bit_serumah + ibu.bit_serumah
        end as bit_orang_serumah
    from banding
    cross join penduduk
    inner join bobot as awal on awal.bidang = 'AWAL' and awal.tingkat = 'ORANG'
    -- left: each level has its weight (tested), and with inner joins DuckDB would begin with the few weights, on one core
    {%- for field in ['nik', 'kk', 'wilayah', 'alamat', 'lahir', 'kelamin', 'ibu'] %}
    left join bobot as {{ field }} on {{ field }}.bidang = '{{ field | upper }}' and {{ field }}.tingkat = banding.{{ field }}
    {%- endfor %}
),

dua_teratas as (select dtks_id, {{ highest('bit_orang', 2) }} as bit from terbobot group by dtks_id),

-- How surely each row is this person and nobody else: bits ahead of the row's other candidates and of its being nobody.
unggul as (
    select
        terbobot.*,
        bit_orang - greatest(bit_orang_asing, coalesce(bit_orang_serumah, bit_orang_asing)) as bit_ada,
        bit_orang - case when bit_orang = dua_teratas.bit[1] then coalesce(dua_teratas.bit[2], bit_orang - 99) else dua_teratas.bit[1] end as bit_unggul
    from terbobot
    inner join dua_teratas on dua_teratas.dtks_id = terbobot.dtks_id
),

-- The best claim to each person: a row that the exact match settled, else the surest of the others.
klaim as (
    select nik_calon, min(kk_calon) as kk_calon, max(bit_klaim) as bit_klaim
    from (
        select nik_calon, kk_calon, least(bit_ada, bit_unggul) as bit_klaim
        from unggul
        where kelas >= 3 and bit_ada >= 8 and bit_unggul >= 6
        union all
        select nik_angka, kk_penduduk, 99 from {{ ref('int_padan_eksak') }}
    ) as semua
    group by nik_calon
),

-- Families of which somebody is on the list: such a family mostly stands there whole.
terdaftar as (select kk_calon, count(*) as orang from klaim group by kk_calon),

terpakai as (
    select
        unggul.*,
        case
            -- a row's own claim is no better than itself
            when klaim.bit_klaim is null or klaim.bit_klaim < least(unggul.bit_ada, unggul.bit_unggul) + 4
                then case when terdaftar.orang > (klaim.nik_calon is not null)::int then 'TIDAK' else 'TIDAK_SEORANG' end
            when unggul.kelas = 5 then 'SENAMA'
            when unggul.nik = 'COCOK' then 'YA'
            else 'YA_NIK_LAIN'
        end as dipakai
    from unggul
    left join klaim on klaim.nik_calon = unggul.nik_calon
    left join terdaftar on terdaftar.kk_calon = unggul.kk_calon
),

berurut as (
    select
        terpakai.* exclude (kk_calon, bit_orang, bit_orang_asing, bit_orang_serumah, bit_ada, bit_unggul),
        bit_orang + dipakai.bit_sama as nilai,
        greatest(
            bit_orang_asing + dipakai.bit_asing, coalesce(bit_orang_serumah + dipakai.bit_serumah, bit_orang_asing + dipakai.bit_asing)
        ) as nilai_bukan,
        row_number() over urutan as urutan,
        lead(bit_orang + dipakai.bit_sama) over urutan as nilai_berikut
    from terpakai
    inner join bobot as dipakai on dipakai.bidang = 'DIPAKAI' and dipakai.tingkat = terpakai.dipakai
    window urutan as (partition by terpakai.dtks_id order by bit_orang + dipakai.bit_sama desc, terpakai.kelas desc, terpakai.nik_calon)
)

select
    * exclude (nilai_berikut),
    round(nilai - nilai_bukan, 2) as yakin,
    -- how far ahead of the next candidate; far when there is none
    round(coalesce(nilai - nilai_berikut, 99), 2) as jarak
from berurut
