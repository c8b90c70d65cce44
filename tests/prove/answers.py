"""`make prove`: the bank's answers repeated, late, reordered, cut off, contradictory and spoilt, through the real intake.

Whatever comes in whatever order: a step never goes back, every line is kept once, a spoilt file changes nothing, and when
all was said the state is that of the clean sequence. One correspondence is a run of files about FAMILIES families at once;
each family's card and payment have a sequence of answers of their own in them. A reduced sample runs in `make test`.

    python -m tests.prove.answers [--sequences 10000]
"""

from __future__ import annotations

import argparse
import os
import random
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

from ssn_assets.bank import answers
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import replies
from ssn_assets.home import Home
from ssn_assets.intake import load
from ssn_assets.payments import answers as payment_answers
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.engine import open_store
from ssn_assets.store.transfer import read_rows
from ssn_assets.warehouse import open_warehouse
from tests.prove.correspondence import CARD, PAYMENT, Line, Side, spoilt
from tests.unit.bank_city import NOW, Person, kk, nik
from tests.unit.payment_city import in_hand, pay

PERIOD = "2026-10"
FAMILIES = 20

OPEN = ExitStack()
"""Keeps the warehouse open between correspondences."""


@lru_cache(maxsize=1)
def place() -> tuple[Home, Engine, duckdb.DuckDBPyConnection, dict[Side, list[str]]]:
    """A home with sealed cards and payments, its store and warehouse; made once, emptied of answers for each correspondence."""
    home = Home(Path(tempfile.mkdtemp(prefix="ssn-answers-"))).prepare()
    store = open_store(home)
    heads = [Person(nik(i), kk(i), "KEPALA KELUARGA", nama=f"SITI {i}") for i in range(FAMILIES)]
    pay(in_hand(heads, store, home), store, home)
    con = OPEN.enter_context(open_warehouse(home))
    for schema in ("raw", "ops"):
        con.execute(f"create schema if not exists {schema}")
    answers.copy_issuances(con, store)
    payment_answers.copy_ids(con, store)
    with store.connect() as found:
        ids = {
            side: [i for (i,) in read_rows(found, f"select {side.key} from {side.ledger} order by {side.key}")]
            for side in (CARD, PAYMENT)
        }
    assert all(len(known) == FAMILIES for known in ids.values())
    return home, store, con, ids


class Answers(RuleBasedStateMachine):
    """One correspondence: the files of a bank, in the order in which they come."""

    @initialize(seed=st.binary(min_size=8, max_size=8))
    def begin(self, seed: bytes) -> None:
        """A bank that will tell something of each card and each payment."""
        self.home, self.store, self.con, self.ids = place()
        self.rnd = random.Random(seed)
        shutil.rmtree(self.home.inbox("bank"))
        self.home.inbox("bank").mkdir()
        with self.store.begin() as con:
            for side in self.ids:
                con.execute(text(f"delete from {side.kept}"))
        self.con.execute("drop table if exists ops.jawaban_bank")  # a copy of what was just deleted
        self.truth: dict[Side, list[Line]] = {}
        for side, known in self.ids.items():
            self.truth[side] = [Line(i, *said) for i in known for said in self.rnd.choice(side.ways)]
        self.said: dict[Side, set[Line]] = {side: set() for side in self.ids}  # in whole files
        self.hinted: dict[Side, set[Line]] = {side: set() for side in self.ids}  # in files that were cut off
        self.files: list[tuple[str, bytes]] = []
        self.before = {side: {i: side.picture([]) for i in known} for side, known in self.ids.items()}
        self.due = dict.fromkeys(self.ids, 0)  # lines that whole files had
        self.most = dict.fromkeys(self.ids, 0)  # and those that the others may have had
        self.seen: set[bytes] = set()

    @rule(share=st.floats(0.1, 1.0), times=st.integers(1, 3), sheet=st.booleans())
    def some_lines_in_any_order(self, share: float, times: int, sheet: bool) -> None:
        """Late, early, doubled, with rubbish among them."""
        for side, truth in self.truth.items():
            lines = [line for line in truth if self.rnd.random() < share] * times
            self._tell(side, lines, sheet, noise=self.rnd.randrange(6))
        self._look()

    @rule(share=st.floats(0.05, 0.5))
    def something_contradictory(self, share: float) -> None:
        """Lines that need not fit the others: they are kept, and they count like any other."""
        for side, known in self.ids.items():
            lines = [Line(i, *side.anything(self.rnd)) for i in known if self.rnd.random() < share]
            self.truth[side] += lines
            self._tell(side, lines)
        self._look()

    @rule(share=st.floats(0.05, 0.95), sheet=st.booleans())
    def everything_but_cut_off(self, share: float, sheet: bool) -> None:
        """The transfer broke: of a text what came counts, but for its last line; of a workbook nothing."""
        for side, truth in self.truth.items():
            content = side.file(self._shuffled(truth), sheet)
            self._drop(content[: int(len(content) * share)], sheet)
            if not sheet:
                self.hinted[side].update(truth)
                self.most[side] += len(truth)
        self._look()

    @rule(data=st.data())
    def the_same_file_again(self, data: st.DataObject) -> None:
        """Under another name; nothing is kept twice."""
        if self.files:
            kept = self._kept()
            name, content = data.draw(st.sampled_from(self.files))
            self._drop(content, name.endswith(".xlsx"))
            self._look()
            assert self._kept() == kept, "a line was kept twice"

    @rule(which=st.integers(0, 5))
    def a_spoilt_file(self, which: int) -> None:
        """With true lines in it, but not a list: none of them is taken."""
        kept = self._kept()
        for side, truth in self.truth.items():
            content, sheet = spoilt(side, self._shuffled(truth), which, self.rnd)
            self._drop(content, sheet)
        self._look()
        assert self._kept() == kept, "a spoilt file was taken in part"

    def teardown(self) -> None:
        """In the end everything is said: the state is that of the clean sequence."""
        if not hasattr(self, "truth"):
            return
        for side, truth in self.truth.items():
            self._tell(side, sorted(truth, key=lambda line: line.id), shuffle=False)
        self._look()
        for side, truth in self.truth.items():
            clean = {i: side.picture([line for line in truth if line.id == i]) for i in self.ids[side]}
            assert self.before[side] == clean, "the end is not that of the clean sequence"

    def _look(self) -> None:
        for kind in ("bank", "pembayaran"):
            load.load(self.con, self.home, kind, PERIOD)
        for kind in (CARDS, PAYMENTS):
            replies.keep(self.con, self.store, kind, NOW)
        with self.store.connect() as con:
            answers.load_steps(self.con, con)
            payment_answers.load(self.con, con)
        for side, known in self.ids.items():
            now = dict.fromkeys(known, side.picture([])) | side.pictures(self.con)
            least, most = (self._by_id(side, lines) for lines in (self.said[side], self.said[side] | self.hinted[side]))
            for i in known:
                assert side.not_before(self.before[side][i], now[i]), "a step went back"
                reported = side.not_before(side.picture(least.get(i, [])), now[i])
                assert reported and side.not_before(now[i], side.picture(most.get(i, []))), "a lost line, or one nobody wrote"
            self.before[side] = now
        for side, count in self._kept().items():
            assert self.due[side] <= count <= self.due[side] + self.most[side], "lines are kept once each"

    def _by_id(self, side: Side, lines: set[Line]) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in lines:
            found.setdefault(line.id, []).append(line)
        return found

    def _kept(self) -> dict[Side, int]:
        with self.store.connect() as con:
            return {side: int(con.execute(text(f"select count(*) from {side.kept}")).scalar_one()) for side in self.ids}

    def _shuffled(self, lines: list[Line]) -> list[Line]:
        return self.rnd.sample(lines, len(lines))

    def _tell(self, side: Side, lines: list[Line], sheet: bool = False, noise: int = 0, shuffle: bool = True) -> None:
        rubbish = [
            Line(self.rnd.choice([*self.ids[side], "LAIN"]), self.rnd.choice(side.noise), "2026-11-01") for _ in range(noise)
        ]
        content = side.file(self._shuffled(lines + rubbish) if shuffle else lines, sheet)
        if content not in self.seen:
            self.due[side] += len(lines)
        self.said[side].update(lines)
        self._drop(content, sheet)

    def _drop(self, content: bytes, sheet: bool) -> None:
        self.seen.add(content)
        name = f"jawaban_{len(self.files):03d}.{'xlsx' if sheet else 'csv'}"
        self.files.append((name, content))
        (self.home.inbox("bank") / name).write_bytes(content)


def check(correspondences: int) -> None:
    """Run so many correspondences; raises AssertionError with the shortest one that goes wrong."""
    chosen = settings(
        max_examples=correspondences, stateful_step_count=5, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Answers, settings=chosen)


def main() -> int:
    """Entry point; a traceback with the correspondence when one goes wrong."""
    parser = argparse.ArgumentParser(prog="answers", description="the bank's answers in every disorder")
    parser.add_argument("--sequences", type=int, default=10_000, help="of cards, and as many of payments")
    arguments = parser.parse_args()
    os.environ.pop("SSN_DATABASE_URL", None)
    correspondences = -(-arguments.sequences // FAMILIES)
    check(correspondences)
    print(
        f"answers: {correspondences * FAMILIES:,} sequences about cards and as many about payments, in {correspondences:,}"
        " correspondences, end as the clean ones do"
    )
    shutil.rmtree(place()[0].root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
