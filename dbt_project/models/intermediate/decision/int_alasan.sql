-- Every reason of each row by the policy in force, in the order of contracts section 3.4; and what follows from them.
with kriteria as (select * from {{ source('ops', 'kriteria') }}),

cocok as (
    select distinct
        fakta.dtks_id,
        kriteria.alasan,
        kriteria.urutan,
        kriteria.jenis,
        kriteria.hanya_bila_lolos
    from {{ ref('int_fakta') }} as fakta
    inner join kriteria on kriteria.fakta = fakta.fakta and kriteria.nilai = fakta.nilai
),

gagal as (select distinct dtks_id from cocok where jenis = 'GAGAL'),

berlaku as (
    select cocok.*
    from cocok
    left join gagal on gagal.dtks_id = cocok.dtks_id
    where not cocok.hanya_bila_lolos or gagal.dtks_id is null
),

per_baris as (
    select
        dtks_id,
        list(alasan order by urutan) as alasan,
        bool_or(jenis = 'GAGAL') as ada_gagal
    from berlaku
    group by dtks_id
)

select
    padan.dtks_id,
    coalesce(per_baris.alasan, []) as alasan,
    case
        when per_baris.dtks_id is null then 'VALID'
        when per_baris.ada_gagal then 'TIDAK_VALID'
        else 'MENUNGGU'
    end as keputusan
from {{ ref('int_padan_akhir') }} as padan
left join per_baris on per_baris.dtks_id = padan.dtks_id
