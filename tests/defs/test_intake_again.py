"""Files that are the same as in the last run, yet are read again: what was too early, what could not be read for a moment."""

from __future__ import annotations

import dagster as dg
import pytest

from ssn_assets.home import Home
from ssn_assets.intake.assets import kelurahan_files
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS
from ssn_assets.warehouse import open_warehouse

PERIOD = "2026-10"


def skipped(home: Home, asset: dg.AssetsDefinition) -> bool:
    """Run one asset. Returns whether it says that it had nothing to do."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PERIODS.name or "", [PERIOD])
        resources = {"platform": Platform(root=str(home.root))}
        result = dg.materialize([asset], partition_key=PERIOD, resources=resources, instance=instance, raise_on_error=False)
    [made] = result.get_asset_materialization_events()
    return "langkah" in made.step_materialization_data.materialization.metadata


def rows(home: Home, table: str) -> int:
    with open_warehouse(home) as con:
        found = con.execute(f"select count(*) from {table}").fetchone()
    return found[0] if found else 0


def test_an_answer_that_was_too_early_is_read_again_on_its_day_and_not_before(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_warehouse(home) as con:
        con.execute("create table ops.kasus as select 'K01AB' as id_kasus")
    lines = ["id_kasus,keputusan,petugas,tanggal", "K01AB,WARGA,SRI,2026-11-10", "K01AB,WARGA,SRI,2062-11-01"]
    (home.inbox("verifikasi") / "jawaban.csv").write_text("\n".join(lines))
    seen = []
    for day in ("2026-11-01", "2026-11-08", "2026-11-09", "2026-11-09", "2026-11-20"):
        monkeypatch.setenv("SSN_NOW", f"{day}T01:00:00+00:00")
        seen.append((skipped(home, kelurahan_files), rows(home, "raw.verifikasi")))
    assert seen == [(False, 0), (True, 0), (False, 1), (True, 1), (True, 1)]
