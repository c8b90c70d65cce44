-- How alike two names are, for each pair of names among the candidates once: word by word, each with its best partner.
with calon as (
    select calon.nama_dtks, calon.nama_penduduk, sisa.nama_lain as lain_dtks, penduduk.nama_lain as lain_penduduk
    from {{ ref('int_calon') }} as calon
    inner join {{ ref('int_sisa') }} as sisa on sisa.dtks_id = calon.dtks_id
    inner join {{ ref('int_penduduk_kunci') }} as penduduk on penduduk.nik_angka = calon.nik_angka
),

-- Either side may carry a second name (ALIAS, /): each is tried against the other's.
pasangan as (
    select nama_dtks as a, nama_penduduk as b from calon
    union
    select lain_dtks, nama_penduduk from calon where lain_dtks is not null
    union
    select nama_dtks, lain_penduduk from calon where lain_penduduk is not null
),

terurai as (
    select
        lepas.nama,
        list({'kata': kata.kata, 'bunyi': kata.bunyi, 'dikenal': kata.dikenal, 'bobot': kata.bobot}) as kata
    from (
        select nama, unnest({{ words('nama') }}) as kata
        from (select a as nama from pasangan union select b from pasangan) as semua
    ) as lepas
    inner join {{ ref('int_kata') }} as kata on kata.kata = lepas.kata
    group by lepas.nama
),

matriks as (
    select
        pasangan.a,
        pasangan.b,
        replace(pasangan.a, ' ', '') as rapat_a,
        replace(pasangan.b, ' ', '') as rapat_b,
        kata_a.kata as ka,
        kata_b.kata as kb,
        list_transform(kata_a.kata, lambda x : list_transform(kata_b.kata, lambda y : {{ word_similarity('x', 'y') }})) as m
    from pasangan
    inner join terurai as kata_a on kata_a.nama = pasangan.a
    inner join terurai as kata_b on kata_b.nama = pasangan.b
),

terbaik as (
    select
        *,
        list_transform(m, lambda baris : list_max(baris)) as qa,
        list_transform(range(1, len(kb) + 1), lambda j : list_max(list_transform(m, lambda baris : baris[j]))) as qb
    from matriks
),

ukuran as (
    select
        a,
        b,
        rapat_a = rapat_b as sama_rapat,
        case when rapat_a <> rapat_b and {{ jaro_winkler('rapat_a', 'rapat_b') }} > 0.85 then {{ edit_distance('rapat_a', 'rapat_b') }} end as beda_rapat,
        least(length(rapat_a), length(rapat_b)) as panjang,
        least(length(rapat_a), length(rapat_b)) >= 8 and (contains(rapat_a, rapat_b) or contains(rapat_b, rapat_a)) as termuat,
        least(len(ka), len(kb)) as kata_min,
        greatest(len(ka), len(kb)) as kata_maks,
        list_sum(list_transform(range(1, len(ka) + 1), lambda i : ka[i].bobot * qa[i])) / list_sum(list_transform(ka, lambda x : x.bobot)) as cakupan_a,
        list_sum(list_transform(range(1, len(kb) + 1), lambda i : kb[i].bobot * qb[i])) / list_sum(list_transform(kb, lambda x : x.bobot)) as cakupan_b,
        list_sum(list_transform(ka, lambda x : x.bobot)) as bit_dtks,
        len(list_filter(qa, lambda q : q < 0.7)) as lepas_a,
        len(list_filter(qb, lambda q : q < 0.7)) as lepas_b,
        len(list_filter(qb, lambda q : q >= 0.84)) as kena,
        len(list_filter(qb, lambda q : q >= 0.84 and q < 0.97)) as ketik,
        len(list_filter(qb, lambda q : q = 0.8)) as inisial,
        greatest(len(list_filter(qa, lambda q : q = 0.76)), len(list_filter(qb, lambda q : q = 0.76))) as singkat,
        greatest(len(list_filter(qa, lambda q : q = 0.75)), len(list_filter(qb, lambda q : q = 0.75))) as ragu,
        list_min(qa) as min_a,
        list_min(qb) as min_b,
        {{ jaro_winkler("split_part(a, ' ', 1)", "split_part(b, ' ', 1)") }} >= 0.88 or left(a, 1) = left(b, 1) and (a like '_ %' or b like '_ %') as depan
    from terbaik
),

nilai as (
    select
        *,
        case
            when sama_rapat then 1.0
            else greatest(
                (cakupan_a + cakupan_b) / 4 + greatest(cakupan_a, cakupan_b) * case when kata_min = 1 and kata_maks > 1 then 0.43 else 0.5 end,
                case
                    when ragu > 0 then 0
                    when beda_rapat = 1 and panjang >= 6 then 0.97
                    when beda_rapat = 2 and panjang >= 10 then 0.94
                    when beda_rapat = 2 and panjang >= 7 then 0.9
                    when beda_rapat = 3 and panjang >= 12 then 0.9
                    else 0
                end
            )
        end as skor,
        ragu = 0 and ((beda_rapat = 1 and panjang >= 6) or (beda_rapat = 2 and panjang >= 10) or (beda_rapat = 3 and panjang >= 14)) as rapat_dekat
    from ukuran
)

select
    a as nama_dtks,
    b as nama_penduduk,
    round(skor, 4) as skor,
    case
        when sama_rapat or (min_a >= 0.97 and min_b >= 0.97) then 5
        when rapat_dekat or (lepas_a = 0 and lepas_b = 0 and ragu = 0 and kena > 0) then 4
        when ((lepas_a = 0 or lepas_b = 0) and ragu = 0 and kena > 0) or termuat then 3
        when skor >= 0.8 then 2
        else 1
    end as kelas,
    case
        when sama_rapat or (min_a >= 0.97 and min_b >= 0.97) then -0.25
        when termuat and lepas_a > 0 and lepas_b > 0 then -12
        when rapat_dekat and (ketik + ragu = 0 or lepas_a + lepas_b > 0) then -4 - 5 * beda_rapat
        else -2 - 6 * ketik - 5 * inisial - 6 * singkat - 11 * ragu
            - 18 * least(lepas_a, lepas_b)
            - 5 * greatest(lepas_b - lepas_a, 0)
            - 12 * greatest(lepas_a - lepas_b, 0)
    end as nilai,
    round(least(bit_dtks, 40), 2) as bit_dtks,
    depan,
    kata_min, kata_maks, lepas_a, lepas_b, ragu, kena, ketik, inisial, singkat, cakupan_a, cakupan_b, beda_rapat
from nilai
