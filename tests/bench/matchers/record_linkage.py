"""recordlinkage: exact NIK settles what it can; the rest gets four more blocks and four comparisons a pair, weighed by hand.

.venv-rivals/bin/python -m tests.bench.matchers.record_linkage FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import recordlinkage as rl

from tests.bench.matchers.handover import Work

BLOCKS = (["nik"], ["no_kk"], ["nama_norm", "kelurahan"], ["kelurahan", "rt", "huruf"], ["lahir", "kelurahan"])
WEIGHTS = {"nama": 5.0, "nik": 4.0, "no_kk": 2.5, "rumah": 1.5}
SURE_NAME, SURE_NAME_BELOW, SURE = 0.93, 0.86, 8.5
COLUMNS = ["nik", "no_kk", "nama_norm", "kelurahan", "rt"]


def candidates(dtks: pd.DataFrame, registry: pd.DataFrame, blocks: tuple[list[str], ...]) -> pd.MultiIndex:
    """Every pair that a block finds, once."""
    indexer = rl.Index()
    for block in blocks:
        indexer.block(block, block)
    return indexer.index(dtks, registry)


def compared(pairs: pd.MultiIndex, dtks: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """Four comparisons: name, NIK, family card, home."""
    compare = rl.Compare(n_jobs=1)
    compare.string("nama_norm", "nama_norm", method="jarowinkler", label="nama")
    compare.string("nik", "nik", method="damerau_levenshtein", label="nik")
    compare.exact("no_kk", "no_kk", label="no_kk")
    compare.exact("rumah", "rumah", label="rumah")
    return compare.compute(pairs, dtks, registry)


def best(found: pd.DataFrame, dtks: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """The best pair of each row, with NIKs for row numbers; peluang is its score over the highest possible."""
    left, right = found.index.get_level_values(0), found.index.get_level_values(1)
    score = sum(found[name] * weight for name, weight in WEIGHTS.items()) / sum(WEIGHTS.values())
    table = pd.DataFrame(
        {
            "dtks_id": dtks.loc[left, "dtks_id"].to_numpy(),
            "nik": registry.loc[right, "nik"].to_numpy(),
            "peluang": score.to_numpy(),
            "nama": found["nama"].to_numpy(),
        }
    )
    return table.sort_values(["dtks_id", "peluang", "nik"], ascending=[True, False, True]).drop_duplicates("dtks_id")


def main(folder: Path) -> None:
    """Exact NIK first, then the rest."""
    work = Work("record_linkage", folder)
    dtks, registry = work.read(["dtks_id", *COLUMNS], COLUMNS)
    with work.part("prepare"):
        dtks, registry = (t.dropna(subset=["nama_norm"]).reset_index(drop=True) for t in (dtks, registry))
        for table in (dtks, registry):
            table["huruf"] = table["nama_norm"].str[:3]
            table["lahir"] = table["nik"].str[6:12]
            table["rumah"] = table["kelurahan"] * 1000 + table["rt"]
    with work.part("index"):
        pairs = candidates(dtks, registry, BLOCKS[:1])
    work.pairs += len(pairs)
    with work.part("compare"):
        found = best(compared(pairs, dtks, registry), dtks, registry)
    sure = found[found["nama"] >= SURE_NAME]
    rest = dtks[~dtks["dtks_id"].isin(sure["dtks_id"])]
    with work.part("index"):
        pairs = candidates(rest, registry, BLOCKS)
    work.pairs += len(pairs)
    with work.part("compare"):
        found = best(compared(pairs, rest, registry), rest, registry)
    limit = SURE / sum(WEIGHTS.values())
    work.give(pd.concat([sure, found[(found["peluang"] >= limit) & (found["nama"] >= SURE_NAME_BELOW)]]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
