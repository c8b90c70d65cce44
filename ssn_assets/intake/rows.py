"""What counts as a row of data: SQL over a grid's text columns. Blank rows are no rows; remarks, totals and repeated headers go to quarantine.

A row with bad values is still a row. Answers (verifikasi, bank) are judged in `answers.py`.
"""

from __future__ import annotations

from ssn_assets.intake.grid import Grid
from ssn_assets.intake.headers import Column, Input, Match, plain
from ssn_assets.intake.numbers import WELL_FORMED, quoted

BLANK_ROW = "KOSONG"
"""Class of a row that is no row: it is not counted anywhere."""

TOTAL = r"(?i)(^|\x1f)[^\pL\x1f]*(sub|grand)?[^\pL\x1f]*(jumlah|total)\b"
TOTAL_CELLS = 4
COLUMN_NUMBERS = r"\(?[0-9]{1,2}\)?(\x1f\(?[0-9]{1,2}\)?)*"
NUMBERING = r"[0-9.() \x1f]*"
LONG_NUMBER = "[0-9]{8}"


def source(grid: Grid) -> str:
    """SQL: where the grid's records are read from, with their row numbers."""
    return grid.numbered or "kisi"


def cell(place: int) -> str:
    """SQL: a cell as received, null when nothing but blanks is in it."""
    return f"case when c{place} < '!' and trim(c{place}, ' \t\r\n') = '' then null else c{place} end"


def column(item: Column, match: Match) -> str:
    """SQL: an input's column in this file; a column in parts is put together, padded; null when the file has none."""
    places = match.places.get(item.name, ())
    if len(places) < 2 or item.parts is None:
        return cell(places[0]) if places else "null::varchar"
    pieces = [
        f"lpad(trim(c{place}), greatest({width}, length(trim(c{place}))), '0')"
        for place, width in zip(places, item.parts.widths, strict=True)
    ]
    blank = " or ".join(f"{cell(place)} is null" for place in places)
    return f"case when {blank} then null else concat_ws({quoted(item.parts.joiner)}, {', '.join(pieces)}) end"


def columns(spec: Input, match: Match) -> str:
    """SQL select list: all columns of the input under their names in the raw table."""
    return ", ".join(f"{column(item, match)} as {item.name}" for item in spec.columns)


def judgement(spec: Input, grid: Grid) -> str:
    """SQL: null for a row of data, KOSONG for a blank one, else the reason why it is quarantined.

    A well-formed NIK proves a row at once; only the others are looked at closely.
    """
    match = grid.match
    key = f"c{match.places[spec.key][0]}"
    everything = [cell(place) for place in range(match.width)]
    known = [cell(place) for places in match.places.values() for place in places]
    identity = [cell(match.places[name][0]) for name in spec.identity]
    filled = _count(everything)
    numbered = ", ".join(f"case when regexp_matches({c}, '{LONG_NUMBER}') then 1 end" for c in identity)
    has_number = f"coalesce({numbered}) is not null"
    return f"""case
        when regexp_full_match({key}, '{WELL_FORMED}') then null
        when {_count(known)} = 0 and regexp_full_match({_text(everything)}, '{NUMBERING}') then '{BLANK_ROW}'
        when {repeated_header(spec, match)} then 'KEPALA_BERULANG'
        when {_is_first(grid)} and {filled} >= 3 and regexp_full_match({_text(everything)}, '{COLUMN_NUMBERS}')
            then 'NOMOR_KOLOM'
        when {filled} <= {TOTAL_CELLS} and not ({has_number}) and regexp_matches({_text(everything)}, '{TOTAL}')
            then 'JUMLAH'
        when {filled} = 1 and not ({has_number}) then 'BUKAN_BARIS'
        when {filled} <= 2 and coalesce({', '.join(identity)}) is null then 'BUKAN_BARIS'
        end"""


def repeated_header(spec: Input, match: Match) -> str:
    """SQL: whether the key column holds its own title."""
    names = next(item.names for item in spec.columns if item.name == spec.key)
    accepted = ", ".join(quoted(plain(name)) for name in names)
    key = f"c{match.places[spec.key][0]}"
    return rf"regexp_replace(lower({key}), '[^\pL\pN]+', '', 'g') in ({accepted})"


def others(match: Match) -> str:
    """SQL: the cells of unused columns as a JSON object, titles as keys; null when there are none."""
    pieces, used = [], set()
    for place in match.unknown:
        title = match.titles[place] if place < len(match.titles) and match.titles[place] else f"kolom {place + 1}"
        while title in used:
            title = f"{title} ({place + 1})"
        used.add(title)
        name = f"to_json({quoted(title)})::varchar"
        pieces.append(f"case when {cell(place)} is not null then {name} || ':' || to_json({cell(place)})::varchar end")
    return f"nullif('{{' || concat_ws(',', {', '.join(pieces)}) || '}}', '{{}}')" if pieces else "null::varchar"


def _is_first(grid: Grid) -> str:
    return f"baris = {grid.first}" if not grid.scan or grid.numbered else "false"


def _count(cells: list[str]) -> str:
    return " + ".join(f"(({c}) is not null)::int" for c in cells)


def _text(cells: list[str]) -> str:
    return f"concat_ws('\x1f', {', '.join(cells)})"
