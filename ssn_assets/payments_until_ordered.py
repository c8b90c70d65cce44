"""ops.pembayaran for as long as no stage orders payments: an empty table with the columns that publication and oversight read.

The stage that orders payments fills the table under the same key; this file and its line in `definitions.py` go then.
"""

import dagster as dg  # noqa: TID251 - an asset of its own, until a stage has it

from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, table_metadata

TABLE = """
create table if not exists ops.pembayaran (
    id_pembayaran text, id_penerbitan text, nik_awal text, bulan text, jumlah bigint, langkah text, tanggal date
)
"""


@dg.asset(
    key=["ops", "pembayaran"],
    group_name="numbering",  # as ops/kartu: the publication shows the payment's step, so it is known before
    description="Pembayaran bulanan per kartu dan langkahnya; kosong selama belum ada perintah bayar.",
    owners=["team:dinsos"],
    kinds={"duckdb"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["ops", "kartu"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def payments(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Make the table if it is not there."""
    with platform.warehouse() as con:
        con.execute(TABLE)
        return dg.MaterializeResult(metadata=table_metadata(con, "ops.pembayaran"))
