"""`make bench-match`: the matching against its rivals, on the same rows in one run: accuracy, time, peak memory, growth.

For each city: intake and our matching each in a process of its own, then the rivals on our cleaned rows in theirs
(.venv-rivals), and the floor (a bare script that reads the same files, joins by NIK with a name score and writes). Prints tables
and writes them to build/bench-match/. Ends with 1 when a limit is missed. Seconds on a busy machine mean nothing; ratios of one
run do.

    .venv/bin/python -m tests.bench.match [--people 881225] [--cities 301 303:2 511:other] [--only ours splink_five] [--growth 12]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType

import duckdb

from ssn_assets.home import Home
from ssn_assets.settings import PROJECT_ROOT
from tests.bench.bench import CITY, FLOOR, PERIOD, Verdicts
from tests.bench.match_city import OTHER, city, fresh_home, grown, hand_over
from tests.bench.measure import run

RIVAL_PYTHON = PROJECT_ROOT / ".venv-rivals" / "bin" / "python"
OUT = PROJECT_ROOT / "build" / "bench-match"
RIVALS = ("ministry", "pandas_rapidfuzz", "record_linkage", "splink_five")
SECOND_OPINION = 0.9999
"""From here on Splink alone decides, in the variant in which a human sees the rest."""
OUR_PAIR_MODELS = ("int_padan_eksak", "int_calon", "int_nama_kata", "int_nama_skor")
"""Beginnings of the models that find pairs and compare them: what recordlinkage's index and compare do."""
OUR_MATCHING_MODELS = (*OUR_PAIR_MODELS, "int_kata", "int_sisa", "int_padan", "mart_padan")
"""Those that begin where the rivals do: with clean rows."""
FASTER_THAN_SPLINK, FASTER_PER_PAIR, TO_FLOOR, PEAK, GROWTH, GROWN_PEAK = 5.0, 20.0, 3.0, 1e9, 1.5, 4e9
RIGHT, RIGHT_WITH_MORE_FAULTS = (0.9999, 0.998, 0.01), (0.9998, 0.995, 0.025)
"""Precision and recall at least, share left to a human at most: with the usual faults, and with up to twice as many."""


@dataclass
class Result:
    """One matcher on one city."""

    matcher: str
    people: int
    seed: int
    faults: str
    rows: int = 0
    precision: float | None = None
    recall: float | None = None
    review: float | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    pairs: int = 0
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def pair_seconds(self) -> float:
        """Seconds spent on finding and comparing pairs."""
        if self.matcher == "ours":
            return sum(s for name, s in self.parts.items() if name.startswith(OUR_PAIR_MODELS))
        return self.parts.get("index", 0) + self.parts.get("compare", 0)

    @property
    def matching_seconds(self) -> float:
        """From clean rows to the answer, without the start of Python."""
        return sum(s for name, s in self.parts.items() if self.matcher != "ours" or name.startswith(OUR_MATCHING_MODELS))

    @property
    def work_seconds(self) -> float:
        """Without the start of Python and libraries; ours with seeds and data tests, the floor without lookup and bank file."""
        return sum(self.parts.values())


def main() -> int:
    """Entry point; 1 when a limit is missed or a matcher failed."""
    options = _arguments()
    options.cache.mkdir(parents=True, exist_ok=True)
    OUT.mkdir(parents=True, exist_ok=True)
    log = options.cache / "bench-match.log"
    log.write_text("")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: above {os.cpu_count()} only ratios mean anything", flush=True)
    verdicts, results = Verdicts(), []
    for name in [] if options.growth else options.cities:
        seed, _, faults = name.partition(":")
        results += _one_city(options, int(seed), faults or "1", log, verdicts)
    if options.growth:
        results += _growth(options, log, verdicts)
    text = table(results)
    print("\n" + text)
    stem = "growth" if options.growth else "match"
    (OUT / f"{stem}.md").write_text(text + "\n")
    (OUT / f"{stem}.json").write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n")
    print(f"\n{'All limits kept.' if not verdicts.missed else 'MISSED: ' + '; '.join(verdicts.missed)}  ({OUT}; log: {log})")
    return 1 if verdicts.missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-match", description="The matching against its rivals")
    parser.add_argument("--people", type=int, default=CITY)
    parser.add_argument("--cities", nargs="+", default=["301", "302", "303:2"], help="seed, seed:times the faults, or seed:other")
    parser.add_argument("--only", nargs="+", choices=["ours", "floor", *RIVALS], default=["ours", "floor", *RIVALS])
    parser.add_argument("--best-of", type=int, default=1, help="run everything so often, count the fastest: for a busy machine")
    parser.add_argument("--growth", type=int, default=0, help="instead: ours alone on so many times the people, against once")
    parser.add_argument("--memory", default="2800MB", help="DuckDB's limit for --growth; the whole process may take GROWN_PEAK")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "ssn-bench")
    return parser.parse_args()


def _one_city(options: argparse.Namespace, seed: int, faults: str, log: Path, verdicts: Verdicts) -> list[Result]:
    home = fresh_home(options.cache, city(options.cache, options.people, seed, faults))
    folder = options.cache / "match-handover"
    commands = {
        "floor": [sys.executable, str(FLOOR), str(home.root), PERIOD, str(options.cache / "floor")],
        "intake": _ours("intake", str(home.root), PERIOD),
        "ours": _ours("ours", str(home.root)),
        **{name: [str(RIVAL_PYTHON), "-m", f"tests.bench.matchers.{name}", str(folder)] for name in RIVALS},
    }
    results = []
    for name in (n for n in commands if n in (*options.only, "intake", "ours")):
        results.append(_fastest(Result(name, options.people, seed, faults), commands[name], log, options.best_of))
        if name == "ours":
            hand_over(home, folder)
    for result in [r for r in results if r.matcher in ("ours", *RIVALS)]:
        judge(result, folder)
    if "splink_five" in options.only:
        results.append(_with_review(results[-1], folder))
    shutil.rmtree(folder)
    print(f"\nSeed {seed}, faults {faults}")
    _limits({r.matcher: r for r in results}, verdicts)
    return results


def _ours(part: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.matchers.{part}", *arguments]


def _fastest(
    result: Result, command: list[str], log: Path, times: int = 1, environment: Mapping[str, str] = MappingProxyType({})
) -> Result:
    """Run it so many times; the fastest run's cost, and what its process said of itself.

    Raises:
        SystemExit: the process failed.
    """
    costs = [run(command, {"PYTHONWARNINGS": "ignore", **environment}, log) for _ in range(times)]
    if any(cost.code for cost in costs):
        raise SystemExit(f"{result.matcher} failed; see {log}")
    cost = min(costs, key=lambda c: c.seconds)
    result.seconds, result.cpu_seconds, result.peak_bytes = cost.seconds, cost.cpu_seconds, max(c.peak_bytes for c in costs)
    if result.matcher == "floor":
        result.parts = _floor_parts(cost.output)
    elif cost.output.strip():
        told = json.loads(cost.output.strip().splitlines()[-1])
        result.parts, result.pairs = told["seconds"], told["pairs"]
    print(_line(result), flush=True)
    return result


def _line(result: Result) -> str:
    cost = f"{result.seconds:8.1f} s  cpu {result.cpu_seconds:8.1f} s  peak {result.peak_bytes / 1e6:6.0f} MB"
    return f"  {result.matcher:<18} {cost}"


def _floor_parts(output: str) -> dict[str, float]:
    """The floor's parts that our matching also has: no lookup table, no bank file."""
    lines = [line.split() for line in output.splitlines()]
    return {words[0]: float(words[1]) for words in lines if len(words) == 2 and words[0] in ("read", "match", "decisions")}


def judge(result: Result, folder: Path, sure: float = 0.0) -> None:
    """Precision and recall of what was decided without a human, and the share of rows left to one."""
    decided = "coalesce(status_padan = 'PADAN', false)" if result.matcher == "ours" else f"coalesce(peluang >= {sure}, false)"
    asked = "status_padan = 'RAGU'" if result.matcher == "ours" else f"peluang < {sure}"
    row = duckdb.sql(
        f"""select count(*), count(*) filter ({decided}), count(*) filter ({decided} and nik = nik_benar),
            count(nik_benar), count(*) filter ({asked})
        from '{folder}/truth.parquet' left join '{folder}/{result.matcher}.parquet' using (dtks_id)"""
    ).fetchone()
    assert row is not None
    result.rows, given, right, registered, review = row
    result.precision, result.recall = right / max(given, 1), right / max(registered, 1)
    result.review = review / max(result.rows, 1)


def _with_review(splink: Result, folder: Path) -> Result:
    """Splink again, strict: only its surest pairs decide, the rest go to a human."""
    strict = Result(**{**asdict(splink), "seconds": 0.0, "cpu_seconds": 0.0, "peak_bytes": 0, "pairs": 0, "parts": {}})
    judge(strict, folder, SECOND_OPINION)
    strict.matcher = "splink_five_strict"
    return strict


def _limits(by: dict[str, Result], verdicts: Verdicts) -> None:
    """The limits; times are compared without the start of Python, which a run pays once, and shown with it."""
    ours = by["ours"]
    precision, recall, review = RIGHT if ours.faults == OTHER or float(ours.faults) <= 1 else RIGHT_WITH_MORE_FAULTS
    verdicts.at_least(f"seed {ours.seed}: precision", ours.precision or 0, precision, ".5f")
    verdicts.at_least(f"seed {ours.seed}: recall", ours.recall or 0, recall, ".5f")
    verdicts.at_most(f"seed {ours.seed}: left to a human", ours.review or 0, review, ".4f")
    verdicts.at_most("peak memory of the matching, GB", ours.peak_bytes / 1e9, PEAK / 1e9)
    if "floor" in by:
        floor = by["floor"]
        verdicts.at_most("matching / floor", ours.work_seconds / floor.work_seconds, TO_FLOOR)
        _aside("ours also reading the files", (ours.work_seconds + by["intake"].work_seconds) / floor.work_seconds)
        for what in ("seconds", "cpu_seconds"):
            ratio = (getattr(ours, what) + getattr(by["intake"], what)) / getattr(floor, what)
            _aside(f"whole processes, ours with intake, {what}", ratio)
    if "splink_five" in by:
        splink = by["splink_five"]
        ratio = splink.matching_seconds / ours.matching_seconds
        verdicts.at_least("Splink / ours, from clean rows to the answer", ratio, FASTER_THAN_SPLINK, ".2f")
        _aside("ours also cleaning rows and testing its tables", splink.work_seconds / ours.work_seconds)
        _aside("whole processes", splink.seconds / ours.seconds)
        _aside("whole processes, CPU seconds", splink.cpu_seconds / ours.cpu_seconds)
        _aside("from clean rows, trained before", (splink.matching_seconds - splink.parts["train"]) / ours.matching_seconds)
        verdicts.holds("right as often as splink_five", _not_worse(ours, splink))
    if "record_linkage" in by:
        rival = by["record_linkage"]
        rates = rival.pair_seconds / max(rival.pairs, 1), ours.pair_seconds / max(ours.pairs, 1)
        verdicts.at_least("recordlinkage / ours, seconds a compared pair", rates[0] / rates[1], FASTER_PER_PAIR, ".2f")
        for matcher, rate in zip(("recordlinkage", "ours"), rates, strict=True):
            _aside(f"microseconds a pair: {matcher}", rate * 1e6)
    for name in (n for n in RIVALS if n in by and n != "splink_five"):
        verdicts.holds(f"right as often as {name}", _not_worse(ours, by[name]))


def _aside(name: str, value: float) -> None:
    print(f"  {'(' + name + ')':<64} {value:.2f}")


def _not_worse(ours: Result, rival: Result) -> bool:
    return (ours.precision or 0) >= (rival.precision or 0) and (ours.recall or 0) >= (rival.recall or 0)


def _growth(options: argparse.Namespace, log: Path, verdicts: Verdicts) -> list[Result]:
    """Ours on one shard and on many, in the same way and under the same limit."""
    results = []
    seed = int(options.cities[0].partition(":")[0])
    for shards in (1, options.growth):
        home = _copied(grown(options.cache, options.people, seed, shards), options.cache)
        command = _ours("ours", str(home.root), "+stg_wilayah", "resource_type:test")
        result = Result("ours", options.people * shards, seed, "1")
        _fastest(result, command, log, options.best_of, {"SSN_MEMORY": options.memory})
        folder = options.cache / "match-handover"
        hand_over(home, folder)
        judge(result, folder)
        shutil.rmtree(folder)
        shutil.rmtree(home.root)
        results.append(result)
    one, many = results
    print(f"\nGrowth {options.growth}x, DuckDB under {options.memory}")
    verdicts.at_most("peak memory, GB", many.peak_bytes / 1e9, GROWN_PEAK / 1e9)
    verdicts.at_most("time / time of one city, whole process", many.seconds / one.seconds, options.growth * GROWTH)
    _aside("CPU seconds", many.cpu_seconds / one.cpu_seconds)
    verdicts.at_most("without the start of Python", many.work_seconds / one.work_seconds, options.growth * GROWTH)
    _aside("rows", many.rows / one.rows)
    _aside("pairs", many.pairs / max(one.pairs, 1))
    slowest = sorted(many.parts, key=lambda n: -many.parts[n])[:8]
    print(
        "  slowest: "
        + ", ".join(f"{n} {many.parts[n]:.1f} s ({many.parts[n] / max(one.parts.get(n, 0), 1e-3):.1f}x)" for n in slowest)
    )
    return results


def _copied(home: Home, cache: Path) -> Home:
    """The grown home itself is kept as it was loaded; the registry's view goes on looking into it."""
    root = cache / "match-grown-home"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(home.root, root)
    return Home(root).prepare()


def table(results: list[Result]) -> str:
    """All results as a Markdown table."""
    lines = [
        "| matcher | people | seed | faults | precision | recall | review | seconds | cpu s | peak MB | pairs |",
        "| --- " * 11 + "|",
    ]
    for r in results:
        right = ["" if v is None else f"{v:.{n}f}" for v, n in ((r.precision, 5), (r.recall, 5), (r.review, 4))]
        cost = (
            [f"{r.seconds:.1f}", f"{r.cpu_seconds:.1f}", f"{r.peak_bytes / 1e6:.0f}", f"{r.pairs}"]
            if r.seconds
            else ["", "", "", ""]
        )
        lines.append(f"| {r.matcher} | {r.people:,} | {r.seed} | {r.faults} | {' | '.join(right + cost)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
