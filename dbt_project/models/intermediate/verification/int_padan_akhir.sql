{{ config(access='protected') }}

-- The match after the kelurahan has spoken: its NIK settles a doubtful row and re-points a sure one (metode_padan KELURAHAN).
with padan as (select * from {{ ref('mart_padan') }}),

kasus as (select * from {{ ref('int_kasus') }}),

jawaban as (select * from {{ ref('int_jawaban_terbaru') }}),

orang as (select * from {{ ref('int_orang') }}),

-- The person the operator named: the NIK may have been corrected since.
disebut as (
    select
        kasus.dtks_id,
        penduduk.nik,
        coalesce(orang_kini.nik_awal, penduduk.nik) as nik_awal,
        calon.skor as skor_calon,
        {{ plain_letters(tidy_text('dtks.nama_asal')) }} as nama_dtks,
        {{ plain_letters('penduduk.nama') }} as nama_penduduk
    from kasus
    inner join jawaban on jawaban.id_kasus = kasus.id_kasus
    inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = kasus.dtks_id
    left join orang on orang.nik = jawaban.nik_ditetapkan
    left join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = coalesce(orang.nik_kini, jawaban.nik_ditetapkan)
    left join orang as orang_kini on orang_kini.nik = penduduk.nik
    left join {{ ref('mart_calon') }} as calon on calon.dtks_id = kasus.dtks_id and calon.nik_calon = penduduk.nik
    where jawaban.nik_ditetapkan is not null
),

ditimbang as (
    select
        dtks_id,
        nik,
        nik_awal,
        round(coalesce(skor_calon, {{ name_likeness('nama_dtks', 'nama_penduduk') }}, 0), 4) as skor,
        case
            when nik is null then 'NIK_BENAR_TIDAK_ADA'
            when skor_calon is null and {{ names_clearly_differ('nama_dtks', 'nama_penduduk') }} then 'NAMA_BERBEDA'
        end as penolakan
    from disebut
),

digabung as (
    select
        padan.dtks_id,
        kasus.id_kasus,
        kasus.kode_kelurahan as kode_kelurahan_kasus,
        jawaban.keputusan as jawaban,
        case when jawaban.nik_benar is not null then ditimbang.penolakan end as penolakan,
        ditimbang.nik is not null
        and ditimbang.penolakan is null
        and ditimbang.nik_awal is distinct from kasus.nik_awal as ditetapkan,
        padan.status_padan,
        padan.metode_padan,
        padan.skor,
        padan.nik_padan,
        padan.catatan,
        ditimbang.nik as nik_ditetapkan,
        ditimbang.skor as skor_ditetapkan
    from padan
    inner join kasus on kasus.dtks_id = padan.dtks_id
    left join jawaban on jawaban.id_kasus = kasus.id_kasus
    left join ditimbang on ditimbang.dtks_id = padan.dtks_id
),

diputuskan as (
    select
        dtks_id,
        id_kasus,
        kode_kelurahan_kasus,
        jawaban,
        penolakan,
        ditetapkan,
        case when ditetapkan then 'PADAN' else status_padan end as status_padan,
        case when ditetapkan then 'KELURAHAN' else metode_padan end as metode_padan,
        case when ditetapkan then skor_ditetapkan else skor end as skor,
        case when ditetapkan then nik_ditetapkan else nik_padan end as nik_padan,
        catatan
    from digabung
)

select
    diputuskan.dtks_id,
    diputuskan.status_padan,
    diputuskan.metode_padan,
    diputuskan.skor,
    diputuskan.nik_padan,
    coalesce(orang.nik_awal, diputuskan.nik_padan) as nik_awal,
    penduduk.no_kk as no_kk_padan,
    penduduk.status as status_registri,
    penduduk.hubungan_keluarga,
    coalesce(penduduk.kode_kelurahan, diputuskan.kode_kelurahan_kasus) as kode_kelurahan,
    diputuskan.id_kasus,
    case
        when diputuskan.ditetapkan then {{ id_kasus(isi_kasus_orang('coalesce(orang.nik_awal, diputuskan.nik_padan)', 'penduduk.kode_kelurahan'), 'kunci') }}
    end as id_kasus_orang,
    -- WARGA says nothing as long as it is open whom it means
    diputuskan.jawaban is not null
    and (
        diputuskan.jawaban <> 'WARGA'
        or (diputuskan.status_padan = 'PADAN' and diputuskan.penolakan is null)
    ) as jawaban_terpakai,
    case
        when diputuskan.jawaban = 'WARGA' and diputuskan.penolakan is not null then diputuskan.penolakan
        when diputuskan.jawaban = 'WARGA' and diputuskan.status_padan = 'RAGU' then 'JAWABAN_TANPA_NIK'
        when not diputuskan.ditetapkan then diputuskan.catatan
    end as catatan
from diputuskan
cross join {{ source('ops', 'kunci') }} as kunci
left join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = diputuskan.nik_padan
left join orang on orang.nik = diputuskan.nik_padan
