"""Verification as Dagster assets: cases known, answers kept, work lists out. Reading and drawing are in the other modules."""

from collections.abc import Iterator

import dagster as dg

from ssn_assets.keys import case_key_pads
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, counts, once, table_metadata
from ssn_assets.verification import answers
from ssn_assets.verification.worklist import write_worklists
from ssn_assets.warehouse import Steps


@dg.multi_asset(
    name="known_cases",
    specs=[
        dg.AssetSpec(
            ["ops", table],
            group_name="intake",  # what the store knew before this run
            description=text,
            owners=["team:diskominfo"],
            kinds={"sqlalchemy", "duckdb"},
            tags={"pii": "false"},
        )
        for table, text in {
            "kasus": "Semua kasus yang pernah dikirim ke kelurahan.",
            "kunci": "Kunci pembuat id kasus: nomor kasus tidak mengatakan apa pun tentang NIK.",
        }.items()
    ],
    partitions_def=PERIODS,
    pool=POOL,
)
def known_cases(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[dg.MaterializeResult[None]]:
    """The cases ever sent, and the key that names cases."""
    with platform.warehouse() as con:
        answers.copy_cases(con, platform.store())
        outer, inner = case_key_pads(platform.home)
        con.execute("create or replace table ops.kunci as select ?::blob as luar, ?::blob as dalam", [outer, inner])
        for table in ("kasus", "kunci"):
            yield dg.MaterializeResult(asset_key=["ops", table], metadata=table_metadata(con, f"ops.{table}"))


@dg.asset(
    key=["ops", "jawaban"],
    group_name="verification",
    description="Semua jawaban kelurahan, tersimpan selamanya; yang terbaru per kasus yang berlaku.",
    owners=["team:diskominfo"],
    kinds={"python", "sqlalchemy"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["raw", "verifikasi"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def kelurahan_answers(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Keep new answers in the store, then copy all of them into the warehouse."""
    with platform.warehouse() as con:
        kept = answers.save_answers(con, platform.store(), platform.now())
        answers.copy_answers(con, platform.store())
        return dg.MaterializeResult(metadata={"jawaban_baru": kept, **table_metadata(con, "ops.jawaban")})


@dg.asset(
    key=["daftar_kerja"],
    group_name="publication",
    description="Daftar kerja XLSX per kelurahan: hanya kasus yang belum dijawab, yang paling berisiko lebih dulu.",
    owners=["team:dinsos"],
    kinds={"xlsx"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["marts", "mart_kasus"]), dg.AssetKey(["marts", "mart_keputusan_dasar"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def work_lists(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Remember the cases, then write the sheets; without a usable registry the sheets of the last run stay."""
    home, period = platform.home, context.partition_key
    with platform.warehouse() as con:
        usable = con.execute("select registri_dipakai from ops.konteks").fetchone()
        if not usable or not usable[0]:
            return dg.MaterializeResult(metadata={"langkah": "daftar kerja tidak diubah: data kependudukan tidak dapat dipakai"})

        def work() -> dict[str, object]:
            answers.record_cases(con, platform.store(), period)
            return write_worklists(con, home, period)

        inputs = Steps(con).fingerprint_of("dbt/keputusan")
        outcome = once(context, con, "verification/daftar_kerja", inputs, work, [home.worklists(period)])
    return dg.MaterializeResult(metadata={**counts(outcome.result), **outcome.note})
