{{ config(tags=['akhir'], materialized='view', group='publication') }}

-- Under which key each row would be published, which row of a key comes first, and which rows are not published at all.
with berkunci as (
    select
        dasar.dtks_id,
        case when dasar.status_padan = 'PADAN' then dasar.nik_padan else dtks.nik end as nik,
        case when dasar.status_padan = 'PADAN' then dasar.no_kk_padan else dtks.no_kk end as no_kk,
        case dasar.status_padan when 'PADAN' then 1 when 'RAGU' then 3 when 'TIDAK_PADAN' then 5 else 7 end
        + (dasar.duplikat_dari is not null)::integer as prioritas,
        dasar.status_padan <> 'PADAN' and coalesce(penduduk.nik, orang.nik) is not null as nik_orang_lain
    from {{ ref('mart_keputusan_dasar') }} as dasar
    inner join {{ source('raw', 'dtks') }} as dtks on dtks.dtks_id = dasar.dtks_id
    left join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = dtks.nik
    left join {{ ref('int_orang') }} as orang on orang.nik = dtks.nik
)

select
    dtks_id,
    nik,
    no_kk,
    prioritas,
    case
        when not coalesce(length(nik) = 16 and length(no_kk) = 16, false) then 'TANPA_NIK_ATAU_KK'
        -- a row that is not matched to the holder of its NIK must not be told to whoever knows that NIK
        when nik_orang_lain then 'NIK_ORANG_LAIN'
    end as halangan
from berkunci
