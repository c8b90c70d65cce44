-- The decision of each row with all that it rests on; numbers and cards are added later (mart_keputusan).
with dtks as (select * from {{ ref('stg_dtks') }}),

padan as (select * from {{ ref('int_padan_akhir') }}),

lengkap as (
    select
        konteks.periode,
        dtks.berkas,
        dtks.baris,
        dtks.nik_asal,
        dtks.nama_asal,
        padan.status_padan,
        case when padan.status_padan = 'PADAN' then padan.metode_padan end as metode_padan,
        case when padan.status_padan in ('PADAN', 'RAGU') then padan.skor end as skor,
        padan.nik_padan,
        padan.no_kk_padan,
        padan.kode_kelurahan,
        ganda.duplikat_dari,
        verifikasi.verifikasi,
        alasan.keputusan,
        alasan.alasan,
        case when padan.status_padan = 'PADAN' then bansos.keluarga is not null end as pernah_menerima,
        coalesce(bansos.kategori_bantuan, []) as kategori_bantuan,
        kebijakan.versi as versi_kebijakan,
        dtks.dtks_id,
        padan.nik_awal,
        padan.status_registri,
        alasan.keputusan = 'MENUNGGU'
        and padan.id_kasus is not null
        and (list_contains(alasan.alasan, 'PERLU_TINJAUAN') or list_contains(alasan.alasan, 'BELUM_DIVERIFIKASI')) as kasus_terbuka,
        case when verifikasi.verifikasi is not null then verifikasi.jawaban_id end as jawaban_id,
        coalesce(verifikasi.gugur, padan.catatan) as catatan,
        case when ganda.dtks_id is null then padan.id_kasus end as id_kasus_baris,
        case when ganda.dtks_id is null then verifikasi.id_kasus end as id_kasus_terjawab,
        padan.jawaban_terpakai,
        dtks.nik as nik_dtks,
        dtks.no_kk as no_kk_dtks,
        dtks.kode_kelurahan as kode_kelurahan_dtks
    from padan
    inner join dtks on dtks.dtks_id = padan.dtks_id
    inner join {{ ref('int_fakta') }} as fakta on fakta.dtks_id = padan.dtks_id
    inner join {{ ref('int_alasan') }} as alasan on alasan.profil = fakta.profil
    cross join {{ source('ops', 'konteks') }} as konteks
    cross join {{ source('ops', 'kebijakan') }} as kebijakan
    left join {{ ref('int_ganda') }} as ganda on ganda.dtks_id = padan.dtks_id
    left join {{ ref('int_verifikasi') }} as verifikasi on verifikasi.dtks_id = padan.dtks_id
    left join {{ ref('int_bansos_keluarga') }} as bansos on bansos.keluarga = {{ kunci_keluarga('padan.no_kk_padan', 'padan.nik_padan') }}
)

select
    lengkap.periode,
    lengkap.berkas,
    lengkap.baris,
    -- a case is named once it was sent or answered; an answer given under another case of the person names that one
    case
        when lengkap.kasus_terbuka or lengkap.jawaban_terpakai or terkirim.id_kasus is not null then lengkap.id_kasus_baris
        else lengkap.id_kasus_terjawab
    end as id_kasus,
    lengkap.nik_asal,
    lengkap.nama_asal,
    lengkap.status_padan,
    lengkap.metode_padan,
    lengkap.skor,
    lengkap.nik_padan,
    lengkap.no_kk_padan,
    lengkap.kode_kelurahan,
    lengkap.duplikat_dari,
    lengkap.verifikasi,
    lengkap.keputusan,
    lengkap.alasan,
    lengkap.pernah_menerima,
    lengkap.kategori_bantuan,
    lengkap.versi_kebijakan,
    lengkap.dtks_id,
    lengkap.nik_awal,
    lengkap.status_registri,
    lengkap.kasus_terbuka,
    lengkap.jawaban_id,
    case
        when not lengkap.kasus_terbuka then null
        when lengkap.status_padan = 'RAGU' then 1
        when lengkap.catatan in ('NIK_BENAR_TIDAK_ADA', 'NAMA_BERBEDA', 'DATA_BERUBAH') then 2
        when coalesce(lengkap.nik_dtks, '') <> lengkap.nik_padan then 3
        when
            coalesce(lengkap.no_kk_dtks, '') <> coalesce(lengkap.no_kk_padan, '')
            or coalesce(lengkap.kode_kelurahan_dtks, '') <> coalesce(lengkap.kode_kelurahan, '')
            then 4
        else 5
    end::integer as urutan_risiko,
    lengkap.catatan
from lengkap
left join {{ source('ops', 'kasus') }} as terkirim on terkirim.id_kasus = lengkap.id_kasus_baris
