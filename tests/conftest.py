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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests stay in one worker, and all that look at the one city: what they share is made once."""
    for item in items:
        place = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group("lineage" if place == "lineage" else str(item.path)))
