{# What the matching says of itself: a probability and the evidence field by field. Levels of agreement only, never a value. #}

{% macro id_text(number) -%}
lpad({{ number }}::varchar, 16, '0')
{%- endmacro %}

{# Bits of evidence for "this very person" against the best other explanation, as a probability. #}
{% macro probability(bits) -%}
round(1 / (1 + pow(2::double, -least(greatest({{ bits }}, -50), 50))), 6)
{%- endmacro %}

{% macro evidence(pair) -%}
{{ json_text("{
    'nik': " ~ pair ~ ".nik,
    'nama': round(" ~ pair ~ ".skor, 3),
    'kk': " ~ pair ~ ".kk,
    'wilayah': " ~ pair ~ ".wilayah,
    'alamat': " ~ pair ~ ".alamat,
    'tanggal_lahir': " ~ pair ~ ".lahir,
    'jenis_kelamin': " ~ pair ~ ".kelamin,
    'nama_ibu': " ~ pair ~ ".ibu,
    'yakin_bit': " ~ pair ~ ".yakin
}") }}
{%- endmacro %}

{# What a record (a table alias) says of a field of the evidence: its own columns for NIK, name and KK; null where a field has no value. #}
{% macro field_value(field, record, nik, name, card) -%}
case {{ field }}
    when 'NIK' then {{ record }}.{{ nik }}
    when 'NAMA' then {{ record }}.{{ name }}
    when 'KK' then {{ record }}.{{ card }}
    when 'LAHIR' then {{ record }}.tanggal_lahir::varchar
    when 'KELAMIN' then {{ record }}.jenis_kelamin
    when 'IBU' then {{ record }}.nama_ibu
    when 'ALAMAT' then {{ record }}.alamat
    when 'WILAYAH' then concat_ws(' RT ', {{ record }}.kelurahan, {{ record }}.rt)
end
{%- endmacro %}
