"""Which files an office has dropped, what they contain (SHA-256), and which of them count. Content is not read here.

Files belong to their senders: nothing is ever changed, moved or deleted.
"""

from __future__ import annotations

import hashlib
import os
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ssn_assets.home import Home, is_period
from ssn_assets.intake.headers import INPUTS
from ssn_assets.intake.reasons import refusal

FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
}
"""Endings that are read; every other one is refused by name."""

FLAT = ("verifikasi", "bank", "pembayaran", "penyerahan", "sampel")
"""Inputs without period folders: files may lie in any sub-folder, under any name."""

CHUNK = 1 << 20
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DATED = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?")
_JUNK = re.compile(r"^(\.|~\$|thumbs\.db$|desktop\.ini$)|(\.tmp|\.part|\.crdownload|~)$", re.IGNORECASE)


@dataclass(frozen=True)
class Bytes:
    """What decides how a CSV can be read: line ends (counted), quotation marks and NULs (there or not)."""

    newlines: int = 0
    returns: int = 0
    has_quotes: bool = False
    has_nuls: bool = False
    ends_with_newline: bool = True


@dataclass(frozen=True)
class InboxFile:
    """One file as found.

    folder: its period or date folder ('' for flat inputs). name: without folders. refused: code when it is not to be
    read at all, with the sentence that says why in `because`.
    """

    kind: str
    folder: str
    name: str
    path: Path
    size: int = 0
    changed: int = 0
    sha256: str = ""
    counts: Bytes = Bytes()
    refused: str = ""
    because: str = ""

    @property
    def identity(self) -> list[str]:
        """What decides the result of reading this file, for a step's fingerprint."""
        return [self.folder, self.name, self.sha256, self.refused]

    @property
    def format(self) -> str:
        return FORMATS[self.path.suffix.lower()]

    def is_unchanged(self) -> bool:
        """Whether the file is still the one that was hashed."""
        now = self.path.stat()
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)


def scan(home: Home, kind: str, period: str) -> list[InboxFile]:
    """The files of one input that concern a period, hashed, in the order in which they are read.

    Args:
        home: where the inbox is.
        kind: dtks (the period's folder), dukcapil (the newest date folder), bansos (every month folder not after the
            period), verifikasi, bank, pembayaran or sampel (all files).
        period: YYYY-MM.

    Returns:
        Also files that will be refused: unknown endings, copies, files in the wrong place.
    """
    root = home.inbox(INPUTS[kind].folder or kind)
    if kind in FLAT:
        return _folder(kind, "", root)
    found = [f for folder in _folders_in_force(root, kind, period) for f in _folder(kind, folder, root / folder)]
    return found + list(_misplaced(root, kind))


def snapshots(home: Home) -> list[str]:
    """The date folders of the civil registry, oldest first; the last one is in force."""
    return [name for name in _folders(home.inbox("dukcapil")) if _DAY.fullmatch(name)]


def age_days(folders: Iterable[str], today: date) -> int | None:
    """How old the newest data of an input is; None when it has no files.

    Args:
        folders: names of its folders, YYYY-MM (data up to the end of that month) or YYYY-MM-DD; others say nothing.
    """
    ends = []
    for year, month, day in (found.groups() for name in folders if (found := _DATED.fullmatch(name))):
        last = monthrange(int(year), int(month))[1]
        ends.append(date(int(year), int(month), min(int(day or last), last)))
    return max((today - max(ends)).days, 0) if ends else None


def scan_snapshot(home: Home, folder: str) -> list[InboxFile]:
    """The files of one registry snapshot, hashed."""
    return _folder("dukcapil", folder, home.inbox("dukcapil") / folder)


def _folders_in_force(root: Path, kind: str, period: str) -> list[str]:
    folders = _folders(root)
    if kind == "dukcapil":
        return [name for name in folders if _DAY.fullmatch(name)][-1:]
    return [name for name in folders if is_period(name) and (name == period if kind == "dtks" else name <= period)]


def _folders(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir() if entry.is_dir()) if root.is_dir() else []


def _folder(kind: str, folder: str, top: Path) -> list[InboxFile]:
    """All files below one folder; same content (to be read in the same way) once, under the first name."""
    seen: dict[tuple[str, str], str] = {}
    names: set[str] = set()
    files = []
    for path in sorted(_files(top), key=lambda p: (printable(p.name), str(p))):
        file = _look(kind, folder, path)
        if not file.refused and (file.sha256, file.format) in seen:
            file = _refuse(file, "SALINAN", asli=seen[file.sha256, file.format])
        elif not file.refused and file.name in names and kind not in FLAT:
            file = _refuse(file, "NAMA_KEMBAR")
        elif not file.refused:
            seen[file.sha256, file.format] = file.name
            names.add(file.name)
        files.append(file)
    return files


def _files(top: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(top):
        inner[:] = sorted(name for name in inner if not _JUNK.search(name))
        yield from (Path(folder, name) for name in names if not _JUNK.search(name) and Path(folder, name).is_file())


def _look(kind: str, folder: str, path: Path) -> InboxFile:
    file = InboxFile(kind, folder, printable(path.name), path)
    ending = path.suffix.lower()
    if ending == ".xls":
        return _refuse(file, "XLS_LAMA")
    if ending not in FORMATS:
        return _refuse(file, "FORMAT_TIDAK_DIKENAL")
    try:
        status = path.stat()
        digest, counts = _read(path, counting=FORMATS[ending] == "csv")
    except OSError:
        return _refuse(file, "TIDAK_TERBACA", galat="berkas tidak dapat dibuka")
    file = replace(file, size=status.st_size, changed=status.st_mtime_ns, sha256=digest, counts=counts)
    return _refuse(file, "KOSONG") if status.st_size == 0 else file


def _read(path: Path, counting: bool) -> tuple[str, Bytes]:
    digest, newlines, returns, quotes, nuls, last = hashlib.sha256(), 0, 0, False, False, b""
    with path.open("rb", buffering=0) as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
            if counting:
                newlines += chunk.count(b"\n")
                returns += chunk.count(b"\r") if b"\r" in chunk else 0
                quotes = quotes or b'"' in chunk
                nuls = nuls or b"\0" in chunk
                last = chunk[-1:]
    return digest.hexdigest(), Bytes(newlines, returns, quotes, nuls, last in (b"\n", b""))


def _misplaced(root: Path, kind: str) -> Iterable[InboxFile]:
    """Files that no run would ever read, because they lie beside the dated folders or in one with another name."""
    if not root.is_dir():
        return
    dated = is_period if kind != "dukcapil" else _DAY.fullmatch
    for entry in sorted(root.iterdir()):
        if _JUNK.search(entry.name) or (entry.is_dir() and dated(entry.name)):
            continue
        for path in sorted(_files(entry)) if entry.is_dir() else [entry] * entry.is_file():
            yield _refuse(InboxFile(kind, "", printable(path.name), path), "SALAH_FOLDER")


def _refuse(file: InboxFile, code: str, **details: str) -> InboxFile:
    return replace(file, refused=code, because=refusal(code, file.kind, **details))


def printable(name: str) -> str:
    """A file name that every table and page can hold, whatever bytes the sender's system put in it."""
    return name.encode("utf-8", "replace").decode()
