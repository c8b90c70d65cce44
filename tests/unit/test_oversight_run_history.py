"""Reading a run back from Dagster: assets, checks with their trend, column lineage, and what stopped it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

from ssn_assets import dbt, run_history
from ssn_assets.run_history import run_events, stopped_by

TEST = {
    "name": "unique_t_id",
    "resource_type": "test",
    "column_name": "id",
    "test_metadata": {"name": "unique", "kwargs": {"column_name": "id"}},
}
STATE = {"broken": 0}


@dg.asset(
    key=["raw", "dtks"],
    group_name="intake",
    description="Daftar.\n\nRaw SQL",
    check_specs=[
        dg.AssetCheckSpec("unique_t_id", asset=dg.AssetKey(["raw", "dtks"]), blocking=True),
        dg.AssetCheckSpec("nik__between", asset=dg.AssetKey(["raw", "dtks"]), description="Bagian NIK yang baik"),
    ],
)
def welfare() -> Iterator[Any]:
    yield dg.MaterializeResult(
        metadata={"dagster/row_count": 5, "baris_masuk": 6, "langkah": "dilewati", "berkas": "6472031703810001.csv"}
    )
    yield dg.AssetCheckResult(
        check_name="unique_t_id",
        passed=STATE["broken"] == 0,
        metadata={"dagster_dbt/failed_row_count": STATE["broken"]},
    )
    yield dg.AssetCheckResult(
        check_name="nik__between",
        passed=True,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"terukur": "0.9", "ambang": "paling sedikit 0.5"},
    )


@dg.asset(key=["marts", "mart_penerima"], group_name="publication", deps=[welfare])
def receivers() -> dg.MaterializeResult[None]:
    lineage = dg.TableColumnLineage({"nik": [dg.TableColumnDep(dg.AssetKey(["raw", "dtks"]), "nik_asal")]})
    return dg.MaterializeResult(metadata={"dagster/column_lineage": lineage})


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    defs = dg.Definitions(assets=[welfare, receivers])
    monkeypatch.setattr(run_history, "_graph", defs.resolve_asset_graph)
    monkeypatch.setattr(dbt, "manifest", lambda: {"nodes": {"t": TEST}})
    STATE["broken"] = 0
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([welfare, receivers], instance=instance, raise_on_error=False).run_id


def test_a_good_run(instance: dg.DagsterInstance) -> None:
    facts = run_events(instance, run(instance), "2026-10")
    welfare_fact, receivers_fact = facts.assets
    assert (welfare_fact.key, welfare_fact.stage, welfare_fact.rows, welfare_fact.note) == (
        "raw/dtks",
        "intake",
        5,
        "dilewati",
    )
    assert welfare_fact.description == "Daftar."
    assert welfare_fact.counts == {"baris_masuk": 6}
    assert receivers_fact.parents == ("raw/dtks",)
    assert facts.lineage == {"marts/mart_penerima": {"nik": (("raw/dtks", "nik_asal"),)}}
    by_name = {c.name: c for c in facts.checks}
    assert by_name["unique_t_id"].sentence == "Tidak ada dua baris dengan id yang sama"
    assert (by_name["unique_t_id"].measured, by_name["unique_t_id"].gate) == ("0 baris", True)
    assert by_name["nik__between"].sentence == "Bagian NIK yang baik"
    assert (by_name["nik__between"].measured, by_name["nik__between"].threshold) == ("0,9", "paling sedikit 0,5")
    assert {s.name for s in facts.steps} == {"raw__dtks", "marts__mart_penerima"}
    assert all(s.ended and not s.failed for s in facts.steps)


def test_trend_of_a_check_over_runs(instance: dg.DagsterInstance) -> None:
    runs = []
    for broken in (0, 3, 0):
        STATE["broken"] = broken
        runs.append(run(instance))
    last = {c.name: c for c in run_events(instance, runs[-1], "2026-10").checks}["unique_t_id"]
    assert last.history == (True, False, True)
    assert last.before == "3 baris"


def test_a_gate_that_stops(instance: dg.DagsterInstance) -> None:
    STATE["broken"] = 2
    run_id = run(instance)
    facts = run_events(instance, run_id, "2026-10")
    assert [a.key for a in facts.assets if not a.done] == ["marts/mart_penerima"]
    assert stopped_by(instance, run_id) == ["Tidak ada dua baris dengan id yang sama [raw/dtks: unique_t_id]; terukur 2 baris"]


def test_lineage_of_a_table_made_in_an_earlier_run(instance: dg.DagsterInstance) -> None:
    @dg.asset(key=["marts", "mart_keputusan"], deps=[receivers])
    def decisions() -> dg.MaterializeResult[None]:
        lineage = dg.TableColumnLineage({"nik": [dg.TableColumnDep(dg.AssetKey(["marts", "mart_penerima"]), "nik")]})
        return dg.MaterializeResult(metadata={"dagster/column_lineage": lineage})

    run(instance)
    only = dg.materialize([decisions], instance=instance)
    assert run_events(instance, only.run_id, "2026-10").lineage["marts/mart_penerima"] == {"nik": (("raw/dtks", "nik_asal"),)}
