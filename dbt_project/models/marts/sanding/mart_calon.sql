-- Who a doubtful row may be: the best three candidates, for the operator of the kelurahan.
select
    calon.dtks_id,
    calon.urutan::integer as urutan,
    {{ id_text('calon.nik_calon') }} as nik_calon,
    {{ probability('calon.yakin') }} as skor,
    {{ evidence('calon') }} as bukti
from {{ ref('int_calon_skor') }} as calon
inner join {{ ref('int_padan_sisa') }} as sisa on sisa.dtks_id = calon.dtks_id
where
    sisa.keputusan = 'RAGU'
    and calon.urutan <= 3
    -- the best one in any case, the others when they are not hopeless
    and (calon.urutan = 1 or calon.yakin >= -12 or calon.nik = 'COCOK')
