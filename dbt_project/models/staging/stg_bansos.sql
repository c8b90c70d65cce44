with source as (select * from {{ source('raw', 'bansos') }}),

renamed as (
    select
        ---------- where it stood
        berkas,
        baris,
        folder,
        ---------- ids
        nik,
        no_kk,
        ---------- aid
        {{ tidy_text('nama') }} as nama,
        {{ tidy_text('program') }} as program,
        {{ tidy_text('kategori') }} as kategori,
        {{ tidy_text('sumber') }} as sumber,
        {{ period_code('periode') }} as periode,
        {{ tidy_text('status') }} as status,
        {{ rupiah('nominal') }} as nominal
    from source
)

select * from renamed
