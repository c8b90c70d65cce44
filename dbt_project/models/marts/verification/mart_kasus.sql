-- The open cases, one line each, as an operator of the kelurahan gets to see them.
with terbuka as (
    -- the code becomes a file name
    select * replace (case when {{ regex_found('kode_kelurahan', '^[0-9.]+$') }} then kode_kelurahan end as kode_kelurahan)
    from {{ ref('mart_keputusan_dasar') }}
    where kasus_terbuka
    qualify row_number() over (partition by id_kasus order by dtks_id) = 1
),

wilayah as (select * from {{ ref('samarinda_kelurahan') }}),

calon as (
    select
        terbuka.dtks_id,
        string_agg(
            'Calon ' || calon.urutan || ': ' || penduduk.nama
            || ', NIK berakhir ' || right(penduduk.nik, 4)
            || coalesce(', RT ' || penduduk.rt, '') || coalesce(' Kel. ' || wilayah.kelurahan, '')
            || coalesce(', lahir ' || extract(year from penduduk.tanggal_lahir), '')
            || case penduduk.status when 'MENINGGAL' then ', tercatat meninggal' when 'PINDAH' then ', tercatat pindah' else '' end
            || ' (' || concat_ws(
                ', ',
                {{ nik_difference_in_words('dtks.nik', 'penduduk.nik') }},
                case when penduduk.nama = dtks.nama then 'nama sama' else 'nama beda' end,
                case when penduduk.no_kk = dtks.no_kk then 'KK sama' when dtks.no_kk is not null then 'KK beda' end,
                case
                    when penduduk.tanggal_lahir = dtks.tanggal_lahir then 'tanggal lahir sama'
                    when dtks.tanggal_lahir is not null then 'tanggal lahir beda'
                end,
                case when penduduk.jenis_kelamin <> dtks.jenis_kelamin then 'jenis kelamin beda' end,
                case
                    when penduduk.nama_ibu = dtks.nama_ibu then 'nama ibu sama'
                    when penduduk.nama_ibu <> dtks.nama_ibu then 'nama ibu beda'
                end
            ) || ').',
            ' ' order by calon.urutan
        ) as uraian,
        -- what an operator can ask to tell them apart; a mother's name is never written, it opens bank accounts
        case when count(*) > 1 then concat_ws(
            ', ',
            case when count(distinct penduduk.nama) > 1 then 'nama' end,
            case when count(distinct penduduk.tanggal_lahir) > 1 then 'tanggal lahir' end,
            case when count(distinct penduduk.jenis_kelamin) > 1 then 'jenis kelamin' end,
            case when count(distinct penduduk.nama_ibu) > 1 then 'nama ibu' end,
            case when count(distinct penduduk.no_kk) > 1 then 'KK' end,
            case
                when count(distinct penduduk.kode_kelurahan) > 1 then 'kelurahan'
                when count(distinct penduduk.rt) > 1 then 'RT'
                when count(distinct penduduk.alamat) > 1 then 'alamat'
            end
        ) end as pembeda
    from terbuka
    inner join {{ ref('mart_calon') }} as calon on calon.dtks_id = terbuka.dtks_id
    inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = terbuka.dtks_id
    inner join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = calon.nik_calon
    left join wilayah on wilayah.kode_kelurahan = penduduk.kode_kelurahan
    where terbuka.status_padan = 'RAGU'
    group by terbuka.dtks_id
),

ragu as (
    select
        terbuka.dtks_id,
        dtks.nama,
        dtks.alamat,
        dtks.rt,
        dtks.nik,
        concat_ws(
            ' ',
            {{ case_note_in_words('terbuka.catatan') }},
            'Belum pasti siapa orang ini di data kependudukan.',
            case when dtks.nik is null then 'Di DTKS tidak ada NIK yang dapat dibaca.' end,
            coalesce(calon.uraian, 'Tidak ada calon yang cukup dekat.'),
            'Para calon berbeda pada: ' || nullif(calon.pembeda, '') || '.',
            'Bila WARGA, tulis NIK 16 angka dari KTP-el di nik_benar.'
        ) as catatan_sistem
    from terbuka
    inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = terbuka.dtks_id
    left join calon on calon.dtks_id = terbuka.dtks_id
    where terbuka.status_padan = 'RAGU'
),

pasti as (
    select
        terbuka.dtks_id,
        penduduk.nama,
        penduduk.alamat,
        penduduk.rt,
        penduduk.nik,
        concat_ws(
            ' ',
            {{ case_note_in_words('terbuka.catatan') }},
            case when terbuka.metode_padan = 'KELURAHAN' then 'NIK-nya ditetapkan oleh jawaban kelurahan.' end,
            case
                when dtks.nik is null then 'Di DTKS tidak ada NIK yang dapat dibaca.'
                when dtks.nik <> penduduk.nik
                    then 'Di DTKS ' || {{ nik_difference_in_words('dtks.nik', 'penduduk.nik') }} || '.'
            end,
            case when dtks.nama <> penduduk.nama then 'Di DTKS namanya ' || dtks.nama || '.' end,
            case when dtks.no_kk <> penduduk.no_kk then 'Nomor KK di DTKS beda.' end,
            case
                when dtks.kode_kelurahan <> penduduk.kode_kelurahan
                    then 'Di DTKS alamatnya ' || coalesce(dtks.alamat || ', ', '') || 'Kel. ' || wilayah.kelurahan || '.'
            end,
            'Periksa apakah masih tinggal di alamat ini.'
        ) as catatan_sistem
    from terbuka
    inner join {{ ref('stg_dtks') }} as dtks on dtks.dtks_id = terbuka.dtks_id
    inner join {{ ref('int_penduduk_terkait') }} as penduduk on penduduk.nik = terbuka.nik_padan
    left join wilayah on wilayah.kode_kelurahan = dtks.kode_kelurahan
    where terbuka.status_padan = 'PADAN'
),

semua as (
    select * from ragu
    union all
    select * from pasti
)

select
    terbuka.kode_kelurahan,
    wilayah.kelurahan,
    wilayah.kecamatan,
    row_number() over (
        partition by terbuka.kode_kelurahan
        order by
            terbuka.urutan_risiko,
            -- a doubtful row is worth the visit that is likely to find its person; a sure one the visit that may find a mistake
            case when terbuka.status_padan = 'RAGU' then -terbuka.skor else terbuka.skor end nulls last,
            semua.rt nulls last,
            semua.nama,
            terbuka.id_kasus
    ) as urutan,
    terbuka.id_kasus,
    semua.nama,
    semua.alamat,
    semua.rt,
    right(semua.nik, 4) as nik_akhir,
    semua.catatan_sistem,
    terbuka.urutan_risiko,
    terbuka.dtks_id
from terbuka
inner join semua on semua.dtks_id = terbuka.dtks_id
left join wilayah on wilayah.kode_kelurahan = terbuka.kode_kelurahan
