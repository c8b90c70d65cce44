"""Decision as Dagster assets: the policy into the warehouse, the decisions out of it. The rules are in policies/*.yaml."""

from collections.abc import Iterator

import dagster as dg

from ssn_assets.decision.policy import copy_policy, load_policy
from ssn_assets.decision.publish import COLUMNS, write_decisions
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, counts, once, same_columns, table_metadata
from ssn_assets.warehouse import Steps

TABLES = ("kebijakan", "kriteria", "program_pusat")


@dg.multi_asset(
    name="policy",
    specs=[
        dg.AssetSpec(
            ["ops", table],
            group_name="intake",  # the kelurahan stage reads it as well
            description=text,
            owners=["team:dinsos"],
            kinds={"yaml", "duckdb"},
            tags={"pii": "false"},
            deps=[dg.AssetKey(["ops", "konteks"])],
        )
        for table, text in zip(
            TABLES,
            (
                "Kebijakan yang berlaku pada akhir periode.",
                "Kriteria kebijakan, satu baris per nilai.",
                "Program pusat yang mengecualikan.",
            ),
            strict=True,
        )
    ],
    partitions_def=PERIODS,
    pool=POOL,
)
def policy(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[dg.MaterializeResult[None]]:
    """The dated policy of the period's last day, checked, as tables."""
    with platform.warehouse_of(context.partition_key, decided=False) as con:
        today = con.execute("select tanggal from ops.konteks").fetchone()
        assert today is not None
        found = load_policy(today[0])
        copy_policy(con, found)
        for table in TABLES:
            yield dg.MaterializeResult(
                asset_key=["ops", table],
                metadata={
                    "versi": found.versi,
                    "dasar_hukum": "; ".join(found.dasar_hukum),
                    **table_metadata(con, f"ops.{table}"),
                },
            )


@dg.asset(
    key=["keputusan"],
    group_name="publication",
    description="keputusan.parquet: satu baris per baris DTKS, dengan keputusan, semua alasan dan buktinya.",
    owners=["team:dinsos"],
    kinds={"parquet"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["marts", "mart_keputusan"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def decisions(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The decisions as handed out."""
    path = platform.home.period(context.partition_key) / "keputusan.parquet"
    with platform.warehouse_of(context.partition_key) as con:
        outcome = once(
            context,
            con,
            "decision/keputusan",
            Steps(con).fingerprint_of("dbt/akhir"),
            lambda: {"dagster/row_count": write_decisions(con, path)},
            [path],
        )
    return dg.MaterializeResult(
        metadata={
            **counts(outcome.result),
            **same_columns(["marts", "mart_keputusan"], COLUMNS),
            **outcome.note,
            "berkas": str(path.name),
        }
    )
