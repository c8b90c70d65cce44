{# Comparing names: what a word is worth, how alike two words are. The knowledge itself is in the seeds. #}

{# A name reduced to A-Z, dots and blanks; digits typed for letters put right; '/' kept as a word of its own, and brackets at the end
   taken for it: SITI AMINAH (INA). #}
{% macro plain_letters(value) -%}
{%- set steps = [
    ("[`´‘’'']", ""),
    ("/", " / "),
    ("\\(([^()]+)\\) *$", " / \\1"),
    ("\\b[0-9]+\\b", " "),
] -%}
{%- set ns = namespace(sql="strip_accents(" ~ value ~ ")") -%}
{%- for pattern, replacement in steps -%}
    {%- set ns.sql = regex_replace_all(ns.sql, pattern, replacement) -%}
{%- endfor -%}
trim({{ regex_replace_all("translate(" ~ ns.sql ~ ", '01345', 'OIEAS')", "[^A-Z./]+", " ") }})
{%- endmacro %}

{# Day (+40 for women), month and year inside a NIK, as a number: 6472014805260001 -> 480526. #}
{% macro birth_part(nik) -%}
({{ div(nik, 10000) }} % 1000000)::integer
{%- endmacro %}

{# How alike two words are, 0..1. Each is a struct of int_kata: kata, bunyi, dikenal, panjang, awal, akhir.
   1 same; .97 same sound; .84 to .94 one or two slips of the pen, the longer the word the surer; .8 an initial; .76 a word cut short,
   or a slip that leaves two letters (UR for NUR); .75 two known words one letter apart (SAPUTRA, SAPUTRI): a slip seldom makes
   another known word; below .7 not the same word. #}
{% macro word_similarity(x, y) -%}
case
    -- a slip may change one end of a word, not both: most pairs of words end here
    when {{ x }}.awal <> {{ y }}.awal and {{ x }}.akhir <> {{ y }}.akhir and {{ x }}.panjang > 2 and {{ y }}.panjang > 2 then 0.0
    when {{ x }}.kata = {{ y }}.kata then 1.0
    when {{ x }}.bunyi = {{ y }}.bunyi then 0.97
    when least({{ x }}.panjang, {{ y }}.panjang) = 1 then case when left({{ x }}.kata, 1) = left({{ y }}.kata, 1) then 0.8 else 0.0 end
    when least({{ x }}.panjang, {{ y }}.panjang) = 2
        then case
            when {{ x }}.dikenal and {{ y }}.dikenal then 0.0
            when starts_with({{ y }}.kata, {{ x }}.kata) or starts_with({{ x }}.kata, {{ y }}.kata) then 0.76
            when greatest({{ x }}.panjang, {{ y }}.panjang) <= 3 and {{ edit_distance(x ~ '.kata', y ~ '.kata') }} = 1 then 0.76
            else 0.0
        end
    -- a short word with one letter wrong looks little like itself: those are counted at once
    when greatest({{ x }}.panjang, {{ y }}.panjang) <= 4 then {{ slips(x, y) }}
    when abs({{ x }}.panjang - {{ y }}.panjang) <= 3
        and greatest(
            {{ jaro_winkler(x ~ '.kata', y ~ '.kata') }}, {{ jaro_winkler(x ~ '.bunyi', y ~ '.bunyi') }}
        ) >= 0.8 then {{ slips(x, y) }}
    when starts_with({{ y }}.kata, {{ x }}.kata) or starts_with({{ x }}.kata, {{ y }}.kata) then 0.76
    else 0.0
end
{%- endmacro %}

{# The part of word_similarity for words that look alike: one, two, three slips, more. Picked from a list, so that the distance is
   worked out once. #}
{% macro slips(x, y) -%}
{%- set both_known = x ~ ".dikenal and " ~ y ~ ".dikenal" -%}
{%- set cut_short = "starts_with(" ~ y ~ ".kata, " ~ x ~ ".kata) or starts_with(" ~ x ~ ".kata, " ~ y ~ ".kata)" -%}
coalesce(
    [
        case when {{ both_known }} then 0.75 when {{ y }}.panjang >= 7 then 0.94 when {{ y }}.panjang >= 5 then 0.91 else 0.84 end,
        case
            when {{ y }}.panjang >= 9 and not ({{ both_known }}) then 0.88
            when {{ y }}.panjang >= 7 and not ({{ both_known }}) then 0.85
            when {{ cut_short }} then 0.76
            when {{ y }}.panjang >= 5 then 0.6
            else 0.0
        end,
        case when {{ cut_short }} then 0.76 when {{ y }}.panjang >= 10 then 0.6 else 0.0 end
    ][least({{ edit_distance(x ~ '.kata', y ~ '.kata') }}, {{ edit_distance(x ~ '.bunyi', y ~ '.bunyi') }})],
    case when {{ cut_short }} then 0.76 else 0.0 end
)
{%- endmacro %}

{# Every number that differs from `angka` of a query by one digit, or by a swap of two neighbouring digits: 159 variants, as
   integers, so that a plain join finds what one slip of the pen made. The query's other columns go along. #}
{% macro one_slip(query) -%}
select asal.* replace (angka + (digit.n - {{ div('angka', 'm') }} % 10) * m as angka)
from ({{ query }}) as asal
cross join (select n as i, pow(10, n)::bigint as m from {{ numbers(0, 15) }}) as posisi
cross join {{ numbers(0, 9) }} as digit
where {{ div('angka', 'm') }} % 10 <> digit.n
union all
select asal.* replace (angka + ({{ div('angka', 'm') }} % 10 - {{ div('angka', '(m * 10)') }} % 10) * 9 * m as angka)
from ({{ query }}) as asal
cross join (select pow(10, n)::bigint as m from {{ numbers(0, 14) }}) as posisi
where {{ div('angka', 'm') }} % 10 <> {{ div('angka', '(m * 10)') }} % 10
{%- endmacro %}

{# Whether a number of 16 digits can be a NIK at all: a day of 1-31 or 41-71, a month, a serial. #}
{% macro plausible_nik(nik) -%}
(
    ({{ div(nik, 10000000000) }} % 100) >= 1
    and ({{ div(nik, 100000000) }} % 100 between 1 and 31 or {{ div(nik, 100000000) }} % 100 between 41 and 71)
    and {{ div(nik, 1000000) }} % 100 between 1 and 12
    and {{ nik }} % 10000 >= 1
)
{%- endmacro %}

{# One digit different, or two neighbouring digits swapped. `differing` is the number of differing digits. #}
{% macro one_slip_apart(a, b, differing) -%}
({{ differing }} = 1 or ({{ differing }} = 2 and {{ edit_distance(a ~ '::varchar', b ~ '::varchar') }} = 1))
{%- endmacro %}

{# Two of day, month and year agree, or day and month are swapped. #}
{% macro near_date(a, b) -%}
(
    (year({{ a }}) = year({{ b }}))::int + (month({{ a }}) = month({{ b }}))::int + (day({{ a }}) = day({{ b }}))::int = 2
    or (year({{ a }}) = year({{ b }}) and month({{ a }}) = day({{ b }}) and day({{ a }}) = month({{ b }}))
)
{%- endmacro %}

{# Whether a level is in a rule's list 'A|B|C'; '*' lets every level pass. #}
{% macro among(level, levels) -%}
({{ levels }} = '*' or contains('|' || {{ levels }} || '|', '|' || {{ level }} || '|'))
{%- endmacro %}

{# How far kelurahan and RT of two records (table aliases) agree. #}
{% macro home_level(a, b) -%}
case
    when {{ a }}.kelurahan_angka is null or {{ b }}.kelurahan_angka is null then 'TIDAK_ADA'
    when {{ a }}.kelurahan_angka <> {{ b }}.kelurahan_angka then 'BEDA'
    when {{ a }}.rt_angka is null or {{ b }}.rt_angka is null then 'KELURAHAN_SAJA'
    when {{ a }}.rt_angka = {{ b }}.rt_angka then 'RT_SAMA'
    else 'KELURAHAN_SAMA'
end
{%- endmacro %}

{# A cheap look before names are compared word by word: alike without blanks, or a second name on either side.
   The arguments are table aliases with nama_norm and nama_lain. #}
{% macro names_look_alike(a, b, alike=0.65) -%}
(
    {{ jaro_winkler("replace(" ~ a ~ ".nama_norm, ' ', '')", "replace(" ~ b ~ ".nama_norm, ' ', '')") }} > {{ alike }}
    or {{ a }}.nama_lain is not null
    or {{ b }}.nama_lain is not null
)
{%- endmacro %}

{# How many letters of a name without blanks the words of another name (each word once) account for. #}
{% macro letters_covered(name, joined) -%}
{{ list_total('list_transform(list_distinct(' ~ words(name) ~ '), lambda w : case when contains(' ~ joined ~ ', w) then length(w) else 0 end)') }}
{%- endmacro %}
