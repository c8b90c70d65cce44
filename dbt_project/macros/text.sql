{# Tidying text and codes. One macro, one value; nothing here looks at another row. #}

{# Upper case, one blank between words, null when nothing is left. Most texts are so already: one look, no rewriting. #}
{% macro tidy_text(value) -%}
case
    when {{ regex_found(value, "^[A-Z]+( [A-Z]+)*$") }} then {{ value }}
    else nullif(trim({{ regex_replace_all("upper(" ~ value ~ ")", "\\s+", " ") }}), '')
end
{%- endmacro %}

{# A date cell or text: ISO (with or without time), dd-mm-yyyy, dd/mm/yyyy; null when it is none of these. #}
{% macro parse_date(value) -%}
case
    when {{ value }} like '____-__-__%' then try_cast(left({{ value }}, 10) as date)
    when {{ value }} is null or trim({{ value }}) = '' then null
    else {{ date_of_format("replace(left(trim(" ~ value ~ "), 10), '/', '-')", "%d-%m-%Y") }}
end
{%- endmacro %}

{# L or P from the ways offices write it; null when unknown. No `in (...)`: DuckDB would join a list. #}
{% macro sex_code(value) -%}
case upper(trim({{ value }}))
    {%- for code, written in {'L': ['L', 'LK', 'LAKI-LAKI', 'LAKI LAKI', 'PRIA', 'M', '1'], 'P': ['P', 'PR', 'PEREMPUAN', 'WANITA', 'F', '2']}.items() %}
    {%- for form in written %}
    when '{{ form }}' then '{{ code }}'
    {%- endfor %}
    {%- endfor %}
end
{%- endmacro %}

{# '5', '005', 'RT.005', '5/2' -> '005'; null when there is no RT. #}
{% macro rt_code(value) -%}
case
    when {{ value }} in ('', '0', '00', '000') then null
    when length({{ value }}) = 3 and try_cast({{ value }} as integer) > 0 then {{ value }}
    else nullif(lpad(right(ltrim(nullif({{ regex_extract(value, "[0-9]+") }}, ''), '0'), 3), 3, '0'), '000')
end
{%- endmacro %}

{# A kelurahan code in digits, dotted as in file names: 6472031005 -> 64.72.03.1005. #}
{% macro dotted_code(digits) -%}
left({{ digits }}, 2) || '.' || substr({{ digits }}, 3, 2) || '.' || substr({{ digits }}, 5, 2) || '.' || substr({{ digits }}, 7, 4)
{%- endmacro %}

{# A number of 16 digits as an integer for joins; null when it is not one. No NIK or KK starts with 0. #}
{% macro id_number(value) -%}
case when length({{ value }}) = 16 and {{ value }} >= '1' then try_cast({{ value }} as bigint) end
{%- endmacro %}

{# A kelurahan or kecamatan name made comparable: KEL. SEI. PINANG DALAM -> SUNGAI PINANG DALAM. #}
{% macro place_name(value) -%}
{%- set steps = [
    ("[^A-Z0-9]+", " "),
    ("^ ?(KELURAHAN|KEL|DESA|KECAMATAN|KEC) ", ""),
    ("^ ?(SEI|SEY|SUNGEI|SUNGAI|S) ", "SUNGAI "),
    ("^ ?(GN|GUNG|GUNUNG|G) ", "GUNUNG "),
    ("^ ?(SAMARINDA|SMD|SMR) ", "SAMARINDA "),
    ("\\bMASJID\\b", "MESJID"),
    ("\\bASEM\\b", "ASAM"),
] -%}
{%- set ns = namespace(sql="upper(" ~ value ~ ")") -%}
{%- for pattern, replacement in steps -%}
    {%- set ns.sql = regex_replace_all(ns.sql, pattern, replacement) -%}
{%- endfor -%}
nullif(trim({{ ns.sql }}), '')
{%- endmacro %}

{# A street address made comparable: JALAN MERDEKA GANG 5 NO. 52 RT 03 -> JL MERDEKA GG 5 NO 52. #}
{% macro street_address(value) -%}
{%- set ns = namespace(sql="' ' || " ~ regex_replace_all("upper(" ~ value ~ ")", "[^A-Z0-9]+", " ") ~ " || ' '") -%}
{%- for written, short in [("JALAN", "JL"), ("JLN", "JL"), ("GANG", "GG"), ("NOMOR", "NO"), ("BLOK", "BLK")] -%}
    {%- set ns.sql = "replace(" ~ ns.sql ~ ", ' " ~ written ~ " ', ' " ~ short ~ " ')" -%}
{%- endfor -%}
trim({{ regex_replace_all(ns.sql, " R[TW] ?[0-9]+", "") }})
{%- endmacro %}

{# A month as YYYY-MM: 2026-09, 2026/09, 202609, 09-2026, 2026-09-01; null when it is none of these. #}
{% macro period_code(value) -%}
case
    when {{ regex_found("trim(" ~ value ~ ")", "^[0-9]{4}[-/.]?(0[1-9]|1[0-2])([^0-9].*)?$") }}
        then left(trim({{ value }}), 4) || '-' || substr(replace(replace(replace(trim({{ value }}), '-', ''), '/', ''), '.', ''), 5, 2)
    when {{ regex_found("trim(" ~ value ~ ")", "^(0[1-9]|1[0-2])[-/.][0-9]{4}$") }}
        then right(trim({{ value }}), 4) || '-' || left(trim({{ value }}), 2)
end
{%- endmacro %}

{# Whole rupiah: 300000, 300.000, Rp 300.000,00 -> 300000; null when there is no number. #}
{% macro rupiah(value) -%}
try_cast(nullif({{ regex_replace_all(regex_replace_all(value, "[.,][0-9]{1,2}$", ""), "[^0-9]", "") }}, '') as bigint)
{%- endmacro %}

{# How far two street addresses agree: the same; one breaks off earlier or has the same numbers in a like street; another. #}
{% macro address_level(a, b) -%}
case
    when {{ a }} = {{ b }} and {{ a }} <> '' then 'SAMA'
    when {{ a }} = '' or {{ b }} = '' then 'TIDAK_ADA'
    when starts_with({{ a }} || ' ', {{ b }} || ' ') or starts_with({{ b }} || ' ', {{ a }} || ' ')
        then case when {{ regex_found("least(" ~ a ~ ", " ~ b ~ ")", "[0-9]$") }} then 'MIRIP' else 'JALAN' end
    when
        {{ jaro_winkler(a, b) }} >= 0.85
        and {{ regex_replace_all(a, "[^0-9]+", " ") }} = {{ regex_replace_all(b, "[^0-9]+", " ") }}
        then 'MIRIP'
    else 'BEDA'
end
{%- endmacro %}

{# Digits of a number in which letters were typed for digits: 647203O1l0... -> 6472030110... #}
{% macro letters_to_digits(value) -%}
{{ regex_replace_all("translate(upper(" ~ value ~ "), 'OQDILSBZG', '000115826')", "[^0-9]", "") }}
{%- endmacro %}
