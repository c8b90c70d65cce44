"""One small city taken the whole way, once a test run; the tests look at what it left."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ssn_assets.demo.score import Score, score
from ssn_assets.home import Home
from ssn_assets.launch import RunOutcome, run_period
from ssn_assets.settings import PROJECT_ROOT, WITA, now

PERIOD = "2026-10"
PEOPLE = 3_000
DEFECTS = 3.0
SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass
class City:
    """The home after five runs, and what was seen on the way."""

    home: Home
    outcomes: list[RunOutcome] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    current: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, bytes]] = field(default_factory=list)


def outbox_files(home: Home) -> dict[str, bytes]:
    """Everything handed out but the auditors' page, which names the run."""
    return {
        str(p.relative_to(home.outbox)): p.read_bytes()
        for p in sorted(home.outbox.rglob("*"))
        if p.is_file() and p.name != "laporan_mutu.html"
    }


@pytest.fixture(scope="session")
def use_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path | None], Home]]:
    """Make a home (a copy of a folder's inbox, or empty) and let SSN_HOME name it."""
    before = {name: os.environ.get(name) for name in ("SSN_HOME", "DAGSTER_HOME")}
    os.environ["DAGSTER_HOME"] = str(PROJECT_ROOT)

    def use(source: Path | None = None) -> Home:
        root = tmp_path_factory.mktemp("home")
        if source:
            shutil.copytree(source, root, dirs_exist_ok=True)
        os.environ["SSN_HOME"] = str(root)
        return Home(root).prepare()

    yield use
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def city(use_home: Callable[[Path | None], Home]) -> City:
    """City, run, run again without news, operators, run, bank, run, cards handed out, run."""
    from ssn_assets.demo.bank import answer_bank_files
    from ssn_assets.demo.city import write_city
    from ssn_assets.demo.handing_out import hand_out_cards
    from ssn_assets.demo.operators import answer_worklists
    from ssn_assets.demo.readers import read_samples

    found = City(use_home(None))
    home = found.home
    write_city(home, people=PEOPLE, seed=7, period=PERIOD, defects=DEFECTS)
    people = (
        lambda: answer_worklists(home, PERIOD, seed=7),
        lambda: (answer_bank_files(home, seed=7), read_samples(home, PERIOD, seed=7)),
        lambda: hand_out_cards(home, PERIOD, now().astimezone(WITA).date(), seed=7),
    )
    for before in (None, None, *people):
        if before:
            before()
        found.outcomes.append(run_period(home, PERIOD))
        found.scores.append(score(home, PERIOD))
        found.current.append(json.loads((home.santer / "current.json").read_text()))
        found.files.append(outbox_files(home))
    return found
