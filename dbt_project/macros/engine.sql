{# What differs between SQL engines, in one place. DuckDB today; a Spark target overrides `default__` with `spark__`.
   Not here: what sqlglot turns into Spark's SQL by itself (QUALIFY, EXCLUDE, list_transform and its kin, max_by, starts_with). #}

{% macro regex_replace_all(value, pattern, replacement) %}{{ return(adapter.dispatch("regex_replace_all")(value, pattern, replacement)) }}{% endmacro %}
{% macro default__regex_replace_all(value, pattern, replacement) -%}
regexp_replace({{ value }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro regex_extract(value, pattern) %}{{ return(adapter.dispatch("regex_extract")(value, pattern)) }}{% endmacro %}
{% macro default__regex_extract(value, pattern) -%}
regexp_extract({{ value }}, '{{ pattern }}')
{%- endmacro %}

{% macro regex_found(value, pattern) %}{{ return(adapter.dispatch("regex_found")(value, pattern)) }}{% endmacro %}
{% macro default__regex_found(value, pattern) -%}
regexp_matches({{ value }}, '{{ pattern }}')
{%- endmacro %}

{% macro date_of_format(value, format) %}{{ return(adapter.dispatch("date_of_format")(value, format)) }}{% endmacro %}
{% macro default__date_of_format(value, format) -%}
try_strptime({{ value }}, '{{ format }}')::date
{%- endmacro %}

{# Whole-number division. #}
{% macro div(a, b) %}{{ return(adapter.dispatch("div")(a, b)) }}{% endmacro %}
{% macro default__div(a, b) -%}
({{ a }} // {{ b }})
{%- endmacro %}

{# A 64-bit key of a text, for joins inside one run only: not stable across engine versions. #}
{% macro join_key(value) %}{{ return(adapter.dispatch("join_key")(value)) }}{% endmacro %}
{% macro default__join_key(value) -%}
hash({{ value }})
{%- endmacro %}

{% macro words(value) %}{{ return(adapter.dispatch("words")(value)) }}{% endmacro %}
{% macro default__words(value) -%}
string_split({{ value }}, ' ')
{%- endmacro %}

{# 0..1, kind to a shared beginning. #}
{% macro jaro_winkler(a, b) %}{{ return(adapter.dispatch("jaro_winkler")(a, b)) }}{% endmacro %}
{% macro default__jaro_winkler(a, b) -%}
jaro_winkler_similarity({{ a }}, {{ b }})
{%- endmacro %}

{# Insertions, deletions, substitutions and swaps of neighbours. Dear: never on unfiltered pairs. #}
{% macro edit_distance(a, b) %}{{ return(adapter.dispatch("edit_distance")(a, b)) }}{% endmacro %}
{% macro default__edit_distance(a, b) -%}
damerau_levenshtein({{ a }}, {{ b }})
{%- endmacro %}

{# Insertions, deletions and substitutions. At most twice edit_distance, and six times as fast. #}
{% macro plain_distance(a, b) %}{{ return(adapter.dispatch("plain_distance")(a, b)) }}{% endmacro %}
{% macro default__plain_distance(a, b) -%}
levenshtein({{ a }}, {{ b }})
{%- endmacro %}

{# A sequence from `first` to `last`, both included, as a table of one column n. #}
{% macro numbers(first, last) %}{{ return(adapter.dispatch("numbers")(first, last)) }}{% endmacro %}
{% macro default__numbers(first, last) -%}
(select unnest(range({{ first }}, {{ last }} + 1)) as n)
{%- endmacro %}

{% macro ordered_list(value, order) %}{{ return(adapter.dispatch("ordered_list")(value, order)) }}{% endmacro %}
{% macro default__ordered_list(value, order) -%}
list({{ value }} order by {{ order }})
{%- endmacro %}

{# A text after a list of [what, by what] replacements, one after the other. #}
{% macro rewrite(value, pairs) %}{{ return(adapter.dispatch("rewrite")(value, pairs)) }}{% endmacro %}
{% macro default__rewrite(value, pairs) -%}
list_reduce({{ pairs }}, lambda teks, langkah : [replace(teks[1], langkah[1], langkah[2])], [{{ value }}])[1]
{%- endmacro %}

{% macro share_word(a, b) %}{{ return(adapter.dispatch("share_word")(a, b)) }}{% endmacro %}
{% macro default__share_word(a, b) -%}
list_has_any({{ words(a) }}, {{ words(b) }})
{%- endmacro %}

{# How many digits of two numbers of the same length differ. #}
{% macro differing_digits(a, b) %}{{ return(adapter.dispatch("differing_digits")(a, b)) }}{% endmacro %}
{% macro default__differing_digits(a, b) -%}
hamming({{ a }}::varchar, {{ b }}::varchar)
{%- endmacro %}

{% macro list_total(items) %}{{ return(adapter.dispatch("list_total")(items)) }}{% endmacro %}
{% macro default__list_total(items) -%}
list_sum({{ items }})
{%- endmacro %}

{# The sum of the products of two lists of one length. #}
{% macro weighted_total(weights, items) %}{{ return(adapter.dispatch("weighted_total")(weights, items)) }}{% endmacro %}
{% macro default__weighted_total(weights, items) -%}
list_dot_product({{ weights }}, {{ items }})
{%- endmacro %}

{# The so many highest values of a group, as a list from the highest down. #}
{% macro highest(value, many) %}{{ return(adapter.dispatch("highest")(value, many)) }}{% endmacro %}
{% macro default__highest(value, many) -%}
max({{ value }}, {{ many }})
{%- endmacro %}

{% macro json_text(struct) %}{{ return(adapter.dispatch("json_text")(struct)) }}{% endmacro %}
{% macro default__json_text(struct) -%}
to_json({{ struct }})::varchar
{%- endmacro %}

{# Whether every word of one name is in the other. #}
{% macro one_holds_the_other(a, b) %}{{ return(adapter.dispatch("one_holds_the_other")(a, b)) }}{% endmacro %}
{% macro default__one_holds_the_other(a, b) -%}
(list_has_all({{ words(a) }}, {{ words(b) }}) or list_has_all({{ words(b) }}, {{ words(a) }}))
{%- endmacro %}
