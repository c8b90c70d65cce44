{{ config(materialized='view') }}

-- Why a candidate weighs what it weighs: one line per remaining row, candidate and field. A view: looked at for single rows, and
-- built for none. The bits of one candidate add up to int_calon_skor's yakin; whatever this model does not know stands as LAINNYA.
with skor as (select * from {{ ref('int_calon_skor') }}),

bobot as (select * from {{ ref('bobot_padan') }}),

penduduk as (select log2(greatest(count(*), 1)) as bit from {{ ref('int_penduduk_kunci') }}),

tingkatan as (
    select dtks_id, nik_calon, 'AWAL' as bidang, 'ORANG' as tingkat from skor
    {%- for field in ['nik', 'kk', 'wilayah', 'alamat', 'lahir', 'kelamin', 'ibu', 'dipakai'] %}
    union all
    select dtks_id, nik_calon, '{{ field | upper }}', {{ field }} from skor
    {%- endfor %}
),

berbobot as (
    select
        tingkatan.dtks_id,
        tingkatan.nik_calon,
        tingkatan.bidang,
        tingkatan.tingkat,
        -- one of so many people
        bobot.bit_sama - case when tingkatan.bidang = 'AWAL' then penduduk.bit else 0 end as bit_sama,
        bobot.bit_asing,
        bobot.bit_serumah - case when tingkatan.bidang = 'AWAL' then penduduk.bit else 0 end as bit_serumah
    from tingkatan
    inner join bobot on bobot.bidang = tingkatan.bidang and bobot.tingkat = tingkatan.tingkat
    cross join penduduk
    union all
    select
        dtks_id,
        nik_calon,
        'NAMA',
        'KELAS_' || kelas,
        bit_sama,
        bit_asing,
        bit_keluarga
    from skor
),

-- the likelier of the two other explanations is what the candidate had to beat
jumlah as (
    select
        dtks_id,
        nik_calon,
        sum(bit_sama) as bit_sama,
        sum(bit_asing) as bit_asing,
        sum(bit_serumah) as bit_serumah
    from berbobot
    group by dtks_id, nik_calon
),

lawan as (
    select
        skor.*,
        jumlah.bit_sama as jumlah_sama,
        jumlah.bit_asing as jumlah_asing,
        jumlah.bit_serumah as jumlah_serumah,
        case when skor.nilai_bukan > jumlah.bit_asing + 0.01 then 'SERUMAH' else 'ASING' end as lawan
    from skor
    inner join jumlah on jumlah.dtks_id = skor.dtks_id and jumlah.nik_calon = skor.nik_calon
),

rincian as (
    select
        lawan.dtks_id,
        lawan.nik_calon,
        berbobot.bidang,
        berbobot.tingkat,
        berbobot.bit_sama,
        case when lawan.lawan = 'SERUMAH' then berbobot.bit_serumah else berbobot.bit_asing end as bit_lawan
    from berbobot
    inner join lawan on lawan.dtks_id = berbobot.dtks_id and lawan.nik_calon = berbobot.nik_calon
    union all
    select
        dtks_id,
        nik_calon,
        'LAINNYA',
        'SISA',
        nilai - jumlah_sama,
        nilai_bukan - case when lawan = 'SERUMAH' then jumlah_serumah else jumlah_asing end
    from lawan
    where
        abs(nilai - jumlah_sama) >= 0.01
        or abs(nilai_bukan - case when lawan = 'SERUMAH' then jumlah_serumah else jumlah_asing end) >= 0.01
)

select
    rincian.dtks_id,
    lawan.urutan::integer as urutan,
    {{ id_text('rincian.nik_calon') }} as nik_calon,
    rincian.bidang,
    rincian.tingkat,
    round(rincian.bit_sama, 2)::double as bit_sama,
    round(rincian.bit_lawan, 2)::double as bit_lawan,
    round(rincian.bit_sama - rincian.bit_lawan, 2)::double as sumbangan,
    lawan.lawan,
    lawan.yakin::double as yakin,
    lawan.jarak::double as jarak,
    sisa.keputusan,
    sisa.aturan_nomor::integer as aturan,
    sisa.aturan as nama_aturan
from rincian
inner join lawan on lawan.dtks_id = rincian.dtks_id and lawan.nik_calon = rincian.nik_calon
inner join {{ ref('int_padan_sisa') }} as sisa on sisa.dtks_id = rincian.dtks_id
