"""What the auditors' page is drawn from: one run as plain data. `run_history.py` reads it, `report.py` draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Column = tuple[str, str]
"""(asset, column), e.g. ("raw/dtks", "nik_asal")."""


@dataclass(frozen=True)
class AssetFact:
    """One product of the run. `done` is False when the run meant to make it and did not."""

    key: str
    stage: str
    description: str = ""
    done: bool = True
    rows: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    parents: tuple[str, ...] = ()
    seconds: float = 0.0
    """How long dbt took to build it; 0 for what is not dbt's."""


@dataclass(frozen=True)
class CheckFact:
    """One check. `passed` is None when it did not run; `history` holds the last results, this run's last."""

    asset: str
    name: str
    stage: str
    sentence: str
    passed: bool | None
    gate: bool
    threshold: str = ""
    measured: str = ""
    before: str = ""
    note: str = ""
    history: tuple[bool, ...] = ()


@dataclass(frozen=True)
class StepFact:
    """One step of the run; times in seconds since the epoch."""

    name: str
    began: float
    ended: float | None
    failed: bool = False

    @property
    def seconds(self) -> float:
        """How long it took; 0 when it never ended."""
        return (self.ended or self.began) - self.began


@dataclass(frozen=True)
class RunFacts:
    """One run as the event log has it."""

    run_id: str
    period: str
    began: datetime | None
    assets: tuple[AssetFact, ...] = ()
    checks: tuple[CheckFact, ...] = ()
    steps: tuple[StepFact, ...] = ()
    lineage: Mapping[str, Mapping[str, tuple[Column, ...]]] = field(default_factory=dict)
    """asset -> column -> the columns it is made from."""

    def made(self, key: str) -> AssetFact | None:
        """The asset when this run made it (or saw that it need not)."""
        return next((a for a in self.assets if a.key == key and a.done), None)


@dataclass(frozen=True)
class FileFact:
    """One file of the inbox, in numbers. reason: the sentence for the sender of a refused file."""

    kind: str
    folder: str
    name: str
    accepted: bool
    rows_in: int
    loaded: int
    quarantined: int
    reason: str


@dataclass(frozen=True)
class QualityFact:
    """One line of ops.mutu_padan: how right the matching is in a group of rows.

    source: KEBENARAN, SAMPEL or HITUNGAN. kind: SEMUA, KELURAHAN, CACAT, ATURAN or PEMBACA. value: a share (kappa: -1 to 1), None
    when nothing was counted. low, high: its interval where it is an estimate. promise: the least it should be.
    """

    source: str
    kind: str
    group: str
    words: str
    measure: str
    value: float | None
    hits: int
    of: int
    low: float | None = None
    high: float | None = None
    promise: float | None = None


@dataclass(frozen=True)
class HolderFact:
    """Open cards that one holder has (the city's lines of ops.penahan_kartu); days are None when none are known."""

    stage: str
    holder: str
    waits_for: str
    cards: int
    median: int | None
    ninth: int | None
    unknown: int


@dataclass(frozen=True)
class Evidence:
    """What the warehouse says about the run: counts and rules, nothing about a person."""

    policy: str = ""
    legal_basis: str = ""
    reference_date: date | None = None
    registry_used: bool | None = None
    registry_date: str = ""
    aid_period: str = ""
    files: tuple[FileFact, ...] = ()
    quarantine: tuple[tuple[str, str, int], ...] = ()
    """(kind of file, reason in a sentence, rows), whole files not counted."""
    funnel: tuple[tuple[str, int], ...] = ()
    """(what is counted, how many), from row to card."""
    reasons: tuple[tuple[str, int], ...] = ()
    """(reason code, rows)."""
    quality: tuple[QualityFact, ...] = ()
    journey: Mapping[str, int] = field(default_factory=dict)
    """The city's line of ops.perjalanan_kartu; days that nobody knows are left out."""
    holders: tuple[HolderFact, ...] = ()
