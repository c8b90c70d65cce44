-- The best candidate of each remaining row against the ordered rules of the seed: the first that holds decides.
-- Where none does, a NIK that is another person's still needs a human; otherwise nobody fits.
with calon as (
    select *
    from {{ ref('int_calon_skor') }}
    where urutan = 1
),

-- Which rules speak of such a candidate at all: few ways to agree, many rows.
aturan as (
    select ragam.*, aturan.* exclude (nik, kk, wilayah, pribadi, dipakai)
    from (select distinct nik, kk, wilayah, pribadi, dipakai from calon) as ragam
    inner join {{ ref('aturan_padan') }} as aturan
        on {{ among('ragam.nik', 'aturan.nik') }}
        and {{ among('ragam.kk', 'aturan.kk') }}
        and {{ among('ragam.wilayah', 'aturan.wilayah') }}
        and {{ among('ragam.pribadi', 'aturan.pribadi') }}
        and {{ among('ragam.dipakai', 'aturan.dipakai') }}
),

berlaku as (
    select calon.dtks_id, aturan.nomor, aturan.aturan, aturan.keputusan, aturan.catatan
    from calon
    inner join aturan
        on aturan.nik = calon.nik
        and aturan.kk = calon.kk
        and aturan.wilayah = calon.wilayah
        and aturan.pribadi = calon.pribadi
        and aturan.dipakai = calon.dipakai
        and calon.kelas >= aturan.kelas_min
        and calon.kata_dtks >= aturan.kata_min
        and (calon.depan_cocok or not aturan.depan_cocok)
        and calon.yakin >= aturan.yakin_min
        and calon.jarak >= aturan.jarak_min
    qualify row_number() over (partition by calon.dtks_id order by aturan.nomor) = 1
)

select
    sisa.dtks_id,
    case
        when berlaku.keputusan is not null then berlaku.keputusan
        when sisa.nik_terdaftar then 'RAGU'
        else 'TIDAK_PADAN'
    end as keputusan,
    berlaku.nomor as aturan_nomor,
    berlaku.aturan,
    case
        when berlaku.keputusan is not null then berlaku.catatan
        when sisa.nik_terdaftar then 'NIK_ORANG_LAIN'
    end as catatan,
    -- a row without a name has no candidate to compare, but its NIK still names somebody
    coalesce(calon.nik_calon, case when sisa.nik_terdaftar then sisa.nik_angka end) as nik_calon,
    calon.* exclude (dtks_id, nik_calon)
from {{ ref('int_sisa') }} as sisa
left join calon on calon.dtks_id = sisa.dtks_id
left join berlaku on berlaku.dtks_id = sisa.dtks_id
