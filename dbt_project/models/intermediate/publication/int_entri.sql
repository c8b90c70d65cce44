{{ config(tags=['akhir'], group='publication') }}

-- Under which key each row would be published, and why some are not (contracts section 5).
with berkunci as (
    select
        dasar.dtks_id,
        dasar.periode,
        dasar.status_padan,
        dasar.duplikat_dari,
        dasar.keputusan,
        dasar.alasan,
        dasar.kategori_bantuan,
        dasar.nik_awal,
        case when dasar.status_padan = 'PADAN' then dasar.nik_padan else dtks.nik end as nik,
        case when dasar.status_padan = 'PADAN' then dasar.no_kk_padan else dtks.no_kk end as no_kk,
        dasar.status_padan <> 'PADAN' and penduduk.nik is not null as nik_orang_lain
    from {{ ref('mart_keputusan_dasar') }} as dasar
    inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = dasar.dtks_id
    left join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = dtks.nik
),

-- A row that is not matched to the holder of its NIK must not be told to whoever knows that NIK.
diperiksa as (
    select
        *,
        case
            when not coalesce({{ sixteen_digits('nik') }} and {{ sixteen_digits('no_kk') }}, false) then 'TANPA_NIK_ATAU_KK'
            when nik_orang_lain then 'NIK_ORANG_LAIN'
        end as halangan
    from berkunci
),

berurut as (
    select
        *,
        row_number() over (
            partition by halangan, nik, no_kk
            order by
                case status_padan when 'PADAN' then 1 when 'RAGU' then 2 when 'TIDAK_PADAN' then 3 else 4 end,
                duplikat_dari is not null,
                dtks_id
        ) as urutan
    from diperiksa
)

select
    dtks_id,
    periode,
    nik,
    no_kk,
    nik_awal,
    keputusan,
    alasan,
    kategori_bantuan,
    case when halangan is not null then halangan when urutan > 1 then 'KUNCI_SAMA' end as alasan_dikecualikan
from berurut
