{{ config(materialized='view') }}

-- The names of rows and candidates, each taken apart into its words once, however many others it is compared with.
-- A view: only int_nama_skor reads it, in the same breath, and writing the words would cost more than finding them.
with semua as (
    select nama_dtks as nama from {{ ref('int_calon') }}
    union
    select nama_penduduk from {{ ref('int_calon') }}
    union
    select lain_dtks from {{ ref('int_calon') }} where lain_dtks is not null
    union
    select lain_penduduk from {{ ref('int_calon') }} where lain_penduduk is not null
),

terurai as (
    select
        lepas.nama,
        list({
            'urut': lepas.urut, 'kata': kamus.kata, 'bunyi': kamus.bunyi, 'dikenal': kamus.dikenal, 'panjang': kamus.panjang,
            'awal': kamus.awal, 'akhir': kamus.akhir, 'bobot': kamus.bobot
        }) as kata
    from (select nama, unnest({{ words('nama') }}) as kata, generate_subscripts({{ words('nama') }}, 1) as urut from semua) as lepas
    inner join {{ ref('int_kata') }} as kamus on kamus.kata = lepas.kata
    group by lepas.nama
)

-- in the order of the name: sums of decimals must not depend on the order in which rows came
select
    nama,
    replace(nama, ' ', '') as rapat,
    kata,
    array_to_string(list_transform(kata, lambda k : k.bunyi), '') as bunyi,
    list_transform(kata, lambda k : k.bobot) as bobot,
    round({{ list_total('list_transform(kata, lambda k : k.bobot)') }}, 6) as bit,
    len(list_filter(kata, lambda k : not k.dikenal)) as asing,
    len(list_filter(kata, lambda k : k.panjang <= 2 and not k.dikenal)) as asing_pendek
from (select nama, list_sort(kata) as kata from terurai) as terurut
