"""The home: every path the platform reads or writes, made with private rights. Paths only, no content."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PRIVATE_DIR, PRIVATE_FILE = 0o700, 0o600
SANTER_DIR, SANTER_FILE = 0o755, 0o644


@dataclass(frozen=True)
class Home:
    """The folder tree of README, Formats and codes."""

    root: Path

    def inbox(self, kind: str) -> Path:
        """Where an office drops its files; kind is dtks, dukcapil, bansos, verifikasi, bank, penyerahan or sampel."""
        return self.root / "inbox" / kind

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    def period(self, period: str) -> Path:
        """outbox/<period>/: decisions, quarantine, funnel and work lists of one period."""
        return self.outbox / period

    def worklists(self, period: str) -> Path:
        return self.period(period) / "kelurahan"

    def samples(self, period: str) -> Path:
        """outbox/<period>/sampel/: what two readers are to compare, with personal data."""
        return self.period(period) / "sampel"

    def collection(self, period: str) -> Path:
        """outbox/<period>/penyerahan/: appointments, letters and walking lists, with personal data."""
        return self.period(period) / "penyerahan"

    @property
    def santer(self) -> Path:
        """outbox/santer/: releases; the only folder another user (the lookup service) may read."""
        return self.outbox / "santer"

    @property
    def bank(self) -> Path:
        return self.outbox / "bank"

    @property
    def outgoing(self) -> Path:
        """outbox/bank/kirim/: what people released to the bank, closed to its key."""
        return self.bank / "kirim"

    @property
    def warehouse(self) -> Path:
        return self.root / "gudang" / "ssn.duckdb"

    @property
    def dbt_target(self) -> Path:
        return self.root / "gudang" / "dbt"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what does not fit in memory."""
        return self.root / "gudang" / "tumpah"

    @property
    def store(self) -> Path:
        return self.root / "store" / "ssn.sqlite"

    @property
    def keys(self) -> Path:
        return self.root / "kunci"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def truth(self) -> Path:
        """The demo city's truth, apart from the inbox."""
        return self.root / "demo"

    def periods(self) -> list[str]:
        """The dtks periods in the inbox, oldest first."""
        folder = self.inbox("dtks")
        names = (p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else ()
        return sorted(n for n in names if is_period(n))

    def prepare(self) -> Home:
        """Make the folders that are missing, with private rights. Raises OSError when the home cannot be written."""
        os.umask(0o077)
        for kind in ("dtks", "dukcapil", "bansos", "verifikasi", "bank", "penyerahan", "sampel"):
            private_dir(self.inbox(kind))
        for folder in (self.warehouse.parent, self.spill, self.store.parent, self.keys, self.dagster, self.bank):
            private_dir(folder)
        for folder in (self.root, self.outbox):
            folder.chmod(PRIVATE_DIR)
        return self


def is_period(name: str) -> bool:
    """Whether a folder name is a period, YYYY-MM."""
    return len(name) == 7 and name[4] == "-" and name[:4].isdigit() and name[5:].isdigit() and 1 <= int(name[5:]) <= 12


def private_dir(path: Path) -> Path:
    """Make a folder (and its parents) that only the platform's user can enter."""
    path.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
    return path


def write_atomically(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file so that a reader (or a crash) sees the old content or the new, on disk, never a part."""
    private_dir(path.parent)
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.chmod(temporary, mode)
    os.replace(temporary, path)
    sync_dir(path.parent)


def with_room(path: Path, size: int) -> Path:
    """Make a file, or lengthen it, so that its bytes are taken on the disk.

    For what others write through memory: where the disk is full then, the process is killed (SIGBUS) without a word.

    Raises:
        OSError: there is no room, or the folder cannot be written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(path)) from problem
    finally:
        os.close(descriptor)
    return path


def sync_dir(path: Path) -> None:
    """Make renames in this folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
