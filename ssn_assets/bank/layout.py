"""The files the bank gets: H, D and T lines of README, Formats and codes. Rows in, bytes out; the ledgers are elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ssn_assets.store.schema import PERSON_FIELDS

FIELDS = ["id_penerbitan", "jenis", "nomor_ssn", *PERSON_FIELDS, "id_rujukan"]
"""A D line after `D` and `seq`."""

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


CARDS = Form("penerbitan", "PENERBITAN", tuple(FIELDS))
PAYMENTS = Form(
    "pembayaran",
    "PEMBAYARAN",
    ("id_pembayaran", "id_penerbitan", "nomor_ssn", "nik", "nama", "bulan", "jumlah", "id_rujukan"),
    money="jumlah",
)

FORBIDDEN_CHARACTER, BAD_NUMBER = "KARAKTER_TERLARANG", "NIK_KK_TIDAK_SAH"
BAD_SSN, NO_NAME, BAD_BIRTH_DATE = "NOMOR_SSN_TIDAK_SAH", "NAMA_KOSONG", "TANGGAL_LAHIR_TIDAK_SAH"

_FORBIDDEN = re.compile(r"[|\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SIXTEEN = re.compile(r"[0-9]{16}")
_SSN = re.compile(r"6472[0-9]{8}")


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


def file_name(batch_no: int, form: Form = CARDS) -> str:
    """penerbitan_0001.txt"""
    return f"{form.prefix}_{batch_no:04d}.txt"


def manifest_name(batch_no: int, form: Form = CARDS) -> str:
    """penerbitan_0001.manifest.json"""
    return f"{form.prefix}_{batch_no:04d}.manifest.json"


def fault(row: Mapping[str, Any]) -> str | None:
    """Why a row cannot be written as it is; None when it can. Nothing is ever changed to make it fit.

    The same rules as the border suite's (`profile.py`) and the bank's checker (deploy/): what they refuse is not sealed.
    A block may be without name and birth date: it stops a card, and the card stands in `id_rujukan`.

    Args:
        row: FIELDS, missing values None.

    Returns:
        KARAKTER_TERLARANG: a separator, line break or control character in a field; NIK_KK_TIDAK_SAH: not 16 digits;
        NOMOR_SSN_TIDAK_SAH: not 6472 and eight digits; NAMA_KOSONG; TANGGAL_LAHIR_TIDAK_SAH: missing, or not YYYY-MM-DD.
    """
    if any(value is not None and _FORBIDDEN.search(value) for value in (row[f] for f in FIELDS)):
        return FORBIDDEN_CHARACTER
    if not (_SIXTEEN.fullmatch(row["nik"] or "") and _SIXTEEN.fullmatch(row["no_kk"] or "")):
        return BAD_NUMBER
    if not _SSN.fullmatch(row["nomor_ssn"] or ""):
        return BAD_SSN
    block, born = row["jenis"] == "BLOKIR", row["tanggal_lahir"]
    if not block and not (row["nama"] or "").strip():
        return NO_NAME
    if not (_is_date(born) if born else block):
        return BAD_BIRTH_DATE
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def sha256(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def render(
    batch_no: int,
    previous_sha256: str,
    created: str,
    period: str,
    rows: Sequence[Mapping[str, Any]],
    form: Form = CARDS,
) -> BatchFile:
    """The file of a batch: a pure function of the ledger's rows.

    Args:
        previous_sha256: of the whole file before; NO_PREVIOUS for the first.
        created: UTC, to the second.
        rows: the form's fields of each line, in the order of `seq`, all without `fault`; money as a whole number.
    """
    head = "|".join(("H", "1", str(batch_no), previous_sha256, created, SENDER, RECEIVER, form.purpose, period))
    lines = "".join(
        f"D|{seq}|{'|'.join('' if row[f] is None else str(row[f]) for f in form.fields)}\n"
        for seq, row in enumerate(rows, start=1)
    ).encode()
    hash_total = sum(int(row["nik"][-6:]) for row in rows)
    rupiah = sum(int(row[form.money]) for row in rows) if form.money else 0
    total = (str(rupiah),) if form.money else ()
    tail = "|".join(("T", str(batch_no), str(len(rows)), *total, sha256(lines), str(hash_total)))
    content = b"".join((head.encode(), b"\n", lines, tail.encode(), b"\n"))
    return BatchFile(content, len(rows), hash_total, sha256(content), rupiah)


def manifest(batch: Any, form: Form = CARDS) -> bytes:
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
