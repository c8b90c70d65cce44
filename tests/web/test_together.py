"""Questions that come at one moment: each is judged, answered and recorded as if it had come alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssn_assets import trail
from ssn_assets.lookup.limits import Keys, Rate, Verdict
from ssn_assets.lookup.publication import Publication
from ssn_assets.lookup.state import State
from ssn_assets.lookup.together import MOST, Together
from ssn_assets.sealing import Entry
from tests.unit.publication_city import PEOPLE
from tests.web.conftest import Asked

SOURCES, PERSONS = st.integers(0, 2), st.integers(0, 3)
QUESTIONS = st.lists(st.tuples(SOURCES, PERSONS, st.booleans(), st.integers(0, 30)), max_size=120)


def names(state: State, source: int, person: int) -> Keys:
    def of(kind: str) -> bytes:
        return state.opaque(kind) + b"x"

    rates = ((of(f"laju {source}"), Rate.per_minute(12), "alamat"),)
    pair = f"{source} {person}"
    return Keys(rates, of(f"{source}"), of(pair), of(f"antre {pair}"), of(f"sama {pair}"), of(f"nik {person}"), of("lahir"))


def verdicts(questions: Sequence[tuple[int, int, bool, int]], at_once: int) -> list[Verdict]:
    with TemporaryDirectory() as folder:
        state = State(Path(folder), b"k" * 32)
        now, asked = 1000.0, []
        for source, person, hit, pause in questions:
            now += pause
            asked.append((names(state, source, person), now, hit))
        told = [verdict for i in range(0, len(asked), at_once) for verdict in state.ask(asked[i : i + at_once])]
        state.close()
        return told


@settings(max_examples=30, deadline=None)
@given(QUESTIONS, st.integers(2, 64))
def test_together_they_are_judged_as_one_after_the_other(questions: list[tuple[int, int, bool, int]], at_once: int) -> None:
    assert verdicts(questions, at_once) == verdicts(questions, 1)


def test_of_many_at_once_each_hears_its_own_answer_and_only_the_answered_are_recorded(service: Asked) -> None:
    async def ask_all() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(service.app, client=("203.0.113.7", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://uji") as asking:
            asked = [{"nik": nik, "no_kk": no_kk, "nonce": f"{n}"} for n, (nik, no_kk, *_) in enumerate(PEOPLE * 40)]
            return await asyncio.gather(*[asking.post("/v1/cek-bansos", content=json.dumps(one)) for one in asked])

    answers = asyncio.run(ask_all())
    answered = {number: answer.json() for number, answer in enumerate(answers) if answer.status_code == 200}
    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(answered) == service.app.state.service.serving.address_per_minute
    alone = [service.ask(nik, no_kk, f"198.51.100.{n}").json() for n, (nik, no_kk, *_) in enumerate(PEOPLE)]
    for number, answer in answered.items():
        expected = alone[number % len(PEOPLE)]
        assert answer["nonce"] == f"{number}"
        assert all(answer[field] == expected[field] for field in ("terdaftar", "keputusan", "alasan", "publikasi"))
    service.app.state.service.trail.sync(service.clock())
    files = service.app.state.service.serving.trail.glob(f"*{trail.SUFFIX}")
    recorded = sum(slot is not None for path in files for _, slot in trail.read_slots(path.read_bytes(), 1))
    assert recorded == len(answered) + len(alone)


def test_an_entry_that_cannot_be_read_fails_alone(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    (damaged, *_), *_ = PEOPLE
    read = Publication.find

    def find(publication: Publication, nik: str, no_kk: str) -> Entry | None:
        if nik == damaged:
            raise OSError("a damaged page")
        return read(publication, nik, no_kk)

    monkeypatch.setattr(Publication, "find", find)

    async def ask_all() -> list[int]:
        transport = httpx2.ASGITransport(service.app, client=("203.0.113.7", 1), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://uji") as asking:
            asked = [json.dumps({"nik": nik, "no_kk": no_kk}) for nik, no_kk, *_ in PEOPLE]
            return [
                answer.status_code for answer in await asyncio.gather(*[asking.post("/v1/cek-bansos", content=a) for a in asked])
            ]

    expected = [500 if nik == damaged else 200 for nik, *_ in PEOPLE]
    assert asyncio.run(ask_all()) == expected and 200 in expected


def test_more_than_fit_in_one_go_come_in_the_next_and_one_who_left_takes_nobody_with_him() -> None:
    goes: list[int] = []

    def double(numbers: Sequence[int]) -> list[int]:
        goes.append(len(numbers))
        return [2 * number for number in numbers]

    async def run() -> list[int | BaseException]:
        together: Together[int, int] = Together(double)
        waiting = [asyncio.create_task(together(number)) for number in range(MOST + 10)]
        await asyncio.sleep(0)
        waiting[3].cancel()
        return await asyncio.gather(*waiting, return_exceptions=True)

    results = asyncio.run(run())
    assert goes == [MOST, 10] and isinstance(results.pop(3), asyncio.CancelledError)
    assert results == [2 * number for number in range(MOST + 10) if number != 3]


def test_what_goes_wrong_with_all_is_told_to_each_and_the_next_are_served() -> None:
    fails = [True]

    def work(numbers: Sequence[int]) -> list[int | Exception]:
        if fails:
            raise OSError("disk")
        return [ValueError("odd") if number % 2 else number for number in numbers]

    async def run() -> None:
        together: Together[int, int] = Together(work)
        first = await asyncio.gather(together(1), together(2), return_exceptions=True)
        assert all(isinstance(result, OSError) for result in first)
        fails.clear()
        with pytest.raises(ValueError, match="odd"):
            await together(1)
        assert await together(2) == 2

    asyncio.run(run())
