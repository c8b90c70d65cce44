"""What many offices script: pandas joins on NIK, then on the family card, and a rapidfuzz score decides.

.venv-rivals/bin/python -m tests.bench.matchers.pandas_rapidfuzz FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import WRatio
from rapidfuzz.process import cpdist

from tests.bench.matchers.handover import Work

SURE, SURE_BY_CARD = 0.88, 0.95


def scored(work: Work, pairs: pd.DataFrame, least: float) -> pd.DataFrame:
    """The better of WRatio and Jaro-Winkler on the comparable names; the best pair of each row that reaches the least."""
    with work.part("compare"):
        names = pairs["nama_norm"].tolist(), pairs["nama_norm_registry"].tolist()
        wide = cpdist(*names, scorer=WRatio, workers=-1) / 100
        close = cpdist(*names, scorer=JaroWinkler.normalized_similarity, workers=-1)
        pairs = pairs.assign(peluang=pd.DataFrame({"w": wide, "j": close}).max(axis=1).to_numpy())
    work.pairs += len(pairs)
    good = pairs[pairs["peluang"] >= least].sort_values(["dtks_id", "peluang", "nik"], ascending=[True, False, True])
    return good.drop_duplicates("dtks_id")


def main(folder: Path) -> None:
    """Read, join, compare, write."""
    work = Work("pandas_rapidfuzz", folder)
    columns = ["nik", "no_kk", "nama_norm"]
    dtks, registry = work.read(["dtks_id", *columns], columns)
    dtks, registry = dtks.dropna(subset=["nama_norm"]), registry.dropna(subset=["nama_norm"])
    with work.part("join"):
        pairs = dtks.dropna(subset=["nik"]).merge(registry, on="nik", suffixes=("", "_registry"))
    sure = scored(work, pairs, SURE)
    with work.part("join"):
        rest = dtks[~dtks["dtks_id"].isin(sure["dtks_id"])].drop(columns="nik").dropna(subset=["no_kk"])
        pairs = rest.merge(registry.dropna(subset=["no_kk"]), on="no_kk", suffixes=("", "_registry"))
    work.give(pd.concat([sure, scored(work, pairs, SURE_BY_CARD)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
