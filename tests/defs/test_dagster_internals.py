"""What we use of Dagster's and dbt's internals still is as we use it: these fail on an upgrade before a run does."""

from __future__ import annotations

import hashlib
import inspect
import json
import signal
import subprocess
import sys

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from ssn_assets import dbt
from ssn_assets.dagster_storage import HomeStorage, KeptEngineEventLog, make_whole
from ssn_assets.privacy import masked


def test_event_log_still_asks_one_method_for_connections() -> None:
    assert list(inspect.signature(SqliteEventLogStorage._connect).parameters) == ["self", "shard"]
    for method in (SqliteEventLogStorage.run_connection, SqliteEventLogStorage.index_connection):
        assert "self._connect(" in inspect.getsource(method)
    assert "_event_log_storage" in inspect.getsource(DagsterSqliteStorage.event_log_storage.fget)
    assert "self._store_asset_event(conn, event, event_id)" in inspect.getsource(SqliteEventLogStorage.store_event)
    assert list(inspect.signature(SqliteEventLogStorage._has_asset_key_col_on_connection).parameters) == [
        "self",
        "conn",
        "column_name",
    ]


def test_kept_engines_are_few_and_files_are_the_stock_format(tmp_path) -> None:
    log = KeptEngineEventLog(str(tmp_path))
    for run in range(20):
        with log.run_connection(f"run{run}") as connection:
            connection.exec_driver_sql("select count(*) from event_logs")
    assert len(log._engines) <= 8
    log.dispose()
    assert set(SqliteEventLogStorage(str(tmp_path)).get_all_run_ids()) == {f"run{i}" for i in range(20)}


def test_what_the_schema_has_is_asked_once_and_answered_as_the_stock_class_does(tmp_path) -> None:
    ours, stock = KeptEngineEventLog(str(tmp_path)), SqliteEventLogStorage(str(tmp_path))
    assert not ours.has_table("nothing_of_the_kind") and not stock.has_table("nothing_of_the_kind")
    for _ in range(2):
        assert ours.supports_asset_checks and stock.supports_asset_checks
        assert ours.can_read_asset_status_cache() and stock.can_read_asset_status_cache()
    ours.dispose()


def test_what_is_stored_together_reads_as_what_is_stored_one_by_one(home, monkeypatch) -> None:
    @dg.asset(
        partitions_def=dg.StaticPartitionsDefinition(["2026-09", "2026-10"]),
        check_specs=[dg.AssetCheckSpec("utuh", asset="hasil")],
    )
    def hasil() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    told = []
    for together, period in (("1000", "2026-09"), ("0", "2026-10")):
        monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", together)
        with dg.DagsterInstance.get() as instance:
            assert dg.materialize([hasil], instance=instance, partition_key=period).success
        with dg.DagsterInstance.get() as instance:  # another process: nothing remembered
            newest = instance.fetch_materializations(dg.AssetRecordsFilter(dg.AssetKey("hasil"), [period]), limit=1).records[0]
            run = instance.all_logs(newest.run_id)
            check = instance.event_log_storage.get_asset_check_execution_history(
                dg.AssetCheckKey(dg.AssetKey("hasil"), "utuh"), 1
            )[0]
            planned_and_done = [e.dagster_event_type for e in run]
            told.append((planned_and_done, check.status))
            target = check.event.dagster_event.asset_check_evaluation_data.target_materialization_data
            assert target.storage_id == newest.storage_id and target.run_id == newest.run_id
    assert told[0] == told[1]


def test_what_was_reported_outside_a_run_is_not_taken_for_the_newest(home) -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["2026-10"]))
    def hasil() -> None: ...

    wanted = dg.AssetRecordsFilter(dg.AssetKey("hasil"), ["2026-10"])
    with dg.DagsterInstance.get() as web_server:
        web_server.report_runless_asset_event(dg.AssetMaterialization("hasil", partition="2026-10"))
        reported = web_server.fetch_materializations(wanted, limit=1).records[0]
        with dg.DagsterInstance.get() as run:
            assert dg.materialize([hasil], instance=run, partition_key="2026-10").success
        newest = web_server.fetch_materializations(wanted, limit=1).records[0]
    assert newest.storage_id > reported.storage_id


def test_storage_takes_the_home_from_the_environment(home) -> None:
    storage = HomeStorage.from_config_value(None, {})
    assert storage.base_dir == str(home.dagster)
    storage.dispose()


def test_a_process_killed_while_it_made_the_storage_leaves_nothing_half_made(home) -> None:
    script = """
import os
from dagster._core.storage.event_log.sqlite import sqlite_event_log
sqlite_event_log.SqlEventLogStorageMetadata.create_all = lambda *_, **__: os.kill(os.getpid(), 9)
from ssn_assets.dagster_storage import HomeStorage
HomeStorage.from_config_value(None, {})
"""
    died = subprocess.run([sys.executable, "-c", script], check=False)
    assert died.returncode == -signal.SIGKILL
    storage = HomeStorage.from_config_value(None, {})
    assert not storage.event_log_storage.has_dynamic_partition("periode", "2026-10")
    storage.dispose()


def test_a_storage_that_is_there_is_never_replaced(tmp_path) -> None:
    place = tmp_path / "dagster"
    make_whole(place)
    before = sorted((p, p.stat().st_ino) for p in place.rglob("*"))
    make_whole(place)
    assert sorted((p, p.stat().st_ino) for p in place.rglob("*")) == before
    assert list(tmp_path.iterdir()) == [place]


def test_dbt_messages_and_connection_handle_are_where_we_look() -> None:
    from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    assert hasattr(DuckDBConnectionManager, "_ENV")
    assert set(inspect.signature(DbtCoreCliEventMessage).parameters) == {"raw_event", "event_history_metadata"}


def test_manifest_is_of_the_models_on_disk() -> None:
    nodes = json.loads(dbt.MANIFEST.read_text())["nodes"].values()
    parsed = {n["original_file_path"] for n in nodes if n["resource_type"] == "model"}
    on_disk = {str(p.relative_to(dbt.PROJECT_DIR)) for p in (dbt.PROJECT_DIR / "models").rglob("*.sql")}
    assert parsed == on_disk


def test_a_project_that_changed_since_it_was_parsed_is_not_run(tmp_path) -> None:
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "satu.sql"
    model.write_text("select 1\n")
    parsed = {"models/satu.sql": hashlib.sha256(b"select 1").hexdigest()}
    assert dbt.changed_since_parsed(tmp_path, parsed) == []
    (tmp_path / "models" / "dua.sql").write_text("select 2")
    model.write_text("select 3")
    assert dbt.changed_since_parsed(tmp_path, parsed) == ["models/dua.sql", "models/satu.sql"]
    model.unlink()
    assert "models/satu.sql" in dbt.changed_since_parsed(tmp_path, parsed)


def test_error_texts_are_masked() -> None:
    text = masked("Could not convert string '6472011010790001' to INT32, near 6472011010790001")
    assert "6472" not in text
