{# Facts about the rows of a model that hold for every row, stated as what must not be found. #}

{% test no_row_where(model, condition) %}
select 1 from {{ model }} where {{ condition }}
{% endtest %}

{# Every row has a value of its own: unique and not_null in one reading. #}
{% test row_key(model, column_name) %}
select {{ column_name }}
from {{ model }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null
{% endtest %}

{# No two rows with the same values in these columns; rows where one is null do not count. #}
{% test unique_together(model, columns, where_condition='true') %}
select 1
from {{ model }}
where {{ where_condition }}{% for column in columns %} and {{ column }} is not null{% endfor %}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{# An accounting identity: both sums are the same number. #}
{% test sums_agree(model, sum, other_model, other_sum) %}
select 1
from (select {{ sum }} as jumlah from {{ model }}) as ini
cross join (select {{ other_sum }} as jumlah from {{ other_model }}) as itu
where ini.jumlah is distinct from itu.jumlah
{% endtest %}
