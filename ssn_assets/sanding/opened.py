"""Who looked at a row's explanation with nothing covered: an append-only log beside the store. No personal data in it.

One JSON line each: when (UTC), who (user of the operating system), period, row number in the warehouse (dtks_id) and in its file,
and the file's SHA-256: warehouse numbers change when other files arrive, so that they alone would not say which row it was.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from ssn_assets.home import PRIVATE_FILE, Home, private_dir


def log_path(home: Home) -> Path:
    """store/log_buka.jsonl: kept and backed up with the store."""
    return home.store.parent / "log_buka.jsonl"


def record_opening(home: Home, now: datetime, who: str, period: str, dtks_id: int, baris: int, digest: str) -> None:
    """Append a line, on disk before anything is shown.

    Args:
        who: the user of the operating system.
        baris: the row number in its file.
        digest: the file's SHA-256; the file is not named, for a name may be somebody's.

    Raises:
        OSError: it cannot be written; then nothing may be shown.
    """
    line = {
        "waktu": now.isoformat(timespec="seconds"),
        "siapa": who,
        "periode": period,
        "dtks_id": dtks_id,
        "baris": baris,
        "berkas_sha256": digest,
    }
    private_dir(log_path(home).parent)
    handle = os.open(log_path(home), os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    try:
        os.write(handle, (json.dumps(line) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
