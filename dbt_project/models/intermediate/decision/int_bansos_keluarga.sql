-- Aid per family of the civil registry: what it ever had, what is running, and whether that excludes it.
with bansos as (
    select bansos.* replace (coalesce(bansos.periode, bansos.folder) as periode)
    from {{ ref('stg_bansos') }} as bansos
    cross join {{ source('ops', 'konteks') }} as konteks
    where coalesce(bansos.periode, bansos.folder) <= konteks.periode
),

penduduk as (select * from {{ ref('int_penduduk_terkait') }}),

orang as (select * from {{ ref('int_orang') }}),

-- BPNT is today's SEMBAKO: the policy says which names are one programme.
program as (
    select
        disebut.sumber,
        disebut.program,
        coalesce(min(pusat.program), disebut.program) as program_baku,
        coalesce(disebut.sumber = 'PUSAT' and count(pusat.pola) > 0, false) as mengecualikan
    from (select distinct sumber, program from bansos) as disebut
    left join {{ source('ops', 'program_pusat') }} as pusat
        on disebut.sumber = 'PUSAT' and disebut.program like pusat.pola escape '!'
    group by disebut.sumber, disebut.program
),

-- To the family of its NIK in the registry, else to the family number on the row.
per_keluarga as (
    select
        coalesce({{ kunci_keluarga('penduduk.no_kk', 'penduduk.nik') }}, bansos.no_kk) as keluarga,
        bansos.kategori,
        bansos.periode,
        bansos.status,
        program.sumber,
        program.program_baku,
        program.mengecualikan
    from bansos
    inner join program
        on program.program is not distinct from bansos.program and program.sumber is not distinct from bansos.sumber
    left join orang on orang.nik = bansos.nik
    left join penduduk on penduduk.nik = coalesce(orang.nik_kini, bansos.nik)
),

-- The newest month of each programme decides whether it is running.
per_program as (
    select
        keluarga,
        sumber,
        program_baku,
        bool_or(mengecualikan) as mengecualikan,
        coalesce(max(periode) filter (where status = 'AKTIF') = max(periode), false) as berjalan
    from per_keluarga
    where keluarga is not null
    group by keluarga, sumber, program_baku
),

kategori as (
    select keluarga, list(kategori order by kategori) as kategori_bantuan
    from (select distinct keluarga, kategori from per_keluarga where keluarga is not null and kategori is not null) as pernah
    group by keluarga
)

select
    per_program.keluarga,
    bool_or(per_program.berjalan and per_program.mengecualikan) as bansos_pusat,
    list(distinct per_program.program_baku) filter (where per_program.berjalan) as program_aktif,
    any_value(kategori.kategori_bantuan) as kategori_bantuan
from per_program
left join kategori on kategori.keluarga = per_program.keluarga
group by per_program.keluarga
