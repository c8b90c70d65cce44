"""Each sealed card file read back from disk, as a line of counts for the border suite `bank_penerbitan`. Nothing of anybody.

What every file is measured for is in `batches/readback.py`; here what only cards have.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.batches import readback
from ssn_assets.home import Home

if TYPE_CHECKING:
    import pandas as pd

_PREFIX, _PURPOSE, _COLUMNS = "penerbitan", "PENERBITAN", 18
_NUMBER = re.compile(r"6472[0-9]{8}")


def profile_of(home: Home) -> pd.DataFrame:
    """One line per card file in outbox/bank, in the order of their numbers; empty when there is none yet."""
    return readback.profile_of(home, _PREFIX, profile_file)


def hashes(home: Home) -> list[str]:
    """SHA-256 of each card file in outbox/bank, in the order of their numbers."""
    return readback.hashes(home, _PREFIX)


def profile_file(path: Path, number: int, previous_sha256: str, seen: set[str]) -> dict[str, Any]:
    """Counts over one file; arguments as in `readback.measure_file`."""
    counts, lines = readback.measure_file(path, number, previous_sha256, seen, _PURPOSE, _COLUMNS)
    new_families = Counter(row[6] for row in lines if row[3] == "BARU")
    return counts | {
        "id_kosong": sum(row[2] == "" for row in lines),
        "jenis_tak_dikenal": sum(row[3] not in ("BARU", "BLOKIR", "GANTI") for row in lines),
        "rujukan_salah": sum((row[3] == "BARU") != (row[17] == "") for row in lines),
        "nomor_ssn_salah": sum(not _NUMBER.fullmatch(row[4]) for row in lines),
        "no_kk_tidak_16_digit": sum(not readback.SIXTEEN.fullmatch(row[6]) for row in lines),
        "nama_kosong": sum(row[3] != "BLOKIR" and not row[7].strip() for row in lines),
        "tanggal_lahir_salah": sum(not _is_date(row[9]) and (row[3], row[9]) != ("BLOKIR", "") for row in lines),
        "kartu_baru_ganda_sekeluarga": sum(n - 1 for n in new_families.values()),
    }


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
