-- Each row of the welfare list, made comparable once: numbers as integers, names in their comparable form.
with dtks as (
    select
        * exclude (nik),
        case
            -- letters typed for digits; a number in scientific notation has lost its digits
            when nik_kelas = 'HURUF' and length({{ letters_to_digits('nik_asal') }}) = 16 then {{ letters_to_digits('nik_asal') }}
            when nik_kelas <> 'ILMIAH' then nik
        end as nik
    from {{ ref('stg_dtks') }}
),

nama_baku as (select * from {{ ref('int_nama') }}),

terkoreksi as (select * from {{ ref('int_orang') }})

select
    dtks.dtks_id,
    coalesce({{ id_number('terkoreksi.nik_kini') }}, {{ id_number('dtks.nik') }}) as nik_angka,
    dtks.nik,
    {{ id_number('dtks.no_kk') }} as kk_angka,
    dtks.nama,
    coalesce(nama_baku.nama_baku, dtks.nama) as nama_norm,
    nama_baku.nama_lain,
    {{ join_key("replace(coalesce(nama_baku.nama_baku, dtks.nama), ' ', '')") }} as nama_kunci,
    -- M. before a name is MUHAMMAD nearly always: so candidates are sought; whether it is, the names decide
    case
        when starts_with(coalesce(nama_baku.nama_baku, dtks.nama), 'M ') then 'MUH'
        else left(coalesce(nama_baku.nama_baku, dtks.nama), 3)
    end as huruf,
    left(split_part(coalesce(nama_baku.nama_baku, dtks.nama), ' ', -1), 3) as huruf_akhir,
    try_cast(replace(dtks.kode_kelurahan, '.', '') as bigint) as kelurahan_angka,
    try_cast(dtks.rt as smallint) as rt_angka,
    dtks.alamat,
    dtks.tanggal_lahir,
    dtks.jenis_kelamin,
    dtks.nama_ibu
from dtks
left join nama_baku on nama_baku.nama = dtks.nama
left join terkoreksi on terkoreksi.nik = dtks.nik
