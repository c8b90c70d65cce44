{# Small words of the decision models. #}

{# The family a person counts with for aid; somebody without a family card number is a family of his own. #}
{% macro kunci_keluarga(no_kk, nik) -%}
coalesce({{ no_kk }}, 'NIK ' || {{ nik }})
{%- endmacro %}

{% macro yes_no(condition) -%}
case when {{ condition }} then 'YA' else 'TIDAK' end
{%- endmacro %}

{% macro months_later(date, months) -%}
({{ date }} + to_months({{ months }}))
{%- endmacro %}

{# A month YYYY-MM as a running number, for differences. #}
{% macro month_number(period) -%}
(left({{ period }}, 4)::integer * 12 + right({{ period }}, 2)::integer)
{%- endmacro %}

{# Reason codes in the order of README, Formats and codes. #}
{% macro reasons() -%}
{{ return([
    'TIDAK_TERDAFTAR', 'MENINGGAL', 'PINDAH', 'GANDA', 'BANSOS_PUSAT', 'BUKAN_WARGA', 'TIDAK_DITEMUKAN', 'MAMPU', 'MENOLAK',
    'PERLU_TINJAUAN', 'BELUM_DIPADANKAN', 'BANSOS_BELUM_DIPERIKSA', 'BELUM_DIVERIFIKASI',
]) }}
{%- endmacro %}

{# Steps of a card: reserved by us, then what the bank reports (README, Formats and codes). #}
{% macro card_steps() -%}
{{ return([
    'DIPESAN', 'DITERIMA', 'DITOLAK', 'REKENING_DIBUKA', 'GAGAL_BUKA', 'KARTU_DICETAK', 'SIAP_DIAMBIL', 'DISERAHKAN',
    'BELUM_DIAMBIL', 'DIKEMBALIKAN', 'DIBLOKIR',
]) }}
{%- endmacro %}

{# Steps of a payment: of several orders of one month the later of these is told. #}
{% macro payment_steps() -%}
{{ return(['GAGAL', 'RETUR', 'DIPESAN', 'DIKIRIM', 'BERHASIL']) }}
{%- endmacro %}
