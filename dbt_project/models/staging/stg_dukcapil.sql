with source as (select * from {{ source('raw', 'dukcapil') }}),

renamed as (
    select
        ---------- where it stood
        berkas,
        baris,
        ---------- ids
        nik,
        -- the registry's own NIK and KK may be one number by right: a boy born on the day his family's card was written
        case when nik_kelas = 'SAMA_KK' then 'BAIK' else nik_kelas end as nik_kelas,
        no_kk,
        ---------- person
        {{ tidy_text('nama') }} as nama,
        tempat_lahir,
        tanggal_lahir as tanggal_lahir_asal,
        {{ parse_date('tanggal_lahir') }} as tanggal_lahir,
        jenis_kelamin as jenis_kelamin_asal,
        {{ sex_code('jenis_kelamin') }} as jenis_kelamin,
        hubungan_keluarga,
        nama_ibu,
        ---------- home
        alamat,
        {{ rt_code('rt') }} as rt,
        case
            when kode_kelurahan like '__.__.__.____' then kode_kelurahan
            when length(kode_kelurahan) = 10 then {{ dotted_code('kode_kelurahan') }}
        end as kode_kelurahan,
        kelurahan,
        kecamatan,
        kode_pos,
        ---------- status
        case when upper(trim(status)) in ('AKTIF', 'MENINGGAL', 'PINDAH') then upper(trim(status)) end as status,
        {{ parse_date('tanggal_status') }} as tanggal_status
    from source
)

select * from renamed
