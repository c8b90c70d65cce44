-- Each candidate against its row, field by field: which level of agreement, and how likely that is if the two are one person.
with nama as (select * from {{ ref('int_nama_skor') }}),

orang as (
    select
        {{ id_number('nik') }} as nik_angka,
        {{ street_address('alamat') }} as alamat,
        tanggal_lahir,
        jenis_kelamin,
        {{ tidy_text('nama_ibu') }} as nama_ibu
    from {{ ref('stg_dukcapil') }}
    where nik_kelas = 'BAIK' and {{ id_number('nik') }} in (select nik_angka from {{ ref('int_calon') }})
),

pasangan as (
    select
        calon.dtks_id,
        calon.nik_angka as nik_calon,
        calon.blok,
        sisa.nik as nik_teks,
        sisa.nik_angka,
        sisa.nik_terdaftar,
        sisa.kk_pemilik,
        sisa.kk_angka,
        sisa.kelurahan_angka,
        sisa.rt_angka,
        {{ street_address('sisa.alamat') }} as alamat,
        sisa.tanggal_lahir,
        sisa.jenis_kelamin,
        sisa.nama_ibu,
        penduduk.kk_angka as kk_calon,
        penduduk.lahir_nik as lahir_calon,
        penduduk.kelurahan_angka as kelurahan_calon,
        penduduk.rt_angka as rt_calon,
        orang.alamat as alamat_calon,
        orang.tanggal_lahir as tanggal_lahir_calon,
        orang.jenis_kelamin as jenis_kelamin_calon,
        orang.nama_ibu as nama_ibu_calon,
        eksak.nik_angka is not null and nama.kelas < 5 as dipakai,
        nama.skor as nama_skor,
        nama.kelas as nama_kelas,
        nama.nilai as nama_nilai,
        nama.* exclude (nama_dtks, nama_penduduk, skor, kelas, nilai)
    from {{ ref('int_calon') }} as calon
    inner join {{ ref('int_sisa') }} as sisa on sisa.dtks_id = calon.dtks_id
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = calon.nik_angka
    inner join orang on orang.nik_angka = calon.nik_angka
    inner join nama on nama.nama_dtks = calon.nama_dtks and nama.nama_penduduk = calon.nama_penduduk
    left join (select distinct nik_angka from {{ ref('int_padan_eksak') }}) as eksak on eksak.nik_angka = calon.nik_angka
),

angka as (
    select
        *,
        case when nik_angka is not null then hamming(nik_angka::varchar, nik_calon::varchar) end as nik_beda,
        case when kk_angka is not null and kk_calon is not null then hamming(kk_angka::varchar, kk_calon::varchar) end as kk_beda
    from pasangan
),

tingkat as (
select
    *,
    case
        when nik_angka = nik_calon then 'COCOK'
        when kk_angka = nik_calon and (nik_angka is null or nik_angka = kk_calon) then 'COCOK'
        when nik_angka = kk_calon then 'TIDAK_ADA'
        when nik_terdaftar and kk_pemilik = kk_calon then 'KELUARGA'
        when nik_beda = 1 or (nik_beda = 2 and damerau_levenshtein(nik_angka::varchar, nik_calon::varchar) = 1) then 'SUNTING'
        when length(nik_teks) in (15, 17) and levenshtein(nik_teks, nik_calon::varchar) = 1 then 'SUNTING'
        when length(nik_teks) between 12 and 15 and starts_with(nik_calon::varchar, nik_teks) then 'SUNTING'
        when nik_terdaftar then 'MILIK_LAIN'
        when nik_beda = 2 or {{ birth_part('nik_angka') }} = lahir_calon then 'LAHIR'
        when nik_angka is null or not {{ plausible_nik('nik_angka') }} then 'TIDAK_ADA'
        else 'JAUH'
    end as nik,
    case
        when kk_angka = kk_calon or nik_angka = kk_calon then 'COCOK'
        when kk_beda = 1 or (kk_beda = 2 and damerau_levenshtein(kk_angka::varchar, kk_calon::varchar) = 1) then 'SUNTING'
        when kk_angka is null or kk_angka = nik_angka then 'TIDAK_ADA'
        else 'BEDA'
    end as kk,
    case
        when kelurahan_angka is null or kelurahan_calon is null then 'TIDAK_ADA'
        when kelurahan_angka <> kelurahan_calon then 'BEDA'
        when rt_angka is null or rt_calon is null then 'KELURAHAN_SAJA'
        when rt_angka = rt_calon then 'RT_SAMA'
        else 'KELURAHAN_SAMA'
    end as wilayah,
    case
        when kelurahan_angka is distinct from kelurahan_calon or alamat is null or alamat_calon is null or alamat = '' then 'TIDAK_DIBANDING'
        when alamat = alamat_calon then 'SAMA'
        when starts_with(alamat, alamat_calon) or starts_with(alamat_calon, alamat) or jaro_winkler_similarity(alamat, alamat_calon) >= 0.95 then 'MIRIP'
        else 'BEDA'
    end as alamat_tingkat,
    case
        when tanggal_lahir is null or tanggal_lahir_calon is null then 'TIDAK_ADA'
        when tanggal_lahir = tanggal_lahir_calon then 'SAMA'
        when (year(tanggal_lahir) = year(tanggal_lahir_calon))::int + (month(tanggal_lahir) = month(tanggal_lahir_calon))::int
            + (day(tanggal_lahir) = day(tanggal_lahir_calon))::int = 2
            or (year(tanggal_lahir) = year(tanggal_lahir_calon) and month(tanggal_lahir) = day(tanggal_lahir_calon) and day(tanggal_lahir) = month(tanggal_lahir_calon)) then 'DEKAT'
        else 'BEDA'
    end as lahir,
    case when jenis_kelamin is null or jenis_kelamin_calon is null then 'TIDAK_ADA' when jenis_kelamin = jenis_kelamin_calon then 'SAMA' else 'BEDA' end as kelamin,
    case when nama_ibu is null or nama_ibu_calon is null then 'TIDAK_ADA' when jaro_winkler_similarity(nama_ibu, nama_ibu_calon) >= 0.88 then 'SAMA' else 'BEDA' end as ibu
from angka
)

select
    tingkat.*,
    b_awal.bit_sama + b_nik.bit_sama + b_kk.bit_sama + b_wilayah.bit_sama + b_alamat.bit_sama + b_lahir.bit_sama + b_kelamin.bit_sama + b_ibu.bit_sama + b_dipakai.bit_sama + nama_nilai as nilai,
    b_awal.bit_asing + b_nik.bit_asing + b_kk.bit_asing + b_wilayah.bit_asing + b_alamat.bit_asing + b_lahir.bit_asing + b_kelamin.bit_asing + b_ibu.bit_asing - bit_dtks as nilai_asing,
    case when kk in ('COCOK', 'SUNTING') or nik = 'KELUARGA' or alamat_tingkat = 'SAMA' then b_awal.bit_serumah + b_nik.bit_serumah + b_kk.bit_serumah + b_wilayah.bit_serumah + b_alamat.bit_serumah + b_lahir.bit_serumah + b_kelamin.bit_serumah + b_ibu.bit_serumah - bit_dtks + 3 end as nilai_serumah
from tingkat
{% for f in ['nik','kk','wilayah','lahir','kelamin','ibu'] %}
inner join {{ ref('bobot_padan') }} as b_{{ f }} on b_{{ f }}.bidang = '{{ f | upper }}' and b_{{ f }}.tingkat = tingkat.{{ f }}
{% endfor %}
inner join {{ ref('bobot_padan') }} as b_alamat on b_alamat.bidang = 'ALAMAT' and b_alamat.tingkat = tingkat.alamat_tingkat
inner join {{ ref('bobot_padan') }} as b_dipakai on b_dipakai.bidang = 'DIPAKAI' and b_dipakai.tingkat = case when tingkat.dipakai then 'YA' else 'TIDAK' end
inner join {{ ref('bobot_padan') }} as b_awal on b_awal.bidang = 'AWAL'
