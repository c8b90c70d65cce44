"""What schemathesis makes of the OpenAPI document: questions it allows, questions it does not, and answers that must fit it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from ssn_assets.home import Home
from ssn_assets.lookup.limits import DAY
from ssn_assets.lookup.web import create_app
from ssn_assets.settings import serving
from tests.unit.publication_city import PEOPLE
from tests.web.conftest import NOW, publish

EXAMPLES = 100


class Calendar:
    """A clock that goes on by `step` seconds whenever it is read."""

    def __init__(self, step: float) -> None:
        self.now, self.step = NOW.timestamp(), step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def tried(app: FastAPI, seed: int = 1, **checks: bool) -> tuple[Counter[int], list[str]]:
    """How often each status came, and what does not fit the document, each kind once with the request that shows it."""
    enabled = {name: {"enabled": value} for name, value in checks.items()}
    generation = {"max-examples": EXAMPLES, "database": "none", "deterministic": True}
    config = SchemathesisConfig.from_dict(
        {"seed": seed, "continue-on-failure": True, "generation": generation, "checks": enabled}
    )
    statuses: Counter[int] = Counter()
    wrong: dict[str, str] = {}
    for event in from_schema(schemathesis.openapi.from_asgi("/openapi.json", app, config=config)).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong[str(event)] = ""
        if not isinstance(event, events.ScenarioFinished):
            continue
        statuses.update(i.response.status_code for i in event.recorder.interactions.values() if i.response)
        for checked in event.recorder.checks.values():
            for check in checked:
                if check.failure_info:
                    found = check.failure_info.failure
                    wrong.setdefault(f"{check.name}: {found.title}: {found.message[:300]}", check.failure_info.code_sample)
    return statuses, [f"{what}\n{how}" for what, how in wrong.items()]


@pytest.fixture
def served(home: Home) -> Callable[[float], FastAPI]:
    publish(home, PEOPLE)

    def make(step: float) -> FastAPI:
        app = create_app(serving(), Calendar(step))
        app.state.service.look()
        return app

    return make


def test_the_service_does_what_its_document_says(served: Callable[[float], FastAPI]) -> None:
    statuses, wrong = tried(served(DAY + 1))  # the next day every count is forgotten: no limit hides an answer
    assert not wrong, "\n".join(wrong)
    assert {200, 401, 405, 422} <= statuses.keys() and not statuses[429]


def test_and_when_it_refuses(served: Callable[[float], FastAPI]) -> None:
    statuses, wrong = tried(served(0), seed=2)
    assert not wrong, "\n".join(wrong)
    assert statuses[429]


def test_and_before_the_first_publication(served: Callable[[float], FastAPI], home: Home) -> None:
    (home.santer / "berlaku.json").unlink()
    statuses, wrong = tried(served(0), not_a_server_error=False)
    assert not wrong, "\n".join(wrong)
    assert statuses[503] and not statuses[200]
