"""Oversight as Dagster assets: the funnel, the quarantine report and the auditors' page. Drawing is in the other modules."""

from typing import Any

import dagster as dg

from ssn_assets.oversight import files
from ssn_assets.resources import Platform
from ssn_assets.run_history import write_report
from ssn_assets.steps import PERIODS, POOL

COMMON: dict[str, Any] = {
    "group_name": "oversight",
    "owners": ["team:dinsos"],
    "tags": {"pii": "false"},
    "partitions_def": PERIODS,
    "pool": POOL,
}


@dg.asset(
    key=["karantina"],
    description="karantina.csv: baris dan berkas yang tidak dapat dibaca, dengan alasan yang dapat ditindaklanjuti.",
    kinds={"csv"},
    deps=[dg.AssetKey(["raw", kind]) for kind in ("dtks", "dukcapil", "bansos", "verifikasi", "bank")],
    **COMMON,
)
def quarantine(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """What was left out, by file and row."""
    with platform.warehouse() as con:
        lines = files.write_quarantine(con, platform.home.period(context.partition_key) / "karantina.csv")
    return dg.MaterializeResult(metadata={"dagster/row_count": lines})


@dg.asset(
    key=["ringkasan"],
    description="ringkasan.csv: corong per kelurahan yang dilihat bersama oleh Dinsos, Diskominfo dan bank.",
    kinds={"csv"},
    deps=[dg.AssetKey(["marts", "mart_ringkasan"])],
    **COMMON,
)
def funnel(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The funnel per kelurahan."""
    with platform.warehouse() as con:
        lines = files.write_funnel(con, platform.home.period(context.partition_key) / "ringkasan.csv")
    return dg.MaterializeResult(metadata={"dagster/row_count": lines})


@dg.asset(
    key=["laporan_mutu"],
    description="laporan_mutu.html: setiap pemeriksaan dengan ambang, hasil dan tren; asal setiap kolom; tanpa data pribadi.",
    kinds={"html"},
    deps=[dg.AssetKey([k]) for k in ("berkas_bank", "ringkasan", "karantina", "keputusan", "daftar_kerja", "santer")],
    **COMMON,
)
def quality_report(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The auditors' page of this run. When a gate stops the run, the job's hook writes it instead."""
    path = write_report(context.instance, context.run_id, platform.home, context.partition_key)
    return dg.MaterializeResult(metadata={"berkas": path.name})
