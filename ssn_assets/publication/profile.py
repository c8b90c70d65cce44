"""A release read back from its files, as one line of counts for the border suite `publikasi`. Nothing of anybody."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import string
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home
from ssn_assets.publication.files import LINES, MANIFEST, TABLE, file_sha256
from ssn_assets.publication.release import Built
from ssn_assets.sealing import SERVICE_TABLE

if TYPE_CHECKING:
    import pandas as pd

COUNTS = """
select
    count(*) as baris_tabel,
    count(*) - count(distinct kunci) as kunci_ganda,
    count(*) filter (where keputusan not in ('VALID', 'MENUNGGU', 'TIDAK_VALID')) as keputusan_tak_dikenal,
    count(*) filter (where (keputusan = 'VALID') <> (alasan = '[]')) as alasan_tidak_selaras,
    count(*) filter (where kartu = '' or kartu glob '*[^A-Z_]*') as kartu_rusak,
    count(*) filter (where periode <> :periode) as periode_beda,
    count(*) filter (where keputusan = 'VALID') as valid
from penerima
"""

AS_LINES = """
select '{"kunci":' || json_quote(kunci) || ',"keputusan":' || json_quote(keputusan) || ',"alasan":' || alasan
    || ',"kategori_bantuan":' || kategori_bantuan || ',"kartu":' || json_quote(kartu)
    || ',"periode":' || json_quote(periode) || '}' || char(10)
from penerima order by kunci
"""

_SOUND_KEY = re.compile(rb'^{"kunci":"[0-9a-f]{64}",', re.MULTILINE)
_SOUND_REASONS = re.compile(rb',"alasan":\[[A-Z0-9_",]*\],"kategori_bantuan":')

_RUN = b" " + b"0" * 16
_KINDS = bytes.maketrans(
    bytes(range(256)),
    bytes(48 if chr(b) in string.digits else 97 if chr(b) in string.ascii_letters else 32 for b in range(256)),
)


def nothing() -> pd.DataFrame:
    """The profile when there is no release to look at."""
    import pandas as pd

    return pd.DataFrame()


def profile_of(home: Home, built: Built) -> pd.DataFrame:
    """The profile of a built release, in force or not yet."""
    import pandas as pd

    return pd.DataFrame([profile_folder(built.folder, previous=home.santer)])


def profile_folder(folder: Path, previous: Path | None = None) -> dict[str, Any]:
    """Counts over a release's files as they are on disk.

    Args:
        folder: the release.
        previous: the folder of releases, to compare the size with the previous one's; None leaves that out.
    """
    manifest = json.loads((folder / MANIFEST).read_bytes())
    with closing(sqlite3.connect(f"file:{folder / TABLE}?mode=ro&immutable=1", uri=True)) as table:
        cursor = table.execute(COUNTS, {"periode": manifest["period"]})
        counts = dict(zip((d[0] for d in cursor.description), cursor.fetchone(), strict=True))
        as_lines, sound_keys, sound_reasons = hashlib.sha256(), 0, 0
        cursor = table.execute(AS_LINES)
        while chunk := cursor.fetchmany(5000):
            lines = "".join([line for (line,) in chunk]).encode()
            as_lines.update(lines)
            sound_keys += len(_SOUND_KEY.findall(lines))
            sound_reasons += len(_SOUND_REASONS.findall(lines))
    lines_sha256 = file_sha256(folder / LINES)
    return {
        "berkas": manifest["id"],
        "baris": manifest["rows"],
        **counts,
        "kunci_rusak": counts["baris_tabel"] - sound_keys,
        "alasan_rusak": counts["baris_tabel"] - sound_reasons,
        "baris_beda": abs(manifest["rows"] - counts["baris_tabel"]),
        "hash_cocok": int(all(file_sha256(folder / name) == sha256 for name, sha256 in manifest["files"].items())),
        "tabel_sama_dengan_json": int(as_lines.hexdigest() == lines_sha256 == manifest["sha256"]),
        "runtunan_16_digit": sum(digit_runs(path.read_bytes()) for path in _readable(folder)),
        "perubahan_baris": _change(manifest, previous),
    }


def _readable(folder: Path) -> list[Path]:
    """The files that hold text; the service's table is ciphertext, in which digits mean nothing."""
    return [path for path in sorted(folder.iterdir()) if path.name != SERVICE_TABLE]


def digit_runs(content: bytes) -> int:
    """How many free-standing runs of 16 digits or more a file has: what a NIK or KK in clear looks like.

    A run inside a longer word of letters and digits is not counted: one hexadecimal key in a hundred has one by chance.
    """
    kinds = b" " + content.translate(_KINDS) + b" "
    found, start = 0, kinds.find(_RUN)
    while start >= 0:
        end = start + len(_RUN)
        while kinds[end] == 48:
            end += 1
        found += kinds[end] == 32
        start = kinds.find(_RUN, end)
    return found


def _change(manifest: dict[str, Any], releases: Path | None) -> float:
    """By what share of its entries a release is larger or smaller than the one before; 0 when that one is not there."""
    before = releases / str(manifest["previous_id"]) / MANIFEST if releases and manifest["previous_id"] else None
    if before is None or not before.exists():
        return 0.0
    rows = json.loads(before.read_bytes())["rows"]
    return abs(manifest["rows"] - rows) / max(rows, 1)
