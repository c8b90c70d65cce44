"""One run as Dagster's event log has it, as plain facts for the auditors' page, the command line and the bench.

Reads only, in a handful of bulk queries. Words and drawing belong to `oversight/`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster import DagsterEventType as Kind

from ssn_assets.home import Home, write_atomically
from ssn_assets.oversight import wording
from ssn_assets.oversight.facts import AssetFact, CheckFact, Column, RunFacts, StepFact

if TYPE_CHECKING:
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

LOOK_BACK = 10
"""How many results of a check the trend shows, this run's included."""

EVENTS = {
    Kind.ASSET_MATERIALIZATION,
    Kind.ASSET_MATERIALIZATION_PLANNED,
    Kind.ASSET_CHECK_EVALUATION,
    Kind.STEP_START,
    Kind.STEP_SUCCESS,
    Kind.STEP_FAILURE,
}
Evaluations = Mapping[dg.AssetCheckKey, dg.AssetCheckEvaluation]


def write_report(instance: dg.DagsterInstance, run_id: str, home: Home, period: str) -> Path:
    """Write outbox/<period>/laporan_mutu.html from what the run has done so far.

    Args:
        period: the run's partition.

    Returns:
        The page's path.
    """
    from ssn_assets import settings
    from ssn_assets.oversight import evidence, report
    from ssn_assets.warehouse import open_warehouse

    facts = run_events(instance, run_id, period)
    with open_warehouse(home) as con:
        counted = evidence.collect(con, facts.made)
    path = home.period(period) / "laporan_mutu.html"
    write_atomically(path, report.render(facts, counted, settings.now()).encode())
    return path


def stopped_by(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Why a run stopped, a sentence each: the gates that did not hold, else the steps that failed. No error texts."""
    facts = run_events(instance, run_id, "")
    gates = [
        f"{check.sentence} [{check.asset}: {check.name}]" + (f"; terukur {check.measured}" if check.measured else "")
        for check in facts.checks
        if check.gate and check.passed is False
    ]
    return gates or [f"langkah {step.name} gagal" for step in facts.steps if step.failed]


def run_events(instance: dg.DagsterInstance, run_id: str, period: str) -> RunFacts:
    """Read one run: what it made, every check with its last results, steps with times, column lineage.

    Args:
        run_id: the run; it may still be going on.
    """
    graph = _graph()
    made: dict[dg.AssetKey, dg.AssetMaterialization] = {}
    planned: dict[dg.AssetKey, None] = {}
    evaluated: dict[dg.AssetCheckKey, dg.AssetCheckEvaluation] = {}
    steps: dict[str, StepFact] = {}
    for entry in instance.all_logs(run_id, of_type=EVENTS):
        event = entry.get_dagster_event()
        if event.event_type is Kind.ASSET_MATERIALIZATION and event.asset_key:
            made[event.asset_key] = event.step_materialization_data.materialization
        elif event.event_type is Kind.ASSET_MATERIALIZATION_PLANNED and event.asset_key:
            planned[event.asset_key] = None
        elif event.event_type is Kind.ASSET_CHECK_EVALUATION:
            evaluated[event.asset_check_evaluation_data.asset_check_key] = event.asset_check_evaluation_data
        elif event.step_key:
            _note_step(steps, event.step_key, event.event_type, entry.timestamp)
    begun = min((s.began for s in steps.values()), default=None)
    order = {key: place for place, key in enumerate(graph.toposorted_asset_keys)}
    keys = sorted({**planned, **made}, key=lambda key: (order.get(key, len(order)), key.to_user_string()))
    return RunFacts(
        run_id=run_id,
        period=period,
        began=datetime.fromtimestamp(begun, UTC) if begun else None,
        assets=tuple(_asset(graph, key, made.get(key)) for key in keys),
        checks=tuple(_checks(instance, graph, evaluated, run_id)),
        steps=tuple(sorted(steps.values(), key=lambda s: s.began)),
        lineage=_lineage(instance, made),
    )


def _graph() -> AssetGraph:
    from ssn_assets.definitions import defs  # at the end of the way: definitions import the assets, which import this

    return defs.resolve_asset_graph()


def _note_step(steps: dict[str, StepFact], name: str, kind: Kind, when: float) -> None:
    if kind is Kind.STEP_START or name not in steps:
        steps[name] = StepFact(name, when, None)
    if kind is not Kind.STEP_START:
        steps[name] = StepFact(name, steps[name].began, when, failed=kind is Kind.STEP_FAILURE)


def _asset(graph: AssetGraph, key: dg.AssetKey, event: dg.AssetMaterialization | None) -> AssetFact:
    node = graph.get(key) if graph.has(key) else None
    values = _plain_values(event.metadata) if event else {}
    return AssetFact(
        key=key.to_user_string(),
        stage=(node.group_name or "") if node else "",
        description=wording.masked((node.description or "").split("\n\n")[0]) if node else "",
        done=event is not None,
        rows=values.get("dagster/row_count"),
        counts={name: v for name, v in values.items() if isinstance(v, int) and "/" not in name},
        note=str(values.get("langkah", "")),
        seconds=float(values.get("Execution Duration", 0)),
        parents=tuple(sorted(parent.key.to_user_string() for parent in graph.get_parents(node))) if node else (),
    )


def _plain_values(metadata: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: getattr(value, "value", value) for name, value in metadata.items()}
    return {name: v for name, v in values.items() if isinstance(v, int | float | str)}


def _checks(
    instance: dg.DagsterInstance,
    graph: AssetGraph,
    evaluated: Evaluations,
    run_id: str,
) -> list[CheckFact]:
    planned, history, before = _results_by_check(instance, run_id)
    tests = _dbt_tests()
    facts = []
    for key in {**planned, **dict.fromkeys(evaluated)}:
        event = evaluated.get(key)
        asset = graph.get(key.asset_key) if graph.has(key.asset_key) else None
        spec = graph.get_check_spec(key) if key in graph.asset_check_keys else None
        test = tests.get(key.name)
        measured, threshold, note = _result(event, test is not None)
        results = history.get(key, [])
        if event is not None:
            results = [*results, event.passed][-LOOK_BACK:]
        facts.append(
            CheckFact(
                asset=key.asset_key.to_user_string(),
                name=key.name,
                stage=(asset.group_name or "") if asset else "",
                sentence=wording.masked((spec.description if spec else None) or "").rstrip(".")
                or (wording.test_sentence(test) if test else wording.plain(key.name).capitalize()),
                passed=event.passed if event else None,
                gate=_is_gate(spec, event),
                threshold=threshold,
                measured=measured,
                before=_result(before.get(key), test is not None)[0],
                note=note,
                history=tuple(results),
            )
        )
    return facts


def _is_gate(spec: dg.AssetCheckSpec | None, event: dg.AssetCheckEvaluation | None) -> bool:
    blocking = spec.blocking if spec else False
    return blocking and (event is None or event.severity is dg.AssetCheckSeverity.ERROR)


def _result(event: dg.AssetCheckEvaluation | None, is_test: bool) -> tuple[str, str, str]:
    """(measured, threshold, note) in words."""
    if event is None:
        return "", "", ""
    values = _plain_values(event.metadata)
    if is_test:
        broken = int(values.get("dagster_dbt/failed_row_count", 0 if event.passed else 1))
        return f"{wording.number(broken)} baris", "0 baris melanggar", ""
    measured, threshold = (wording.decimals(wording.masked(str(values.get(name, "")))) for name in ("terukur", "ambang"))
    return measured, threshold, wording.masked(str(values.get("catatan", "")))


def _results_by_check(
    instance: dg.DagsterInstance, run_id: str
) -> tuple[dict[dg.AssetCheckKey, None], dict[dg.AssetCheckKey, list[bool]], Evaluations]:
    """The checks this run means to do; per check the earlier results, oldest first; the last of these, with numbers.

    Three queries for all checks: the storage's own method asks for one check at a time.
    """
    import sqlalchemy as sa
    from dagster._core.storage.event_log import SqlEventLogStorage
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as T
    from dagster._serdes import deserialize_value

    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        return {}, {}, {}
    same_check = (T.c.asset_key, T.c.check_name)
    place = sa.func.row_number().over(partition_by=same_check, order_by=T.c.id.desc()).label("place")
    ended = sa.and_(T.c.execution_status.in_(("SUCCEEDED", "FAILED")), T.c.run_id != run_id)
    ranked = sa.select(T.c.id, T.c.asset_key, T.c.check_name, T.c.execution_status, place).where(ended).subquery()
    with storage.index_connection() as con:
        mine = con.execute(sa.select(T.c.asset_key, T.c.check_name).where(T.c.run_id == run_id).order_by(T.c.id)).all()
        earlier = con.execute(sa.select(ranked).where(ranked.c.place < LOOK_BACK).order_by(ranked.c.place.desc())).all()
        newest = sa.select(ranked.c.id).where(ranked.c.place == 1)
        events = con.execute(sa.select(T.c.evaluation_event).where(T.c.id.in_(newest))).scalars().all()
    history: dict[dg.AssetCheckKey, list[bool]] = defaultdict(list)
    for row in earlier:
        history[_check_key(row)].append(row.execution_status == "SUCCEEDED")
    evaluations = (deserialize_value(event, dg.EventLogEntry).asset_check_evaluation for event in events if event)
    return (
        dict.fromkeys(_check_key(row) for row in mine),
        history,
        {evaluation.asset_check_key: evaluation for evaluation in evaluations if evaluation},
    )


def _check_key(row: Any) -> dg.AssetCheckKey:
    asset = dg.AssetKey.from_db_string(row.asset_key)
    assert asset is not None
    return dg.AssetCheckKey(asset, row.check_name)


def _dbt_tests() -> dict[str, dict[str, Any]]:
    """dbt data tests by name, as the manifest has them."""
    from ssn_assets import dbt

    return {node["name"]: node for node in dbt.manifest()["nodes"].values() if node["resource_type"] == "test"}


def _lineage(
    instance: dg.DagsterInstance, made: Mapping[dg.AssetKey, dg.AssetMaterialization]
) -> dict[str, dict[str, tuple[Column, ...]]]:
    """Column lineage of what the run made; of tables it read without making them, from when they were made last."""
    found: dict[str, dict[str, tuple[Column, ...]]] = {}
    front: dict[dg.AssetKey, dg.AssetMaterialization | None] = dict(made)
    while front:
        read: set[dg.AssetKey] = set()
        for key, event in front.items():
            entry = event.metadata.get("dagster/column_lineage") if event else None
            deps = entry.value.deps_by_column if isinstance(entry, dg.TableColumnLineageMetadataValue) else {}
            found[key.to_user_string()] = {
                column: tuple((dep.asset_key.to_user_string(), dep.column_name) for dep in parents)
                for column, parents in deps.items()
            }
            read.update(dep.asset_key for parents in deps.values() for dep in parents)
        front = {key: _last_made(instance, key) for key in read if key.to_user_string() not in found}
    return {asset: columns for asset, columns in found.items() if columns}


def _last_made(instance: dg.DagsterInstance, key: dg.AssetKey) -> dg.AssetMaterialization | None:
    event = instance.get_latest_materialization_event(key)
    return event.asset_materialization if event else None


def last_run(instance: dg.DagsterInstance) -> str | None:
    """The newest run of the instance; None before the first."""
    newest: Sequence[dg.RunRecord] = instance.get_run_records(limit=1)
    return newest[0].dagster_run.run_id if newest else None
