"""keputusan.parquet: the decisions as the offices and the auditors get them. How they are reached is in the dbt models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ssn_assets.home import PRIVATE_FILE, private_dir, sync_dir

if TYPE_CHECKING:
    import duckdb

COLUMNS = [
    "periode",
    "berkas",
    "baris",
    "id_kasus",
    "nik_asal",
    "nama_asal",
    "status_padan",
    "metode_padan",
    "skor",
    "nik_padan",
    "no_kk_padan",
    "kode_kelurahan",
    "duplikat_dari",
    "verifikasi",
    "keputusan",
    "alasan",
    "pernah_menerima",
    "kategori_bantuan",
    "nomor_ssn",
    "versi_kebijakan",
]
"""In the order of README, Formats and codes."""


def write_decisions(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write mart_keputusan as Parquet, sorted by file and row, so that the same decisions give the same bytes.

    Returns:
        The number of lines.
    """
    private_dir(path.parent)
    temporary = path.with_name(f".{path.name}.tmp")
    ordered = f"select {', '.join(COLUMNS)} from mart_keputusan order by berkas, baris"
    target = str(temporary).replace("'", "''")
    row = con.execute(f"copy ({ordered}) to '{target}' (format parquet, compression zstd)").fetchone()
    os.chmod(temporary, PRIVATE_FILE)
    with open(temporary, "rb") as written:
        os.fsync(written.fileno())
    os.replace(temporary, path)
    sync_dir(path.parent)
    return int(row[0]) if row else 0
