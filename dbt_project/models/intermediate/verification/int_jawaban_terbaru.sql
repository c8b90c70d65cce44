-- The newest answer of each case, and the NIK that its operators last said is the right one.
with jawaban as (select * from {{ ref('stg_jawaban') }}),

terbaru as (
    select *
    from jawaban
    qualify row_number() over (partition by id_kasus order by tanggal desc, jawaban_id desc) = 1
),

-- A later answer without a NIK (still a resident, moved, died) speaks of the same person.
penetapan as (
    select id_kasus, nik_benar as nik_ditetapkan
    from jawaban
    where keputusan = 'WARGA' and nik_benar is not null
    qualify row_number() over (partition by id_kasus order by tanggal desc, jawaban_id desc) = 1
)

select
    terbaru.id_kasus,
    terbaru.jawaban_id,
    terbaru.keputusan,
    terbaru.tanggal,
    terbaru.nik_benar,
    penetapan.nik_ditetapkan,
    terbaru.keadaan_nik_awal,
    terbaru.keadaan_kode_kelurahan,
    terbaru.keadaan_no_kk,
    terbaru.keadaan_status
from terbaru
left join penetapan on penetapan.id_kasus = terbaru.id_kasus
