"""Moving many rows at once between the store and the warehouse. Neither side's own queries belong here.

The ORM and row-by-row inserts are 5 to 50 times slower; see docs on each function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, text

from ssn_assets.store.engine import tell_nobody

if TYPE_CHECKING:
    import duckdb


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


def insert_rows(
    con: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
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
    if not rows:
        return 0
    same = same or {}
    if con.dialect.name == "sqlite" and _has_trigger(con, table):
        # a trigger makes SQLite keep a journal for each statement: one for all rows takes half the time of one a row
        names, values = ", ".join((*columns, *same)), ", ".join((*columns, *(f":{name}" for name in same)))
        with beside(con, table, columns, rows) as put:
            con.execute(text(f"insert into {table.name} ({names}) select {values} from {put} order by rowid"), dict(same))
    else:
        _bulk(con, table.name, (*columns, *same), rows, tuple(same.values()))
    return len(rows)


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
    warehouse.register("dari_toko", arrow)
    typed = ", ".join(f"{name}::{kind} as {name}" for name, kind in columns.items())
    warehouse.execute(f"create or replace {'temp ' if temporary else ''}table {table} as select {typed} from dari_toko")
    warehouse.unregister("dari_toko")
    return arrow.num_rows


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
def beside(con: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Rows in a temporary table with columns of a table, for one statement; gives its name.

    Args:
        con: inside a transaction, which takes it away when it fails.
    """
    con.execute(text(f"create temp table {_BESIDE} as select {', '.join(columns)} from {table.name} where false"))
    if rows:
        _bulk(con, _BESIDE, columns, rows)
    yield _BESIDE
    con.execute(text(f"drop table {_BESIDE}"))


def _bulk(
    con: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], same: tuple[Any, ...] = ()
) -> None:
    """same: the values of the last columns, in every row."""
    names = ", ".join(columns)
    if con.dialect.name == "sqlite":
        con.exec_driver_sql(
            f"insert into {table} ({names}) values ({', '.join('?' * len(columns))})",
            [(*row, *same) for row in rows] if same else list(rows),
        )
    else:
        _copy(con, f"{table} ({names})", rows, same)


def _copy(con: Connection, target: str, rows: Sequence[tuple[Any, ...]], same: tuple[Any, ...]) -> None:
    from psycopg import Error

    driver: Any = con.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"copy {target} from stdin") as copy:
            for row in rows:
                copy.write_row((*row, *same))
    except Error as problem:
        tell_nobody(problem)
        raise
