"""A reduced sample of `make prove`: two kills, one of them in the longest step, on a city as small as it may be."""

from __future__ import annotations

from pathlib import Path

from tests.prove.kills import prove
from tests.prove.prepare import prepare

KILLS = 2
PEOPLE = 700


def test_a_killed_run_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    base = prepare(tmp_path / "base", people=PEOPLE)
    proofs = list(prove(base, tmp_path, KILLS, seed=3))
    assert [p.wrong for p in proofs] == [[]] * KILLS
    assert any(p.died for p in proofs)
