{{ config(materialized='table') }}

-- Each way in which a dtks file writes a kelurahan, once, and the kelurahan it means.
with tulisan as (
    select
        kecamatan_asal,
        kelurahan,
        kode_wilayah_asal,
        {{ place_name('kelurahan') }} as nama,
        {{ place_name('kecamatan_asal') }} as kecamatan,
        {{ regex_replace_all('kode_wilayah_asal', '[^0-9]', '') }} as kode
    from {{ source('raw', 'dtks') }}
    group by kecamatan_asal, kelurahan, kode_wilayah_asal
),

resmi as (
    select
        kode_kelurahan,
        {{ place_name('kelurahan') }} as nama,
        {{ place_name('kecamatan') }} as kecamatan
    from {{ ref('samarinda_kelurahan') }}
),

nama_resmi as (
    select kode_kelurahan, nama, kecamatan from resmi
    union
    select resmi.kode_kelurahan, {{ place_name('samarinda_alias.alias') }}, resmi.kecamatan
    from {{ ref('samarinda_alias') }} as samarinda_alias
    inner join resmi on resmi.kode_kelurahan = samarinda_alias.kode_kelurahan
),

bukti as (
    select
        tulisan.*,
        nama_resmi.kode_kelurahan,
        case
            when tulisan.nama = nama_resmi.nama then 0
            when length(tulisan.nama) >= 6 then {{ edit_distance('tulisan.nama', 'nama_resmi.nama') }}
            else 9
        end as beda,
        (tulisan.kecamatan is not distinct from nama_resmi.kecamatan)::int as kecamatan_cocok
    from tulisan
    cross join nama_resmi
),

-- The name decides; the kecamatan only between namesakes, for kecamatan were split in 2010 and files keep the old one.
dari_nama as (
    select kecamatan_asal, kelurahan, kode_wilayah_asal, kode_kelurahan
    from bukti
    where beda <= 1
    qualify
        row_number() over (
            partition by kecamatan_asal, kelurahan, kode_wilayah_asal
            order by beda, kecamatan_cocok desc, kode_kelurahan
        ) = 1
),

-- Codes: the ministry's files carry BPS codes. The two systems share numbers, so a code only speaks where no name does.
dari_kode as (
    select
        tulisan.kecamatan_asal,
        tulisan.kelurahan,
        tulisan.kode_wilayah_asal,
        coalesce(bps.kode_kelurahan, resmi.kode_kelurahan) as kode_kelurahan
    from tulisan
    left join {{ ref('samarinda_kode_bps') }} as bps on bps.kode_bps_kelurahan = tulisan.kode
    left join resmi on replace(resmi.kode_kelurahan, '.', '') = tulisan.kode
)

select
    dari_kode.kecamatan_asal,
    dari_kode.kelurahan,
    dari_kode.kode_wilayah_asal,
    coalesce(dari_nama.kode_kelurahan, dari_kode.kode_kelurahan) as kode_kelurahan,
    case
        when dari_nama.kode_kelurahan is not null then 'NAMA'
        when dari_kode.kode_kelurahan is not null then 'KODE'
    end as dikenali_dari
from dari_kode
left join dari_nama
    on dari_nama.kecamatan_asal is not distinct from dari_kode.kecamatan_asal
    and dari_nama.kelurahan is not distinct from dari_kode.kelurahan
    and dari_nama.kode_wilayah_asal is not distinct from dari_kode.kode_wilayah_asal
