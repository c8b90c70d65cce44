"""Sealed files read back from disk as the bank reads them, by position: what every kind is measured for by its border suite.

It shares no code with `layout.py` that wrote them. Counts only, nothing of anybody; what one kind alone has: its `profile.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home

if TYPE_CHECKING:
    import pandas as pd

SIXTEEN = re.compile(r"[0-9]{16}")
AMOUNT = re.compile(r"[1-9][0-9]*")
_NIK = 5
"""Where the NIK stands in a D line, of either kind."""

Measure = Callable[[Path, int, str, set[str]], dict[str, Any]]


def profile_of(home: Home, prefix: str, measure: Measure) -> pd.DataFrame:
    """One line per file in outbox/bank that is not withdrawn, in the order of their numbers; empty when there is none yet.

    Args:
        prefix: of the file names.
        measure: the counts over one file (path, its place in the chain, SHA-256 of the file before, ids of earlier files).
    """
    import pandas as pd

    seen: set[str] = set()
    previous = "0" * 64
    lines = []
    for number, path in enumerate(_paths(home, prefix), start=1):
        if not _withdrawn(home, path):
            lines.append(measure(path, number, previous, seen))
        previous = _sha256(path.read_bytes())
    return pd.DataFrame(lines)


def hashes(home: Home, prefix: str) -> list[str]:
    """SHA-256 of each file in outbox/bank that is not withdrawn, in the order of their numbers."""
    return [_sha256(path.read_bytes()) for path in _paths(home, prefix) if not _withdrawn(home, path)]


def _withdrawn(home: Home, path: Path) -> bool:
    """Whether the bank gets a note of withdrawal instead of this file; in the chain it stays."""
    try:
        return "ditarik" in json.loads((home.outgoing / path.with_suffix(".serah.json").name).read_bytes())
    except (FileNotFoundError, ValueError):
        return False


def measure_file(
    path: Path, number: int, previous_sha256: str, seen: set[str], purpose: str, columns: int, money: int | None = None
) -> tuple[dict[str, Any], list[list[str]]]:
    """Counts over one file that mean the same for every kind.

    Args:
        number: its place in the chain, from 1.
        previous_sha256: of the file before it on disk; 64 zeros for the first.
        seen: ids of earlier files; this file's are added.
        purpose: what stands in its H line.
        columns: of a D line.
        money: which of them is rupiah; their sum stands in T, after the count.

    Returns:
        The counts, and the D lines that have all columns, split.
    """
    content = path.read_bytes()
    whole = content.decode("utf-8", errors="replace")
    head, *middle, tail = whole.removesuffix("\n").split("\n")
    h, t = head.split("|"), tail.split("|")
    full = [row for row in (line.split("|") for line in middle) if len(row) == columns and row[0] == "D"]
    ids = [row[2] for row in full]
    doubles = sum(n - 1 for n in Counter(ids).values()) + len(seen.intersection(ids))
    seen.update(ids)
    body = "".join(line + "\n" for line in middle).encode("utf-8", errors="replace")
    hash_total = sum(int(row[_NIK][-6:]) for row in full if SIXTEEN.fullmatch(row[_NIK]))
    expected = {"sha256": _sha256(content), "count": len(middle), "file": path.name}
    sums = []
    if money is not None:
        rupiah = sum(int(row[money]) for row in full if AMOUNT.fullmatch(row[money]))
        sums, expected = [str(rupiah)], {**expected, "rupiah": rupiah}
    width = 5 + len(sums)
    manifest = _manifest(path)
    return {
        "berkas": path.name,
        "baris": len(middle),
        "kolom_salah": len(middle) - len(full),
        "kepala_salah": int(
            len(h) != 9 or h[:3] != ["H", "1", str(number)] or h[5:8] != ["SAMARINDA-SSN", "BANKALTIMTARA", purpose]
        ),
        "rantai_cocok": int(len(h) == 9 and h[3] == previous_sha256),
        "urutan_salah": sum(row[1] != str(seq) for seq, row in enumerate(full, start=1)),
        "id_ganda": doubles,
        "nik_tidak_16_digit": sum(not SIXTEEN.fullmatch(row[_NIK]) for row in full),
        "bukan_utf8_lf": int("\ufffd" in whole or "\r" in whole or not whole.endswith("\n")),
        "jumlah_t_cocok": int(t[:3] == ["T", str(number), str(len(middle))] and len(t) == width),
        "hash_t_cocok": int(len(t) == width and t[-2] == _sha256(body)),
        "hash_total_cocok": int(len(t) == width and t[-1] == str(hash_total)),
        "manifes_cocok": int({key: manifest.get(key) for key in expected} == expected),
        **({"rupiah_cocok": int(len(t) == width and t[3:4] == sums)} if sums else {}),
    }, full


def _paths(home: Home, prefix: str) -> list[Path]:
    name = re.compile(rf"{prefix}_([0-9]{{4,}})\.txt")
    found = ((match, path) for path in home.bank.glob(f"{prefix}_*.txt") if (match := name.fullmatch(path.name)))
    return [path for match, path in sorted(found, key=lambda pair: int(pair[0][1]))]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.with_suffix(".manifest.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
