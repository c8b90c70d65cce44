"""The house rules that keep stages apart, checked on the imports of every file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "ssn_assets"
FIRST = {"intake", "sanding", "verification", "decision", "numbering"}
STAGES = FIRST | {"publication", "bank", "payments", "collection", "oversight", "lookup"}
SHARED = {"batches", "complaints"}
MODULES = sorted(p.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def touches(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in imports(path))


@pytest.mark.parametrize("path", [p for p in MODULES if len(p.parts) > 1], ids=str)
def test_only_the_assets_of_a_stage_import_dagster(path: Path) -> None:
    if path.name != "assets.py":
        assert not touches(path, "dagster")


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] in STAGES], ids=str)
def test_stages_meet_in_tables_not_in_imports(path: Path) -> None:
    others = STAGES - {path.parts[0]}
    assert not [s for s in others if touches(path, f"ssn_assets.{s}")]


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] == "lookup"], ids=str)
def test_the_lookup_service_runs_without_warehouse_and_store(path: Path) -> None:
    assert not touches(path, "duckdb") and not touches(path, "ssn_assets.warehouse")
    if path.name not in ("clients.py", "complaint_desk.py"):  # `ssn client`; and where the service opens the store when it must
        assert not touches(path, "ssn_assets.store") and not touches(path, "ssn_assets.lookup.clients")


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] in SHARED], ids=str)
def test_what_serves_several_stages_knows_none(path: Path) -> None:
    assert not [s for s in STAGES if touches(path, f"ssn_assets.{s}")]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_settings_reads_the_environment(path: Path) -> None:
    if path != Path("settings.py"):
        assert not re.search(r"\benviron\b|\bgetenv\b", (PACKAGE / path).read_text())


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_one_file_imports_great_expectations(path: Path) -> None:
    if path != Path("suites.py"):
        assert not touches(path, "great_expectations")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_every_module_says_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse((PACKAGE / path).read_text()))
