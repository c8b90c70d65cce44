"""The dbt project as Dagster assets, with dbt running inside this process. The only file that knows dagster-dbt's internals.

dagster-dbt starts dbt as a subprocess, twice, and spins a core while it waits: about ten seconds a run. Here dbt's own runner is
called and its result events are handed to dagster-dbt's translation, so that assets, checks, row counts, column types and column
lineage come out the same. tests/defs/test_dagster_internals.py fails when an upgrade changes what is used here.

SQL does not belong here, nor what decides whether a step must run again (`steps.py`).
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.privacy import masked
from ssn_assets.settings import PROJECT_ROOT, point_dbt_at
from ssn_assets.warehouse import let_go, open_warehouse

PROJECT_DIR = PROJECT_ROOT / "dbt_project"
MANIFEST = PROJECT_DIR / "target" / "manifest.json"
PARSED = PROJECT_DIR / "target" / "partial_parse.msgpack"
PARTS = ("models", "macros", "seeds", "tests")
RESULT_EVENTS = {"LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult"}
LAST_PART = "akhir"
"""Tag of the models that need the numbers and cards of this run: dbt's second invocation."""


class Translator(DagsterDbtTranslator):
    """dbt names to asset keys: a source is the Python asset that fills it; the group is the stage folder, or meta.stage."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """The asset of one dbt node, with owner, kinds and privacy tag."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.BetaWarning)  # links to the code are "beta": said once for every model
            spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        if props["resource_type"] == "source":
            return spec.replace_attributes(key=dg.AssetKey([props["source_name"], props["name"]]))
        folders = props["fqn"][1:-1]
        layer = folders[0] if folders else props["resource_type"] + "s"
        personal = props["resource_type"] != "seed"
        return spec.replace_attributes(
            key=dg.AssetKey([layer, props["name"]]),
            group_name=props["config"]["meta"].get("stage") or (folders[1] if len(folders) > 1 else "sanding"),
            owners=["team:diskominfo"],
            kinds={"dbt", "duckdb"},
            tags={"pii": "true" if personal else "false"},
        )


TRANSLATOR = Translator(
    DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_source_tests_as_checks=True, enable_code_references=True)
)


@lru_cache(maxsize=1)
def manifest() -> dict[str, Any]:
    """dbt's manifest, parsed at install (`make setup`).

    Raises:
        FileNotFoundError: nobody ran `make setup` in this checkout.
    """
    if not MANIFEST.exists():
        raise FileNotFoundError(f"{MANIFEST} is missing: run `make setup` (it parses the dbt project)")
    loaded: dict[str, Any] = json.loads(MANIFEST.read_text())
    return loaded


@lru_cache(maxsize=1)
def project() -> DbtProject:
    """The dbt project as dagster-dbt sees it, for links to the code."""
    return DbtProject(project_dir=PROJECT_DIR)


@lru_cache(maxsize=1)
def _parsed_manifest() -> Any:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    parsed = Manifest.from_msgpack(PARSED.read_bytes(), decoder=extended_mashumuro_decoder)
    changed = changed_since_parsed(PROJECT_DIR, {f.path.original_file_path: f.checksum.checksum for f in _own(parsed.files)})
    if changed:
        raise dg.Failure(f"{changed[0]} changed since the dbt project was parsed: run `make setup`.", allow_retries=False)
    parsed.build_flat_graph()
    return parsed


def _own(files: Mapping[str, Any]) -> Iterator[Any]:
    return (file for name, file in files.items() if name.startswith("ssn://"))


def changed_since_parsed(project: Path, parsed: Mapping[str, str]) -> list[str]:
    """Files of the project that are not as dbt parsed them: it would run what it parsed, not what stands there.

    Args:
        parsed: path below the project -> SHA-256 of the text without blanks around it, as dbt keeps it.
    """
    there = {str(path.relative_to(project)): path for part in PARTS for path in (project / part).rglob("*") if path.is_file()}
    now = {name: hashlib.sha256(path.read_text().strip().encode()).hexdigest() for name, path in there.items()}
    return sorted(name for name in {*now, *parsed} if now.get(name) != parsed.get(name))


class DbtRun:
    """One `dbt build` in this process."""

    def __init__(self, home: Home, select: Sequence[str], exclude: Sequence[str] = ()) -> None:
        self._home = home
        self._select = select
        self._exclude = exclude
        self.messages: list[dict[str, Any]] = []
        self.error: str | None = None

    def build(self) -> None:
        """Run it; afterwards `messages` holds a result per node and `error` says what failed, if anything did."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        point_dbt_at(self._home.warehouse, self._home.spill)
        private_dir(self._home.dbt_target)
        let_go(self._home)
        runner = dbtRunner(manifest=_parsed_manifest(), callbacks=[self._collect])
        try:
            outcome = runner.invoke(self._arguments())
        finally:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
                DuckDBConnectionManager._ENV = None
        if not outcome.success:
            self.error = self._what_failed(outcome)

    def _arguments(self) -> list[str]:
        arguments = ["--quiet", "--log-level", "none", "--log-level-file", "none"]
        arguments += ["--no-populate-cache", "--no-write-json", "build"]
        arguments += ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR), "--threads", "1"]
        arguments += ["--target-path", str(self._home.dbt_target), "--log-path", str(self._home.dbt_target)]
        arguments += ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
        arguments += ["--select", *self._select]
        return arguments + (["--exclude", *self._exclude] if self._exclude else [])

    def _collect(self, message: Any) -> None:
        if message.info.name in RESULT_EVENTS:
            from google.protobuf.json_format import MessageToDict

            self.messages.append(MessageToDict(message, preserving_proto_field_name=True))

    def _what_failed(self, outcome: Any) -> str:
        results = getattr(outcome.result, "results", None) or []
        failed = [f"{r.node.name}: {masked(r.message)}" for r in results if r.status in ("error", "fail")]
        return "; ".join(failed) or masked(str(outcome.exception))


def replay(
    context: dg.AssetExecutionContext, home: Home, messages: Sequence[dict[str, Any]], note: Mapping[str, Any]
) -> Iterator[Any]:
    """Turn dbt's results into Dagster's: outputs with counts, types and lineage, and check results.

    Args:
        messages: dbt result events, of this run or of the run that did the work.
        note: metadata to add to each asset, e.g. that the step was skipped.
    """
    from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

    tables = _tables(home)
    lineage = _LineageCache(home)
    for message in messages:
        node = manifest()["nodes"].get(message["data"]["node_info"]["unique_id"], {})
        history = {"columns": tables.get(node.get("relation_name"), ({}, None))[0]}
        event = DbtCoreCliEventMessage(raw_event=message, event_history_metadata=history)
        for result in event.to_default_asset_events(manifest(), TRANSLATOR, context, home.dbt_target, project()):
            if isinstance(result, dg.Output):
                extra = {**note, **lineage.of(node, tables)}
                rows = tables.get(node["relation_name"], ({}, None))[1]
                if rows is not None:
                    extra["dagster/row_count"] = rows
                yield result.with_metadata({**result.metadata, **extra, "dagster/storage_kind": "duckdb"})
            else:
                yield result
    lineage.save()


def _tables(home: Home) -> dict[str, tuple[dict[str, dict[str, str]], int | None]]:
    """Relation name -> (columns with types, rows); rows of tables only."""
    with open_warehouse(home) as con:
        counted = con.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
        listed = con.execute(
            "select database_name, schema_name, table_name, column_name, lower(data_type) from duckdb_columns()"
            " order by table_oid, column_index"
        ).fetchall()
    rows = {(schema, table): int(size) for schema, table, size in counted}
    found: dict[str, tuple[dict[str, dict[str, str]], int | None]] = {}
    for database, schema, table, column, kind in listed:
        relation = f'"{database}"."{schema}"."{table}"'
        columns, _ = found.setdefault(relation, ({}, rows.get((schema, table))))
        columns[column] = {"data_type": kind}
    return found


class _LineageCache:
    """Column lineage by model: it depends on the code alone, so it is worked out once a checkout and change of a model."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = MANIFEST.with_name("lineage.json")
        self._known: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}
        self._changed = False

    def of(self, node: Mapping[str, Any], tables: Mapping[str, Any]) -> dict[str, Any]:
        """The `dagster/column_lineage` metadata of a model."""
        mark = f"{node['unique_id']}@{node['checksum']['checksum']}"
        if mark not in self._known:
            self._known[mark] = self._work_out(node, tables)
            self._changed = True
        deps = self._known[mark]
        if not deps:
            return {}
        return {
            "dagster/column_lineage": dg.TableColumnLineage(
                {c: [dg.TableColumnDep(dg.AssetKey(k), n) for k, n in parents] for c, parents in deps.items()}
            )
        }

    def _work_out(self, node: Mapping[str, Any], tables: Mapping[str, Any]) -> dict[str, list[tuple[list[str], str]]]:
        from ssn_assets.lineage import column_parents

        compiled = self._home.dbt_target / "compiled" / node["package_name"] / node["original_file_path"]
        if node["resource_type"] == "seed" or not compiled.exists():
            return {}
        every = {**manifest()["nodes"], **manifest()["sources"]}
        parents = {every[p]["relation_name"]: p for p in node["depends_on"]["nodes"] if every[p].get("relation_name")}
        found = column_parents(compiled.read_text(), {r: list(tables.get(r, ({}, None))[0]) for r in parents})
        return {
            column: [
                (list(TRANSLATOR.get_asset_spec(manifest(), parents[relation], project()).key.path), name)
                for relation, name in sources
            ]
            for column, sources in found.items()
        }

    def save(self) -> None:
        """Keep what was worked out."""
        if self._changed and os.access(self._path.parent, os.W_OK):
            write_atomically(self._path, json.dumps(self._known).encode())


def selection(context: dg.AssetExecutionContext, select: str, exclude: str) -> tuple[list[str], list[str]]:
    """What to pass to dbt: the part's own selection, or the models that somebody picked in the UI."""
    if not context.is_subset:
        return [select], [exclude] if exclude else []
    wanted = context.selected_asset_keys
    names = [
        ".".join(node["fqn"])
        for unique_id, node in manifest()["nodes"].items()
        if node["resource_type"] in ("model", "seed")
        and TRANSLATOR.get_asset_spec(manifest(), unique_id, project()).key in wanted
    ]
    return names, []


def compiled_path(home: Home) -> Path:
    """Where dbt leaves the SQL it ran, for auditors."""
    return home.dbt_target / "compiled"
