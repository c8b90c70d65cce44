"""Making a release: build, check, and only then put in force; each step may be cut off anywhere and repeated.

An id is reserved in the store, the files are built in a hidden folder, checked and synced (`build`); then the folder
gets its name, the store says TERBIT, and berlaku.json and current.json point to it (`put_in_force`). Going back is `rollback.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.publication import content, files, history, service_file
from ssn_assets.publication.files import ReleaseError
from ssn_assets.store.engine import writing

if TYPE_CHECKING:
    import duckdb

NEW, SAME, RESTORED, WITHHELD = "BARU", "TETAP", "DIPULIHKAN", "DITAHAN"

_SAID = {
    NEW: "rilis baru",
    SAME: "isi sama: tidak ada rilis baru",
    RESTORED: "isi sama: berkas yang hilang dibuat lagi",
    WITHHELD: "isi ini ditarik oleh petugas: rilis sebelumnya tetap berlaku",
}


@dataclass(frozen=True)
class Built:
    """A release as `build` left it.

    Attributes:
        publication_id: the release these files are of: new, or the one in force.
        status: BARU, TETAP (same content), DIPULIHKAN (same content, lost files built again), DITAHAN (content that was
            rolled back).
        rows: its entries.
        folder: where its files are now.
        manifest_sha256: of its manifest.
        excluded: rows of the list without an entry, by reason.
    """

    publication_id: str
    status: str
    rows: int
    folder: Path
    manifest_sha256: str
    excluded: dict[str, int]

    def as_metadata(self) -> dict[str, Any]:
        """Counts and texts for Dagster; nothing of anybody."""
        return {
            "publikasi": self.publication_id,
            "langkah": _SAID[self.status],
            "dagster/row_count": self.rows,
            **{f"tanpa_entri_{reason}": count for reason, count in self.excluded.items()},
        }


def build(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> Built:
    """Build the files of what mart_penerima holds now, unless they are in force already. Nothing a reader sees changes.

    Args:
        con: the warehouse with mart_penerima, mart_penerima_ringkas, raw.berkas and ops.kebijakan.
        period: YYYY-MM, part of the id.
        now: the time of a new release; a resumed one keeps its own.

    Raises:
        ContentError: mart_penerima is not one line per NIK and KK.
        ReleaseError: the written files differ from it, or the release in force is gone and may not be replaced.
    """
    key = read_or_create(home, content.KEY_FILE)
    rows = content.key_entries(con, key)
    excluded = content.rows_without_entry(con)
    folder = files.new_folder(home)
    content.write_lines(con, folder / files.LINES)
    isi = content.content_sha256(con, files.file_sha256(folder / files.LINES))
    with writing(engine) as transaction:
        past = history.load(transaction)
        if _keep(home, past, isi):
            assert past.in_force is not None
            files.clear_unfinished(home)
            status = WITHHELD if isi in past.withheld else SAME
            return _as_it_stands(home, past.in_force, status, excluded)
        if past.in_force is not None and past.in_force.isi_hmac == isi:
            release, status = past.in_force, RESTORED
        else:
            inputs, policy = content.input_hashes(con), content.policy_version(con)
            plan = history.Plan(period, isi, rows, policy, inputs, excluded)
            release, status = history.reserve(transaction, past, plan, now), NEW
    sealing = service_file.begin(con, home, folder, release.publication_id, release.baris)
    written = files.write_table(folder, content.entries(con), _info(release))
    samples = content.samples(con)
    expected = {content.lookup_key(key, nik, no_kk): keputusan for nik, no_kk, keputusan in samples}
    if written != release.baris:
        raise ReleaseError(f"mart_penerima changed while release {release.publication_id} was being built: run again.")
    files.check_entries(folder, release.baris, expected)
    manifest_sha256 = files.write_manifest(folder, release.facts())
    service_file.finish(sealing, home, folder, release.facts(), manifest_sha256)
    service_file.check(home, folder, release.publication_id, samples)
    return Built(release.publication_id, status, release.baris, folder, manifest_sha256, excluded)


def put_in_force(engine: Engine, home: Home, built: Built, now: datetime) -> Path:
    """Give the built files their name, record the release, and point readers to what is in force.

    Returns:
        The folder of the release in force: this one, unless people went back to another since it was built.
    """
    with writing(engine) as transaction:
        if built.status in (NEW, RESTORED):
            files.give_name(home, built.folder, built.publication_id)
            history.record_release(transaction, built.publication_id, built.manifest_sha256, now)
    return home.santer / point_readers(engine, home)


def point_readers(engine: Engine, home: Home) -> str:
    """Have berlaku.json and current.json name the release that the log says is in force; cut off, the next run does it.

    Returns:
        The id in force.
    """
    with writing(engine) as transaction:  # one writer at a time
        past = history.load(transaction)
        in_force = past.in_force
        if in_force is None:
            raise ReleaseError("Nothing is published yet.")
        service_file.write_in_force(home, past.turns, in_force.publication_id, in_force.manifest_sha256 or "")
        files.write_current(home, in_force.publication_id, in_force.manifest_sha256 or "")
    return in_force.publication_id


def release(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> Built:
    """`build`, then `put_in_force`: for callers that have nothing to look at in between."""
    built = build(con, engine, home, period, now)
    put_in_force(engine, home, built, now)
    return built


def _keep(home: Home, past: history.History, isi: str) -> bool:
    """Whether the release in force stays, files and all."""
    now_valid = past.in_force
    if now_valid is None or isi not in {now_valid.isi_hmac, *past.withheld}:
        return False
    if is_whole(home, now_valid):
        return True
    if isi in past.withheld:
        raise ReleaseError(
            f"Publication {now_valid.publication_id} is in force by a rollback, but its files in outbox/santer are "
            "gone or damaged, and the present content was taken out of force by people. Restore that folder from a "
            "backup, or name another release with `ssn rollback`."
        )
    return False


def is_whole(home: Home, release: history.Release) -> bool:
    """Whether a release's files are there as they were made, those of the lookup service too."""
    intact = files.is_intact(home, release.publication_id, release.manifest_sha256 or "")
    return intact and service_file.is_intact(home, home.santer / release.publication_id)


def _as_it_stands(home: Home, release: history.Release, status: str, excluded: dict[str, int]) -> Built:
    folder = home.santer / release.publication_id
    return Built(release.publication_id, status, release.baris, folder, release.manifest_sha256 or "", excluded)


def _info(release: history.Release) -> dict[str, str]:
    return {
        "publication_id": release.publication_id,
        "periode": release.periode,
        "dibuat": release.dibuat_pada,
        "baris": str(release.baris),
        "versi_kebijakan": release.versi_kebijakan,
        "kunci": "HMAC-SHA256 atas NIK dan Nomor KK (32 angka), heksadesimal",
    }
