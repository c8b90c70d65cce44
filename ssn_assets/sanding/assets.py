"""Sanding as Dagster assets, Python side: corrected NIKs between two registry snapshots. The matching itself is dbt SQL."""

import dagster as dg

from ssn_assets.resources import Platform
from ssn_assets.sanding.identity import compare_snapshots
from ssn_assets.steps import PERIODS, POOL, table_metadata


@dg.asset(
    key=["ops", "koreksi_nik"],
    group_name="sanding",
    description="Orang yang sama dengan NIK yang dibetulkan: NIK lama hilang, tepat satu catatan baru dengan nama, "
    "tanggal lahir, jenis kelamin dan nama ibu yang sama.",
    owners=["team:diskominfo"],
    kinds={"python", "duckdb"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["raw", "dukcapil"]), dg.AssetKey(["raw", "dukcapil_lama"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def corrected_niks(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Compare the snapshot in force with the one before, once, and remember what was found."""
    with platform.warehouse() as con:
        found = compare_snapshots(con, platform.store())
        return dg.MaterializeResult(metadata={**found, **table_metadata(con, "ops.koreksi_nik")})
