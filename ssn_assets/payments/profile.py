"""Each sealed payment file read back from disk, as a line of counts for the border suite `bank_pembayaran`. Nothing of anybody.

What every file is measured for is in `batches/readback.py`; here what only payments have.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.batches import readback
from ssn_assets.home import Home

if TYPE_CHECKING:
    import pandas as pd

_PREFIX, _PURPOSE, _COLUMNS = "pembayaran", "PEMBAYARAN", 10
_MONTH_PLACE, _MONEY_PLACE = 7, 8
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def profile_of(home: Home) -> pd.DataFrame:
    """One line per payment file in outbox/bank, in the order of their numbers; empty when there is none yet."""
    return readback.profile_of(home, _PREFIX, profile_file)


def hashes(home: Home) -> list[str]:
    """SHA-256 of each payment file in outbox/bank, in the order of their numbers."""
    return readback.hashes(home, _PREFIX)


def profile_file(path: Path, number: int, previous_sha256: str, seen: set[str]) -> dict[str, Any]:
    """Counts over one file; arguments as in `readback.measure_file`."""
    counts, lines = readback.measure_file(path, number, previous_sha256, seen, _PURPOSE, _COLUMNS, _MONEY_PLACE)
    return counts | {
        "kartu_sebulan_ganda": len(lines) - len({(row[3], row[_MONTH_PLACE]) for row in lines}),
        "bulan_salah": sum(not _MONTH.fullmatch(row[_MONTH_PLACE]) for row in lines),
        "jumlah_salah": sum(not readback.AMOUNT.fullmatch(row[_MONEY_PLACE]) for row in lines),
    }
