"""Each sealed bank file read back from disk, as a line of counts for the border suite `bank_penerbitan`.

It reads the file as the bank does, by position, and shares no code with `batches/layout.py` that wrote it. Nothing of anybody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"penerbitan_[0-9]{4,}\.txt")
_SIXTEEN = re.compile(r"[0-9]{16}")
_NUMBER = re.compile(r"6472[0-9]{8}")
_COLUMNS = 18


def profile_of(home: Home) -> pd.DataFrame:
    """One line per file in outbox/bank that is not withdrawn, in the order of their numbers; empty when there is none yet."""
    import pandas as pd

    paths = _paths(home)
    seen: set[str] = set()
    previous = "0" * 64
    lines = []
    for number, path in enumerate(paths, start=1):
        if not _withdrawn(home, path):
            lines.append(profile_file(path, number, previous, seen))
        previous = hashlib.sha256(path.read_bytes()).hexdigest()
    return pd.DataFrame(lines)


def hashes(home: Home) -> list[str]:
    """SHA-256 of each file in outbox/bank that is not withdrawn, in the order of their numbers."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in _paths(home) if not _withdrawn(home, path)]


def _withdrawn(home: Home, path: Path) -> bool:
    """Whether the bank gets a note of withdrawal instead of this file; in the chain it stays."""
    try:
        return "ditarik" in json.loads((home.outgoing / path.with_suffix(".serah.json").name).read_bytes())
    except (FileNotFoundError, ValueError):
        return False


def _paths(home: Home) -> list[Path]:
    return sorted((p for p in home.bank.glob("penerbitan_*.txt") if _NAME.fullmatch(p.name)), key=lambda p: int(p.stem[11:]))


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
    new_families = Counter(row[6] for row in full if row[3] == "BARU")
    manifest = _manifest(path)
    sha256 = hashlib.sha256(content).hexdigest()
    body = "".join(line + "\n" for line in middle).encode("utf-8", errors="replace")
    total = sum(int(row[5][-6:]) for row in full if _SIXTEEN.fullmatch(row[5]))
    return {
        "berkas": path.name,
        "baris": len(d),
        "kolom_salah": len(d) - len(full),
        "kepala_salah": int(
            len(h) != 9 or h[:3] != ["H", "1", str(number)] or h[5:8] != ["SAMARINDA-SSN", "BANKALTIMTARA", "PENERBITAN"]
        ),
        "rantai_cocok": int(len(h) == 9 and h[3] == previous_sha256),
        "urutan_salah": sum(row[1] != str(seq) for seq, row in enumerate(full, start=1)),
        "id_ganda": doubles,
        "id_kosong": ids.count(""),
        "jenis_tak_dikenal": sum(row[3] not in ("BARU", "BLOKIR", "GANTI") for row in full),
        "rujukan_salah": sum((row[3] == "BARU") != (row[17] == "") for row in full),
        "nomor_ssn_salah": sum(not _NUMBER.fullmatch(row[4]) for row in full),
        "nik_tidak_16_digit": sum(not _SIXTEEN.fullmatch(row[5]) for row in full),
        "no_kk_tidak_16_digit": sum(not _SIXTEEN.fullmatch(row[6]) for row in full),
        "nama_kosong": sum(row[3] != "BLOKIR" and not row[7].strip() for row in full),
        "tanggal_lahir_salah": sum(not _is_date(row[9]) and (row[3], row[9]) != ("BLOKIR", "") for row in full),
        "kartu_baru_ganda_sekeluarga": sum(n - 1 for n in new_families.values()),
        "bukan_utf8_lf": int("\ufffd" in whole or "\r" in whole or not whole.endswith("\n")),
        "jumlah_t_cocok": int(t[:3] == ["T", str(number), str(len(d))] and len(t) == 5),
        "hash_t_cocok": int(len(t) == 5 and t[3] == hashlib.sha256(body).hexdigest()),
        "hash_total_cocok": int(len(t) == 5 and t[4] == str(total)),
        "manifes_cocok": int(
            (manifest.get("sha256"), manifest.get("count"), manifest.get("file")) == (sha256, len(d), path.name)
        ),
    }


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.with_suffix(".manifest.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
