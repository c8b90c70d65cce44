"""The releases in the store: ids taken, which is in force, what was put out of force by people. No files here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, insert, select, update

from ssn_assets.store.engine import timestamp
from ssn_assets.store.schema import publikasi, publikasi_log

BUILDING, RELEASED, ABANDONED = "DIBANGUN", "TERBIT", "BATAL"
RESTORED = "KEMBALI"


@dataclass(frozen=True)
class Release:
    """A line of `publikasi`: everything its files are made from but the entries."""

    publication_id: str
    urut: int
    periode: str
    dibuat_pada: str
    isi_hmac: str
    baris: int
    versi_kebijakan: str
    masukan: str
    tanpa_entri: str
    sebelumnya: str | None
    manifest_sha256: str | None
    status: str

    def facts(self) -> dict[str, Any]:
        """What manifest.json says of it."""
        return {
            "id": self.publication_id,
            "period": self.periode,
            "created": self.dibuat_pada,
            "rows": self.baris,
            "policy_version": self.versi_kebijakan,
            "input_hashes": json.loads(self.masukan),
            "previous_id": self.sebelumnya,
            "excluded": json.loads(self.tanpa_entri),
        }


@dataclass(frozen=True)
class History:
    """All releases, the one in force, and the contents that people took out of force and that stay out.

    Attributes:
        turns: how often another release came into force; it only grows, by a rollback too.
    """

    releases: Mapping[str, Release]
    in_force: Release | None
    withheld: frozenset[str]
    turns: int


def load(con: Connection) -> History:
    """Replay the log: a release clears what was withheld; a rollback withholds what it takes out of force."""
    releases = {r.publication_id: Release(**r._mapping) for r in con.execute(select(publikasi))}
    in_force: str | None = None
    withheld: set[str] = set()
    turns = 0
    for event in con.execute(select(publikasi_log).order_by(publikasi_log.c.log_id)):
        if event.kejadian == RELEASED:
            withheld.clear()
        elif event.dari:
            withheld.add(releases[event.dari].isi_hmac)
        in_force, turns = event.publication_id, turns + 1
        withheld.discard(releases[in_force].isi_hmac)
    return History(releases, releases[in_force] if in_force else None, frozenset(withheld), turns)


@dataclass(frozen=True)
class Plan:
    """What a new release would hold and be made from. isi: `content.content_sha256`."""

    period: str
    isi: str
    rows: int
    policy_version: str
    input_hashes: Sequence[str]
    excluded: Mapping[str, int]


def reserve(con: Connection, history: History, plan: Plan, now: datetime) -> Release:
    """Take an id for a new release, or keep the one that a cut-off build of the same content took.

    Other unfinished builds are given up; their ids stay used.
    """
    unfinished = [r for r in history.releases.values() if r.status == BUILDING]
    mine = [r for r in unfinished if (r.periode, r.isi_hmac) == (plan.period, plan.isi)][:1]
    for release in unfinished:
        if release not in mine:
            con.execute(_row(release.publication_id).values(status=ABANDONED))
    counter = mine[0].urut if mine else 1 + max((r.urut for r in history.releases.values()), default=0)
    release = Release(
        publication_id=f"{plan.period}-{counter:04d}",
        urut=counter,
        periode=plan.period,
        dibuat_pada=mine[0].dibuat_pada if mine else timestamp(now),
        isi_hmac=plan.isi,
        baris=plan.rows,
        versi_kebijakan=plan.policy_version,
        masukan=json.dumps(list(plan.input_hashes)),
        tanpa_entri=json.dumps(dict(plan.excluded)),
        sebelumnya=history.in_force.publication_id if history.in_force else None,
        manifest_sha256=None,
        status=BUILDING,
    )
    con.execute(_row(release.publication_id).values(**vars(release)) if mine else insert(publikasi).values(**vars(release)))
    return release


def record_release(con: Connection, publication_id: str, manifest_sha256: str, now: datetime) -> None:
    """A finished release comes into force; repeated for one already released, only its manifest's hash is kept."""
    history = load(con)
    con.execute(_row(publication_id).values(status=RELEASED, manifest_sha256=manifest_sha256))
    if history.releases[publication_id].status != RELEASED:
        log(con, history, publication_id, RELEASED, None, now)


def log(con: Connection, history: History, publication_id: str, event: str, reason: str | None, now: datetime) -> None:
    """Append to the log: this release is in force from now on."""
    line = {
        "publication_id": publication_id,
        "kejadian": event,
        "alasan": reason,
        "dari": history.in_force.publication_id if history.in_force else None,
        "waktu": timestamp(now),
    }
    con.execute(insert(publikasi_log), [line])


def _row(publication_id: str) -> Update:
    return update(publikasi).where(publikasi.c.publication_id == publication_id)
