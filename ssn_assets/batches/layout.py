"""The files the bank gets: H, D and T lines of README, Formats and codes. Rows in, bytes out; which rows is elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NO_PREVIOUS = "0" * 64
SENDER, RECEIVER = "SAMARINDA-SSN", "BANKALTIMTARA"


@dataclass(frozen=True)
class Form:
    """One kind of file.

    Attributes:
        prefix: of its file names.
        purpose: in its H line.
        fields: a D line after `D` and `seq`.
        money: the field in rupiah; its sum stands in T, after the count.
    """

    prefix: str
    purpose: str
    fields: tuple[str, ...]
    money: str | None = None


@dataclass(frozen=True)
class BatchFile:
    """A batch as it is written.

    Attributes:
        content: the whole file.
        count: its D lines.
        hash_total: sum of the last six digits of each NIK.
        sha256: of the whole file.
        rupiah: sum of the money; 0 in a file without.
    """

    content: bytes
    count: int
    hash_total: int
    sha256: str
    rupiah: int = 0


def file_name(batch_no: int, form: Form) -> str:
    """penerbitan_0001.txt"""
    return f"{form.prefix}_{batch_no:04d}.txt"


def manifest_name(batch_no: int, form: Form) -> str:
    """penerbitan_0001.manifest.json"""
    return f"{form.prefix}_{batch_no:04d}.manifest.json"


def sha256(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def render(
    batch_no: int,
    previous_sha256: str,
    created: str,
    period: str,
    rows: Sequence[str],
    form: Form,
) -> BatchFile:
    """The file of a batch: a pure function of the ledger's rows.

    Args:
        previous_sha256: of the whole file before; NO_PREVIOUS for the first.
        created: UTC, to the second.
        rows: per line the form's fields as text with `|` between them, empty where there is none, in the order of `seq`.
    """
    head = "|".join(("H", "1", str(batch_no), previous_sha256, created, SENDER, RECEIVER, form.purpose, period))
    lines = "".join([f"D|{seq}|{row}\n" for seq, row in enumerate(rows, start=1)]).encode()
    nik = form.fields.index("nik")
    hash_total = sum([int(row.split("|", nik + 1)[nik][-6:]) for row in rows])
    money = form.fields.index(form.money) if form.money else 0
    rupiah = sum([int(row.split("|", money + 1)[money]) for row in rows]) if form.money else 0
    total = (str(rupiah),) if form.money else ()
    tail = "|".join(("T", str(batch_no), str(len(rows)), *total, sha256(lines), str(hash_total)))
    content = b"".join((head.encode(), b"\n", lines, tail.encode(), b"\n"))
    return BatchFile(content, len(rows), hash_total, sha256(content), rupiah)


def manifest(batch: Any, form: Form) -> bytes:
    """The manifest beside the file, as JSON.

    Args:
        batch: the ledger's row of the batch.
    """
    facts = {
        "batch_no": batch.batch_no,
        "file": file_name(batch.batch_no, form),
        "sha256": batch.sha256,
        "count": batch.jumlah,
        **({"rupiah": batch.rupiah} if form.money else {}),
        "hash_total": batch.hash_total,
        "prev_batch_sha256": batch.prev_sha256,
        "period": batch.periode,
        "created": batch.dibuat_pada,
    }
    return json.dumps(facts, indent=1).encode() + b"\n"
