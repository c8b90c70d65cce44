with source as (select * from {{ source('ops', 'jawaban') }}),

renamed as (
    select
        ---------- ids
        jawaban_id,
        id_kasus,
        ---------- the answer
        keputusan,
        petugas,
        tanggal,
        nik_benar,
        catatan,
        ---------- where it stood
        berkas,
        baris,
        ---------- the person when the answer first took effect
        keadaan_nik_awal,
        keadaan_kode_kelurahan,
        keadaan_no_kk,
        keadaan_status
    from source
)

select * from renamed
