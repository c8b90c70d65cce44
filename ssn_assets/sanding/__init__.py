"""Who is who: the Python side of the matching. The matching itself is SQL, in dbt_project/models/intermediate/sanding."""
