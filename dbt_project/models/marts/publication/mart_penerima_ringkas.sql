{{ config(tags=['akhir']) }}

-- How many rows became an entry of the publication and how many did not, by why: the manifest states it.
select
    coalesce(alasan_dikecualikan, 'TERBIT') as nasib,
    count(*) as baris
from {{ ref('int_entri') }}
group by coalesce(alasan_dikecualikan, 'TERBIT')
