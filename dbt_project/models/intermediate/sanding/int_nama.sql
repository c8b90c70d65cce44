-- Names that read differently once titles, degrees, BIN, ALIAS and spelling variants are dealt with.
-- A name not listed here is its own comparable form: most are, and they never pass through the steps below.
with semua_nama as (
    select nama from {{ ref('stg_dukcapil') }}
    union all
    select nama from {{ ref('stg_dtks') }}
),

kamus as (select * from {{ ref('kata_nama') }}),

-- Names with a word of the dictionary, or with anything but plain words.
perlu as (
    select distinct lepas.nama
    from (
        select nama, not {{ regex_found('nama', '^[A-Z]+( [A-Z]+)*$') }} as tidak_polos, unnest({{ words('nama') }}) as kata
        from semua_nama
    ) as lepas
    left join (select distinct kata from kamus) as khusus on khusus.kata = lepas.kata
    where lepas.tidak_polos or khusus.kata is not null
),

-- S.PD is one degree, M.YUSUF two words: dots go where the word without them is in the dictionary.
potongan as (
    select nama, unnest(daftar) as kata, generate_subscripts(daftar, 1) as urut
    from (select nama, {{ words(plain_letters('nama')) }} as daftar from perlu) as terpotong
),

tanpa_titik as (
    select
        potongan.nama,
        potongan.urut,
        case
            when gelar.kata is not null then gelar.kata
            else replace(potongan.kata, '.', ' ')
        end as kata
    from potongan
    left join (select distinct kata from kamus) as gelar on gelar.kata = replace(potongan.kata, '.', '')
),

kata_lepas as (
    select nama, {{ words(regex_replace_all("trim(string_agg(kata, ' ' order by urut))", ' +', ' ')) }} as semua
    from tanpa_titik
    group by nama
),

kata_bertanda as (
    select
        kata_urut.nama,
        kata_urut.urut,
        kata_urut.kata,
        coalesce(peran.alias, kata_urut.kata = '/') as alias,
        coalesce(peran.keturunan, false) as keturunan,
        coalesce(peran.sebutan, false) as sebutan,
        coalesce(peran.depan or peran.sebutan, false) as depan,
        coalesce(peran.belakang or peran.sebutan, false) as belakang,
        peran.baku,
        peran.baku_depan,
        peran.baku_kedua,
        sum(coalesce(peran.alias, kata_urut.kata = '/')::int) over (partition by kata_urut.nama order by kata_urut.urut) as bagian
    from (select nama, unnest(semua) as kata, generate_subscripts(semua, 1) as urut from kata_lepas) as kata_urut
    left join (
        select
            kata,
            bool_or(peran = 'ALIAS') as alias,
            bool_or(peran = 'KETURUNAN') as keturunan,
            bool_or(peran = 'SEBUTAN') as sebutan,
            bool_or(peran = 'GELAR_DEPAN') as depan,
            bool_or(peran = 'GELAR_BELAKANG') as belakang,
            max(baku) filter (where peran = 'PADANAN') as baku,
            max(baku) filter (where peran = 'PADANAN_DEPAN') as baku_depan,
            max(baku) filter (where peran = 'PADANAN_KEDUA') as baku_kedua
        from kamus
        group by kata
    ) as peran on peran.kata = kata_urut.kata
),

batas as (
    select
        *,
        min(case when not depan and not alias then urut end) over bagian_nama as mulai,
        max(case when not belakang and not alias then urut end) over bagian_nama as selesai,
        min(case when keturunan then urut end) over bagian_nama as potong
    from kata_bertanda
    where kata <> ''
    window bagian_nama as (partition by nama, bagian)
),

tersisa as (
    select
        nama,
        bagian,
        urut,
        case when urut = mulai then coalesce(baku_depan, baku, kata) else coalesce(baku, kata) end as kata,
        baku_kedua
    from batas
    where
        not alias
        and not sebutan
        and urut between mulai and selesai
        and (potong is null or potong = mulai or urut < potong)
),

utuh as (
    select
        nama,
        bagian,
        string_agg(kata, ' ' order by urut) as nama_baku,
        case when count(baku_kedua) > 0 then string_agg(coalesce(baku_kedua, kata), ' ' order by urut) end as nama_kedua
    from tersisa
    group by nama, bagian
)

-- The first name stands; of the others the longest that is not the same: SABAR/ALDI KASARTO ALIAS SABAR.
select
    nama,
    any_value(pertama) as nama_baku,
    -- without an alias a word that may be read otherwise makes a second name (STI: SITI, or SRI mistyped)
    case
        when count(*) > 1 then max_by(nama_baku, 100 * length(nama_baku) - bagian) filter (where nama_baku <> pertama)
        else max(nama_kedua)
    end as nama_lain
from (select *, min_by(nama_baku, bagian) over (partition by nama) as pertama from utuh) as bernama
group by nama
