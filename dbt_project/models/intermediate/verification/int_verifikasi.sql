{{ config(access='protected') }}

-- Which answer is in force for a row. Of a person it is the newest of all his cases, wherever he was asked for.
with jawaban as (select * from {{ ref('int_jawaban_terbaru') }}),

orang as (select * from {{ ref('int_orang') }}),

konteks as (select * from {{ source('ops', 'konteks') }}),

kebijakan as (select * from {{ source('ops', 'kebijakan') }}),

kasus_per_orang as (
    select nik_awal, id_kasus from {{ ref('int_padan_akhir') }} where status_padan = 'PADAN' and jawaban_terpakai
    union
    select nik_awal, id_kasus_orang from {{ ref('int_padan_akhir') }} where id_kasus_orang is not null
    union
    -- answers that took effect in an earlier run, under a case that no row has today
    select coalesce(orang.nik_awal, jawaban.keadaan_nik_awal), jawaban.id_kasus
    from jawaban
    left join orang on orang.nik = jawaban.keadaan_nik_awal
    where jawaban.keputusan = 'WARGA' and jawaban.keadaan_nik_awal is not null
),

terbaru_per_orang as (
    select
        kasus_per_orang.nik_awal,
        jawaban.*,
        coalesce(orang.nik_awal, jawaban.keadaan_nik_awal) as keadaan_orang
    from kasus_per_orang
    inner join jawaban on jawaban.id_kasus = kasus_per_orang.id_kasus
    left join orang on orang.nik = jawaban.keadaan_nik_awal
    qualify row_number() over (partition by kasus_per_orang.nik_awal order by jawaban.tanggal desc, jawaban.jawaban_id desc) = 1
),

untuk_orang as (
    select
        padan.dtks_id,
        terbaru.jawaban_id,
        terbaru.id_kasus,
        terbaru.keputusan,
        case
            when terbaru.keputusan <> 'WARGA' then null
            when {{ months_later('terbaru.tanggal', 'kebijakan.bulan_verifikasi') }} < konteks.tanggal then 'LEWAT_WAKTU'
            when
                terbaru.keadaan_orang is not null
                and (
                    terbaru.keadaan_orang <> padan.nik_awal
                    or terbaru.keadaan_kode_kelurahan is distinct from padan.kode_kelurahan
                    or terbaru.keadaan_no_kk is distinct from padan.no_kk_padan
                    or terbaru.keadaan_status is distinct from padan.status_registri
                )
                then 'DATA_BERUBAH'
        end as gugur
    from {{ ref('int_padan_akhir') }} as padan
    inner join terbaru_per_orang as terbaru on terbaru.nik_awal = padan.nik_awal
    cross join konteks
    cross join kebijakan
    where padan.status_padan = 'PADAN'
),

untuk_baris as (
    select
        padan.dtks_id,
        jawaban.jawaban_id,
        jawaban.id_kasus,
        jawaban.keputusan,
        null::varchar as gugur
    from {{ ref('int_padan_akhir') }} as padan
    inner join jawaban on jawaban.id_kasus = padan.id_kasus
    where padan.status_padan <> 'PADAN' and padan.jawaban_terpakai
),

semua as (
    select * from untuk_orang
    union all
    select * from untuk_baris
)

-- Rows that are doubles have no case of their own: the answer stands at the kept row.
select
    semua.dtks_id,
    semua.jawaban_id,
    semua.id_kasus,
    case when semua.gugur is null then semua.keputusan end as verifikasi,
    semua.gugur
from semua
where semua.dtks_id not in (select dtks_id from {{ ref('int_ganda') }})
