"""A small home in which every stage has work: half of the cases settled, the rest and the bank's answers waiting."""

from __future__ import annotations

import shutil
from pathlib import Path

from ssn_assets.home import Home
from tests.prove.process import Attempt, run

PERIOD = "2026-10"


def prepare(root: Path, people: int = 2_000, seed: int = 1) -> Home:
    """Make the home below root.

    Run, half of the operators answer, run: numbers, cards, a release and a bank file exist. Then the other half and the
    bank answer, and the warehouse is thrown away: the next run has something new at every border and rebuilds the rest.
    """
    from ssn_assets.demo.bank import answer_bank_files
    from ssn_assets.demo.city import write_city
    from ssn_assets.demo.operators import answer_worklists

    home = Home(root)
    write_city(home, people=people, seed=seed, period=PERIOD)
    whole(run(home))
    answer_worklists(home, PERIOD, share=0.5, seed=seed)
    whole(run(home))
    answer_worklists(home, PERIOD, seed=seed + 1)
    answer_bank_files(home, seed=seed)
    shutil.rmtree(home.warehouse.parent)
    shutil.rmtree(home.dagster)
    return home


def copy(home: Home, root: Path) -> Home:
    """A copy to run in: same inbox, store, keys and outbox, so that ids and numbers can be compared."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(home.root, root, symlinks=True)
    return Home(root)


def whole(attempt: Attempt) -> Attempt:
    """The attempt, when it ended with 0.

    Raises:
        AssertionError: it did not; the message is what it printed.
    """
    assert attempt.code == 0, f"ssn run ended with {attempt.code}:\n{attempt.said}"
    return attempt
