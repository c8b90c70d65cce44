"""A disk of its own for a proof, whose size can be set while it is used, and how a full one is told from other trouble."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOMY = 256 * 2**20
"""Bytes of a disk that never gets full here."""


def used(folder: Path) -> int:
    """Bytes taken on the disk at this folder."""
    disk = os.statvfs(folder)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def said_full(problem: BaseException) -> bool:
    """Whether an error names the full disk, as the system or SQLite says it."""
    return (
        getattr(problem, "errno", None) == errno.ENOSPC
        or "disk is full" in str(problem)
        or "disk I/O error" in str(problem)
        or "No space left" in str(problem)
    )


@contextmanager
def disk(folder: Path) -> Iterator[Callable[[int], None] | None]:
    """A disk of its own at this folder; sets its size in bytes. None where nothing may be mounted."""
    folder.mkdir()

    def mount(options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", f"{options},mode=700", "ssn-uji", str(folder)]
        return os.getuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0

    mounted = mount(f"size={ROOMY}")
    try:
        yield (lambda size: None if mount(f"remount,size={size}") else sys.exit("remount failed")) if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
