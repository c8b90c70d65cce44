"""Numbering as a Dagster asset: a number for each valid person. Allocation itself is in `allocation.py`."""

import dagster as dg

from ssn_assets.numbering.allocation import allocate, copy_numbers
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, table_metadata


@dg.asset(
    key=["ops", "nomor_ssn"],
    group_name="numbering",
    description="Satu nomor SSN seumur hidup bagi setiap orang yang VALID; dipesan di basis data operasional.",
    owners=["team:diskominfo"],
    kinds={"python", "sqlalchemy"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["marts", "mart_keputusan_dasar"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def ssn_numbers(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Allocate what is missing (newest period only), then copy all numbers into the warehouse."""
    home = platform.home
    with platform.warehouse_of(context.partition_key) as con:
        given = 0
        if context.partition_key == home.periods()[-1]:
            given = allocate(con, platform.store(), home, context.partition_key, platform.now())
        copy_numbers(con, platform.store())
        return dg.MaterializeResult(metadata={"nomor_baru": given, **table_metadata(con, "ops.nomor_ssn")})
