"""A reduced sample of the publications under fire; `make prove` has more than a thousand kills and full disks."""

from __future__ import annotations

from pathlib import Path

from tests.prove.fire import faults, prove
from tests.prove.readers import Told

EVENTS = 14


def test_no_answer_is_a_mixture_a_step_back_or_a_failure(tmp_path: Path) -> None:
    fire = prove(tmp_path, EVENTS, seed=4)
    assert not fire.wrong
    assert all(fire.hits[kind] for kind in ("moment", "step", "full"))
    assert all(len(told.changes) > 1 and told.answers > 100 for told in fire.told)


def test_the_proof_sees_each_kind_of_fault() -> None:
    truth = {"a-1": "x", "a-2": "y"}
    assert faults(Told([("a-1", "x"), ("a-2", "y")], 9), truth, "a-2") == []
    assert "mixture" in faults(Told([("a-1", "y"), ("a-2", "y")], 9), truth, "a-2")[0]
    assert "step back" in faults(Told([("a-2", "y"), ("a-1", "x"), ("a-2", "y")], 9), truth, "a-2")[0]
    assert "failed" in faults(Told([("a-2", "y")], 9, ["timeout"]), truth, "a-2")[0]
    assert "ended" in faults(Told([("a-1", "x")], 9), truth, "a-2")[0]
