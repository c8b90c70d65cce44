"""The D lines of the card file: their fields, and why one cannot be written. How the file is made: `batches/layout.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ssn_assets.store.schema import PERSON_FIELDS

FIELDS = ("id_penerbitan", "jenis", "nomor_ssn", *PERSON_FIELDS, "id_rujukan")
"""A D line after `D` and `seq`."""

FORBIDDEN_CHARACTER, BAD_NUMBER = "KARAKTER_TERLARANG", "NIK_KK_TIDAK_SAH"
BAD_SSN, NO_NAME, BAD_BIRTH_DATE = "NOMOR_SSN_TIDAK_SAH", "NAMA_KOSONG", "TANGGAL_LAHIR_TIDAK_SAH"

_SIGNS = r"|\x00-\x1f\x7f-\x9f\u2028\u2029"
_FORBIDDEN = re.compile(f"[{_SIGNS}]")
_SIXTEEN = re.compile(r"[0-9]{16}")
_SSN = re.compile(r"6472[0-9]{8}")


_JENIS, _NO_KK = (FIELDS.index(name) for name in ("jenis", "no_kk"))
_NUMBER, _NIK, _NAME, _BORN = (FIELDS.index(name) for name in ("nomor_ssn", "nik", "nama", "tanggal_lahir"))
"""Places of fields in a line."""


_ANY = f"[^{_SIGNS}]*"
_SURE_OF = {
    "jenis": "(?:BARU|GANTI)",
    "nomor_ssn": "6472[0-9]{8}",
    "nik": "[0-9]{16}",
    "no_kk": "[0-9]{16}",
    "nama": rf"[^\s{_SIGNS}]{_ANY}",
    "tanggal_lahir": "(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
}
_SURE = re.compile(r"\|".join(_SURE_OF.get(name, _ANY) for name in FIELDS))
"""A line that certainly has no fault: nearly every one, and one look each. `fault` judges the others."""


def is_block(line: str) -> bool:
    """Whether a line, as it is written, is a BLOKIR."""
    return line.split("|", _JENIS + 1)[_JENIS] == "BLOKIR"


def faults(lines: Sequence[str]) -> dict[str, str]:
    """The lines, their fields with `|` between them, that cannot be written as they are: id -> why (see `fault`)."""
    sure, found = _SURE.fullmatch, {}
    for line in lines:
        if not sure(line):
            row = line.split("|")
            why = fault(row) if len(row) == len(FIELDS) else FORBIDDEN_CHARACTER
            if why:
                found[row[0]] = why
    return found


def fault(row: Sequence[str]) -> str | None:
    """Why a row cannot be written as it is; None when it can. Nothing is ever changed to make it fit.

    The same rules as the border suite's (`profile.py`) and the bank's checker (deploy/): what they refuse is not sealed.
    A block may be without name and birth date: it stops a card, and the card stands in `id_rujukan`.

    Args:
        row: FIELDS in their order, empty where there is none.

    Returns:
        KARAKTER_TERLARANG: a separator, line break or control character in a field; NIK_KK_TIDAK_SAH: not 16 digits;
        NOMOR_SSN_TIDAK_SAH: not 6472 and eight digits; NAMA_KOSONG; TANGGAL_LAHIR_TIDAK_SAH: missing, or not YYYY-MM-DD.
    """
    if _FORBIDDEN.search(" ".join(row)):
        return FORBIDDEN_CHARACTER
    if not (_SIXTEEN.fullmatch(row[_NIK]) and _SIXTEEN.fullmatch(row[_NO_KK])):
        return BAD_NUMBER
    if not _SSN.fullmatch(row[_NUMBER]):
        return BAD_SSN
    block, born = row[_JENIS] == "BLOKIR", row[_BORN]
    if not block and not row[_NAME].strip():
        return NO_NAME
    if not (_is_date(born) if born else block):
        return BAD_BIRTH_DATE
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
