-- What each candidate's agreements and contradictions weigh, in bits: how likely this row is if it is that very person, if it is a
-- stranger to the registry, and if it is an unrecorded member of that person's household. The weights are the seed's.
with banding as (select * from {{ ref('int_calon_banding') }}),

bobot as (select * from {{ ref('bobot_padan') }}),

-- one of so many people: the more there are, the more it takes to be sure
penduduk as (select log2(greatest(count(*), 1)) as bit from {{ ref('int_penduduk_kunci') }}),

terbobot as (
    select
        banding.*,
        awal.bit_sama - penduduk.bit + banding.bit_sama + nik.bit_sama + kk.bit_sama + wilayah.bit_sama + alamat.bit_sama
        + lahir.bit_sama + kelamin.bit_sama + ibu.bit_sama + dipakai.bit_sama as nilai,
        awal.bit_asing + banding.bit_asing + nik.bit_asing + kk.bit_asing + wilayah.bit_asing + alamat.bit_asing
        + lahir.bit_asing + kelamin.bit_asing + ibu.bit_asing as nilai_asing,
        case
            when banding.kk in ('COCOK', 'SUNTING') or banding.nik = 'KELUARGA' or banding.alamat = 'SAMA'
                then awal.bit_serumah - penduduk.bit + banding.bit_asing + nik.bit_serumah + kk.bit_serumah + wilayah.bit_serumah + alamat.bit_serumah
                    + lahir.bit_serumah + kelamin.bit_serumah + ibu.bit_serumah
                    -- families share a word of the name; a single word is seldom a whole name
                    + case when banding.kata_dtks > 1 then 3 else -3 end
        end as nilai_serumah
    from banding
    cross join penduduk
    inner join bobot as awal on awal.bidang = 'AWAL'
    {%- for field in ['nik', 'kk', 'wilayah', 'alamat', 'lahir', 'kelamin', 'ibu', 'dipakai'] %}
    inner join bobot as {{ field }} on {{ field }}.bidang = '{{ field | upper }}' and {{ field }}.tingkat = banding.{{ field }}
    {%- endfor %}
),

berurut as (
    select
        *,
        greatest(nilai_asing, coalesce(nilai_serumah, nilai_asing)) as nilai_bukan,
        row_number() over urutan as urutan,
        lead(nilai) over urutan as nilai_berikut
    from terbobot
    window urutan as (partition by dtks_id order by nilai desc, kelas desc, nik_calon)
)

select
    * exclude (nilai_berikut, nilai_asing, nilai_serumah),
    round(nilai - nilai_bukan, 2) as yakin,
    -- how far ahead of the next candidate; far when there is none
    round(coalesce(nilai - nilai_berikut, 99), 2) as jarak
from berurut
