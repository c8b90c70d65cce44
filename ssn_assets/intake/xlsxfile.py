"""XLSX workbooks: the first sheet that has the input's header, as texts. Safety is checked in `xlsxzip.py`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ssn_assets.intake import xlsxformula, xlsxzip
from ssn_assets.intake.grid import Grid, arrow_table, require_header
from ssn_assets.intake.headerrow import SEARCH_ROWS, Match, find_header
from ssn_assets.intake.headers import Input
from ssn_assets.intake.inbox import InboxFile, printable
from ssn_assets.intake.reasons import OTHERS, Refused

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

EXACT = 2**53
"""Above this a number cell no longer holds every integer: NIK of Papua (91..) may have changed in the last digit."""

INEXACT_TITLE = "sel angka di atas 2^53"


def read_xlsx(file: InboxFile, spec: Input) -> Grid:
    """Read a workbook.

    Raises:
        Refused: what xlsxzip.inspect refuses, KOSONG, TANPA_KEPALA, RUMUS_BELUM_DIHITUNG, RUSAK.
    """
    with_formulas = xlsxzip.inspect(file.path)
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(file.path))
        sheet, rows, match = _first_sheet_with_header(book, spec)
    except calamine.PasswordError as error:
        raise Refused("TERKUNCI") from error
    except calamine.CalamineError as error:
        raise Refused("RUSAK") from error
    uncounted = xlsxformula.uncalculated(file.path, sheet.name, with_formulas) if with_formulas else {}
    _put_constants(rows, uncounted, match)
    return _grid(rows, match, sheet.merged_cell_ranges or (), _note(book, sheet.name, match))


def _first_sheet_with_header(book: CalamineWorkbook, spec: Input) -> tuple[CalamineSheet, list[list[Any]], Match]:
    nearest: list[list[str]] = []
    seen: list[list[str]] = []
    most, anything = -1, False
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        head = [[text(cell) for cell in row] for row in rows[: SEARCH_ROWS + 1]]
        seen += head
        anything = anything or any(any(row) for row in head)
        match = find_header(spec, head)
        if match is not None and not match.missing:
            return sheet, rows, require_header(spec, head)
        if match is not None and len(match.places) > most:
            nearest, most = head, len(match.places)
    if not anything:
        raise Refused("KOSONG")
    if not spec.owns(seen):
        raise Refused(OTHERS)
    require_header(spec, nearest or seen)
    raise AssertionError("require_header refuses what find_header found incomplete")


def _note(book: CalamineWorkbook, name: str, match: Match) -> str:
    note = f"XLSX, lembar '{_short(name)}', judul kolom di baris {match.row + 1}"
    others = [_short(other) for other in book.sheet_names if other != name]
    return f"{note}; lembar lain tidak dibaca: {', '.join(others[:5])}" if others else note


def _short(name: str) -> str:
    return printable(name)[:31]


def _put_constants(rows: list[list[Any]], uncounted: dict[tuple[int, int], str | None], match: Match) -> None:
    """Formulas without a stored value: a constant (="6472...") takes its place; any other in a known column refuses."""
    known = {place for places in match.places.values() for place in places}
    for (row, column), constant in uncounted.items():
        if constant is None and column in known and row > match.row:
            raise Refused("RUMUS_BELUM_DIHITUNG")
        if constant is not None and column < match.width:
            rows.extend([""] * match.width for _ in range(row + 1 - len(rows)))
            rows[row][column] = constant


def _grid(rows: list[list[Any]], match: Match, merges: Sequence[Any], note: str) -> Grid:
    first = match.row + 1
    body = rows[first:]
    columns = [list(column) for column in zip(*body, strict=True)] if body else [[] for _ in range(match.width)]
    for (top, left), (bottom, _) in merges:
        rows_below = range(top - first + 1, min(bottom - first + 1, len(body)))
        if top >= first and left < len(columns):
            for row in rows_below:
                columns[left][row] = columns[left][top - first]
    inexact = _inexact(columns, match)
    texts = [_texts(column) for column in columns]
    if any(inexact):
        texts.append(inexact)
        match = Match(match.row, match.width + 1, (*match.titles, INEXACT_TITLE), match.places, ())
        note += f"; {sum(map(bool, inexact))} baris dengan NIK atau Nomor KK sebagai angka di atas batas ketelitian Excel"
    return Grid(match, note, first + 1, table=arrow_table(range(first + 1, first + 1 + len(body)), texts))


def _inexact(columns: list[list[Any]], match: Match) -> list[str]:
    numbers = [columns[match.places[name][0]] for name in ("nik_asal", "no_kk_asal") if name in match.places]
    if all(set(map(type, column)) <= {str} for column in numbers):
        return []
    return ["ya" if any(type(cell) is float and cell > EXACT for cell in cells) else "" for cells in zip(*numbers, strict=True)]


def _texts(column: list[Any]) -> list[str]:
    return column if set(map(type, column)) <= {str} else [text(cell) for cell in column]


def text(cell: Any) -> str:
    """A cell as text: whole numbers without a fraction, dates as ISO 8601, truth values as TRUE or FALSE."""
    if type(cell) is str:
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, datetime.datetime):
        at_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if at_midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
