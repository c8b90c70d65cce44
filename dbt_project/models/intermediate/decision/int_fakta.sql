{{ config(materialized='view') }}

-- What is known of each row, one line a fact and value: all that a policy's criteria may ask for.
with padan as (select * from {{ ref('int_padan_akhir') }}),

bansos as (select * from {{ ref('int_bansos_keluarga') }}),

diperiksa as (
    select
        coalesce(
            {{ month_number('konteks.periode') }} - {{ month_number('konteks.bansos_pusat_terakhir') }} <= kebijakan.bulan_bansos, false
        ) as bansos_diperiksa
    from {{ source('ops', 'konteks') }} as konteks
    cross join {{ source('ops', 'kebijakan') }} as kebijakan
),

mendatar as (
    select
        padan.dtks_id,
        padan.status_padan,
        case when padan.status_padan = 'PADAN' then padan.status_registri end as status_registri,
        case when ganda.dtks_id is not null then 'YA' else 'TIDAK' end as duplikat,
        verifikasi.verifikasi as jawaban,
        case when padan.status_padan = 'RAGU' and verifikasi.verifikasi is null then 'PERLU' end as tinjauan,
        case when padan.status_padan = 'PADAN' then {{ yes_no("verifikasi.verifikasi is not distinct from 'WARGA'") }} end
            as verifikasi_berlaku,
        {{ yes_no('diperiksa.bansos_diperiksa') }} as bansos_diperiksa,
        case when padan.status_padan = 'PADAN' then {{ yes_no('bansos.bansos_pusat') }} end as bansos_pusat,
        case when padan.status_padan = 'PADAN' then {{ yes_no('bansos.keluarga is not null') }} end as pernah_menerima,
        padan.hubungan_keluarga,
        nullif(ltrim({{ regex_extract('dtks.desil_asal', '[0-9]+') }}, '0'), '') as desil,
        upper(trim(dtks.pekerjaan_asal)) as pekerjaan
    from padan
    inner join {{ source('raw', 'dtks') }} as dtks on dtks.dtks_id = padan.dtks_id
    cross join diperiksa
    left join {{ ref('int_ganda') }} as ganda on ganda.dtks_id = padan.dtks_id
    left join {{ ref('int_verifikasi') }} as verifikasi on verifikasi.dtks_id = padan.dtks_id
    left join bansos
        on padan.status_padan = 'PADAN' and bansos.keluarga = {{ kunci_keluarga('padan.no_kk_padan', 'padan.nik_padan') }}
),

tunggal as (
    unpivot mendatar
    on
        status_padan, status_registri, duplikat, jawaban, tinjauan, verifikasi_berlaku, bansos_diperiksa, bansos_pusat,
        pernah_menerima, hubungan_keluarga, desil, pekerjaan
    into name fakta value nilai
),

daftar as (
    select padan.dtks_id, 'program_aktif' as fakta, unnest(bansos.program_aktif) as nilai
    from padan
    inner join bansos on bansos.keluarga = {{ kunci_keluarga('padan.no_kk_padan', 'padan.nik_padan') }}
    where padan.status_padan = 'PADAN'
    union all
    select padan.dtks_id, 'kategori_bantuan' as fakta, unnest(bansos.kategori_bantuan) as nilai
    from padan
    inner join bansos on bansos.keluarga = {{ kunci_keluarga('padan.no_kk_padan', 'padan.nik_padan') }}
    where padan.status_padan = 'PADAN'
)

select dtks_id, fakta, nilai from tunggal
union all
select dtks_id, fakta, nilai from daftar
