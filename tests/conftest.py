"""What every test shares: a home of its own, and Dagster pointed at our dagster.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ssn_assets.home import Home
from ssn_assets.settings import PROJECT_ROOT

settings.register_profile("ssn", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
settings.load_profile("ssn")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """An empty home that SSN_HOME names."""
    monkeypatch.setenv("SSN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(PROJECT_ROOT))
    monkeypatch.delenv("SSN_DATABASE_URL", raising=False)
    yield Home(tmp_path / "home").prepare()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what is made once (a city) stay in one worker; every other one goes to whichever worker is free."""
    for item in items:
        fixtures = [found[-1] for found in item._fixtureinfo.name2fixturedefs.values()]
        shared = {f.baseid for f in fixtures if f.scope in ("module", "session") and f.baseid.startswith("tests/")}
        if shared:
            item.add_marker(pytest.mark.xdist_group(min(shared)))
