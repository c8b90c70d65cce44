{{ config(access='protected') }}

-- NIKs that belong to one person: only those that were ever corrected. nik_awal is the first one known, nik_kini the last.
with recursive rantai as (
    select koreksi.nik_lama as nik_awal, koreksi.nik_lama as nik, 0 as langkah
    from {{ source('ops', 'koreksi_nik') }} as koreksi
    where koreksi.nik_lama not in (select nik_baru from {{ source('ops', 'koreksi_nik') }})
    union all
    select rantai.nik_awal, koreksi.nik_baru, rantai.langkah + 1
    from rantai
    inner join {{ source('ops', 'koreksi_nik') }} as koreksi on koreksi.nik_lama = rantai.nik
    where rantai.langkah < 20
)

select
    nik,
    nik_awal,
    max_by(nik, langkah) over (partition by nik_awal) as nik_kini
from rantai
