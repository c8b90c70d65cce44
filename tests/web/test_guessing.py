"""A reduced sample of guessers and honest people before the lookup service; `make prove` has 100,000 requests of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ssn_assets.home import Home
from ssn_assets.lookup import limits
from tests.prove.crowd import Pair, city
from tests.prove.guessing import BLOCKED, GUESSERS, HURRIED, OBEDIENT, Guesser, behind, guess, in_town

REQUESTS, PEOPLE = 2_000, 300


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, list[Pair]]]:
    home = Home(tmp_path_factory.mktemp("kota") / "home").prepare()
    yield home, city(home, 60_000)


@pytest.mark.parametrize("kind", GUESSERS, ids=lambda kind: kind.name)
def test_a_guesser_learns_no_more_than_the_figure(listed: tuple[Home, list[Pair]], kind: Guesser, tmp_path: Path) -> None:
    found = guess(listed[0], tmp_path, listed[1], kind, REQUESTS)
    assert found.tally.requests == REQUESTS and 0 < found.learnt <= found.allowed, str(found)


def test_the_simulator_sees_a_guard_that_does_not_hold(
    listed: tuple[Home, list[Pair]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rule that one's own numbers count once, who puts them between the guesses is never locked."""
    monkeypatch.setattr(limits, "_is_new", lambda *_: True)
    monkeypatch.setattr(limits, "FOUND", 0.0)
    found = guess(listed[0], tmp_path, listed[1], next(k for k in GUESSERS if "his own" in k.name), REQUESTS)
    assert found.tally.answered == REQUESTS and found.learnt > found.allowed


def test_three_askings_would_be_too_few(listed: tuple[Home, list[Pair]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ASKINGS", 3)
    found = guess(listed[0], tmp_path, listed[1], OBEDIENT, REQUESTS)
    assert found.learnt > found.allowed


@pytest.mark.parametrize("kind", [None, HURRIED, OBEDIENT], ids=["among themselves", "a guesser among them", "one who waits"])
def test_people_behind_one_address_are_answered(listed: tuple[Home, list[Pair]], kind: Guesser | None, tmp_path: Path) -> None:
    theirs = behind(listed[0], tmp_path, listed[1], PEOPLE, 60, kind)
    assert theirs.people > PEOPLE and theirs.blocked <= theirs.people * BLOCKED


def test_people_in_town_are_answered_while_all_guessers_are_at_work(listed: tuple[Home, list[Pair]], tmp_path: Path) -> None:
    theirs = in_town(listed[0], tmp_path, listed[1], PEOPLE, REQUESTS)
    assert theirs.people > PEOPLE and theirs.blocked <= theirs.people * BLOCKED
