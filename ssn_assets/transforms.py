"""The two dbt invocations of a run as assets: up to the decision; then, with numbers and cards known, to what goes out."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from ssn_assets import dbt
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, SKIPPED, code_version
from ssn_assets.warehouse import Steps, fingerprint, open_warehouse

TAG = f"tag:{dbt.LAST_PART}"


@dbt_assets(
    manifest=dbt.manifest(),
    name="dbt_keputusan",
    exclude=TAG,
    dagster_dbt_translator=dbt.TRANSLATOR,
    partitions_def=PERIODS,
    project=dbt.project(),
    pool=POOL,
)
def models_to_decision(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Staging, sanding, verification, decision."""
    yield from _build(context, platform, "dbt/keputusan", "fqn:*", TAG)


@dbt_assets(
    manifest=dbt.manifest(),
    name="dbt_akhir",
    select=TAG,
    dagster_dbt_translator=dbt.TRANSLATOR,
    partitions_def=PERIODS,
    project=dbt.project(),
    pool=POOL,
)
def models_to_publication(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Decisions with numbers, the published asset, the funnel."""
    yield from _build(context, platform, "dbt/akhir", TAG, "")


def _build(context: dg.AssetExecutionContext, platform: Platform, step: str, select: str, exclude: str) -> Iterator[Any]:
    home = platform.home
    with platform.warehouse_of(context.partition_key, decided=step == "dbt/akhir") as con:
        ledger = Steps(con)
        sidik = fingerprint(code_version(), context.partition_key, *_inputs(con, step))
        known = None if context.is_subset else ledger.result(step, sidik)
        if known is None:
            ledger.forget(step)
    if known is not None:
        context.log.info(f"{step}: {SKIPPED['langkah']}")
        yield from dbt.replay(context, home, known["messages"], SKIPPED)
        return
    run = dbt.DbtRun(home, *dbt.selection(context, select, exclude))
    run.build()
    yield from dbt.replay(context, home, run.messages, {})
    if run.error:
        raise dg.Failure(f"dbt: {run.error}", allow_retries=False)
    if not context.is_subset:
        with open_warehouse(home) as con:
            Steps(con).done(step, sidik, {"messages": run.messages})


def _inputs(con: Any, step: str) -> list[object]:
    """What decides the models' content: the steps before, and the content of the tables that the store fills."""
    before = ("intake/dtks", "intake/dukcapil", "intake/bansos") if step == "dbt/keputusan" else ("dbt/keputusan",)
    tables = (
        ("ops.konteks", "ops.koreksi_nik", "(select jawaban_id from ops.jawaban)")
        if step == "dbt/keputusan"
        else ("ops.nomor_ssn", "ops.kartu", "ops.pembayaran")
    )
    return [*Steps(con).fingerprint_of(*before), *(_content(con, t) for t in tables)]


def _content(con: Any, table: str) -> list[Any]:
    """A table's rows as a count and an order-free hash."""
    name = table if table.startswith("(") else f"(select * from {table})"
    row = con.execute(
        f"select count(*), bit_xor(hash(t))::varchar, sum(hash(t) % 1000000007)::varchar from {name} as t"
    ).fetchone()
    return list(row)
