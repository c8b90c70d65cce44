"""Whether a whole province published slows the lookup service: its rate over many rows beside that over a city's, in one run.

Both are published first, each once when `--keep` says where, then asked in turns: what else the machine does falls on both alike.
Against other stacks it is measured by `serve.py`.

    python -m tests.bench.serve_large [--rows 250000] [--large 10000000] [--seconds 4] [--rounds 5] [--keep FOLDER]
                                      [--only-publish]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from pathlib import Path

from ssn_assets.home import Home
from tests.bench.serve import STACKS, city, cpu, load, question, served

LEAST = 0.75
"""Of the rate over a city's rows: the figure of the issue."""


def published(folder: Path, rows: int) -> tuple[Home, list[bytes]]:
    """A home with so many people published, made unless it is there; questions about some of them and as many about nobody."""
    home = Home(folder / str(rows)).prepare()
    numbers = home.root / "ditanya.json"
    if not numbers.exists():
        known = city(home, rows)
        numbers.write_text(json.dumps(known))
    rnd = random.Random(rows)
    asked = [question(nik, no_kk) for nik, no_kk in json.loads(numbers.read_text())]
    asked += [question(f"99{rnd.randrange(10**14):014d}", f"{rnd.randrange(10**15, 10**16)}") for _ in range(len(asked))]
    rnd.shuffle(asked)
    return home, asked


def main() -> int:
    """Run and print; 1 when the figure is missed."""
    parser = argparse.ArgumentParser(prog="serve_large", description=__doc__.partition("\n")[0])
    for name, default in (("rows", 250_000), ("large", 10_000_000), ("seconds", 4), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--keep", type=Path, help="a folder for the publications; they are made once")
    parser.add_argument("--only-publish", action="store_true", help="make them, measure nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ssn-bench-") as folder:
        homes = {rows: published(options.keep or Path(folder), rows) for rows in (options.rows, options.large)}
        if options.only_publish:
            return 0
        rates: dict[int, list[float]] = {rows: [] for rows in homes}
        costs: dict[int, list[float]] = {rows: [] for rows in homes}
        for _ in range(options.rounds):
            for rows, (home, asked) in homes.items():
                with served(STACKS["layanan"], home) as (port, process, cold):
                    before = cpu(process)
                    done = load(port, asked, options.seconds)
                    rates[rows].append(done / options.seconds)
                    costs[rows].append((cpu(process) - before) / done * 1e6)
                    own = process.memory_full_info().uss / 1e6
                print(
                    f"{rows} rows: {rates[rows][-1]:.0f}/s, {costs[rows][-1]:.0f} us CPU, cold {cold:.2f} s, {own:.0f} MB",
                    flush=True,
                )
    rate = statistics.median(b / a for a, b in zip(*rates.values(), strict=True))
    cost = statistics.median(a / b for a, b in zip(*costs.values(), strict=True))
    print(f"{options.large} rows: x {rate:.2f} of the rate over {options.rows}, by CPU {cost:.2f} (at least {LEAST})")
    return 0 if rate >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
