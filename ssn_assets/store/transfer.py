"""Moving many rows at once between the store and the warehouse. Neither side's own queries belong here.

The ORM and row-by-row inserts are 5 to 50 times slower; see docs on each function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, text

from ssn_assets.store.engine import tell_nobody

if TYPE_CHECKING:
    import duckdb


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


def insert_rows(con: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert rows of plain values: the driver's own executemany on SQLite, COPY on PostgreSQL.

    Args:
        con: inside a transaction (`engine.writing`).
        columns: the columns the values stand for.

    Returns:
        The number of rows.

    Raises:
        sqlalchemy.exc.IntegrityError (SQLite) or psycopg.errors.IntegrityError (PostgreSQL): a key is there already.
    """
    if not rows:
        return 0
    names = ", ".join(columns)
    if con.dialect.name == "sqlite":
        con.exec_driver_sql(f"insert into {table.name} ({names}) values ({', '.join('?' * len(columns))})", list(rows))
    else:
        _copy(con, f"{table.name} ({names})", rows)
    return len(rows)


def update_rows(con: Connection, table: Table, key: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set columns of rows found by a text key.

    Args:
        con: inside a transaction.
        key: the key column.
        columns: what to set.
        rows: per row the new values in the order of `columns`, then the key.
    """
    if not rows:
        return
    if con.dialect.name == "sqlite":
        con.exec_driver_sql(f"update {table.name} set {', '.join(f'{c} = ?' for c in columns)} where {key} = ?", list(rows))
        return
    names = ", ".join((*columns, key))
    con.execute(text(f"create temp table perubahan on commit drop as select {names} from {table.name} where false"))
    _copy(con, f"perubahan ({names})", rows)
    assignments = ", ".join(f"{c} = p.{c}" for c in columns)
    con.execute(text(f"update {table.name} as t set {assignments} from perubahan as p where t.{key} = p.{key}"))
    con.execute(text("drop table perubahan"))


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
    found = warehouse.execute(
        "select comment from duckdb_tables() where schema_name = ? and table_name = ?", [schema, name]
    ).fetchone()
    return found == (version,)


def mark_copy(warehouse: duckdb.DuckDBPyConnection, table: str, version: str) -> None:
    """Remember on a warehouse table what it is a copy of, so that it is not copied again while nothing changed.

    Args:
        version: letters, digits and blanks that change whenever the rows do.
    """
    warehouse.execute(f"comment on table {table} is '{version}'")


def _copy(con: Connection, target: str, rows: Sequence[tuple[Any, ...]]) -> None:
    from psycopg import Error

    driver: Any = con.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"copy {target} from stdin") as copy:
            for row in rows:
                copy.write_row(row)
    except Error as problem:
        tell_nobody(problem)
        raise
