{{ config(tags=['akhir']) }}

-- What SANTER may know: one entry per NIK and family card number. This is the published asset.
with pertama as (
    select nik, no_kk, min_by(dtks_id, prioritas * 1000000000000 + dtks_id) as dtks_id
    from {{ ref('int_entri') }}
    where halangan is null
    group by nik, no_kk
),

-- the newest month, and how far its payment is
pembayaran as (
    select
        nik_awal,
        max_by(
            bulan || ' ' || langkah,
            bulan
            || case langkah
                {% for step in payment_steps() %}
                when '{{ step }}' then '{{ loop.index }}'
                {% endfor %}
            end
        ) as pembayaran
    from {{ source('ops', 'pembayaran') }}
    group by nik_awal
)

select
    pertama.nik,
    pertama.no_kk,
    dasar.keputusan,
    dasar.alasan,
    dasar.kategori_bantuan,
    kartu.langkah as kartu,
    dasar.periode,
    pembayaran.pembayaran
from pertama
inner join {{ ref('mart_keputusan_dasar') }} as dasar on dasar.dtks_id = pertama.dtks_id
left join {{ source('ops', 'kartu') }} as kartu on kartu.nik_awal = dasar.nik_awal
left join pembayaran on pembayaran.nik_awal = dasar.nik_awal
