"""The border suites of publication and bank file: they load, pass on good files and name what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from ssn_assets.bank import profile as bank_profile
from ssn_assets.home import Home
from ssn_assets.publication import profile
from ssn_assets.publication.release import build
from ssn_assets.settings import PROJECT_ROOT
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import Person, city, kk, nik, run
from tests.unit.publication_city import NOW, PEOPLE, warehouse


def suite(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PROJECT_ROOT / "expectations" / f"{name}.json").read_text())
    return loaded


def failing(name: str, frame: pd.DataFrame) -> set[str]:
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    loaded = context.suites.add(gx.ExpectationSuite(**suite(name)))
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    outcome = batch.get_batch({"dataframe": frame}).validate(loaded)
    return {r.expectation_config.kwargs["column"] for r in outcome.results if not r.success}


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    home = Home(tmp_path_factory.mktemp("home")).prepare()
    store = open_store(home)
    run(city([Person(nik(1), kk(1), "KEPALA KELUARGA")]), store, home)
    built = build(warehouse(PEOPLE), store, home, "2026-10", NOW)
    return {"publikasi": profile.profile_of(home, built), "bank_penerbitan": bank_profile.profile_of(home)}


@pytest.mark.parametrize("name", ["publikasi", "bank_penerbitan"])
def test_good_files_pass_and_each_fault_is_named(name: str, frames: dict[str, pd.DataFrame]) -> None:
    assert failing(name, frames[name]) == set()
    expectations = suite(name)["expectations"]
    columns = [e["kwargs"]["column"] for e in expectations]
    assert len(set(columns)) == len(columns) and set(columns) <= set(frames[name].columns)
    worst = frames[name].copy()
    for e in expectations:
        worst[e["kwargs"]["column"]] = 0 if "min_value" in e["kwargs"] else 1
    assert failing(name, worst) == set(columns)


@pytest.mark.parametrize("name", ["publikasi", "bank_penerbitan"])
def test_every_measure_has_words(name: str) -> None:
    for e in suite(name)["expectations"]:
        assert len(e["meta"]["notes"]) > 10 and e["severity"] in ("critical", "warning")


def test_nothing_to_look_at_is_an_empty_profile(home: Home) -> None:
    assert profile.nothing().empty and bank_profile.profile_of(home).empty
