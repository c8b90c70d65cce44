-- The answer for every row of the list: who it is, by which rule, how surely, and on what evidence.
with dtks as (select dtks_id from {{ ref('int_dtks') }}),

eksak as (select * from {{ ref('int_padan_eksak') }}),

sisa as (select * from {{ ref('int_padan_sisa') }})

select
    dtks.dtks_id,
    case
        when not konteks.registri_dipakai then 'BELUM'
        when eksak.dtks_id is not null then 'PADAN'
        else coalesce(sisa.keputusan, 'TIDAK_PADAN')
    end as status_padan,
    case
        when eksak.dtks_id is not null then {{ id_text('eksak.nik_angka') }}
        when sisa.keputusan = 'PADAN' then {{ id_text('sisa.nik_calon') }}
    end as nik_padan,
    case
        when eksak.dtks_id is not null then 'NIK_NAMA_SAMA'
        when sisa.keputusan = 'PADAN' then sisa.aturan
    end as metode_padan,
    case
        when eksak.dtks_id is not null then 1.0
        when sisa.keputusan in ('PADAN', 'RAGU') then {{ probability('least(sisa.yakin, sisa.jarak)') }}
    end::double as skor,
    coalesce(sisa.aturan_nomor, case when eksak.dtks_id is not null then 10 end)::integer as aturan,
    sisa.jarak::double as jarak,
    case
        when eksak.dtks_id is not null
            then '{"nik":"COCOK","nama":1.0,"kk":"' || eksak.kk || '","wilayah":"' || eksak.wilayah || '"}'
        when sisa.keputusan in ('PADAN', 'RAGU') and sisa.nik_calon is not null then {{ evidence('sisa') }}
    end as bukti,
    case when sisa.keputusan = 'RAGU' then {{ id_text('sisa.nik_calon') }} end as nik_calon,
    case when sisa.keputusan = 'RAGU' then sisa.catatan end as catatan
from dtks
cross join {{ source('ops', 'konteks') }} as konteks
left join eksak on eksak.dtks_id = dtks.dtks_id
left join sisa on sisa.dtks_id = dtks.dtks_id
