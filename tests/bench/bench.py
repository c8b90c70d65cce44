"""`make bench`: the whole run at city size against a bare script, in one session, with the limits of issue 2.

Makes the demo city once (in a cache folder), then: three first runs from an empty warehouse, each between two runs of the
floor (the median counts), a second run without new input, the run after the demo operators answered. With --accuracy also the
measured errors for two seeds. Ends with 1 when a limit is missed.

    python -m tests.bench.bench [--people 881225] [--accuracy]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ssn_assets.home import Home
from ssn_assets.oversight.facts import RunFacts
from ssn_assets.settings import PROJECT_ROOT
from tests.bench.measure import Cost, run

PERIOD = "2026-10"
CITY = 881_225
SLOWEST = 8
SSN = PROJECT_ROOT / ".venv" / "bin" / "ssn"
FLOOR = Path(__file__).with_name("floor.py")

WHOLE_TO_FLOOR, SQL_TO_FLOOR, SECOND_TO_FIRST, PEAK_BYTES = 9.0, 4.0, 0.5, 2.5e9
PRECISION, RECALL, RAGU, WRONG_VALID, MISSING_VALID = 0.9995, 0.995, 0.015, 1e-4, 1e-3


@dataclass
class Verdicts:
    """Which limits were kept."""

    missed: list[str] = field(default_factory=list)

    def at_most(self, name: str, value: float, limit: float, form: str = ".2f") -> None:
        """Print a figure with its limit from above."""
        self._say(name, value <= limit, f"{value:{form}}", f"<= {limit:{form}}")

    def at_least(self, name: str, value: float, limit: float, form: str = ".5f") -> None:
        """Print a figure with its limit from below."""
        self._say(name, value >= limit, f"{value:{form}}", f">= {limit:{form}}")

    def holds(self, name: str, good: bool) -> None:
        """Print a fact that must be so."""
        self._say(name, good, "yes" if good else "NO", "yes")

    def _say(self, name: str, good: bool, value: str, limit: str) -> None:
        print(f"  {name:<52} {value:>10}   {limit:<12} {'ok' if good else 'MISSED'}")
        if not good:
            self.missed.append(name)


def main() -> int:
    """Entry point; 1 when a limit is missed."""
    arguments = _arguments()
    verdicts = Verdicts()
    log = arguments.cache / "bench.log"
    arguments.cache.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    if not arguments.only_accuracy:
        _speed(arguments, verdicts, log)
    if arguments.accuracy or arguments.only_accuracy:
        for seed in arguments.seeds:
            _accuracy(arguments, seed, verdicts, log)
    print(f"\n{'All limits kept.' if not verdicts.missed else 'MISSED: ' + '; '.join(verdicts.missed)}  (log: {log})")
    return 1 if verdicts.missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Speed, memory and accuracy at city size")
    parser.add_argument("--people", type=int, default=CITY)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--tries", type=int, default=3, help="first runs; the median against its floor counts")
    parser.add_argument("--accuracy", action="store_true", help="also measure the errors, for every seed")
    parser.add_argument("--only-accuracy", action="store_true")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "ssn-bench")
    return parser.parse_args()


def _speed(arguments: argparse.Namespace, verdicts: Verdicts, log: Path) -> None:
    print(f"City of {arguments.people:,} people; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    tries = [_first_run(arguments, log) for _ in range(arguments.tries)]
    found = sorted(tries, key=lambda t: t.ratio)[len(tries) // 2]
    home, first, floor = _home(arguments), found.cost, found.floor
    print("\nFirst runs from an empty warehouse, each beside the bare script (the floor) before and after it")
    for each in tries:
        before, after = each.floors
        print(f"  {before.seconds:6.2f} s  {each.cost.seconds:6.2f} s  {after.seconds:6.2f} s   {each.ratio:5.2f}x")
    print(f"\nFloor\n  {found.floors[0].output.replace(chr(10), '; ').rstrip('; ')}")
    _line("whole, mean of the two", floor, None, found.floors[0].peak_bytes)
    print(f"\nFirst run, empty warehouse: {found.ratio:.1f}x the floor, the median\n{found.stages}")
    _line("SQL: every seed, model, test", found.sql, None, None)
    handed_out = _handed_out(home)
    second = _platform(home, log)
    _print_run("Second run, nothing new", second, floor)
    same = handed_out == _handed_out(home)
    _answer(home, arguments.seeds[0])
    third = _platform(home, log)
    _print_run("Run after the operators answered", third, floor)
    print("\nLimits")
    verdicts.holds("runs ended with 0", first.code == second.code == third.code == 0)
    verdicts.at_most(f"first run / floor, median of {len(tries)}", found.ratio, WHOLE_TO_FLOOR)
    print(f"  {'(by CPU seconds: first run / floor)':<52} {first.cpu_seconds / found.floor_cpu:>10.2f}")
    verdicts.at_most("SQL stages / floor", found.sql / floor, SQL_TO_FLOOR)
    verdicts.at_most("second run / first", second.seconds / first.seconds, SECOND_TO_FIRST)
    verdicts.at_most("peak memory of the first run, GB", first.peak_bytes / 1e9, PEAK_BYTES / 1e9)
    verdicts.at_most("peak memory of the run with answers, GB", third.peak_bytes / 1e9, PEAK_BYTES / 1e9)
    verdicts.holds("second run handed out nothing new", same)


@dataclass(frozen=True)
class FirstRun:
    """A first run and the floor just before and just after it: a machine's speed drifts within minutes."""

    cost: Cost
    floors: tuple[Cost, Cost]
    sql: float
    stages: str

    @property
    def floor(self) -> float:
        """Seconds of the floor while this run went on."""
        return sum(cost.seconds for cost in self.floors) / 2

    @property
    def floor_cpu(self) -> float:
        """CPU seconds of the floor while this run went on."""
        return sum(cost.cpu_seconds for cost in self.floors) / 2

    @property
    def ratio(self) -> float:
        """The run's time in floors."""
        return self.cost.seconds / self.floor


def _first_run(arguments: argparse.Namespace, log: Path) -> FirstRun:
    home = _fresh_home(arguments, arguments.seeds[0])
    _floor(home, arguments.cache, log)  # files in the system's cache, for both
    before = _floor(home, arguments.cache, log)
    cost = _platform(home, log)
    after = _floor(home, arguments.cache, log)
    return FirstRun(cost, (before, after), _sql_seconds(home), _stages(cost))


def _accuracy(arguments: argparse.Namespace, seed: int, verdicts: Verdicts, log: Path) -> None:
    from ssn_assets.demo.score import score

    home = _fresh_home(arguments, seed)
    print(f"\nAccuracy, seed {seed}, {arguments.people:,} people")
    verdicts.holds("first run ended with 0", _platform(home, log).code == 0)
    found = score(home, PERIOD)
    print("  " + found.describe().replace("\n", "\n  "))
    verdicts.at_least(f"seed {seed}: precision of PADAN", found.precision, PRECISION)
    verdicts.at_least(f"seed {seed}: recall of PADAN", found.recall, RECALL)
    verdicts.at_most(f"seed {seed}: RAGU of all rows", found.ragu_share, RAGU, ".5f")
    _answer(home, seed)
    verdicts.holds("run with answers ended with 0", _platform(home, log).code == 0)
    found = score(home, PERIOD)
    print("  " + found.describe().replace("\n", "\n  "))
    verdicts.at_most(f"seed {seed}: VALID who should not be", found.wrong_valid / max(found.valid, 1), WRONG_VALID, ".6f")
    verdicts.at_most(f"seed {seed}: missing from VALID", found.missing_valid / max(found.expected_valid, 1), MISSING_VALID, ".6f")


def _fresh_home(arguments: argparse.Namespace, seed: int) -> Home:
    """A home with the city's inbox and nothing else; the city itself is made once and kept."""
    city = arguments.cache / f"city-{arguments.people}-{seed}-{demo_version()}"
    if not (city / "ready").exists():
        from ssn_assets.demo.city import write_city

        shutil.rmtree(city, ignore_errors=True)
        print(f"Making the city, {arguments.people:,} people, seed {seed} (once) ...", flush=True)
        write_city(Home(city), people=arguments.people, seed=seed, period=PERIOD)
        (city / "ready").touch()
    home = _home(arguments)
    shutil.rmtree(home.root, ignore_errors=True)
    for part in ("inbox", "demo"):
        shutil.copytree(city / part, home.root / part)
    os.environ["SSN_HOME"] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(PROJECT_ROOT)
    return home.prepare()


def _home(arguments: argparse.Namespace) -> Home:
    return Home(arguments.cache / "home")


def demo_version() -> str:
    digest = hashlib.sha256()
    for path in sorted((PROJECT_ROOT / "ssn_assets" / "demo").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _floor(home: Home, cache: Path, log: Path) -> Cost:
    return run([sys.executable, str(FLOOR), str(home.root), PERIOD, str(cache / "floor")], {}, log)


def _platform(home: Home, log: Path) -> Cost:
    return run([str(SSN), "run", "--period", PERIOD], {"SSN_HOME": str(home.root)}, log)


def _answer(home: Home, seed: int) -> None:
    from ssn_assets.demo.operators import answer_worklists

    print(f"  {answer_worklists(home, PERIOD, seed=seed)}")


def _sql_seconds(home: Home) -> float:
    """What dbt took for every seed, model and test of the last run; its start and end are the framework's."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        kept = con.execute("select hasil from ops.langkah where langkah in ('dbt/keputusan', 'dbt/akhir')").fetchall()
    return sum(m["data"].get("execution_time", 0) for (text,) in kept for m in json.loads(text)["messages"])


def _print_run(title: str, cost: Cost, floor: float) -> None:
    print(f"\n{title}: {cost.seconds / floor:.1f}x the floor\n{_stages(cost)}")


def _stages(cost: Cost) -> str:
    """The last run, stage by stage, as lines."""
    facts = _last_run()
    lines = [_text("whole", cost.seconds, cost.cpu_seconds, cost.peak_bytes)]
    for step in facts.steps:
        peak = cost.peak_between(step.began, step.ended or step.began)
        lines.append(_text(f"  {step.name[:30]}", step.seconds, None, peak))
    rest = cost.seconds - sum(step.seconds for step in facts.steps)
    lines.append(_text("  start, framework, end", rest, None, None))
    slowest = sorted(facts.assets, key=lambda a: -a.seconds)[:SLOWEST]
    if slowest and slowest[0].seconds and not slowest[0].note:
        lines.append("  slowest models: " + ", ".join(f"{a.key.rsplit('/', 1)[-1]} {a.seconds:.2f}" for a in slowest))
    return "\n".join(lines)


def _last_run() -> RunFacts:
    import warnings

    import dagster as dg

    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    from ssn_assets.run_history import last_run, run_events

    with dg.DagsterInstance.get() as instance:
        run_id = last_run(instance)
        assert run_id, "no run in the event log"
        return run_events(instance, run_id, PERIOD)


def _line(name: str, seconds: float, cpu: float | None, peak: int | None) -> None:
    print(_text(name, seconds, cpu, peak))


def _text(name: str, seconds: float, cpu: float | None, peak: int | None) -> str:
    return (
        f"  {name:<32} {seconds:8.2f} s"
        + (f"  cpu {cpu:7.2f} s" if cpu is not None else " " * 15)
        + (f"  peak {peak / 1e6:6.0f} MB" if peak else "")
    )


def _handed_out(home: Home) -> dict[str, str]:
    """Every file handed out and its hash; the quality report is of the run itself and differs."""
    return {
        str(path.relative_to(home.outbox)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.outbox.rglob("*"))
        if path.is_file() and path.name != "laporan_mutu.html"
    }


if __name__ == "__main__":
    sys.exit(main())
