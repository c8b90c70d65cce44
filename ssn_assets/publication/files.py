"""The files of a release: written into a folder of their own, checked, read back. Which one is in force: `release.py`.

outbox/santer/<id>/penerima.jsonl    one JSON object a line, sorted by key
                   penerima.sqlite   the SANTER lookup table: plain SQL, select ... from penerima where kunci = ?
                   manifest.json     what they are, with their SHA-256
                   layanan.*         the lookup service's own form of the same entries (`service_file.py`)
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssn_assets.home import PRIVATE_DIR, SANTER_DIR, SANTER_FILE, Home, private_dir, sync_dir, write_atomically

LINES, TABLE, MANIFEST, CURRENT = "penerima.jsonl", "penerima.sqlite", "manifest.json", "current.json"

_SCHEMA = """
create table penerima (
    kunci text primary key, keputusan text not null, alasan text not null, kategori_bantuan text not null, kartu text,
    periode text not null
) without rowid;
create table info (nama text primary key, nilai text not null) without rowid;
"""


class ReleaseError(RuntimeError):
    """A release cannot be made or trusted; what was in force stays in force."""


@dataclass(frozen=True)
class Current:
    """outbox/santer/current.json: the publication in force."""

    publication_id: str
    manifest_sha256: str


def santer_folder(home: Home) -> Path:
    """outbox/santer, readable by the lookup service's user."""
    private_dir(home.outbox)
    home.santer.mkdir(exist_ok=True)
    home.santer.chmod(SANTER_DIR)
    return home.santer


def temporary_folder(home: Home, publication_id: str) -> Path:
    """Where a release is built before it gets its name."""
    return home.santer / f".{publication_id}.tmp"


def clear_unfinished(home: Home) -> None:
    """Remove what interrupted builds left; a finished release has no dot before its name.

    Folders only: a file may be one that `ssn client` or `ssn rollback` is writing at this moment.
    """
    for path in santer_folder(home).glob(".*.tmp"):
        if path.is_dir():
            shutil.rmtree(path)


def new_folder(home: Home) -> Path:
    """An empty folder to build a release in. What interrupted builds left is removed."""
    clear_unfinished(home)
    folder = temporary_folder(home, "baru")
    folder.mkdir(mode=PRIVATE_DIR)
    return folder


def write_table(folder: Path, chunks: Iterable[list[tuple[Any, ...]]], info: Mapping[str, str]) -> int:
    """Write penerima.sqlite from entries sorted by key (`content.entries`), and have it and penerima.jsonl on disk.

    Args:
        folder: the release, penerima.jsonl written.
        info: name and value pairs for the table `info`.

    Returns:
        The number of entries.
    """
    with closing(sqlite3.connect(folder / TABLE, isolation_level=None)) as table:
        table.execute("pragma journal_mode = off")  # the file is new and has no reader; it is checked and synced as a whole
        table.execute("pragma synchronous = off")
        table.executescript(_SCHEMA)
        table.execute("begin")
        table.executemany("insert into info values (?, ?)", sorted(info.items()))
        count = 0
        for chunk in chunks:
            table.executemany("insert into penerima values (?, ?, ?, ?, ?, ?)", chunk)
            count += len(chunk)
        table.execute("commit")
    for name in (LINES, TABLE):
        sync_file(folder / name)
    return count


def check_entries(folder: Path, rows: int, expected: Mapping[str, str]) -> None:
    """Read the written files back.

    Args:
        rows: how many entries both files must have.
        expected: some keys with their `keputusan`, worked out apart from the SQL that wrote the files.

    Raises:
        ReleaseError: something differs.
    """
    with open(folder / LINES, "rb") as lines:
        line_count = sum(block.count(b"\n") for block in _blocks(lines))
    with closing(sqlite3.connect(f"file:{folder / TABLE}?mode=ro&immutable=1", uri=True)) as table:
        healthy = table.execute("pragma integrity_check").fetchone()[0] == "ok"
        row_count = table.execute("select count(*) from penerima").fetchone()[0]
        found = {k: table.execute("select keputusan from penerima where kunci = ?", [k]).fetchone() for k in expected}
    if not healthy or line_count != rows or row_count != rows or any(found[k] != (v,) for k, v in expected.items()):
        raise ReleaseError(
            f"The written files do not match mart_penerima ({rows} entries, {line_count} lines, {row_count} rows)."
        )


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> str:
    """Write manifest.json over the files in the folder.

    Args:
        facts: id, period, created, rows, policy_version, input_hashes, previous_id, excluded.

    Returns:
        The manifest's own SHA-256.
    """
    hashes = {name: file_sha256(folder / name) for name in (LINES, TABLE)}
    content = json.dumps({**facts, "sha256": hashes[LINES], "files": hashes, "format": 1}, indent=1).encode() + b"\n"
    (folder / MANIFEST).write_bytes(content)
    sync_file(folder / MANIFEST)
    sync_dir(folder)
    return hashlib.sha256(content).hexdigest()


def give_name(home: Home, folder: Path, publication_id: str) -> Path:
    """Rename a checked folder to the release's id; from then on it never changes."""
    final = home.santer / publication_id
    aside = temporary_folder(home, f"{publication_id}.lama")
    if final.exists():  # damaged, or left by a run that was cut off before the release was in force
        final.rename(aside)
    folder.chmod(SANTER_DIR)
    folder.rename(final)
    sync_dir(home.santer)
    if aside.exists():
        shutil.rmtree(aside)
    return final


def is_intact(home: Home, publication_id: str, manifest_sha256: str) -> bool:
    """Whether a release's files are all there, byte for byte as they were made."""
    folder = home.santer / publication_id
    try:
        content = (folder / MANIFEST).read_bytes()
        if hashlib.sha256(content).hexdigest() != manifest_sha256:
            return False
        return all(file_sha256(folder / name) == sha256 for name, sha256 in json.loads(content)["files"].items())
    except FileNotFoundError:
        return False


def read_current(home: Home) -> Current | None:
    """The publication in force as readers see it; None when there is none."""
    try:
        return Current(**json.loads((home.santer / CURRENT).read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as problem:
        raise ReleaseError(f"{home.santer / CURRENT} is damaged: run `ssn run` to have it written again.") from problem


def write_current(home: Home, publication_id: str, manifest_sha256: str) -> None:
    """Point readers to a release, atomically."""
    content = json.dumps({"publication_id": publication_id, "manifest_sha256": manifest_sha256}, indent=1).encode() + b"\n"
    path = home.santer / CURRENT
    if not path.exists() or path.read_bytes() != content:
        write_atomically(path, content, SANTER_FILE)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _blocks(handle: Any) -> Iterator[bytes]:
    while block := handle.read(1 << 20):
        yield block


def sync_file(path: Path) -> None:
    """Have a finished file on disk, readable by the lookup service's user."""
    path.chmod(SANTER_FILE)
    with open(path, "rb") as handle:
        os.fsync(handle.fileno())
