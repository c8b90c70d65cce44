"""What the readers' labels of the sample say of the matching, as facts: precision by rule and overall, recall, agreement.

The arithmetic is in `agreement.py` and `recall.py`; which rows are read in `sampling.py`; the demo's truth in `match_quality.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ssn_assets.oversight import agreement, recall
from ssn_assets.oversight.agreement import ELSEWHERE, OTHER, SAME, Share
from ssn_assets.oversight.facts import QualityFact
from ssn_assets.oversight.sampling import plan

if TYPE_CHECKING:
    import duckdb

LABELS, ALL = "SAMPEL", "SEMUA"
Said = Mapping[str, Mapping[str, str]]
"""Line of the sample -> reader -> label."""

SAMPLE = "select aturan, keputusan, populasi, dtks_id, id_sampel from ops.sampel order by keputusan, aturan, urutan"
SAID = "select id_sampel, pembaca, putusan from raw.sampel order by berkas, baris"
UNDECIDED = "select count(*) from mart_padan where status_padan in ('RAGU', 'TIDAK_PADAN')"


@dataclass
class Stratum:
    """Rows of one rule, or of those that nobody fits. rows: the lines of each row drawn, the best candidate first."""

    name: str
    decision: str
    size: int
    rows: dict[int, list[str]] = field(default_factory=dict)

    def answers(self, said: Said) -> list[str]:
        """What is settled of the rows read."""
        found = (agreement.row_answer([agreement.verdict(said.get(line, {})) for line in lines]) for lines in self.rows.values())
        return [answer for answer in found if answer]

    def firsts(self, said: Said, alone: bool = False) -> list[str]:
        """What is settled of the first line of each row. alone: also by the one reader who has read it so far."""
        given = (said.get(lines[0], {}) for lines in self.rows.values())
        found = (agreement.verdict(g, 1 if alone and len(g) == 1 else agreement.TOGETHER) for g in given)
        return [answer for answer in found if answer]


def labels(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, dict[str, str]], int]:
    """What the readers said of the sample in force, and how many labels are of another sample."""
    said = agreement.last_labels(con.execute(SAID).fetchall())
    known = {line for (line,) in con.execute("select id_sampel from ops.sampel").fetchall()}
    strangers = sum(len(given) for line, given in said.items() if line not in known)
    return {line: given for line, given in said.items() if line in known}, strangers


def strata(con: duckdb.DuckDBPyConnection) -> list[Stratum]:
    """The sample in force, as it was drawn."""
    found: dict[tuple[str, str], Stratum] = {}
    for name, decision, size, row, line in con.execute(SAMPLE).fetchall():
        found.setdefault((name, decision), Stratum(name, decision, size)).rows.setdefault(row, []).append(line)
    return list(found.values())


def label_facts(con: duckdb.DuckDBPyConnection, said: Said) -> Iterator[QualityFact]:
    """Everything the labels say; nothing without labels.

    A line counts once two readers say the same of it. What one reader alone has said is a figure of its own
    (`presisi_sementara`), for as long as it rests on more lines.
    """
    if not said:
        return
    drawn = strata(con)
    undecided = con.execute(UNDECIDED).fetchone()
    yield from _precision(drawn, said)
    yield _fact(ALL, ALL, "recall", _recall(drawn, said, undecided[0] if undecided else 0))
    yield from _agreement(said)


def _precision(drawn: Sequence[Stratum], said: Said) -> Iterator[QualityFact]:
    for stratum in drawn:
        settled, early = stratum.firsts(said), stratum.firsts(said, alone=True)
        if stratum.decision == "PADAN":
            promise = plan().promise_of(stratum.name)
            if settled:
                yield _fact("ATURAN", stratum.name, "presisi", _share(settled, stratum.size), promise)
            if len(early) > len(settled):
                yield _fact("ATURAN", stratum.name, "presisi_sementara", _share(early, stratum.size), promise)
        elif stratum.decision == "RAGU" and settled:
            yield _fact("ATURAN", stratum.name, "calon_pertama_benar", _share(settled, stratum.size))
    final, provisional = (_overall([(s, s.firsts(said, alone)) for s in drawn]) for alone in (False, True))
    yield _fact(ALL, ALL, "presisi", final)
    if provisional.of > final.of:
        yield _fact(ALL, ALL, "presisi_sementara", provisional)
    disputed = {line for line, given in said.items() if len(given) > 1 and agreement.verdict(given) is None}
    at_worst = [(s, s.firsts(said) + [OTHER for lines in s.rows.values() if lines[0] in disputed]) for s in drawn]
    yield _fact(ALL, ALL, "presisi_terburuk", _overall(at_worst))


def _share(verdicts: Sequence[str], size: int) -> Share:
    share = agreement.exact_share(verdicts.count(SAME), len(verdicts))
    if len(verdicts) == size:  # every row was read: nothing is left to chance
        return Share(share.hits, share.of, share.value, share.value, share.value)
    return share


def _overall(read: Sequence[tuple[Stratum, list[str]]]) -> Share:
    """The share of right rows over all PADAN rules."""
    return agreement.weighted_share((s.size, len(v), v.count(SAME)) for s, v in read if s.decision == "PADAN")


def _recall(drawn: Sequence[Stratum], said: Said, undecided: int) -> Share:
    """Of all who are in the registry, as far as the sample has every kind of row that was not decided."""
    decided, missed = [], []
    for stratum in drawn:
        found = stratum.answers(said)
        if stratum.decision == "PADAN":
            decided.append(recall.Decided(stratum.size, len(found), found.count(SAME), found.count(ELSEWHERE)))
        else:
            missed.append(recall.Missed(stratum.size, len(found), found.count(SAME) + found.count(ELSEWHERE)))
    if sum(stratum.size for stratum in missed) < undecided:  # a sample drawn before such rows were part of it
        return Share(0, 0, None, None, None)
    return recall.estimated_recall(decided, missed)


def _agreement(said: Said) -> Iterator[QualityFact]:
    pairs = agreement.readers_pairs(said)
    yield _count("sepakat", sum(a == b for a, b in pairs), len(pairs))
    for measure, agreed, least in (("kappa", agreement.kappa(pairs), None), ("ac1", agreement.ac1(pairs), plan().agreement)):
        if agreed is not None:
            number = round(agreed, 6)
            yield QualityFact(LABELS, "PEMBACA", ALL, "", measure, number, len(pairs), len(pairs), None, None, least)
    twice = [given for given in said.values() if len(given) > 1]
    yield _count("belum_sepakat", sum(agreement.verdict(given) is None for given in twice), len(twice))
    yield _count("satu_pembaca", len(said) - len(twice), len(said))


def _count(measure: str, hits: int, of: int) -> QualityFact:
    return QualityFact(LABELS, "PEMBACA", ALL, "", measure, round(hits / of, 6) if of else None, hits, of)


def _fact(kind: str, group: str, measure: str, share: Share, promise: float | None = None) -> QualityFact:
    numbers = [None if n is None else round(n, 6) for n in (share.value, share.low, share.high)]
    return QualityFact(LABELS, kind, group, "", measure, numbers[0], share.hits, share.of, numbers[1], numbers[2], promise)
