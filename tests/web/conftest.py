"""A published home, the service on it with a clock of its own, and somebody who asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ssn_assets.home import Home
from ssn_assets.lookup import web
from ssn_assets.lookup.publication import SWITCH_AFTER
from ssn_assets.lookup.web import create_app
from ssn_assets.publication.release import release
from ssn_assets.settings import serving
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import PEOPLE, Row, warehouse

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now: float = NOW.timestamp()

    def __call__(self) -> float:
        return self.now


def publish(home: Home, people: Sequence[Row], when: datetime = NOW, payments: Mapping[str, str] | None = None) -> str:
    return release(warehouse(people, payments=payments), open_store(home), home, "2026-10", when).publication_id


@dataclass
class Asked:
    """The service as one worker, and its clock."""

    app: FastAPI
    home: Home
    clock: Clock
    client: TestClient

    def ask(self, nik: str, no_kk: str, address: str = "203.0.113.7", **more: Any) -> httpx2.Response:
        """One unsigned question over the API, from an address."""
        return self.from_(address).post("/v1/cek-bansos", content=json.dumps({"nik": nik, "no_kk": no_kk, **more}))

    def from_(self, address: str) -> TestClient:
        return TestClient(self.app, client=(address, 1), raise_server_exceptions=False)

    def follow(self) -> None:
        """What the service does by itself a few times a second, now; then past the moment of the switch."""
        self.app.state.service.look()
        changed = (self.home.santer / "berlaku.json").stat().st_ctime
        self.clock.now = max(self.clock.now, changed) + SWITCH_AFTER + 0.1


def locked(service: Asked) -> None:
    """Somebody behind 203.0.113.7 and behind the test client has guessed until that address was locked."""
    for address in ("203.0.113.7", "testclient"):
        for number in range(45):
            service.clock.now += 10
            service.ask(f"64730{number:02d}{number:02d}1900001", "1" * 16, address)
    service.clock.now += 60


@pytest.fixture
def published(home: Home) -> Home:
    publish(home, PEOPLE)
    return home


@pytest.fixture
def service(published: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    monkeypatch.setattr(web, "POLL_SECONDS", 3600.0)  # tests say when (`follow`); test_process.py has the real thing
    clock = Clock()
    app = create_app(serving(), clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Asked(app, published, clock, client)


EXAMPLES = Path(__file__).parents[2] / "deploy"
