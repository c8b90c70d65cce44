"""Publication as Dagster assets: the gate before it, and the release. How a release is built is in `release.py`."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import expectations, suites
from ssn_assets.publication import profile, release
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, same_columns, suite_results

SUITE = "publikasi"
COLUMNS = ("keputusan", "alasan", "kategori_bantuan", "kartu", "periode")


@dg.asset_check(
    asset=dg.AssetKey(["marts", "mart_penerima"]),
    name="data_kependudukan_dapat_dipakai",
    blocking=True,
    description="Tanpa data kependudukan yang lolos pemeriksaan tidak ada publikasi baru; yang berlaku tetap berlaku.",
    pool=POOL,
)
def registry_usable(context: dg.AssetCheckExecutionContext, platform: Platform) -> dg.AssetCheckResult:
    """BELUM is never published as a decision."""
    with platform.warehouse() as con:
        row = con.execute("select registri_dipakai, registri_tanggal from ops.konteks").fetchone()
    usable = bool(row and row[0])
    return dg.AssetCheckResult(
        passed=usable, metadata={"terukur": "dapat dipakai" if usable else "tidak ada, kosong atau tidak lolos"}
    )


@dg.asset(
    key=["santer"],
    group_name="publication",
    description="Publikasi SANTER: tabel pencarian dan JSON dalam satu rilis yang tidak berubah lagi, dikunci HMAC NIK + KK.",
    owners=["team:diskominfo"],
    kinds={"sqlite", "json"},
    tags={"pii": "false"},
    deps=[
        dg.AssetKey(["marts", "mart_penerima"]),
        dg.AssetKey(["marts", "mart_penerima_ringkas"]),
        dg.AssetKey(["ops", "kebijakan"]),
    ],
    partitions_def=PERIODS,
    pool=POOL,
    check_specs=expectations.check_specs(SUITE, ["santer"]),
)
def santer_release(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Build the release, look at it with the border suite, and only then put it in force (newest period only)."""
    home, period = platform.home, context.partition_key
    if period != home.periods()[-1]:
        yield dg.MaterializeResult(metadata={"langkah": "periode lama: tidak ada rilis"})
        yield from expectations.as_check_results(["santer"], expectations.validate(SUITE, profile.nothing()), {})
        return
    with platform.warehouse_of(period) as con:
        built = release.build(con, platform.store(), home, period, platform.now())
        con.execute(
            "create or replace table ops.publikasi as select ? as publication_id, ? as langkah",
            [built.publication_id, built.status],
        )
    looked = suite_results(context, platform, SUITE, [built.manifest_sha256], lambda: profile.profile_of(home, built))
    results = looked.result["_suite"]
    if not suites.failed_critical(results):
        release.put_in_force(platform.store(), home, built, platform.now())
    yield dg.MaterializeResult(metadata={**built.as_metadata(), **same_columns(["marts", "mart_penerima"], COLUMNS)})
    yield from expectations.as_check_results(["santer"], results, looked.note)
