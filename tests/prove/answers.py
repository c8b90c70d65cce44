"""`make prove`: the bank's answers repeated, late, reordered, cut off and contradictory, through the real intake.

Whatever comes in whatever order: a card's step never goes back, every line is kept once, and when all was said the step
is that of the clean sequence. A reduced sample runs in `make test`.

    python -m tests.prove.answers [--sequences 10000]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Engine, text

from ssn_assets.bank import answers, steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import replies
from ssn_assets.home import Home
from ssn_assets.intake import load
from ssn_assets.store.engine import open_store
from ssn_assets.warehouse import open_warehouse
from tests.unit.bank_city import NOW, Person, city, ids, kk, nik, run

PERIOD = "2026-10"
WAYS = (
    ("DITERIMA", "DITOLAK"),
    ("DITERIMA", "GAGAL_BUKA"),
    ("DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "DISERAHKAN"),
    ("DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "BELUM_DIAMBIL", "DISERAHKAN"),
    ("DITERIMA", "REKENING_DIBUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "BELUM_DIAMBIL", "DIKEMBALIKAN"),
    ("DITERIMA", "REKENING_DIBUKA", "DIBLOKIR"),
)
"""What a bank can truthfully say of a card, in order."""

Line = tuple[str, str]
NOISE = ("ENTAH", "DITERIM", "", "DIPESAN")


OPEN = ExitStack()
"""Keeps the warehouse open between sequences."""


@lru_cache(maxsize=1)
def place() -> tuple[Home, Engine, duckdb.DuckDBPyConnection, list[str]]:
    """A home with three sealed cards, its store and warehouse; made once, emptied of answers for each sequence."""
    home = Home(Path(tempfile.mkdtemp(prefix="ssn-answers-"))).prepare()
    store = open_store(home)
    run(city([Person(nik(i), kk(i), "KEPALA KELUARGA") for i in (1, 2, 3)]), store, home)
    con = OPEN.enter_context(open_warehouse(home))
    con.execute("create schema if not exists raw")
    con.execute("create schema if not exists ops")
    answers.copy_issuances(con, store)
    return home, store, con, sorted(ids(store).values())


class Answers(RuleBasedStateMachine):
    """One sequence of files from the bank."""

    @initialize(ways=st.tuples(*[st.sampled_from(WAYS)] * 3))
    def begin(self, ways: tuple[tuple[str, ...], ...]) -> None:
        """A bank that will tell these ways."""
        self.home, self.store, self.con, self.cards = place()
        shutil.rmtree(self.home.inbox("bank"))
        self.home.inbox("bank").mkdir()
        with self.store.begin() as con:
            con.execute(text("delete from jawaban_bank"))
        self.con.execute("drop table if exists ops.jawaban_bank")  # a copy of what was just deleted
        self.truth: list[Line] = [(card, status) for card, way in zip(self.cards, ways, strict=True) for status in way]
        self.said: set[Line] = set()  # in whole files
        self.hinted: set[Line] = set()  # in files that were cut off
        self.files: list[bytes] = []
        self.before = dict.fromkeys(self.cards, steps.RESERVED)
        self.kept = 0

    @rule(data=st.data(), noise=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(NOISE)), max_size=2))
    def some_lines_in_any_order(self, data: st.DataObject, noise: list[tuple[int, str]]) -> None:
        """Late, early, doubled, with rubbish among them."""
        lines = data.draw(st.lists(st.sampled_from(self.truth), min_size=1, max_size=8))
        self._drop([*lines, *((self.cards[i], status) for i, status in noise), ("P-LAIN", "DITERIMA")])
        self.said.update(lines)
        self._look()

    @rule(card=st.integers(0, 2), status=st.sampled_from(steps.REPORTED))
    def something_contradictory(self, card: int, status: str) -> None:
        """A line that need not fit the others: it is kept, and it counts like any other."""
        self._drop([(self.cards[card], status)])
        self.truth.append((self.cards[card], status))
        self.said.add((self.cards[card], status))
        self._look()

    @rule(share=st.floats(0.05, 0.95))
    def everything_but_cut_off(self, share: float) -> None:
        """The transfer broke."""
        content = self._file(self.truth)
        self._drop_bytes(content[: int(len(content) * share)])
        self.hinted.update(self.truth)
        self._look()

    @rule(data=st.data())
    def the_same_file_again(self, data: st.DataObject) -> None:
        """Under another name; nothing is kept twice."""
        if self.files:
            kept = self._rows()
            self._drop_bytes(data.draw(st.sampled_from(self.files)))
            self._look()
            assert self._rows() == kept

    def teardown(self) -> None:
        """In the end everything is said: the state is that of the clean sequence."""
        if not hasattr(self, "truth"):
            return
        self._drop(sorted(self.truth, key=lambda line: line[::-1]))
        self.said.update(self.truth)
        self._look()
        assert self.before == {card: steps.furthest(s for c, s in self.truth if c == card) for card in self.cards}

    def _look(self) -> None:
        load.load(self.con, self.home, "bank", PERIOD)
        replies.keep(self.con, self.store, CARDS, NOW)
        with self.store.connect() as con:
            answers.load_steps(self.con, con)
        reached = dict(self.con.execute("select id_penerbitan, langkah from langkah_penerbitan").fetchall())
        now = {card: reached.get(card, steps.RESERVED) for card in self.cards}
        for card in self.cards:
            least = steps.furthest(s for c, s in self.said if c == card)
            most = steps.furthest(s for c, s in self.said | self.hinted if c == card)
            assert steps.rank(self.before[card]) <= steps.rank(now[card]), "a step went back"
            assert steps.rank(least) <= steps.rank(now[card]) <= steps.rank(most), "a step nobody reported, or a lost line"
        assert self._rows() >= self.kept, "a line was lost"
        self.before, self.kept = now, self._rows()

    def _rows(self) -> int:
        with self.store.connect() as con:
            return int(con.execute(text("select count(*) from jawaban_bank")).scalar_one())

    def _drop(self, lines: list[Line]) -> None:
        self._drop_bytes(self._file(lines))

    def _drop_bytes(self, content: bytes) -> None:
        self.files.append(content)
        (self.home.inbox("bank") / f"jawaban_{len(self.files):03d}.csv").write_bytes(content)

    def _file(self, lines: list[Line]) -> bytes:
        rows = [f"{card},{status},,2026-11-01,R{card[-4:]}" for card, status in lines]
        return "\n".join(("id_penerbitan,status,alasan,tanggal,referensi_bank", *rows, "")).encode()


def check(sequences: int) -> None:
    """Run so many sequences; raises AssertionError with the shortest one that goes wrong."""
    chosen = settings(
        max_examples=sequences, stateful_step_count=6, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Answers, settings=chosen)


def main() -> int:
    """Entry point; a traceback with the sequence when one goes wrong."""
    parser = argparse.ArgumentParser(prog="answers", description="the bank's answers in every disorder")
    parser.add_argument("--sequences", type=int, default=10_000)
    arguments = parser.parse_args()
    os.environ.pop("SSN_DATABASE_URL", None)
    check(arguments.sequences)
    print(f"answers: {arguments.sequences:,} sequences end as the clean one does")
    shutil.rmtree(place()[0].root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
