{# Comparing names: what a word is worth, how alike two words are. The knowledge itself is in the seeds. #}

{# A name reduced to A-Z, dots and blanks; digits typed for letters put right; '/' kept as a word of its own. #}
{% macro plain_letters(value) -%}
{%- set steps = [
    ("[`´‘’'']", ""),
    ("/", " / "),
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

{# How alike two words are, 0..1. Each is a struct (kata, bunyi, dikenal): as written, its sound, whether many people bear it.
   1 same; .97 same sound; .8 an initial or a word cut short; in between one or two typing errors, the longer the word the surer.
   A slip of the pen seldom makes another known word: two known words one letter apart (SAPUTRA, SAPUTRI) are .75, not sure at all. #}
{% macro word_similarity(x, y) -%}
case
    when {{ x }}.kata = {{ y }}.kata then 1.0
    when {{ x }}.bunyi = {{ y }}.bunyi then 0.97
    when length({{ x }}.kata) = 1 or length({{ y }}.kata) = 1
        then case when left({{ x }}.kata, 1) = left({{ y }}.kata, 1) then 0.8 else 0.0 end
    when abs(length({{ x }}.bunyi) - length({{ y }}.bunyi)) > 2
        or {{ jaro_winkler(x ~ '.bunyi', y ~ '.bunyi') }} < 0.75
        then case
            when length({{ x }}.kata) >= 3 and starts_with({{ y }}.kata, {{ x }}.kata) then 0.76
            when length({{ y }}.kata) >= 3 and starts_with({{ x }}.kata, {{ y }}.kata) then 0.76
            else 0.0
        end
    else {{ slips(x, y) }}
end
{%- endmacro %}

{% macro slips(x, y) -%}
case least({{ edit_distance(x ~ '.kata', y ~ '.kata') }}, {{ edit_distance(x ~ '.bunyi', y ~ '.bunyi') }})
    when 1 then case
        when {{ x }}.dikenal and {{ y }}.dikenal then 0.75
        when length({{ y }}.kata) >= 7 then 0.94
        when length({{ y }}.kata) >= 5 then 0.91
        else 0.84
    end
    when 2 then case
        when {{ x }}.dikenal and {{ y }}.dikenal then 0.4
        when length({{ y }}.kata) >= 9 then 0.88
        when length({{ y }}.kata) >= 7 then 0.8
        when length({{ y }}.kata) >= 5 then 0.6
        else 0.2
    end
    when 3 then case when length({{ y }}.kata) >= 10 then 0.6 else 0.2 end
    else 0.0
end
{%- endmacro %}
