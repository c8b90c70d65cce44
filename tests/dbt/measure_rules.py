"""How right each rule of matching is: cities of either error model, matched, and counted into seeds/aturan_padan.csv.

    .venv/bin/python -m tests.dbt.measure_rules [--people 881225] [--write] SEED[:DEFECTS|:other] ...

Without --write it only prints. Needs `make setup` (the parsed dbt project); at city size about two minutes a city.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path

from ssn_assets.dbt import PROJECT_DIR, DbtRun
from ssn_assets.demo.city import write_city
from ssn_assets.home import Home
from ssn_assets.intake.load import load
from ssn_assets.warehouse import open_warehouse
from tests.bench.match_city import OTHER
from tests.bench.other_city import write_other_city

RULES = PROJECT_DIR / "seeds" / "aturan_padan.csv"
PERIOD = "2026-10"

COUNTED = """
select padan.aturan, count(*), count(*) filter (where coalesce(padan.nik_padan, padan.nik_calon) = truth.nik_benar)
from mart_padan as padan inner join raw.dtks using (dtks_id) inner join read_parquet(?) as truth using (berkas, baris)
where padan.aturan is not null
group by padan.aturan
"""

TOTALS = """
select
    count(*) as rows,
    count(*) filter (where status_padan = 'PADAN') as padan,
    count(*) filter (where status_padan = 'PADAN' and nik_padan is distinct from nik_benar) as wrong,
    count(*) filter (where nik_padan = nik_benar) / count(nik_benar) as recall,
    count(*) filter (where status_padan = 'RAGU') / count(*) as doubtful,
    count(*) filter (where status_padan = 'TIDAK_PADAN' and nik_benar is not null) as refused
from mart_padan inner join raw.dtks using (dtks_id) inner join read_parquet(?) using (berkas, baris)
"""


def measure(people: int, seed: int, defects: str) -> tuple[Counter[int], Counter[int]]:
    """Rows and right rows by rule number, over one city; its totals are printed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).prepare()
        if defects == OTHER:
            write_other_city(home, people, seed, PERIOD)
        else:
            write_city(home, people=people, seed=seed, period=PERIOD, defects=float(defects), with_bad_files=False)
        with open_warehouse(home) as con:
            for kind in ("dtks", "dukcapil"):
                load(con, home, kind, PERIOD)
            con.execute(f"create table ops.konteks as select '{PERIOD}' as periode, true as registri_dipakai")
            con.execute("create table ops.koreksi_nik (nik_lama text, nik_baru text)")
        run = DbtRun(home, ["+mart_padan"])
        run.build()
        if run.error:
            raise SystemExit(run.error)
        truth = str(home.truth / PERIOD / "truth.parquet")
        with open_warehouse(home) as con:
            found = con.execute(COUNTED, [truth]).fetchall()
            rows, padan, wrong, recall, doubtful, refused = con.execute(TOTALS, [truth]).fetchone() or (0,) * 6
    precision = 1 - wrong / padan
    print(
        f"seed {seed} defects {defects}: {rows} rows, PADAN {padan}, wrong {wrong}, precision {precision:.6f},"
        f" recall {recall:.5f}, RAGU {doubtful:.3%}, TIDAK_PADAN though registered {refused}",
        flush=True,
    )
    return Counter({n: c for n, c, _ in found}), Counter({n: c for n, _, c in found})


def main() -> None:
    """Measure the cities named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=881_225)
    parser.add_argument("--write", action="store_true", help="put the counts into the seed")
    parser.add_argument("city", nargs="+", help=f"seed, seed:defects, or seed:{OTHER}")
    options = parser.parse_args()
    rows: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for city in options.city:
        seed, _, defects = city.partition(":")
        counted = measure(options.people, int(seed), defects or "1")
        rows += counted[0]
        right += counted[1]
    with RULES.open(newline="") as handle:
        reader = csv.DictReader(handle)
        columns, rules = list(reader.fieldnames or []), list(reader)
    for rule in rules:
        number = int(rule["nomor"])
        rule["uji_baris"], rule["uji_benar"] = str(rows[number]), str(right[number])
        share = right[number] / rows[number] if rows[number] else 0
        print(f"{rule['nomor']:>3} {rule['aturan']:<32} {rule['keputusan']:<6} {rows[number]:>8} {right[number]:>8} {share:.5f}")
    if options.write:
        with RULES.open("w", newline="") as handle:
            writer = csv.DictWriter(handle, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rules)


if __name__ == "__main__":
    main()
