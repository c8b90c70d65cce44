"""Each sealed payment file read back from disk, as a line of counts for the border suite `bank_pembayaran`.

It reads the file as the bank does, by position, and shares no code with `batches/layout.py` that wrote it. Nothing of anybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"pembayaran_[0-9]{4,}\.txt")
_SIXTEEN = re.compile(r"[0-9]{16}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"[1-9][0-9]*")
_COLUMNS = 10


def profile_of(home: Home) -> pd.DataFrame:
    """One line per payment file in outbox/bank, in the order of their numbers; empty when there is none yet."""
    import pandas as pd

    seen: set[str] = set()
    previous = "0" * 64
    lines = []
    for number, path in enumerate(_paths(home), start=1):
        lines.append(profile_file(path, number, previous, seen))
        previous = hashlib.sha256(path.read_bytes()).hexdigest()
    return pd.DataFrame(lines)


def hashes(home: Home) -> list[str]:
    """SHA-256 of each payment file in outbox/bank, in the order of their numbers."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in _paths(home)]


def _paths(home: Home) -> list[Path]:
    return sorted((p for p in home.bank.glob("pembayaran_*.txt") if _NAME.fullmatch(p.name)), key=lambda p: int(p.stem[11:]))


def profile_file(path: Path, number: int, previous_sha256: str, seen: set[str]) -> dict[str, Any]:
    """Counts over one file.

    Args:
        number: its place in the chain, from 1.
        previous_sha256: of the file before it on disk; 64 zeros for the first.
        seen: ids of earlier files; this file's are added.
    """
    content = path.read_bytes()
    whole = content.decode("utf-8", errors="replace")
    head, *middle, tail = whole.removesuffix("\n").split("\n")
    h, t = head.split("|"), tail.split("|")
    d = [line.split("|") for line in middle]
    full = [row for row in d if len(row) == _COLUMNS and row[0] == "D"]
    ids = [row[2] for row in full]
    doubles = sum(n - 1 for n in Counter(ids).values()) + len(seen.intersection(ids))
    seen.update(ids)
    body = "".join(line + "\n" for line in middle).encode("utf-8", errors="replace")
    amounts = [int(row[8]) for row in full if _AMOUNT.fullmatch(row[8])]
    manifest = _manifest(path)
    found = (hashlib.sha256(content).hexdigest(), len(d), sum(amounts), path.name)
    return {
        "berkas": path.name,
        "baris": len(d),
        "kolom_salah": len(d) - len(full),
        "kepala_salah": int(
            len(h) != 9 or h[:3] != ["H", "1", str(number)] or h[5:8] != ["SAMARINDA-SSN", "BANKALTIMTARA", "PEMBAYARAN"]
        ),
        "rantai_cocok": int(len(h) == 9 and h[3] == previous_sha256),
        "urutan_salah": sum(row[1] != str(seq) for seq, row in enumerate(full, start=1)),
        "id_ganda": doubles,
        "kartu_sebulan_ganda": len(full) - len({(row[3], row[7]) for row in full}),
        "nik_tidak_16_digit": sum(not _SIXTEEN.fullmatch(row[5]) for row in full),
        "bulan_salah": sum(not _MONTH.fullmatch(row[7]) for row in full),
        "jumlah_salah": len(full) - len(amounts),
        "bukan_utf8_lf": int("\ufffd" in whole or "\r" in whole or not whole.endswith("\n")),
        "jumlah_t_cocok": int(t[:3] == ["T", str(number), str(len(d))] and len(t) == 6),
        "rupiah_cocok": int(len(t) == 6 and t[3] == str(sum(amounts))),
        "hash_t_cocok": int(len(t) == 6 and t[4] == hashlib.sha256(body).hexdigest()),
        "hash_total_cocok": int(len(t) == 6 and t[5] == str(sum(int(r[5][-6:]) for r in full if _SIXTEEN.fullmatch(r[5])))),
        "manifes_cocok": int(tuple(manifest.get(key) for key in ("sha256", "count", "rupiah", "file")) == found),
    }


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.with_suffix(".manifest.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
