"""Formulas that no spreadsheet program has calculated yet: the reader sees nothing there, so they are found in the XML.

Only workbooks written by programs have them; one saved by Excel or LibreOffice stores every result.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f[^>]*?(?:/>|>([^<]*)</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')
_CONSTANT = re.compile(r'\s*=?\s*"((?:[^"]|"")*)"\s*')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def uncalculated(path: Path, sheet: str, candidates: list[str]) -> dict[tuple[int, int], str | None]:
    """Cells of a sheet that hold a formula and no value.

    Args:
        path: the workbook, already inspected.
        sheet: the sheet's name.
        candidates: worksheets (member names) that hold any formula.

    Returns:
        By (row, column) from 0: the text when the formula is only a quoted text, else None.
    """
    with zipfile.ZipFile(path) as book:
        member = _member(book, sheet)
        if member not in candidates:
            return {}
        content = book.read(member)
    return {
        (int(found[2]) - 1, _column(found[1])): _constant(html.unescape((found[3] or b"").decode("utf-8", "replace")))
        for found in _CELL.finditer(content)
    }


def _member(book: zipfile.ZipFile, sheet: str) -> str:
    """The ZIP member of a sheet, by way of the workbook's relations."""
    relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    for item in ElementTree.fromstring(book.read("xl/workbook.xml")).iter():
        if item.tag.endswith("}sheet") and item.get("name") == sheet:
            target = targets.get(item.get(_RELATION), "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return ""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _constant(formula: str) -> str | None:
    found = _CONSTANT.fullmatch(formula)
    return found[1].replace('""', '"') if found else None
