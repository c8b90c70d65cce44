"""The border suites of publication and bank file hold on the files that the platform writes."""

from __future__ import annotations

import pandas as pd
import pytest

from ssn_assets import suites
from ssn_assets.bank import profile as bank_profile
from ssn_assets.home import Home
from ssn_assets.payments import profile as payment_profile
from ssn_assets.publication import profile
from ssn_assets.publication.release import build
from ssn_assets.store.engine import open_store
from tests.unit.payment_city import HEADS, in_hand, pay
from tests.unit.publication_city import NOW, PEOPLE, warehouse


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    home = Home(tmp_path_factory.mktemp("home")).prepare()
    store = open_store(home)
    pay(in_hand(HEADS[:2], store, home), store, home)
    built = build(warehouse(PEOPLE), store, home, "2026-10", NOW)
    return {
        "publikasi": profile.profile_of(home, built),
        "bank_penerbitan": bank_profile.profile_of(home),
        "bank_pembayaran": payment_profile.profile_of(home),
    }


@pytest.mark.parametrize("name", ["publikasi", "bank_penerbitan", "bank_pembayaran"])
def test_good_files_pass(name: str, frames: dict[str, pd.DataFrame]) -> None:
    assert {e["kwargs"]["column"] for e in suites.suite(name)["expectations"]} <= set(frames[name].columns)
    assert [r["name"] for r in suites.validate(name, frames[name]) if not r["passed"]] == []


def test_nothing_to_look_at_is_an_empty_profile(home: Home) -> None:
    assert profile.nothing().empty and bank_profile.profile_of(home).empty
    assert payment_profile.profile_of(home).empty
