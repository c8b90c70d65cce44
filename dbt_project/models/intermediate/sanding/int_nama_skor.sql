-- How alike two names are, for each pair of names among the candidates once: word by word, each with its best partner. Either side
-- may carry a second name (ALIAS, /): each is tried, the better one counts.
with nama as materialized (select * from {{ ref('int_nama_kata') }}),

pasangan as (
    select nama_dtks, nama_penduduk, nama_dtks as a, nama_penduduk as b, bool_or(lain_dtks is not null or lain_penduduk is not null) as ada_lain
    from {{ ref('int_calon') }}
    group by nama_dtks, nama_penduduk
    union all
    select distinct nama_dtks, nama_penduduk, lain_dtks, nama_penduduk, true from {{ ref('int_calon') }} where lain_dtks is not null
    union all
    select distinct nama_dtks, nama_penduduk, nama_dtks, lain_penduduk, true from {{ ref('int_calon') }} where lain_penduduk is not null
),

matriks as (
    select
        pasangan.*,
        kata_a.rapat as rapat_a,
        kata_b.rapat as rapat_b,
        kata_a.kata as ka,
        kata_b.kata as kb,
        kata_a.bobot as bobot_a,
        kata_b.bobot as bobot_b,
        kata_a.bit as bit_a,
        kata_b.bit as bit_b,
        kata_a.bunyi as bunyi_a,
        kata_b.bunyi as bunyi_b,
        kata_a.asing > 0 as ada_asing,
        kata_a.asing_pendek as pendek,
        list_transform(kata_a.kata, lambda x : list_transform(kata_b.kata, lambda y : {{ word_similarity('x', 'y') }})) as m
    from pasangan
    inner join nama as kata_a on kata_a.nama = pasangan.a
    inner join nama as kata_b on kata_b.nama = pasangan.b
),

terbaik as (
    select
        * exclude (m),
        rapat_a = rapat_b as sama_rapat,
        {{ jaro_winkler('rapat_a', 'rapat_b') }} as mirip_rapat,
        least(length(rapat_a), length(rapat_b)) as panjang,
        length(rapat_a) - length(rapat_b) as huruf_lebih,
        len(ka) as kata_a,
        len(kb) as kata_b,
        list_transform(m, lambda baris : list_max(baris)) as qa,
        list_transform(range(1, len(kb) + 1), lambda j : list_max(list_transform(m, lambda baris : baris[j]))) as qb
    from matriks
),

ukuran as (
    select
        * exclude (bobot_a, bobot_b),
        {{ weighted_total('bobot_a', 'qa') }} / bit_a as cakupan_a,
        {{ weighted_total('bobot_b', 'qb') }} / bit_b as cakupan_b,
        {{ weighted_total('bobot_b', 'list_transform(qb, lambda q : (q >= 0.7)::double)') }} as bit_kena_b,
        len(list_filter(qa, lambda q : q < 0.7)) as lepas_a,
        len(list_filter(qb, lambda q : q < 0.7)) as lepas_b,
        {{ weighted_total('bobot_a', 'list_transform(qa, lambda q : (q < 0.7)::double)') }} as bit_lepas_a,
        len(list_filter(qa, lambda q : q = 0.75)) as ragu_a,
        len(list_filter(qb, lambda q : q = 0.75)) as ragu_b,
        -- the word that a person is called by (of a MUHAMMAD the next one, for short forms of it are often mistyped)
        qa[1] >= 0.75 or (starts_with(b, 'MUHAMMAD ') and not ka[1].dikenal and ka[1].panjang <= 5) as depan_cocok,
        -- B. HARTONO and R. HARTONO: initials are not mistyped, they are of two people. Most names have none
        case
            when len(list_filter(ka, lambda k : k.panjang = 1)) = 0 then false
            else len(list_filter(kb, lambda k : k.panjang = 1 and not list_contains(list_transform(ka, lambda x : x.kata), k.kata))) > 0
                and len(list_filter(range(1, len(ka) + 1), lambda i : ka[i].panjang = 1 and qa[i] < 0.7))
                + len(list_filter(range(1, len(kb) + 1), lambda i : kb[i].panjang = 1 and qb[i] < 0.7)) > 0
        end as inisial_lain
    from terbaik
),

berbeda as (
    select
        *,
        not sama_rapat and not inisial_lain as berlainan,
        -- letters wrong all over: not on a name of known words, for a slip seldom makes one
        ada_asing and abs(huruf_lebih) <= 4 and panjang >= 3 and mirip_rapat > 0.45 and berlainan as bisa_salah_huruf,
        -- more than four slips are never asked for (three in beda_rapat); the plain distance, which counts a swap as two, is cheaper
        case when bisa_salah_huruf or (mirip_rapat > 0.85 and berlainan) then {{ plain_distance('rapat_a', 'rapat_b') }} end as beda_kasar,
        case when beda_kasar = 1 then 1 when beda_kasar <= 8 then {{ edit_distance('rapat_a', 'rapat_b') }} end as beda_semua
    from ukuran
),

rincian as (
    select
        * exclude (qa, qb, ka, kb, lepas_a, lepas_b),
        -- two words cannot share one partner
        greatest(lepas_a + greatest(ragu_a - ragu_b, 0), kata_a - kata_b) as lepas_a,
        greatest(lepas_b + greatest(ragu_b - ragu_a, 0), kata_b - kata_a) as lepas_b,
        bit_lepas_a + 8 * greatest(kata_a - kata_b - lepas_a, 0) as bit_lepas,
        len(list_filter(qb, lambda q : q >= 0.84)) as kena,
        len(list_filter(qb, lambda q : q >= 0.84 and q < 0.97)) as ketik,
        len(list_filter(qb, lambda q : q = 0.8)) as inisial,
        greatest(len(list_filter(qa, lambda q : q = 0.76)), len(list_filter(qb, lambda q : q = 0.76))) as singkat,
        least(ragu_a, ragu_b) as ragu,
        least(list_min(qa), list_min(qb)) as terendah,
        case
            when not berlainan then null
            -- words joined and spelt otherwise: BOENGAASTOETI for BUNGA ASTUTI
            when kata_a <> kata_b and bunyi_a = bunyi_b then 1
            when mirip_rapat <= 0.85 then null
            when kata_a <> kata_b and (beda_semua is null or beda_semua > 2) and {{ plain_distance('bunyi_a', 'bunyi_b') }} <= 4
                then least(beda_semua, 1 + {{ edit_distance('bunyi_a', 'bunyi_b') }})
            else beda_semua
        end as beda_rapat,
        case when bisa_salah_huruf then beda_semua end as beda_huruf,
        -- words written as one, in any order: the letters of one name that the words of the other account for
        case when (lepas_a > 0 or lepas_b > 0) and huruf_lebih <= 0 then {{ letters_covered('b', 'rapat_a') }} else 0 end as tertutup_a,
        case when (lepas_a > 0 or lepas_b > 0) and huruf_lebih >= 0 then {{ letters_covered('a', 'rapat_b') }} else 0 end as tertutup_b
    from berbeda
),

nilai as (
    select
        *,
        a = nama_dtks and b = nama_penduduk as nama_utama,
        sama_rapat
        or (terendah >= 0.97 and kata_a = kata_b)
        or (tertutup_a = length(rapat_a) and tertutup_a = length(rapat_b) and not inisial_lain) as sama,
        coalesce(
            ragu = 0
            and ((beda_rapat = 1 and panjang >= 6) or (ada_asing and ((beda_rapat = 2 and panjang >= 10) or (beda_rapat = 3 and panjang >= 14)))),
            false
        ) as rapat_dekat,
        (panjang >= 8 or (panjang >= 6 and ada_asing))
        and not inisial_lain
        and (contains(rapat_a, rapat_b) or contains(rapat_b, rapat_a) or tertutup_a = length(rapat_a) or tertutup_b = length(rapat_b)) as termuat,
        coalesce(beda_huruf <= case when panjang >= 11 then 4 when panjang >= 7 then 3 when panjang >= 3 then 2 end, false) as huruf_dekat,
        -- all but one word on either side: the first name, and a second word, the place or an initial; a family's name alone is nobody's
        case when lepas_a = 1 and lepas_b = 1 and kena > 0 then list_contains({{ words('b') }}, split_part(a, ' ', 1)) else false end
        and (kena >= 2 or pendek = 1 or split_part(a, ' ', 1) = split_part(b, ' ', 1)) as hampir
    from rincian
),

hasil as (
    select
        nama_dtks,
        nama_penduduk,
        round(case
            when sama then 1.0
            else greatest(
                (cakupan_a + cakupan_b) / 4
                + greatest(cakupan_a, cakupan_b) * case when least(kata_a, kata_b) = 1 and kata_a <> kata_b then 0.43 else 0.5 end,
                case when rapat_dekat then 0.99 - 0.02 * beda_rapat when termuat then 0.85 else 0 end
            )
        end, 4) as skor,
        case
            when sama and nama_utama then 5
            when sama or rapat_dekat or (lepas_a = 0 and lepas_b = 0 and ragu = 0 and kena > 0) then 4
            when ((lepas_a = 0 or lepas_b = 0) and ragu = 0 and kena > 0) or termuat then 3
            when (lepas_a = 0 or lepas_b = 0) or greatest(cakupan_a, cakupan_b) >= 0.7 or beda_rapat <= 3 or huruf_dekat or hampir then 2
            else 1
        end as kelas,
        round(case
            when sama and nama_utama then -0.25
            when sama then -5
            -- a second name that is somebody's, while the first is not
            else case when nama_utama then 0 else -5 end + greatest(
                case when rapat_dekat then -4 - 5 * beda_rapat else -99 end,
                -- two wrong in four letters at most is half a name
                case when huruf_dekat then -4 - 5.5 * beda_huruf - case when beda_huruf = 2 and panjang <= 4 then 6 else 0 end else -99 end,
                -- some letters left out or added, about seven a word
                case when termuat then -5 - 5 * ceil(greatest(-huruf_lebih, 0) / 7.0) - 16 * ceil(greatest(huruf_lebih, 0) / 7.0) else -99 end,
                -1 - case when lepas_a > 0 and lepas_b > 0 then 11 else 8 end * ketik - 6 * inisial - 8 * singkat - 12 * ragu
                - 5 * greatest(lepas_a, lepas_b) - 4.5 * least(lepas_a, lepas_b) - bit_lepas,
                -- quite another name of the same person, such as he is called by
                -9 - bit_a
            )
        end, 2) as bit_sama,
        -- a stranger's name can be misspelt as well: an odd spelling is worth no more than the word it stands for
        round(case
            when sama then -least(bit_a, bit_b)
            else greatest(-bit_a, bit_sama - case when rapat_dekat or huruf_dekat or termuat then bit_b else bit_kena_b end)
        end, 2) as bit_asing,
        kata_a as kata_dtks,
        kata_b as kata_penduduk,
        kena as kata_cocok,
        depan_cocok,
        lepas_a as kata_lebih,
        lepas_b as kata_kurang,
        -round(case
            when kata_a = 1 then 3 - bit_asing
            when sama or depan_cocok then -bit_asing - 2
            else least(-bit_asing - 6, greatest(bit_lepas_a + 4, -bit_asing - 16))
        end, 2) as bit_keluarga,
        ada_lain,
        a,
        b
    from nilai
)

select * exclude (ada_lain, a, b)
from hasil
where not ada_lain
union all
select * exclude (ada_lain, a, b)
from hasil
where ada_lain
qualify row_number() over (partition by nama_dtks, nama_penduduk order by bit_sama - bit_asing desc, a, b) = 1
