-- Records of the civil registry that share their NIK with a better one: living before gone, newest status, then first in file.
with penduduk as (select * from {{ ref('stg_dukcapil') }}),

ganda as (
    select {{ id_number('nik') }} as nik_angka
    from penduduk
    where nik_kelas = 'BAIK'
    group by nik_angka
    having count(*) > 1
)

select penduduk.nik, penduduk.berkas, penduduk.baris
from penduduk
inner join ganda on ganda.nik_angka = {{ id_number('penduduk.nik') }}
qualify
    row_number() over (
        partition by penduduk.nik
        order by (penduduk.status is not distinct from 'AKTIF') desc, penduduk.tanggal_status desc nulls last, penduduk.berkas, penduduk.baris
    ) > 1
