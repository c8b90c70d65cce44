{{ config(access='protected') }}

-- Rows of the same person: the best one is kept, the others name it. Corrected NIKs are the same person.
with padan as (select * from {{ ref('int_padan_akhir') }} where status_padan = 'PADAN'),

orang_ganda as (select nik_awal from padan group by nik_awal having count(*) > 1),

berurut as (
    select
        padan.dtks_id,
        first_value(padan.dtks_id) over terbaik_dulu as dtks_id_dipertahankan
    from padan
    inner join orang_ganda on orang_ganda.nik_awal = padan.nik_awal
    -- dtks_id follows file and row
    window terbaik_dulu as (partition by padan.nik_awal order by padan.skor desc nulls last, padan.dtks_id)
)

select
    berurut.dtks_id,
    berurut.dtks_id_dipertahankan,
    dtks.berkas || '#' || dtks.baris as duplikat_dari
from berurut
inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = berurut.dtks_id_dipertahankan
where berurut.dtks_id <> berurut.dtks_id_dipertahankan
