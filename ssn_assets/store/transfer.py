"""Moving many rows at once between the store and the warehouse. Neither side's own queries belong here.

The ORM and row-by-row inserts are 5 to 50 times slower; see docs on each function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, text

from ssn_assets.store.columns import NULL, as_texts, values_of
from ssn_assets.store.engine import tell_nobody

if TYPE_CHECKING:
    import duckdb


AT_ONCE = 10_000
"""Rows in memory when many are moved: all of a city's at once take a gigabyte, and the time to ask the system for it."""

_BESIDE = "perubahan"
"""A temporary table that the rows are put into first."""


def read_rows(con: Connection, statement: str) -> list[tuple[Any, ...]]:
    """All rows of a SELECT without parameters, as the driver's plain tuples.

    Args:
        statement: SQL that both SQLite and PostgreSQL understand.
    """
    cursor: Any = con.connection.cursor()
    try:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    finally:
        cursor.close()
    return rows


def stream(found: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer of the warehouse, some at a time; nothing else may be asked there meanwhile."""
    for some in found.to_arrow_reader(AT_ONCE):
        yield from zip(*map(values_of, some.columns), strict=True)


def insert_rows(
    con: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    same: Mapping[str, str | int] | None = None,
) -> int:
    """Insert rows of plain values: the driver's own executemany on SQLite, COPY on PostgreSQL.

    Args:
        con: inside a transaction (`engine.writing`).
        columns: the columns the values stand for.
        same: columns with one value for all rows.

    Returns:
        The number of rows.

    Raises:
        sqlalchemy.exc.IntegrityError (SQLite) or psycopg.errors.IntegrityError (PostgreSQL): a key is there already.
    """
    same = same or {}
    if con.dialect.name == "sqlite" and _has_trigger(con, table):
        # a trigger makes SQLite keep a journal for each statement: one for all rows takes half the time of one a row
        names, values = ", ".join((*columns, *same)), ", ".join((*columns, *(f":{name}" for name in same)))
        with beside(con, table, columns, rows) as put:
            done = con.execute(text(f"insert into {table.name} ({names}) select {values} from {put} order by rowid"), dict(same))
            return done.rowcount
    return _bulk(con, table.name, columns, rows, same)


def insert_from(
    con: Connection,
    table: Table,
    columns: Sequence[str],
    warehouse: duckdb.DuckDBPyConnection,
    query: str,
    order: str,
    same: Mapping[str, str | int] | None = None,
) -> int:
    """`insert_rows` of what a query of the warehouse gives, in two thirds of the time where the table has no trigger.

    Args:
        query: SQL that gives the columns, in their order; texts and whole numbers.
        order: the columns to insert by.
    """
    if con.dialect.name != "sqlite" or _has_trigger(con, table):
        return insert_rows(con, table, columns, stream(warehouse.execute(f"from ({query}) order by {order}")), same)
    same, listed, done = same or {}, ", ".join(columns), 0
    chunks = warehouse.execute(
        f"""select '[' || string_agg(baris_json, ',' order by urut_json) || ']'
        from (
            select row_number() over (order by {order}) as urut_json,
                to_json([{", ".join(f"{name}::varchar" for name in columns)}])::varchar as baris_json
            from ({query}) as t({listed})
        )
        group by urut_json // {AT_ONCE} order by min(urut_json)"""
    )
    names = ", ".join((*columns, *same))
    values = ", ".join((*(f"json_extract(value, '$[{place}]')" for place in range(len(columns))), *map(_literal, same.values())))
    while some := chunks.fetchone():  # no Python object for each value
        done += con.exec_driver_sql(f"insert into {table.name} ({names}) select {values} from json_each(?)", some).rowcount
    return done


def update_rows(con: Connection, table: Table, key: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set columns of rows found by a text key, in one statement.

    Args:
        con: inside a transaction.
        key: the key column.
        columns: what to set.
        rows: per row the new values in the order of `columns`, then the key.
    """
    if not rows:
        return
    assignments = ", ".join(f"{c} = p.{c}" for c in columns)
    with beside(con, table, (*columns, key), rows) as put:
        con.execute(text(f"update {table.name} as t set {assignments} from {put} as p where t.{key} = p.{key}"))


def fill(
    warehouse: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    temporary: bool = False,
) -> int:
    """Make (or replace) a warehouse table from rows of the store, by way of Arrow.

    Args:
        table: e.g. "ops.kasus".
        columns: name -> DuckDB type: text, bigint, double, or date (given as ISO text).
        rows: values in the order of `columns`.
        temporary: a table of this connection only.

    Returns:
        The number of rows.
    """
    import pyarrow as pa

    kinds = {"bigint": pa.int64(), "double": pa.float64()}
    values = list(zip(*rows, strict=True)) or [() for _ in columns]
    arrow = pa.table(
        {name: pa.array(v, kinds.get(kind, pa.string())) for (name, kind), v in zip(columns.items(), values, strict=True)}
    )
    _make(warehouse, table, ", ".join(f"{name}::{kind} as {name}" for name, kind in columns.items()), arrow, temporary)
    return arrow.num_rows


def _make(warehouse: duckdb.DuckDBPyConnection, table: str, typed: str, arrow: Any, temporary: bool) -> None:
    warehouse.register("dari_toko", arrow)
    warehouse.execute(f"create or replace {'temp ' if temporary else ''}table {table} as select {typed} from dari_toko")
    warehouse.unregister("dari_toko")


def copy_over(
    store: Connection,
    warehouse: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    source: str,
    temporary: bool = False,
) -> int:
    """Make (or replace) a warehouse table of the store's columns of these names; in half the time of `read_rows` and `fill`.

    Args:
        table, columns, temporary: as for `fill`.
        source: what stands after `from`, in SQL that both SQLite and PostgreSQL understand.

    Returns:
        The number of rows.
    """
    found = as_texts(store, columns, source) if store.dialect.name == "sqlite" else None
    if found is None:
        return fill(warehouse, table, columns, read_rows(store, f"select {', '.join(columns)} from {source}"), temporary)
    typed = ", ".join(f"nullif({name}, chr({NULL}))::{kind} as {name}" for name, kind in columns.items())
    _make(warehouse, table, typed, found, temporary)
    return int(found.num_rows)


def is_copy_of(warehouse: duckdb.DuckDBPyConnection, table: str, version: str) -> bool:
    """Whether a warehouse table was copied from the store when that was at this version (see `mark_copy`)."""
    schema, name = table.split(".")
    # as literals: DuckDB imports pandas, which takes as long as a small run's whole ledger, to bind a text
    asked = f"select comment from duckdb_tables() where schema_name = '{schema}' and table_name = '{name}'"
    found = warehouse.execute(asked).fetchone()
    return found == (version,)


def mark_copy(warehouse: duckdb.DuckDBPyConnection, table: str, version: str) -> None:
    """Remember on a warehouse table what it is a copy of, so that it is not copied again while nothing changed.

    Args:
        version: letters, digits and blanks that change whenever the rows do.
    """
    warehouse.execute(f"comment on table {table} is '{version}'")


def _has_trigger(con: Connection, table: Table) -> bool:
    asked = text("select 1 from sqlite_master where type = 'trigger' and tbl_name = :name limit 1")
    return con.execute(asked, {"name": table.name}).first() is not None


@contextmanager
def beside(con: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Rows in a temporary table with columns of a table, for one statement; gives its name.

    Args:
        con: inside a transaction, which takes it away when it fails.
    """
    con.execute(text(f"create temp table {_BESIDE} as select {', '.join(columns)} from {table.name} where false"))
    _bulk(con, _BESIDE, columns, rows, {})
    yield _BESIDE
    con.execute(text(f"drop table {_BESIDE}"))


def _bulk(
    con: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]], same: Mapping[str, str | int]
) -> int:
    names = ", ".join((*columns, *same))
    if con.dialect.name != "sqlite":
        return _copy(con, f"{table} ({names})", rows, tuple(same.values()))
    values = ", ".join(("?",) * len(columns) + tuple(map(_literal, same.values())))
    done, left = 0, iter(rows)
    while some := list(islice(left, AT_ONCE)):
        con.exec_driver_sql(f"insert into {table} ({names}) values ({values})", some)
        done += len(some)
    return done


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _copy(con: Connection, target: str, rows: Iterable[tuple[Any, ...]], same: tuple[Any, ...]) -> int:
    from psycopg import Error

    driver: Any = con.connection.driver_connection
    done, left = 0, iter(rows)
    while some := list(islice(left, AT_ONCE)):  # what makes the rows fails by itself, outside the statement
        try:
            with driver.cursor() as cursor, cursor.copy(f"copy {target} from stdin") as copy:
                for row in some:
                    copy.write_row((*row, *same))
        except Error as problem:
            tell_nobody(problem)
            raise
        done += len(some)
    return done
