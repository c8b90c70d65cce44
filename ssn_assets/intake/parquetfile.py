"""Parquet files: every column as text, in the file's order. The header counts as row 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssn_assets.intake.grid import Grid, require_header
from ssn_assets.intake.headers import Input
from ssn_assets.intake.inbox import InboxFile
from ssn_assets.intake.numbers import quoted
from ssn_assets.intake.reasons import Refused

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 50_000_000
"""More than six times the province's people: not a delivery but a bomb."""

FIRST_ROW = 2


def read_parquet(file: InboxFile, spec: Input) -> Grid:
    """Look at a Parquet file; DuckDB reads it where the grid is used.

    Raises:
        Refused: BUKAN_PARQUET, RUSAK, BOM_ZIP or TANPA_KEPALA.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with file.path.open("rb") as handle:
        if handle.read(4) != b"PAR1":
            raise Refused("BUKAN_PARQUET")
    try:
        with pq.ParquetFile(file.path) as found:
            rows, schema = found.metadata.num_rows, found.schema_arrow
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # the disk's trouble, not the file's
            raise
        raise Refused("RUSAK") from error
    if rows > MOST_ROWS:
        raise Refused("BOM_ZIP")
    match = require_header(spec, [schema.names])
    columns = ", ".join(f"{_as_text(field, schema)} as c{i}" for i, field in enumerate(schema))
    source = f"read_parquet({quoted(str(file.path))}, file_row_number=true)"
    return Grid(
        match,
        f"Parquet, {len(schema)} kolom",
        FIRST_ROW,
        scan=f"(select {columns} from {source})",
        numbered=f"(select file_row_number + {FIRST_ROW} as baris, {columns} from {source})",
        records=rows,
    )


def _as_text(field: pa.Field, schema: pa.Schema) -> str:
    """SQL: the column as text; floating numbers that are whole lose their fraction, and NULs, which PostgreSQL takes in no
    text, become the sign of a damaged letter."""
    import pyarrow as pa

    name = '"' + field.name.replace('"', '""') + '"'
    if pa.types.is_floating(field.type):
        whole = f"{name} = trunc({name}) and abs({name}) < 1e18"
        return f"case when isnan({name}) then null when {whole} then {name}::bigint::varchar else {name}::varchar end"
    return (
        f"{name}::varchar"
        if pa.types.is_primitive(field.type)
        else f"replace({name}::varchar, chr(0), '\N{REPLACEMENT CHARACTER}')"
    )
