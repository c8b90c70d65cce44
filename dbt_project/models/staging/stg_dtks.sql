with source as (select * from {{ source('raw', 'dtks') }}),

wilayah as (select * from {{ ref('stg_wilayah') }}),

renamed as (
    select
        ---------- where it stood
        source.dtks_id,
        source.berkas,
        source.baris,
        ---------- as received
        source.nik_asal,
        source.nama_asal,
        source.no_kk_asal,
        ---------- ids
        source.nik,
        source.nik_kelas,
        source.no_kk,
        source.no_kk_kelas,
        ---------- person
        {{ tidy_text('source.nama_asal') }} as nama,
        {{ parse_date('source.tanggal_lahir_asal') }} as tanggal_lahir,
        {{ sex_code('source.jenis_kelamin_asal') }} as jenis_kelamin,
        {{ tidy_text('source.nama_ibu_asal') }} as nama_ibu,
        ---------- home
        source.alamat_asal as alamat,
        {{ rt_code('source.rt_asal') }} as rt,
        source.kelurahan,
        source.kecamatan_asal as kecamatan,
        wilayah.kode_kelurahan,
        source.kode_pos_asal as kode_pos
    from source
    left join wilayah
        on wilayah.kelurahan is not distinct from source.kelurahan
        and wilayah.kecamatan_asal is not distinct from source.kecamatan_asal
        and wilayah.kode_wilayah_asal is not distinct from source.kode_wilayah_asal
)

select * from renamed
