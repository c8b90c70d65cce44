"""A workbook looked at from outside, before anything opens it: is it one, is it locked, how big does it become.

Declared sizes can lie, so every member is also inflated once, in small pieces, and measured. Cells are counted in
`xlsxcells.py` and read in `xlsxfile.py`.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ssn_assets.intake.reasons import Refused
from ssn_assets.intake.xlsxcells import MOST_TEXT, Extent, shared_text

LARGEST = 256 << 20
"""Bytes all members may have together when inflated: a sheet of 150,000 people takes about 110 MB."""

RATIO = 100
"""How many times its size a member may inflate; real sheets stay below 30. Small members may exceed it."""

SMALL = 1 << 20
MEMBERS = 200
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 1 << 16


def inspect(path: Path) -> list[str]:
    """Look at a workbook's ZIP directory and measure its members.

    Returns:
        Names of the worksheets that hold formulas.

    Raises:
        Refused: BUKAN_XLSX, TERKUNCI, RUSAK, BOM_ZIP or TERLALU_LUAS.
    """
    _not_something_else(path)
    try:
        with zipfile.ZipFile(path) as book:
            members = book.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise Refused("RUSAK") from error
    names = {member.filename.lower() for member in members}
    if len(members) > MEMBERS or sum(member.file_size for member in members) > LARGEST:
        raise Refused("BOM_ZIP")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("TERKUNCI")
    if not any(name.endswith("xl/workbook.xml") for name in names) or "[content_types].xml" not in names:
        raise Refused("BUKAN_XLSX")
    return _measure(path, members)


def _not_something_else(path: Path) -> None:
    with path.open("rb") as handle:
        head = handle.read(8)
        if head.startswith(_OLE):
            locked = _ENCRYPTED_PACKAGE in handle.read(SMALL * 8)
            raise Refused("TERKUNCI") if locked else Refused("BUKAN_XLSX", isi=": isinya berkas Office lama")
    if not head.startswith(_ZIP):
        raise Refused("BUKAN_XLSX")


def _measure(path: Path, members: list[zipfile.ZipInfo]) -> list[str]:
    total, formulas, extents = 0, [], {}
    with path.open("rb") as handle:
        for member in members:
            extents[member.filename] = extent = Extent()
            size, has_formulas = _inflate(handle, member, LARGEST - total, extent)
            total += size
            if size > SMALL and size > RATIO * max(member.compress_size, 1):
                raise Refused("BOM_ZIP")
            if has_formulas and "worksheets/" in member.filename.lower():
                formulas.append(member.filename)
            extent.check()
        if sum(e.cells for e in extents.values()) * max(e.longest for e in extents.values()) > MOST_TEXT:
            _weigh_shared_text(handle, members, extents)
    return formulas


def _weigh_shared_text(handle: BinaryIO, members: list[zipfile.ZipInfo], extents: dict[str, Extent]) -> None:
    strings = b"".join(piece for member in members if _has_strings(member) for piece in _pieces(handle, member))
    sheets = (b"".join(_pieces(handle, member)) for member in members if extents[member.filename].cells)
    if shared_text(strings, sheets) > MOST_TEXT:
        raise Refused("BOM_ZIP")


def _has_strings(member: zipfile.ZipInfo) -> bool:
    return member.filename.lower().endswith("sharedstrings.xml")


def _inflate(handle: BinaryIO, member: zipfile.ZipInfo, allowed: int, extent: Extent) -> tuple[int, bool]:
    """The true size of one member, and whether it has the sign of a formula; its cells or texts are added to `extent`.

    Raises:
        Refused: above `allowed` bytes.
    """
    size, formulas = 0, False
    is_xml = member.filename.lower().endswith(".xml")
    add = extent.add_strings if _has_strings(member) else extent.add if is_xml else None
    for text in _pieces(handle, member):
        size += len(text)
        formulas = formulas or b"<f>" in text or b"<f " in text
        if size > allowed:
            raise Refused("BOM_ZIP")
        if add:
            add(text)
    return size, formulas


def _pieces(handle: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member inflates to, whatever size its directory entry declares. Raises Refused when it is damaged."""
    start = max(member.header_offset, 0)  # a damaged directory may point before the file
    handle.seek(start)
    header = handle.read(30)
    if not header.startswith(b"PK\x03\x04") or len(header) < 30 or member.compress_type not in _METHODS:
        raise Refused("RUSAK")
    name, extra = struct.unpack("<HH", header[26:30])
    handle.seek(start + 30 + name + extra)
    stored = member.compress_type == zipfile.ZIP_STORED
    inflater, left = zlib.decompressobj(-15), member.compress_size
    while left > 0:
        piece = handle.read(min(_PIECE, left))
        if not piece:
            raise Refused("RUSAK")
        left -= len(piece)
        while piece:
            try:
                yield piece if stored else inflater.decompress(piece, _PIECE * 4)
            except zlib.error as error:
                raise Refused("RUSAK") from error
            piece = b"" if stored else inflater.unconsumed_tail
