"""The ministry's rule: exact NIK, and Ratcliff/Obershelp of the names at 0.60 or more; a `/` in a name parts two names.

.venv-rivals/bin/python -m tests.bench.matchers.ministry FOLDER
"""

from __future__ import annotations

import sys
from difflib import SequenceMatcher
from pathlib import Path

from tests.bench.matchers.handover import Work

SURE = 0.60


def likeness(a: str, b: str) -> float:
    """The best of the names on either side."""
    return max(SequenceMatcher(None, x.strip(), y.strip(), autojunk=False).ratio() for x in a.split("/") for y in b.split("/"))


def main(folder: Path) -> None:
    """Read, join, compare, write."""
    work = Work("ministry", folder)
    dtks, registry = work.read(["dtks_id", "nik", "nama"], ["nik", "nama"])
    with work.part("join"):
        pairs = dtks.dropna().merge(registry.dropna(), on="nik", suffixes=("", "_registry"))
    with work.part("compare"):
        pairs["peluang"] = [likeness(a, b) for a, b in zip(pairs["nama"], pairs["nama_registry"], strict=True)]
    work.pairs = len(pairs)
    work.give(pairs[pairs["peluang"] >= SURE])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
