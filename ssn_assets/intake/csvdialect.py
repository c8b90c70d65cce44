"""How a text file is written: its encoding, its separator, its header row. Judged on the first part of the file."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ssn_assets.intake.grid import require_header
from ssn_assets.intake.headerrow import SEARCH_ROWS, Match, find_header
from ssn_assets.intake.headers import Input
from ssn_assets.intake.reasons import OTHERS, Refused

HEAD = 1 << 18
SEPARATORS = {",": "koma", ";": "titik koma", "|": "garis tegak", "\t": "tab"}
UNREADABLE = "\udc80"
"""Stands for a byte that no accepted encoding knows; a record that holds it is quarantined."""

_FOREIGN = {
    b"PK\x03\x04": ": isinya buku kerja Excel atau ZIP",
    b"\xd0\xcf\x11\xe0": ": isinya berkas Office lama",
    b"PAR1": ": isinya Parquet",
    b"%PDF": ": isinya PDF",
}
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"{\\rtf")
_MEANINGLESS = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})


@dataclass(frozen=True)
class Dialect:
    """How to read the file.

    skipped: physical lines up to and with the header. hint: whether line 1 is Excel's `sep=`, which it does not show.
    windows: whether bytes are not UTF-8 and were read as CP1252.
    """

    encoding: str
    separator: str
    match: Match
    skipped: int
    hint: bool
    windows: bool

    @property
    def note(self) -> str:
        """In words, for the load report."""
        encoding = "UTF-16" if self.encoding.startswith("utf-16") else "CP1252" if self.windows else "UTF-8"
        return f"CSV, {encoding}, pemisah {SEPARATORS[self.separator]}, judul kolom di baris {self.match.row + 1}"


def sniff(path: Path, spec: Input) -> Dialect:
    """Find out how a CSV file is written, by trying every separator for the input's header.

    Raises:
        Refused: KOSONG, BUKAN_CSV or TANPA_KEPALA.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    encoding = _encoding(head)
    lines = _lines(head, encoding)
    if not any(line.strip() for line in lines):
        raise Refused("KOSONG")
    hint = lines[0].lower().startswith("sep=") and len(lines[0].strip()) <= 5
    lines = lines[hint:]
    found: dict[str, Match] = {}
    for separator in SEPARATORS:
        match = find_header(spec, _records(lines, separator))
        if match is not None:
            found[separator] = match
            if not match.missing:
                break
    if not found:
        if not spec.owns([row for separator in SEPARATORS for row in _records(lines, separator)]):
            raise Refused(OTHERS)
        require_header(spec, [[spec.mark]] if spec.marked else [])
    best = min(found, key=lambda s: (len(found[s].missing), -len(found[s].places)))
    match = require_header(spec, _records(lines, best))
    return Dialect(encoding, best, match, _physical(lines, best, match.row + 1) + hint, hint, _is_windows(head, encoding))


def _encoding(head: bytes) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    for magic, content in _FOREIGN.items():
        if head.startswith(magic):
            raise Refused("BUKAN_CSV", isi=content)
    if head.lstrip()[:9].lower().startswith(_MARKUP):
        raise Refused("BUKAN_CSV", isi=": isinya halaman web atau dokumen")
    if head.count(0) > len(head) // 4:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if min(even, odd) <= max(even, odd) // 20:
            return "utf-16-le" if odd > even else "utf-16-be"
    if len(head) - len(head.translate(None, _MEANINGLESS)) > max(8, len(head) // 200):
        raise Refused("BUKAN_CSV")
    return "utf-8-sig"


def _is_windows(head: bytes, encoding: str) -> bool:
    if encoding != "utf-8-sig":
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return False


def _lines(head: bytes, encoding: str) -> list[str]:
    text = io.TextIOWrapper(io.BytesIO(head), encoding=encoding, errors=LENIENT, newline="")
    return [line for _, line in zip(range(4 * SEARCH_ROWS), text, strict=False)]


def _records(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return [row for _, row in zip(range(SEARCH_ROWS), csv.reader(lines, delimiter=separator), strict=False)]
    except csv.Error:
        return [line.rstrip("\r\n").split(separator) for line in lines[:SEARCH_ROWS]]


def _physical(lines: list[str], separator: str, records: int) -> int:
    reader = csv.reader(lines, delimiter=separator)
    for _ in range(records):
        next(reader)
    return reader.line_num


def _byte_as_typed(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 were typed under Windows (CP1252); what that does not know either stays marked."""
    if not isinstance(error, UnicodeDecodeError) or error.encoding.startswith("utf-16"):
        return UNREADABLE, getattr(error, "end", 0)
    broken = error.object[error.start : error.end]
    return "".join(_WINDOWS.get(byte, UNREADABLE) for byte in broken), error.end


_WINDOWS = {byte: text for byte in range(128, 256) if (text := bytes([byte]).decode("cp1252", "ignore"))}
LENIENT = "ssn-cp1252"
"""Name of the error handler: UTF-8 where it is UTF-8, CP1252 byte by byte where it is not."""
codecs.register_error(LENIENT, _byte_as_typed)
