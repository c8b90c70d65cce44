"""Many values as one text each column, joined and split by compiled code: no Python object for each value on the way.

What is moved where is `transfer.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

NULL = 26
"""Stands for null in a column as one text: a control character that no name, number or code has."""


def as_texts(store: Connection, columns: Iterable[str], source: str) -> Any:
    """Columns as an Arrow table, each fetched as one text, a line a row: no Python object for each value. None: a value has a
    line break, or a column is longer than SQLite's longest text."""
    import sqlite3

    import pyarrow as pa
    import pyarrow.compute as pc

    listed = ", ".join(f"group_concat(coalesce({name}, char({NULL})), char(10))" for name in columns)
    cursor: Any = store.connection.cursor()
    try:
        ((count, *texts),) = cursor.execute(f"select count(*), {listed} from {source}").fetchall()
    except sqlite3.DataError:
        return None
    finally:
        cursor.close()
    if not count:
        return None
    arrays = [pc.split_pattern(pa.array([one], pa.large_string()), "\n").values for one in texts]
    if any([len(array) != count for array in arrays]):
        return None
    return pa.table(dict(zip(columns, arrays, strict=True)))


def values_of(column: Any) -> list[Any]:
    """The values of an Arrow column. Texts are joined and split again: a third of the time of one by one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return [None] * len(column)
    if not pa.types.is_string(column.type):
        values: list[Any] = column.to_pylist()
        return values
    null = chr(NULL)
    whole = pa.ListArray.from_arrays(pa.array([0, len(column)], pa.int32()), column.fill_null(null))
    texts = pc.binary_join(whole, "\n")[0].as_py().split("\n")
    if len(texts) != len(column):  # a line break in a value
        return list(column.to_pylist())
    return [None if one == null else one for one in texts] if column.null_count else texts
