"""A tiny published table, and a reader who trusts nothing, for the publication's tests."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from ssn_assets import sealing
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.publication import content, files

NOW = datetime(2026, 10, 31, 9, tzinfo=UTC)
NIK, KK = "6472010101900001", "6472010101150001"
Row = tuple[str, str, str, list[str], list[str], str | None]

PEOPLE: list[Row] = [
    (NIK, KK, "VALID", [], ["SEMBAKO", "BLT"], "DIPESAN"),
    ("6472014101900002", KK, "TIDAK_VALID", ["GANDA", "BANSOS_PUSAT"], [], None),
    ("6472020101900003", "6472020101150002", "MENUNGGU", ["BELUM_DIVERIFIKASI"], ['PKH "A"\\x'], None),
]
OTHERS: list[Row] = [(*PEOPLE[0][:5], "DISERAHKAN"), *PEOPLE[1:]]


def warehouse(
    people: Sequence[Row], period: str = "2026-10", payments: Mapping[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """The warehouse before the release. payments: NIK -> newest month and step."""
    con = duckdb.connect(config={"preserve_insertion_order": "false"})
    for schema in ("raw", "ops"):
        con.execute(f"create schema {schema}")
    con.execute("create table ops.kebijakan as select '2026-01' as versi")
    con.execute("create table raw.berkas as select repeat('ab', 32) as sha256, true as diterima union all select 'tolak', false")
    con.execute(
        "create table mart_penerima (nik text, no_kk text, keputusan text, alasan text[], kategori_bantuan text[],"
        " kartu text, periode text, pembayaran text)"
    )
    for row in people:
        con.execute("insert into mart_penerima values (?, ?, ?, ?, ?, ?, ?, ?)", [*row, period, (payments or {}).get(row[0])])
    con.execute(
        "create table mart_penerima_ringkas as select unnest([3, 1, 2, 1]) as baris,"
        " unnest(['TERBIT', 'KUNCI_SAMA', 'TANPA_NIK_ATAU_KK', 'NIK_ORANG_LAIN']) as nasib"
    )
    return con


def tree(home: Home) -> dict[str, bytes]:
    return {str(p.relative_to(home.santer)): p.read_bytes() for p in sorted(home.santer.rglob("*")) if p.is_file()}


def in_force(home: Home) -> str | None:
    """What a reader sees, checked as a careful reader would."""
    current = files.read_current(home)
    if current is None:
        return None
    manifest = (home.santer / current.publication_id / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == current.manifest_sha256
    for name, sha256 in json.loads(manifest)["files"].items():
        assert hashlib.sha256((home.santer / current.publication_id / name).read_bytes()).hexdigest() == sha256
    signed = sealing.read_document(service_public_key(home), (home.santer / "berlaku.json").read_bytes())
    assert signed["urutan"] > 0 and (home.santer / signed["publication_id"] / "layanan.json").exists()
    return current.publication_id


def service_public_key(home: Home) -> bytes:
    return bytes.fromhex((home.keys / sealing.VERIFY_KEY).read_text())


def look_up(home: Home, nik: str, no_kk: str) -> tuple[Any, ...] | None:
    key = content.lookup_key(read_or_create(home, content.KEY_FILE), nik, no_kk)
    with sqlite3.connect(home.santer / str(in_force(home)) / "penerima.sqlite") as table:
        found: tuple[Any, ...] | None = table.execute("select * from penerima where kunci = ?", [key]).fetchone()
    return found and found[1:]
