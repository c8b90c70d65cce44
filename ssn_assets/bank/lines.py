"""The D lines of the card file: their fields, and why one cannot be written. How the file is made: `batches/layout.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ssn_assets.store.schema import PERSON_FIELDS

FIELDS = ("id_penerbitan", "jenis", "nomor_ssn", *PERSON_FIELDS, "id_rujukan")
"""A D line after `D` and `seq`."""

FORBIDDEN_CHARACTER, BAD_NUMBER = "KARAKTER_TERLARANG", "NIK_KK_TIDAK_SAH"
BAD_SSN, NO_NAME, BAD_BIRTH_DATE = "NOMOR_SSN_TIDAK_SAH", "NAMA_KOSONG", "TANGGAL_LAHIR_TIDAK_SAH"

_FORBIDDEN = re.compile(r"[|\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SIXTEEN = re.compile(r"[0-9]{16}")
_SSN = re.compile(r"6472[0-9]{8}")


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
