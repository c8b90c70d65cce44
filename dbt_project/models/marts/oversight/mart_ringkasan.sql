{{ config(tags=['akhir']) }}

-- The funnel per kelurahan, the same numbers for every office; the last line is for rows whose kelurahan nobody knows.
{% set statuses = ['PADAN', 'RAGU', 'TIDAK_PADAN', 'BELUM'] %}
{% set decisions = ['MENUNGGU', 'VALID', 'TIDAK_VALID'] %}
with wilayah as (
    select kode_kelurahan, kelurahan, kecamatan from {{ ref('samarinda_kelurahan') }}
    union all
    select null, 'TIDAK DIKETAHUI', null
),

dasar as (
    select
        dasar.*,
        wilayah.kode_kelurahan as wilayah_kode
    from {{ ref('mart_keputusan_dasar') }} as dasar
    left join wilayah on wilayah.kode_kelurahan = dasar.kode_kelurahan
),

baris as (
    select
        wilayah_kode as kode_kelurahan,
        count(*) as baris,
        {% for status in statuses %}
        count(*) filter (where status_padan = '{{ status }}') as {{ status | lower }},
        {% endfor %}
        count(*) filter (where duplikat_dari is not null) as ganda,
        {% for decision in decisions %}
        count(*) filter (where keputusan = '{{ decision }}') as {{ decision | lower }},
        {% endfor %}
        {% for reason in reasons() %}
        count(*) filter (where list_contains(alasan, '{{ reason }}')) as alasan_{{ reason | lower }},
        {% endfor %}
        count(distinct id_kasus) filter (where kasus_terbuka) as kasus_terbuka,
        count(*) filter (where verifikasi is not null) as terverifikasi
    from dasar
    group by wilayah_kode
),

-- A card counts where its holder lives; holders who are not on this period's list stand in the last line.
pemegang as (
    select nik_awal, wilayah_kode as kode_kelurahan
    from dasar
    where nik_awal is not null and duplikat_dari is null
),

kartu as (
    select
        pemegang.kode_kelurahan,
        {% for step in card_steps() %}
        count(*) filter (where kartu.langkah = '{{ step }}') as kartu_{{ step | lower }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ source('ops', 'kartu') }} as kartu
    left join pemegang on pemegang.nik_awal = kartu.nik_awal
    group by pemegang.kode_kelurahan
)

select
    konteks.periode,
    wilayah.kode_kelurahan,
    wilayah.kelurahan,
    wilayah.kecamatan,
    coalesce(baris.baris, 0) as baris,
    {% for status in statuses %}
    coalesce(baris.{{ status | lower }}, 0) as {{ status | lower }},
    {% endfor %}
    coalesce(baris.ganda, 0) as ganda,
    {% for reason in reasons() %}
    coalesce(baris.alasan_{{ reason | lower }}, 0) as alasan_{{ reason | lower }},
    {% endfor %}
    coalesce(baris.kasus_terbuka, 0) as kasus_terbuka,
    coalesce(baris.terverifikasi, 0) as terverifikasi,
    {% for decision in decisions %}
    coalesce(baris.{{ decision | lower }}, 0) as {{ decision | lower }},
    {% endfor %}
    {% for step in card_steps() %}
    coalesce(kartu.kartu_{{ step | lower }}, 0) as kartu_{{ step | lower }}{{ "," if not loop.last }}
    {% endfor %}
from wilayah
cross join {{ source('ops', 'konteks') }} as konteks
left join baris on baris.kode_kelurahan is not distinct from wilayah.kode_kelurahan
left join kartu on kartu.kode_kelurahan is not distinct from wilayah.kode_kelurahan
