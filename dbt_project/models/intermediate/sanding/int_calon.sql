-- Who could a remaining row be? One line per row and candidate, with the ways in which the candidate was found.
-- Candidates whose name has nothing in common with the row's fall out here, but for those whom NIK, or nearly NIK and KK, point to:
-- they are for a human to look at.
{%- set several_words = "contains(sisa.nama_norm, ' ') and contains(penduduk.nama_norm, ' ')" %}
with temuan as (
    select dtks_id, nik_angka, blok from {{ ref('int_calon_dekat') }}
    union all
    select dtks_id, nik_angka, blok from {{ ref('int_calon_luas') }}
),

calon as (
    select
        dtks_id,
        nik_angka,
        list(blok) as blok,
        bool_or(blok in ('NIK_SUNTING', 'NIK_POTONG', 'NIK_KURANG', 'NIK_PANJANG')) as nik_hampir
    from temuan
    group by dtks_id, nik_angka
)

select
    calon.dtks_id,
    calon.nik_angka,
    calon.blok,
    coalesce(calon.nik_angka = sisa.nik_angka or (calon.nik_hampir and penduduk.kk_angka = sisa.kk_angka), false) as tetap,
    sisa.nama_norm as nama_dtks,
    penduduk.nama_norm as nama_penduduk,
    sisa.nama_lain as lain_dtks,
    penduduk.nama_lain as lain_penduduk
from calon
inner join {{ ref('int_sisa') }} as sisa on sisa.dtks_id = calon.dtks_id
inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = calon.nik_angka
where
    tetap
    -- where the NIK points elsewhere, more is asked of two names of several words, none of them the same
    or {{ names_look_alike('sisa', 'penduduk', "case when sisa.nik_terdaftar and not calon.nik_hampir and " ~ several_words ~ " then 0.75 else 0.65 end") }}
    or {{ share_word('sisa.nama_norm', 'penduduk.nama_norm') }}
