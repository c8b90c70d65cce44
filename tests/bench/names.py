"""How well names are told apart: the platform's name score against three common ones, on tests/data/pasangan_nama.csv.

Prints the area under the ROC curve and points of it (recall at some shares of false positives), and by kind of variation what
each score gets wrong. The common scores stand twice: on the names as written, and (`_baku`) on our cleaned names.

    .venv/bin/python -m tests.bench.names [--weak FILE] [--examples 5]

How names are compared does not belong here (dbt_project), nor how the pairs are made (pairs.py).
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import duckdb

from ssn_assets.dbt import DbtRun
from ssn_assets.home import Home
from ssn_assets.warehouse import open_warehouse
from tests.bench.pairs import read_pairs
from tests.bench.people import People
from tests.dbt.matching_city import Person, Row, fill

FALSE_POSITIVES = 0.01
POINTS = (0.001, 0.01, 0.05, 0.1, 0.2)
"""Shares of false positives at which the report gives the recall: the ROC curve as a table."""
OURS = "bukti"
"""Bits for "this person" less bits for "anybody": what the rules decide by. `skor` is the number shown to people."""

SCORED = """
select
    r.dtks_id,
    case when eksak.dtks_id is not null then 1.0 else coalesce(skor.skor, 0) end as skor,
    case
        when eksak.dtks_id is not null
            then (select sum(kata.bobot) from int_kata as kata where list_contains(string_split(r.nama_norm, ' '), kata.kata))
        else coalesce(skor.bit_sama - skor.bit_asing, -99)
    end as bukti,
    coalesce(r.nama_norm, '') as nama_a,
    coalesce(orang.nama_norm, '') as nama_b
from int_dtks as r
left join int_penduduk as orang on orang.nik_angka = r.nik_angka
left join int_padan_eksak as eksak on eksak.dtks_id = r.dtks_id
left join int_calon as calon on calon.dtks_id = r.dtks_id and calon.nik_angka = r.nik_angka
left join int_nama_skor as skor on skor.nama_dtks = calon.nama_dtks and skor.nama_penduduk = calon.nama_penduduk
order by r.dtks_id
"""
Score = Callable[[str, str], float]


@dataclass(frozen=True)
class Scored:
    """Labels and kinds of the pairs, and every score of them: name of the score -> a number a pair."""

    pairs: list[dict[str, str]]
    scores: dict[str, list[float]]

    @property
    def same(self) -> list[bool]:
        """Whether each pair is one person."""
        return [pair["sama"] == "1" for pair in self.pairs]


def jaro_winkler(a: str, b: str) -> float:
    """DuckDB's own."""
    row = duckdb.execute("select jaro_winkler_similarity(?, ?)", [a, b]).fetchone()
    assert row is not None
    return float(row[0])


def ratcliff_obershelp(a: str, b: str) -> float:
    """The ministry's measure."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def token_set_ratio(a: str, b: str) -> float:
    """As in fuzzywuzzy and rapidfuzz: the best of shared words against shared words with either rest, by InDel distance."""
    ours, theirs = set(a.split()), set(b.split())
    shared = " ".join(sorted(ours & theirs))
    first, second = (f"{shared} {' '.join(sorted(rest))}".strip() for rest in (ours - theirs, theirs - ours))
    return max(_indel(shared, first) if shared else 0, _indel(shared, second) if shared else 0, _indel(first, second))


def _indel(a: str, b: str) -> float:
    """1 less the insertions and deletions between two texts over their length."""
    row = [0] * (len(b) + 1)
    for letter in a:
        before = 0
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], before + 1 if letter == other else max(row[j], row[j - 1])
    return 2 * row[-1] / (len(a) + len(b)) if a or b else 1.0


COMMON: dict[str, Score] = {
    "jaro_winkler": jaro_winkler,
    "ratcliff_obershelp": ratcliff_obershelp,
    "token_set_ratio": token_set_ratio,
}
"""The scores that others use."""


def platform_scores(home: Home, pairs: list[dict[str, str]]) -> tuple[dict[str, list[float]], list[tuple[str, str]]]:
    """The models of the matching on a small city: each pair is a row of the list that bears its person's NIK.

    Returns:
        Our two scores, and each pair's names as we clean them.

    Raises:
        AssertionError: dbt failed.
    """
    people = [Person(_nik(n), pair["nama_b"], _nik(n)) for n, pair in enumerate(pairs)]
    others = [pair["nama_a"] for pair in pairs if pair["sama"] == "0"] + People(random.Random(1971)).registry(20_000)
    people += [Person(_nik(100_000 + n), name, _nik(200_000 + n)) for n, name in enumerate(others)]
    fill(home, people, [Row(pair["nama_a"], _nik(n)) for n, pair in enumerate(pairs)])
    run = DbtRun(home, ["+int_nama_skor"])
    run.build()
    assert run.error is None, run.error
    with open_warehouse(home) as con:
        rows = con.execute(SCORED).fetchall()
    assert len(rows) == len(pairs)
    return {name: [float(row[n]) for row in rows] for n, name in ((1, "skor"), (2, OURS))}, [(row[3], row[4]) for row in rows]


def _nik(number: int) -> str:
    """A NIK of its own for each number, far from every other's: none is a slip of the pen from the next."""
    return f"3578{number % 28 + 1:02d}0190{number:06d}"


def all_scores(home: Home) -> Scored:
    """Ours, and the common ones on the names as written and on ours."""
    pairs = read_pairs()
    scores, cleaned = platform_scores(home, pairs)
    for name, score in COMMON.items():
        scores[name] = [score(pair["nama_a"], pair["nama_b"]) for pair in pairs]
        scores[f"{name}_baku"] = [score(a, b) for a, b in cleaned]
    return Scored(pairs, scores)


def area(same: list[bool], score: list[float]) -> float:
    """Area under the ROC curve: how often a pair of one person scores above a pair of two; ties count half."""
    ranks: dict[float, float] = {}
    ordered = sorted(score)
    for at, value in enumerate(ordered):
        ranks.setdefault(value, at)
    above = {value: at + ordered.count(value) / 2 for value, at in ranks.items()}
    positives = sum(same)
    total = sum(above[s] for s, one in zip(score, same, strict=True) if one)
    return (total - positives * positives / 2) / (positives * (len(same) - positives))


def threshold(same: list[bool], score: list[float], share: float = FALSE_POSITIVES) -> float:
    """The score that at most this share of the pairs of two people exceed."""
    strangers = sorted((s for s, one in zip(score, same, strict=True) if not one), reverse=True)
    return strangers[int(share * len(strangers))]


def recall(same: list[bool], score: list[float], share: float = FALSE_POSITIVES) -> float:
    """Share of the pairs of one person above that threshold."""
    limit = threshold(same, score, share)
    return sum(s > limit for s, one in zip(score, same, strict=True) if one) / sum(same)


def by_kind(scored: Scored, score: str) -> dict[str, list[int]]:
    """Kind -> the pairs that this score gets wrong at the threshold of 5 % false positives."""
    limit = threshold(scored.same, scored.scores[score], 0.05)
    wrong = defaultdict(list)
    for n, (pair, one, value) in enumerate(zip(scored.pairs, scored.same, scored.scores[score], strict=True)):
        wrong[pair["jenis"]] += [n] if (value > limit) != one else []
    return wrong


def report(scored: Scored, examples: int) -> str:
    """The whole report as text."""
    same = scored.same
    heads = [f"recall at {point:.1%} false positives" for point in POINTS]
    lines = [f"| score | area under ROC | {' | '.join(heads)} |", "| --- " * (2 + len(POINTS)) + "|"]
    for name, values in scored.scores.items():
        points = " | ".join(f"{recall(same, values, point):.3f}" for point in POINTS)
        lines.append(f"| {name} | {area(same, values):.4f} | {points} |")
    errors = {name: by_kind(scored, name) for name in scored.scores}
    kinds = sorted(errors[OURS], key=lambda k: -len(errors[OURS][k]) / _count(scored, k))
    lines += [
        "",
        "Wrong at each score's threshold of 5 % false positives:",
        "",
        f"| kind | same | pairs | {' | '.join(scored.scores)} |",
    ]
    lines.append("| --- " * (3 + len(scored.scores)) + "|")
    for kind in kinds:
        one = next(pair["sama"] for pair in scored.pairs if pair["jenis"] == kind)
        counts = " | ".join(str(len(errors[name][kind])) for name in scored.scores)
        lines.append(f"| {kind} | {one} | {_count(scored, kind)} | {counts} |")
    for kind in kinds:
        for n in errors[OURS][kind][:examples]:
            pair = scored.pairs[n]
            values = ", ".join(f"{name} {value[n]:.2f}" for name, value in scored.scores.items())
            lines.append(f"{kind}: {pair['nama_a']} ; {pair['nama_b']} ({values})")
    return "\n".join(lines)


def _count(scored: Scored, kind: str) -> int:
    return sum(pair["jenis"] == kind for pair in scored.pairs)


def main() -> None:
    """Print the report, or write it with more examples."""
    parser = argparse.ArgumentParser(prog="names", description="The name score against three common ones")
    parser.add_argument("--weak", type=Path, help="write the report here too")
    parser.add_argument("--examples", type=int, default=3, help="wrong pairs shown of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = report(all_scores(Home(Path(folder)).prepare()), options.examples)
    print(text)
    if options.weak:
        options.weak.write_text(text + "\n")


if __name__ == "__main__":
    main()
