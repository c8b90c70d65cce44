"""The code location loads as production loads it, and its graph keeps the promises of design.md."""

from __future__ import annotations

import dagster as dg
import pytest

from ssn_assets.definitions import defs

STAGES = ["intake", "sanding", "verification", "decision", "numbering", "publication", "bank", "oversight"]


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return defs.resolve_asset_graph()


def test_everything_loads() -> None:
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_job_def("ssn")
    assert {s.name for s in defs.sensors} == {f"kotak_masuk_{k}" for k in ("dtks", "dukcapil", "bansos", "verifikasi", "bank")}


def test_every_asset_says_what_it_is_and_whose(graph) -> None:
    for node in graph.asset_nodes:
        name = node.key.to_user_string()
        assert node.description, name
        assert node.owners, name
        assert node.group_name in STAGES, name
        assert node.kinds, name
        assert node.tags.get("pii") in ("true", "false"), name
        assert node.partitions_def is not None, name


def test_a_stage_never_depends_on_a_later_one(graph) -> None:
    """The lineage graph reads left to right: files, matching, decision, numbers, publication, bank, oversight."""
    for node in graph.asset_nodes:
        for parent in graph.get_parents(node):
            assert STAGES.index(parent.group_name) <= STAGES.index(node.group_name), (parent.key, node.key)
    published = dg.AssetKey(["marts", "mart_penerima"])
    for late in (["santer"], ["berkas_bank"]):
        assert published in graph.get(dg.AssetKey(late)).parent_keys
    upstream = graph.get_ancestor_asset_keys if hasattr(graph, "get_ancestor_asset_keys") else None
    everything = dg.AssetSelection.assets(published).upstream().resolve(graph)
    assert upstream is None or everything
    assert {dg.AssetKey(["raw", k]) for k in ("dtks", "dukcapil", "bansos", "verifikasi", "bank")} <= everything
    assert not {dg.AssetKey(["santer"]), dg.AssetKey(["berkas_bank"]), dg.AssetKey(["laporan_mutu"])} & everything


@pytest.mark.parametrize("suite", ["dtks", "dukcapil", "bansos", "verifikasi", "publikasi", "bank_penerbitan", "bank_jawaban"])
def test_each_border_has_its_checks(graph, suite) -> None:
    from ssn_assets import expectations

    names = {expectations.check_name(e) for e in expectations.suite(suite)["expectations"]}
    assert len(names) == len(expectations.suite(suite)["expectations"])
    assert names <= {key.name for key in graph.asset_check_keys}


def test_critical_expectations_block_except_the_registry(graph) -> None:
    from ssn_assets import expectations

    for suite, key in (
        ("dtks", "raw/dtks"),
        ("bansos", "raw/bansos"),
        ("publikasi", "santer"),
        ("bank_penerbitan", "berkas_bank"),
    ):
        critical = {expectations.check_name(e) for e in expectations.suite(suite)["expectations"] if expectations._critical(e)}
        specs = {s.name: s.blocking for s in graph_specs(graph, key)}
        assert all(specs[name] for name in critical), suite
    assert not any(s.blocking for s in graph_specs(graph, "raw/dukcapil") if "baris_masuk" not in s.name)


def graph_specs(graph: dg.AssetGraph, key: str) -> list[dg.AssetCheckSpec]:
    return [graph.get_check_spec(k) for k in graph.asset_check_keys if k.asset_key == dg.AssetKey(key.split("/"))]
