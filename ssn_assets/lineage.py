"""Which columns a query's columns come from. Pure: SQL text in, names out; drawing them is oversight's."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence


def column_parents(sql: str, parents: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[str, str]]]:
    """The columns of the tables below that each column of a query is made from.

    Args:
        sql: one DuckDB query.
        parents: relation name, quoted as in the query, to its columns.

    Returns:
        Per column the (relation name, column) pairs, sorted; {} when the query is beyond the parser, since lineage informs and
        must not stop a run.
    """
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage
    from sqlglot.schema import MappingSchema

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot follow is left out, not told
    known = {_key(exp.to_table(relation, dialect="duckdb")): relation for relation in parents}
    schema = MappingSchema(dialect="duckdb")
    for relation, columns in parents.items():
        schema.add_table(exp.to_table(relation, dialect="duckdb"), dict.fromkeys(columns, "text"), dialect="duckdb")
    try:
        nodes = lineage(None, sql, schema, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return {}
    found: dict[str, list[tuple[str, str]]] = {}
    for column, node in nodes.items():
        sources = set()
        for leaf in node.walk():
            table = leaf.expression.find(exp.Table) if not leaf.downstream else None
            if table is not None and _key(table) in known:
                sources.add((known[_key(table)], exp.to_column(leaf.name).name.lower()))
        found[column.lower()] = sorted(sources)
    return found


def _key(table: object) -> tuple[str, str]:
    return (getattr(table, "db", "").lower(), getattr(table, "name", "").lower())
