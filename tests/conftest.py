"""What every test shares: a home of its own, and Dagster pointed at our dagster.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share what is made once (a city) stay in one worker; every other one goes to whichever worker is free.

    Large groups begin first. `--dist loadgroup` would do, were its marks seen under pytest 9.2 (pytest-xdist issue 1386).
    """
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = config.rootpath / nodeid.partition("::")[0]
            if _says(file.parent / "conftest.py", 'scope="session"'):
                return str(file.parent)
            return str(file) if _says(file, 'scope="module"') else nodeid

    return Sharing(config, log)


@cache
def _says(file: Path, words: str) -> bool:
    return file.exists() and words in file.read_text()
