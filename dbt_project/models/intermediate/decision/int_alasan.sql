-- Every reason that a combination of facts gives under the policy in force, in the order of README, Formats and codes, and what follows.
with profil as (select distinct profil from {{ ref('int_fakta') }}),

fakta as (
    select profil, split_part(tulisan, '=', 1) as fakta, substr(tulisan, length(split_part(tulisan, '=', 1)) + 2) as nilai
    from (select profil, unnest(string_split(profil, chr(31))) as tulisan from profil) as satu_per_satu
),

cocok as (
    select distinct
        fakta.profil,
        kriteria.alasan,
        kriteria.urutan,
        kriteria.jenis,
        kriteria.hanya_bila_lolos
    from fakta
    inner join {{ source('ops', 'kriteria') }} as kriteria on kriteria.fakta = fakta.fakta and kriteria.nilai = fakta.nilai
),

gagal as (select distinct profil from cocok where jenis = 'GAGAL'),

per_profil as (
    select
        cocok.profil,
        list(cocok.alasan order by cocok.urutan) as alasan,
        bool_or(cocok.jenis = 'GAGAL') as ada_gagal
    from cocok
    left join gagal on gagal.profil = cocok.profil
    where not cocok.hanya_bila_lolos or gagal.profil is null
    group by cocok.profil
)

select
    profil.profil,
    coalesce(per_profil.alasan, []) as alasan,
    case
        when per_profil.profil is null then 'VALID'
        when per_profil.ada_gagal then 'TIDAK_VALID'
        else 'MENUNGGU'
    end as keputusan
from profil
left join per_profil on per_profil.profil = profil.profil
