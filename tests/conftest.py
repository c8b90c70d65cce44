"""What every test shares: a home of its own, and Dagster pointed at our dagster.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ssn_assets.home import Home
from ssn_assets.settings import PROJECT_ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """An empty home that SSN_HOME names."""
    monkeypatch.setenv("SSN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(PROJECT_ROOT))
    monkeypatch.delenv("SSN_DATABASE_URL", raising=False)
    yield Home(tmp_path / "home").prepare()
