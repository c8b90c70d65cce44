{{ config(tags=['akhir']) }}

-- What became of the rows: an entry of the publication, none because another row of the same key came first, or none and why.
with entri as (select halangan, count(*) as baris from {{ ref('int_entri') }} group by halangan),

terbit as (select count(*) as baris from {{ ref('mart_penerima') }})

select halangan as nasib, baris from entri where halangan is not null
union all
select 'TERBIT' as nasib, baris from terbit
union all
select 'KUNCI_SAMA' as nasib, entri.baris - terbit.baris from entri cross join terbit where entri.halangan is null
