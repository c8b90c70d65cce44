-- Each candidate against its row, field by field: how far do they agree? Candidates of a clearly different name fall out here,
-- but for those whom the row's NIK points to.
with nama as (select * from {{ ref('int_nama_skor') }}),

calon as (
    select calon.dtks_id, calon.nik_angka as nik_calon, calon.blok, nama.* exclude (nama_dtks, nama_penduduk)
    from {{ ref('int_calon') }} as calon
    inner join nama on nama.nama_dtks = calon.nama_dtks and nama.nama_penduduk = calon.nama_penduduk
    where nama.kelas > 1 or calon.tetap
),

-- dates as received: they are read for the few
orang as (
    select
        {{ id_number('nik') }} as nik_angka,
        alamat,
        tanggal_lahir_asal,
        jenis_kelamin_asal,
        nama_ibu
    from {{ ref('stg_dukcapil') }}
    anti join {{ ref('int_penduduk_ganda') }} using (nik, berkas, baris)
    where nik_kelas = 'BAIK' and {{ id_number('nik') }} in (select nik_calon from calon)
),

setara as (select * from {{ ref('int_kk_setara') }}),

-- a KK that is another family's in the registry
kk_dipakai as (
    select distinct kk_angka
    from {{ ref('int_penduduk_kunci') }}
    where kk_angka in (select kk_angka from {{ ref('int_sisa') }})
),

pasangan as (
    select
        calon.*,
        sisa.nik as nik_teks,
        sisa.nik_angka,
        sisa.nik_terdaftar,
        sisa.kk_pemilik,
        sisa.kk_angka,
        sisa.alamat,
        coalesce(penduduk.kelurahan_angka = sisa.kelurahan_angka, false) as sekelurahan,
        case when sekelurahan and sisa.alamat <> orang.alamat then {{ street_address('sisa.alamat') }} end as jalan,
        case when sekelurahan and sisa.alamat <> orang.alamat then {{ street_address('orang.alamat') }} end as jalan_calon,
        sisa.tanggal_lahir,
        sisa.jenis_kelamin,
        sisa.nama_ibu,
        penduduk.kk_angka as kk_calon,
        penduduk.lahir_nik as lahir_calon,
        {{ home_level('sisa', 'penduduk') }} as wilayah,
        orang.alamat as alamat_calon,
        {{ parse_date('orang.tanggal_lahir_asal') }} as tanggal_lahir_calon,
        {{ sex_code('orang.jenis_kelamin_asal') }} as jenis_kelamin_calon,
        {{ tidy_text('orang.nama_ibu') }} as nama_ibu_calon,
        coalesce(setara.baris > 1 or setara.satu_baris <> sisa.dtks_id, false) as kk_setara,
        kk_dipakai.kk_angka is not null as kk_terdaftar,
        {{ differing_digits('sisa.nik_angka', 'calon.nik_calon') }} as nik_beda,
        {{ differing_digits('sisa.kk_angka', 'penduduk.kk_angka') }} as kk_beda
    from calon
    inner join {{ ref('int_sisa') }} as sisa on sisa.dtks_id = calon.dtks_id
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = calon.nik_calon
    inner join orang on orang.nik_angka = calon.nik_calon
    left join setara on setara.kk_angka = sisa.kk_angka and setara.kk_registri = penduduk.kk_angka
    left join kk_dipakai on kk_dipakai.kk_angka = sisa.kk_angka
),

banding as (
    select
        dtks_id,
        nik_calon,
        kk_calon,
        lahir_calon,
        blok,
        skor,
        kelas,
        bit_sama,
        bit_asing,
        bit_keluarga,
        kata_dtks,
        kata_penduduk,
        kata_cocok,
        depan_cocok,
        kata_lebih,
        kata_kurang,
        case
            when nik_angka = nik_calon then 'COCOK'
            when kk_angka = nik_calon and (nik_angka is null or nik_angka = kk_calon) then 'COCOK'
            when nik_angka = kk_calon then 'KK'
            when nik_terdaftar and kk_pemilik = kk_calon then 'KELUARGA'
            when {{ one_slip_apart('nik_angka', 'nik_calon', 'nik_beda') }} then 'SUNTING'
            when length(nik_teks) in (15, 17) and levenshtein(nik_teks, nik_calon::varchar) = 1 then 'SUNTING'
            when length(nik_teks) between 12 and 15 and starts_with(nik_calon::varchar, nik_teks) then 'SUNTING'
            when nik_terdaftar then 'MILIK_LAIN'
            when {{ birth_part('nik_angka') }} = lahir_calon then 'LAHIR'
            when nik_beda = 2 then 'DUA_ANGKA'
            when nik_teks is null or length(nik_teks) < 11 or nik_angka = kk_angka then 'TIDAK_ADA'
            when nik_angka is null or not {{ plausible_nik('nik_angka') }} then 'RUSAK'
            else 'JAUH'
        end as nik,
        case
            when kk_angka = kk_calon or nik_angka = kk_calon then 'COCOK'
            when kk_setara then 'SETARA'
            when {{ one_slip_apart('kk_angka', 'kk_calon', 'kk_beda') }} then 'SUNTING'
            when kk_angka is null or kk_angka = nik_angka then 'TIDAK_ADA'
            when kk_terdaftar then 'MILIK_LAIN'
            else 'BEDA'
        end as kk,
        wilayah,
        case
            when not sekelurahan or coalesce(alamat, '') = '' or coalesce(alamat_calon, '') = '' then 'TIDAK_ADA'
            when alamat = alamat_calon then 'SAMA'
            else {{ address_level('jalan', 'jalan_calon') }}
        end as alamat,
        case
            when tanggal_lahir is null or tanggal_lahir_calon is null then 'TIDAK_ADA'
            when tanggal_lahir = tanggal_lahir_calon then 'SAMA'
            when {{ near_date('tanggal_lahir', 'tanggal_lahir_calon') }} then 'DEKAT'
            else 'BEDA'
        end as lahir,
        case
            when jenis_kelamin is null or jenis_kelamin_calon is null then 'TIDAK_ADA'
            when jenis_kelamin = jenis_kelamin_calon then 'SAMA'
            else 'BEDA'
        end as kelamin,
        case
            when nama_ibu is null or nama_ibu_calon is null then 'TIDAK_ADA'
            when {{ jaro_winkler('nama_ibu', 'nama_ibu_calon') }} >= 0.88 then 'SAMA'
            else 'BEDA'
        end as ibu
    from pasangan
),

-- two of one household born on one day
kembar as (
    select kk_angka, lahir_nik
    from {{ ref('int_penduduk_kunci') }}
    where kk_angka in (select kk_calon from pasangan where tanggal_lahir = tanggal_lahir_calon)
    group by kk_angka, lahir_nik
    having count(*) > 1
)

select
    banding.* exclude (lahir_calon),
    -- what the row says of the person besides name, numbers and home
    case
        when lahir = 'BEDA' or kelamin = 'BEDA' or ibu = 'BEDA' then 'BEDA'
        when lahir = 'SAMA' and kembar.kk_angka is not null then 'LAHIR'
        when lahir = 'SAMA' and ibu = 'SAMA' then 'LAHIR_IBU'
        when lahir = 'SAMA' and kelamin = 'SAMA' then 'LAHIR_KELAMIN'
        when lahir = 'SAMA' then 'LAHIR'
        when ibu = 'SAMA' then 'IBU'
        else 'TIDAK_ADA'
    end as pribadi
from banding
left join kembar on kembar.kk_angka = banding.kk_calon and kembar.lahir_nik = banding.lahir_calon
