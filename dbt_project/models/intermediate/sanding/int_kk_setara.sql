-- Family cards that the list has under an earlier number: rows of that number whose NIK and name settle who they are belong to a
-- family the registry has under another. What holds for them speaks for the rest of the household too.
with pasti as (
    select dtks.kk_angka, penduduk.kk_angka as kk_registri, count(*) as baris
    from {{ ref('int_padan_eksak') }} as eksak
    inner join {{ ref('int_dtks') }} as dtks on dtks.dtks_id = eksak.dtks_id
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = eksak.nik_angka
    where eksak.kk = 'BEDA'
    group by all
),

-- all rows of the number count, those too whose registry card is that very number
semua as (
    select dtks.kk_angka, count(*) as baris
    from {{ ref('int_padan_eksak') }} as eksak
    inner join {{ ref('int_dtks') }} as dtks on dtks.dtks_id = eksak.dtks_id
    group by dtks.kk_angka
)

select pasti.kk_angka, pasti.kk_registri
from pasti
inner join semua on semua.kk_angka = pasti.kk_angka
where pasti.kk_registri is not null and pasti.baris * 2 >= semua.baris
