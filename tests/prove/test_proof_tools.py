"""The proof must be able to fail: a number given twice, a broken chain, a changed or missing file are seen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import insert

from ssn_assets.home import Home
from ssn_assets.store.engine import open_store, writing
from ssn_assets.store.schema import publikasi
from tests.prove.compare import counts, differences, picture, repeats
from tests.prove.kills import plan
from tests.prove.process import Attempt

ZEROS = "0" * 64


def batch(number: int, before: str, *ids: str) -> str:
    lines = [
        f"H|1|{number}|{before}|2026",
        *(f"D|{i}|{name}|BARU" for i, name in enumerate(ids, start=1)),
        f"T|{number}|{len(ids)}",
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def small(home: Home) -> Home:
    open_store(home).dispose()
    first = batch(1, ZEROS, "P1", "P2")
    (home.bank / "penerbitan_0001.txt").write_text(first)
    (home.bank / "penerbitan_0002.txt").write_text(batch(2, hashlib.sha256(first.encode()).hexdigest(), "P3"))
    return home


def test_a_good_home_has_nothing_twice(small: Home) -> None:
    assert repeats(small) == []
    assert differences(picture(small), picture(small)) == []
    assert "0 numbers" in counts(small)


def test_issuance_twice_and_broken_chain_are_seen(small: Home) -> None:
    (small.bank / "penerbitan_0003.txt").write_text(batch(4, ZEROS, "P1"))
    assert repeats(small) == ["bank batch penerbitan_0003.txt breaks the chain", "issuance exported twice: 2x"]


def test_content_released_twice_running_is_seen(small: Home) -> None:
    engine = open_store(small)
    with writing(engine) as store:
        for number, content in enumerate(("a", "b", "a", "a"), start=1):
            values = {c.name: "-" for c in publikasi.columns if not c.nullable}
            store.execute(
                insert(publikasi),
                {**values, "publication_id": f"P{number}", "urut": number, "baris": 1, "isi_hmac": content},
            )
    engine.dispose()
    assert repeats(small) == ["same content released twice running"]


def test_changed_missing_and_unexpected_are_told_apart(small: Home) -> None:
    expected = picture(small)
    (small.bank / "penerbitan_0001.txt").write_text("other")
    (small.bank / "penerbitan_0002.txt").unlink()
    (small.bank / "left.tmp").write_text("")
    assert differences(expected, picture(small)) == [
        "outbox/bank/left.tmp: unexpected",
        "outbox/bank/penerbitan_0001.txt: differs",
        "outbox/bank/penerbitan_0002.txt: missing",
    ]


def test_kills_fall_anywhere_and_in_the_longest_steps(tmp_path: Path) -> None:
    undisturbed = Attempt(seconds=10, ended=[("a", 1.0), ("b", 2.0), ("c", 9.0)])
    kills = plan(undisturbed, 6, seed=1)
    assert [k.inside for k in kills] == ["", "c", "", "b", "", "c"]
    assert all(0.5 <= k.seconds <= 10 for k in kills if not k.step)
    assert all(k.seconds <= 7 for k in kills if k.inside == "c")
    assert kills == plan(undisturbed, 6, seed=1)
