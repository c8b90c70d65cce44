"""Writing CSV in any dialect and plain XLSX sheets, the same bytes for the same content."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

XLSX_ROWS = 1_000_000
"""Rows one worksheet takes, with room for titles."""

FIXED_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    separator: str = ",",
    encoding: str = "utf-8",
    newline: str = "\n",
) -> None:
    """Write a delimited text file; values are quoted where they must be."""
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=separator, lineterminator=newline)
        writer.writerow(header)
        writer.writerows(rows)


def write_sheet(
    path: Path,
    head: Sequence[Sequence[object]],
    rows: Iterable[Sequence[object]],
    extra_sheet: tuple[str, list[list[str]]] | None = None,
    sheet: str = "DATA",
) -> None:
    """Write a workbook: rows of head, then the rows. Text stays text (no formula, no link), dates are date cells.

    Args:
        extra_sheet: name and rows of a second sheet.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": FIXED_TIME})
    page = book.add_worksheet(sheet)
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(chain(head, rows)):
        for column, value in enumerate(row):
            if isinstance(value, str):
                if value:
                    page.write_string(number, column, value)
            elif isinstance(value, dt.date):
                page.write_datetime(number, column, value, day_format)
            elif value is not None:
                page.write_number(number, column, value)
    if extra_sheet:
        name, lines = extra_sheet
        notes = book.add_worksheet(name)
        for i, line in enumerate(lines):
            for column, text in enumerate(line):
                notes.write_string(i, column, text)
    book.close()


def read_sheet(path: Path, key: str) -> tuple[list[list[Any]], list[str], list[list[Any]]]:
    """Title rows, header and lines of a workbook's first sheet.

    Args:
        key: the column by which the header is known, and without which a line is none.
    """
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    place = next(i for i, row in enumerate(cells) if key in row)
    header = [str(name) for name in cells[place]]
    return cells[:place], header, [row for row in cells[place + 1 :] if row[header.index(key)]]
