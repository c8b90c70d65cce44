"""How an asset does its work at most once for the same inputs, visibly, and what it tells Dagster. No stage's own logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb

from ssn_assets import expectations, warehouse
from ssn_assets.privacy import masked
from ssn_assets.resources import Platform
from ssn_assets.warehouse import Steps, fingerprint

if TYPE_CHECKING:
    import pandas as pd

PERIODS = dg.DynamicPartitionsDefinition(name="periode")
"""One partition a dtks period; the sensor and `ssn run` add what the inbox has."""

POOL = "duckdb"
"""Every asset that opens the warehouse is in this pool of one."""

LAST = "-1"
"""Priority of a step that is done when no other one can be: it takes in what the run made, and does not hang on it."""

SKIPPED = {"langkah": "dilewati: masukan tidak berubah sejak run terakhir"}


@lru_cache(maxsize=1)
def code_version() -> str:
    """The code's version, worked out once a process."""
    return warehouse.code_version()


@dataclass(frozen=True)
class Outcome:
    """What a step reported, now or when it did the work."""

    result: dict[str, Any]
    skipped: bool

    @property
    def note(self) -> dict[str, str]:
        """Metadata that says so when the step was skipped."""
        return SKIPPED if self.skipped else {}


def once(
    context: dg.AssetExecutionContext,
    con: duckdb.DuckDBPyConnection,
    step: str,
    inputs: Sequence[object],
    work: Callable[[], dict[str, Any]],
    outputs: Sequence[Path] = (),
) -> Outcome:
    """Do the work unless it was done on these very inputs by this very code and its files are still there.

    Args:
        step: the step's name in the ledger.
        inputs: everything that decides the result: file hashes, fingerprints of steps before, the period.
        work: does it, in a transaction of its own, and returns counts and texts without personal data.
        outputs: files it leaves.
    """
    ledger = Steps(con)
    sidik = fingerprint(code_version(), context.partition_key, *inputs)
    known = ledger.result(step, sidik, tuple(outputs))
    if known is not None:
        context.log.info(f"{step}: {SKIPPED['langkah']}")
        return Outcome(known, skipped=True)
    ledger.forget(step)
    try:
        result = work()
    except duckdb.Error as problem:  # its text may quote a row
        raise dg.Failure(f"{step}: {masked(str(problem))}", allow_retries=False) from None
    ledger.done(step, sidik, result)
    return Outcome(result, skipped=False)


def suite_results(
    context: dg.AssetExecutionContext,
    platform: Platform,
    suite: str,
    looked_at: Sequence[object],
    profile: Callable[[], pd.DataFrame],
) -> Outcome:
    """Run a border suite on files that went out, or show its results again when these very files were looked at before.

    Args:
        looked_at: hashes of the files.
        profile: reads them back, as counts.
    """
    with platform.warehouse() as con:
        return once(context, con, f"suite/{suite}", looked_at, lambda: {"_suite": expectations.validate(suite, profile())})


def counts(result: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of a step's result, for metadata."""
    return {k: v for k, v in result.items() if isinstance(v, int | float | str | bool) and not k.startswith("_")}


def table_metadata(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    """Row count and column types of a warehouse table, as Dagster shows them."""
    columns = con.execute(f"describe {table}").fetchall()
    rows = con.execute(f"select count(*) from {table}").fetchone()
    return {
        "dagster/row_count": rows[0] if rows else 0,
        "dagster/table_name": table,
        "dagster/storage_kind": "duckdb",
        "dagster/column_schema": dg.TableSchema([dg.TableColumn(name, kind.lower()) for name, kind, *_ in columns]),
    }


def same_columns(source: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """Column lineage of an output whose columns are those of one table."""
    key = dg.AssetKey(list(source))
    return {"dagster/column_lineage": dg.TableColumnLineage({c: [dg.TableColumnDep(key, c)] for c in columns})}
