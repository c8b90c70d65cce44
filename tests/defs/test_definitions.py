"""The code location loads as production loads it, and its graph keeps its promises."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from ssn_assets.definitions import defs

GOLDEN = Path(__file__).parents[1] / "golden" / "lineage.txt"
STAGES = [
    *("intake", "sanding", "verification", "decision", "numbering"),
    *("publication", "bank", "payments", "collection", "oversight"),
]


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return defs.resolve_asset_graph()


def test_everything_loads() -> None:
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_job_def("ssn")
    assert {s.name for s in defs.sensors} == {
        f"kotak_masuk_{k}" for k in ("dtks", "dukcapil", "bansos", "verifikasi", "bank", "penyerahan", "sampel")
    }


def test_every_asset_says_what_it_is_and_whose(graph) -> None:
    for node in graph.asset_nodes:
        name = node.key.to_user_string()
        assert node.description, name
        assert node.owners, name
        assert node.group_name in STAGES, name
        assert node.kinds, name
        assert node.tags.get("pii") in ("true", "false"), name
        assert node.partitions_def is not None, name


def edges(graph: dg.AssetGraph) -> list[tuple[str, str]]:
    return sorted((p.to_user_string(), n.key.to_user_string()) for n in graph.asset_nodes for p in n.parent_keys)


def test_the_graph_reads_left_to_right_by_stage(graph) -> None:
    stage = {n.key.to_user_string(): STAGES.index(n.group_name) for n in graph.asset_nodes}
    assert [(a, b) for a, b in edges(graph) if stage[a] > stage[b]] == []


def test_the_graph_is_the_one_we_agreed_on(graph) -> None:
    """A changed lineage is a decision, not an accident: `python -m tests.defs.test_definitions` writes the new one."""
    assert GOLDEN.read_text() == as_text(graph)


def as_text(graph: dg.AssetGraph) -> str:
    keys = sorted(n.key.to_user_string() for n in graph.asset_nodes)
    return "".join(f"{key} <- {', '.join(a for a, b in edges(graph) if b == key) or '-'}\n" for key in keys)


@pytest.mark.parametrize(
    "suite",
    [
        *("dtks", "dukcapil", "bansos", "verifikasi"),
        "publikasi",
        "bank_penerbitan",
        "bank_jawaban",
        "bank_pembayaran",
        "bank_pembayaran_jawaban",
        "penyerahan",
        "sampel",
    ],
)
def test_each_border_has_its_checks(graph, suite) -> None:
    from ssn_assets import suites

    names = {suites.check_name(e) for e in suites.suite(suite)["expectations"]}
    assert len(names) == len(suites.suite(suite)["expectations"])
    assert names <= {key.name for key in graph.asset_check_keys}


def test_critical_expectations_block_except_the_registry(graph) -> None:
    from ssn_assets import suites

    for suite, key in (
        ("dtks", "raw/dtks"),
        ("bansos", "raw/bansos"),
        ("publikasi", "santer"),
        ("bank_penerbitan", "berkas_bank"),
        ("bank_pembayaran", "berkas_pembayaran"),
    ):
        critical = {suites.check_name(e) for e in suites.suite(suite)["expectations"] if suites.critical(e)}
        specs = {s.name: s.blocking for s in graph_specs(graph, key)}
        assert all(specs[name] for name in critical), suite
    assert not any(s.blocking for s in graph_specs(graph, "raw/dukcapil") if "baris_masuk" not in s.name)


def graph_specs(graph: dg.AssetGraph, key: str) -> list[dg.AssetCheckSpec]:
    return [graph.get_check_spec(k) for k in graph.asset_check_keys if k.asset_key == dg.AssetKey(key.split("/"))]


if __name__ == "__main__":
    GOLDEN.write_text(as_text(defs.resolve_asset_graph()))
