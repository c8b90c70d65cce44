"""How lists look that people fill in and send back: colours, drop-downs, print set-up, instructions. Rows: the stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 5
"""The row of the header cells, as a person counts."""

SAME_DAY = datetime(1980, 1, 1)
"""Time written into a file: the same list must give the same bytes."""

HEAD = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"}
HEAD_TO_FILL = {**HEAD, "bg_color": "#7F6000"}
CELL = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "num_format": "@", "text_wrap": True}
TO_FILL = {**CELL, "bg_color": "#FFF2CC", "locked": False}
DAY_TO_FILL = {**TO_FILL, "num_format": "yyyy-mm-dd"}
BIG = {"bold": True, "font_size": 14}
"""Formats: what the platform writes is white, what people fill in is yellow and not locked."""

CHOICE = {"validate": "list", "ignore_blank": True, "error_message": "Pilih salah satu dari daftar."}
DATE = {"validate": "date", "criteria": ">=", "value": date(2020, 1, 1), "ignore_blank": True, "error_type": "warning"}
"""Rules for cells to fill in; a date that looks wrong is only warned of."""

SORTABLE = ("format_columns", "format_rows", "sort", "autofilter")


def new_book(content: IO[bytes], title: str) -> xlsxwriter.Workbook:
    """An empty workbook that takes every text for a text."""
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": SAME_DAY, "title": title, "author": "SSN Samarinda"})
    return book


def draw_titles(book: xlsxwriter.Workbook, sheet: Worksheet, titles: Sequence[str]) -> None:
    """The lines above a list; the first is big."""
    for row, title in enumerate(titles):
        sheet.write_string(row, 0, title, *([book.add_format(BIG)] if row == 0 else []))


def draw_header(book: xlsxwriter.Workbook, sheet: Worksheet, columns: Mapping[str, int], to_fill: Iterable[str]) -> None:
    """The header cells.

    Args:
        columns: names with their widths.
        to_fill: the names of those that people fill in.
    """
    given, mine = book.add_format(HEAD), book.add_format(HEAD_TO_FILL)
    for column, (name, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW - 1, column, name, mine if name in to_fill else given)


def restrict(sheet: Worksheet, column: int, last_row: int, rule: Mapping[str, Any]) -> None:
    """Keep a column to fill in to a rule of xlsxwriter's."""
    sheet.data_validation(HEADER_ROW, column, last_row, column, dict(rule))


def set_up(sheet: Worksheet, last_row: int, last_column: int, frozen: int) -> None:
    """Freezing, protection without a password, and print set-up of a list.

    Args:
        frozen: so many columns on the left stay in sight.
    """
    sheet.autofilter(HEADER_ROW - 1, 0, last_row, last_column)
    sheet.freeze_panes(HEADER_ROW, frozen)
    sheet.protect("", dict.fromkeys(SORTABLE, True))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&LRahasia: data pribadi&C&F&RHalaman &P dari &N")


def draw_to_read(
    book: xlsxwriter.Workbook, name: str, title: str, how: str, columns: Mapping[str, int], lines: Iterable[Sequence[object]]
) -> None:
    """A sheet of lines that nobody fills in.

    Args:
        how: what to do about them, under the title.
        columns: names with their widths.
        lines: values in the order of the columns, written as texts.
    """
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1})
    cell = book.add_format(CELL)
    sheet.write_string(0, 0, title, book.add_format({"bold": True}))
    sheet.write_string(1, 0, how)
    for column, (heading, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, heading, head)
    for row, line in enumerate(lines, start=4):
        for column, value in enumerate(line):
            sheet.write_string(row, column, str(value), cell)
    sheet.freeze_panes(4, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def draw_instructions(
    book: xlsxwriter.Workbook,
    title: str,
    steps: Sequence[str],
    column: str,
    meanings: Mapping[str, str],
    widths: tuple[int, int],
) -> None:
    """The sheet `Petunjuk`: numbered steps, and what the words of one column mean."""
    sheet = book.add_worksheet("Petunjuk")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, title, book.add_format(BIG))
    for number, step in enumerate(steps, start=1):
        sheet.write_string(number, 0, f"{number}.")
        sheet.write_string(number, 1, step, wrap)
    top = len(steps) + 2
    sheet.write_string(top, 0, column, bold)
    sheet.write_string(top, 1, "artinya", bold)
    for row, (word, meaning) in enumerate(meanings.items(), start=top + 1):
        sheet.write_string(row, 0, word)
        sheet.write_string(row, 1, meaning, wrap)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
