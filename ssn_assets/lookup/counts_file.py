"""The LMDB file of the counts: made for this start of the machine, opened, shared by the threads of a process, and put aside when
it is damaged. What is in it belongs to `state.py`; call everything here in a turn of its own.

What a damaged file held is lost as it is when the machine starts: misses and locks, which begin anew. That is no worse than the
lock's own end, so it may be done once in a lock's time; damaged again sooner, something is wrong with the disk or somebody is at
the file, and questions get 503 until a person has looked. Used nonces must not be lost: `lost_nonces_until`.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
import time
from pathlib import Path

import lmdb

from ssn_assets.home import PRIVATE_FILE, private_dir, with_room
from ssn_assets.lookup import metrics
from ssn_assets.lookup.limits import LOCK
from ssn_assets.lookup.signatures import WINDOW

NAME, SUFFIX, ASIDE = "hitungan-", ".lmdb", "-rusak-"
BOOT = Path("/proc/sys/kernel/random/boot_id")
READERS = 8192
"""Bytes of LMDB's table of who reads; it is written through memory."""
DAMAGED = (
    lmdb.CorruptedError,
    lmdb.PageNotFoundError,
    lmdb.PanicError,
    lmdb.InvalidError,
    lmdb.VersionMismatchError,
    struct.error,
)
"""What says so, of LMDB's pages or of a value of another length than ours."""
mapped = threading.Lock()
"""Held by who reads outside of a turn, or maps the file anew or away under readers."""
_open: dict[Path, tuple[lmdb.Environment, int, int]] = {}
"""A process may have a file open once only: which it has, its inode, and for how many."""
log = logging.getLogger("ssn.lookup")


def of_this_start(folder: Path) -> Path:
    """The file's place; those of earlier starts of the machine are removed."""
    try:
        boot = BOOT.read_text().strip()
    except OSError:
        boot = "0"
    path = private_dir(folder) / f"{NAME}{boot}{SUFFIX}"
    for old in folder.glob(f"{NAME}*"):
        if not old.name.startswith(path.name):
            old.unlink(missing_ok=True)
    return path


def opened(path: Path, most: int) -> None:
    """Have it open once more in this process.

    Raises:
        lmdb.Error: it is damaged again, or cannot be written.
    """
    if path in _open:
        file, inode, others = _open[path]
        _open[path] = file, inode, others + 1
        return
    try:
        _map(path, most, 1)
    except DAMAGED as problem:
        if not _put_aside(path, problem):
            raise
        _map(path, most, 1)


def current(path: Path, most: int) -> lmdb.Environment:
    """The file as it is now; another worker may have put a damaged one aside."""
    file, inode, others = _open[path]
    try:
        if os.stat(path).st_ino == inode:
            return file
    except FileNotFoundError:  # removed under our feet: what is open goes on
        return file
    with mapped:
        file.close()
        return _map(path, most, others)


def here(path: Path) -> lmdb.Environment:
    """The file as this process has it open."""
    return _open[path][0]


def closed(path: Path) -> None:
    """Have it open once less."""
    with mapped:
        file, inode, others = _open[path]
        if others > 1:
            _open[path] = file, inode, others - 1
        else:
            del _open[path]
            file.close()


def replace(path: Path, most: int, problem: Exception) -> None:
    """Put the damaged file aside and begin a fresh one, unless that was done already within a lock's time."""
    if _put_aside(path, problem):
        file, _, others = _open[path]
        with mapped:
            file.close()
            _map(path, most, others)


def lost_nonces_until(path: Path) -> float:
    """Until when a request signed before the file was put aside could be sent again and nobody would know; 0.0 when none was."""
    return max((moment + 2 * WINDOW for moment in _put_aside_at(path)), default=0.0)


def _map(path: Path, most: int, others: int) -> lmdb.Environment:
    with_room(path.with_name(f"{path.name}-lock"), READERS)
    file = lmdb.open(str(path), subdir=False, map_size=most, sync=False, mode=PRIVATE_FILE)
    file.reader_check()  # what a worker killed in `forget` still seems to read would never be written over
    needed = (file.info()["last_pgno"] + 1) * file.stat()["psize"]
    if path.stat().st_size < needed:  # cut off: to read behind the end would be SIGBUS, of a page of zeros LMDB says so
        os.truncate(path, needed)
    _open[path] = file, path.stat().st_ino, others
    return file


def _put_aside(path: Path, problem: Exception) -> bool:
    now = time.time()
    if any(now - moment < LOCK for moment in _put_aside_at(path)):
        return False
    aside = path.with_name(f"{path.name}{ASIDE}{now:.0f}")
    path.rename(aside)
    path.with_name(f"{path.name}-lock").unlink(missing_ok=True)
    metrics.mended()
    log.error("counts were damaged, begun anew", extra={"reason": str(problem), "aside": str(aside)})
    return True


def _put_aside_at(path: Path) -> list[float]:
    found = [old.name.rpartition("-")[2] for old in path.parent.glob(f"{path.name}{ASIDE}*")]
    return [float(moment) for moment in found if moment.isdigit()]
