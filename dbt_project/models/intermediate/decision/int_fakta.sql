-- What is known of each row: all that a policy's criteria may ask for, as `fact=value` texts in one column. Many rows share
-- the same facts, so int_alasan judges each combination once.
{% set pemisah = "chr(31)" %}
with padan as (select * from {{ ref('int_padan_akhir') }}),

bansos as (select * from {{ ref('int_bansos_keluarga') }}),

diperiksa as (
    select
        coalesce(
            {{ month_number('konteks.periode') }} - {{ month_number('konteks.bansos_pusat_terakhir') }} <= kebijakan.bulan_bansos, false
        ) as bansos_diperiksa
    from {{ source('ops', 'konteks') }} as konteks
    cross join {{ source('ops', 'kebijakan') }} as kebijakan
)

select
    padan.dtks_id,
    concat_ws(
        {{ pemisah }},
        'status_padan=' || padan.status_padan,
        'status_registri=' || padan.status_registri,
        'duplikat=' || {{ yes_no('ganda.dtks_id is not null') }},
        'jawaban=' || verifikasi.verifikasi,
        case when padan.status_padan = 'RAGU' and verifikasi.verifikasi is null then 'tinjauan=PERLU' end,
        case when padan.status_padan = 'PADAN' then 'verifikasi_berlaku=' || {{ yes_no("verifikasi.verifikasi = 'WARGA'") }} end,
        'bansos_diperiksa=' || {{ yes_no('diperiksa.bansos_diperiksa') }},
        case when padan.status_padan = 'PADAN' then 'bansos_pusat=' || {{ yes_no('bansos.bansos_pusat') }} end,
        case when padan.status_padan = 'PADAN' then 'pernah_menerima=' || {{ yes_no('bansos.keluarga is not null') }} end,
        'hubungan_keluarga=' || upper(trim(padan.hubungan_keluarga)),
        'desil=' || nullif(ltrim({{ regex_extract('dtks.desil_asal', '[0-9]+') }}, '0'), ''),
        'pekerjaan=' || upper(trim(dtks.pekerjaan_asal)),
        case when len(bansos.program_aktif) > 0 then 'program_aktif=' || array_to_string(bansos.program_aktif, {{ pemisah }} || 'program_aktif=') end,
        case
            when len(bansos.kategori_bantuan) > 0
                then 'kategori_bantuan=' || array_to_string(bansos.kategori_bantuan, {{ pemisah }} || 'kategori_bantuan=')
        end
    ) as profil
from padan
inner join {{ source('raw', 'dtks') }} as dtks on dtks.dtks_id = padan.dtks_id
cross join diperiksa
left join {{ ref('int_ganda') }} as ganda on ganda.dtks_id = padan.dtks_id
left join {{ ref('int_verifikasi') }} as verifikasi on verifikasi.dtks_id = padan.dtks_id
left join bansos on bansos.keluarga = {{ kunci_keluarga('padan.no_kk_padan', 'padan.nik_padan') }}
