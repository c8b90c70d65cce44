-- Family cards that the list has under another number than the registry: rows of that number whose NIK and name say who they are
-- belong to a family of another number there. What holds for them speaks for the rest of the household too.
with milik as (
    select
        dtks.kk_angka,
        penduduk.kk_angka as kk_registri,
        dtks.dtks_id
    from {{ ref('int_dtks') }} as dtks
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = dtks.nik_angka
    cross join {{ source('ops', 'konteks') }} as konteks
    where
        konteks.registri_dipakai
        and dtks.kk_angka in (select kk_angka from {{ ref('int_sisa') }})
        and (
            dtks.nama_kunci = penduduk.nama_kunci
            or {{ jaro_winkler("replace(dtks.nama_norm, ' ', '')", "replace(penduduk.nama_norm, ' ', '')") }} >= 0.88
        )
)

select
    kk_angka,
    kk_registri,
    count(*) as baris,
    -- a row does not speak for itself
    min(dtks_id) as satu_baris
from milik
where kk_registri is not null
group by kk_angka, kk_registri
-- half of them or more: a number copied from another family's row does not count
qualify kk_registri <> kk_angka and count(*) * 2 >= sum(count(*)) over (partition by kk_angka)
