"""The file the bank gets: H, D and T lines of README, Formats and codes. Rows in, bytes out; the ledger is `export.py`'s."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ssn_assets.store.schema import PERSON_FIELDS

FIELDS = ["id_penerbitan", "jenis", "nomor_ssn", *PERSON_FIELDS, "id_rujukan"]
"""A D line after `D` and `seq`."""

NO_PREVIOUS = "0" * 64
SENDER, RECEIVER, PURPOSE = "SAMARINDA-SSN", "BANKALTIMTARA", "PENERBITAN"

FORBIDDEN_CHARACTER, BAD_NUMBER = "KARAKTER_TERLARANG", "NIK_KK_TIDAK_SAH"

_FORBIDDEN = re.compile(r"[|\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SIXTEEN = re.compile(r"[0-9]{16}")


@dataclass(frozen=True)
class BatchFile:
    """A batch as it is written.

    Attributes:
        content: the whole file.
        count: its D lines.
        hash_total: sum of the last six digits of each NIK.
        sha256: of the whole file.
    """

    content: bytes
    count: int
    hash_total: int
    sha256: str


def file_name(batch_no: int) -> str:
    """penerbitan_0001.txt"""
    return f"penerbitan_{batch_no:04d}.txt"


def manifest_name(batch_no: int) -> str:
    """penerbitan_0001.manifest.json"""
    return f"penerbitan_{batch_no:04d}.manifest.json"


def fault(row: Mapping[str, Any]) -> str | None:
    """Why a row cannot be written as it is; None when it can. Nothing is ever changed to make it fit.

    Args:
        row: FIELDS, missing values None.

    Returns:
        KARAKTER_TERLARANG: a separator, line break or control character in a field; NIK_KK_TIDAK_SAH: not 16 digits.
    """
    if any(value is not None and _FORBIDDEN.search(value) for value in (row[f] for f in FIELDS)):
        return FORBIDDEN_CHARACTER
    if not (_SIXTEEN.fullmatch(row["nik"] or "") and _SIXTEEN.fullmatch(row["no_kk"] or "")):
        return BAD_NUMBER
    return None


def sha256(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def render(batch_no: int, previous_sha256: str, created: str, period: str, rows: Sequence[Mapping[str, Any]]) -> BatchFile:
    """The file of a batch: a pure function of the ledger's rows.

    Args:
        previous_sha256: of the whole file before; NO_PREVIOUS for the first.
        created: UTC, to the second.
        rows: FIELDS of each line, in the order of `seq`, all without `fault`.
    """
    head = "|".join(("H", "1", str(batch_no), previous_sha256, created, SENDER, RECEIVER, PURPOSE, period))
    lines = "".join(
        f"D|{seq}|{'|'.join('' if row[f] is None else row[f] for f in FIELDS)}\n" for seq, row in enumerate(rows, start=1)
    ).encode()
    hash_total = sum(int(row["nik"][-6:]) for row in rows)
    tail = "|".join(("T", str(batch_no), str(len(rows)), sha256(lines), str(hash_total)))
    content = b"".join((head.encode(), b"\n", lines, tail.encode(), b"\n"))
    return BatchFile(content, len(rows), hash_total, sha256(content))


def manifest(
    batch_no: int, previous_sha256: str, created: str, period: str, file_sha256: str, count: int, hash_total: int
) -> bytes:
    """The manifest beside the file, as JSON."""
    facts = {
        "batch_no": batch_no,
        "file": file_name(batch_no),
        "sha256": file_sha256,
        "count": count,
        "hash_total": hash_total,
        "prev_batch_sha256": previous_sha256,
        "period": period,
        "created": created,
    }
    return json.dumps(facts, indent=1).encode() + b"\n"
