"""Records into rows: an input's columns under their own names, and which records are rows of data. SQL only.

Blank records are no rows; remarks, totals and repeated headers go to quarantine. A row with bad values is still a row.
Answers (verifikasi, bank) are judged in `answers.py`.
"""

from __future__ import annotations

from ssn_assets.intake.grid import Grid
from ssn_assets.intake.headerrow import Match
from ssn_assets.intake.headers import Column, Input, plain
from ssn_assets.intake.numbers import WELL_FORMED, quoted

BLANK_ROW = "KOSONG"
"""Class of a record that is no row: it is not counted anywhere."""

TOTAL = r"(?i)(^|\x1f)[^\pL\x1f]*(sub|grand)?[^\pL\x1f]*(jumlah|total)\b"
TOTAL_CELLS = 4
COLUMN_NUMBERS = r"\(?[0-9]{1,2}\)?(\x1f\(?[0-9]{1,2}\)?)*"
NUMBERING = r"[0-9.() \x1f]*"
LONG_NUMBER = "[0-9]{8}"


def records(spec: Input, grid: Grid, source: str, numbered: bool = True) -> str:
    """SQL of a grid's records: baris, pertama, the input's columns, sisa and jumlah_sisa (unused cells), lainnya.

    Args:
        source: SQL of what holds c0, c1, ...
        numbered: whether it also holds baris; else baris is null.
    """
    match = grid.match
    bare = not numbered  # millions of rows: cells of blanks stay as they are, and are seen through where it matters
    columns = ", ".join(f"{_column(item, match, bare)} as {item.name}" for item in spec.columns)
    unused = [_cell(place) for place in match.unknown]
    rest = f"concat_ws('\x1f', {', '.join(unused)})" if unused else "''"
    count = " + ".join(f"(({cell}) is not null)::int" for cell in unused) or "0"
    kept = f", {_others(match)} as lainnya" if spec.kind == "dtks" else ""
    return f"""
        select {"baris" if numbered else "null::bigint as baris"}, {grid.first} as pertama, {columns}, {rest} as sisa,
            {count} as jumlah_sisa{kept}
        from {source}"""


def _cell(place: int) -> str:
    """SQL: a cell as received, null when nothing but blanks is in it."""
    return f"case when c{place} < '!' and {_seen(f'c{place}')} is null then null else c{place} end"


def _seen(cell: str) -> str:
    """SQL: what a person sees in a cell: null when it is blank."""
    return f"nullif(trim({cell}, ' \t\r\n'), '')"


def _column(item: Column, match: Match, bare: bool = False) -> str:
    """SQL: an input's column in this file; a column in parts is put together, padded; null when the file has none."""
    places = match.places.get(item.name, ())
    if len(places) < 2 or item.parts is None:
        if not places:
            return "null::varchar"
        return f"c{places[0]}" if bare else _cell(places[0])
    pieces = [
        f"lpad(trim(c{place}), greatest({width}, length(trim(c{place})))::int, '0')"
        for place, width in zip(places, item.parts.widths, strict=True)
    ]
    blank = " or ".join(f"({_cell(place)}) is null" for place in places)
    return f"case when {blank} then null else concat_ws({quoted(item.parts.joiner)}, {', '.join(pieces)}) end"


def _others(match: Match) -> str:
    """SQL: the cells of unused columns as a JSON object, titles as keys; null when there are none."""
    pieces: list[str] = []
    used: set[str] = set()
    for place in match.unknown:
        title = match.titles[place] if place < len(match.titles) and match.titles[place] else f"kolom {place + 1}"
        while title in used:
            title = f"{title} ({place + 1})"
        used.add(title)
        cell = _cell(place)
        pieces.append(
            f"case when {cell} is not null then to_json({quoted(title)})::varchar || ':' || to_json({cell})::varchar end"
        )
    return f"nullif('{{' || concat_ws(',', {', '.join(pieces)}) || '}}', '{{}}')" if pieces else "null::varchar"


def judgement(spec: Input) -> str:
    """SQL over `records`: null for a row of data, KOSONG for a blank one, else the reason why it is quarantined.

    A well-formed NIK proves a row at once; only the others are looked at closely.
    """
    known = " + ".join(f"({_seen(name)} is not null)::int" for name in spec.names)
    filled = f"({known} + jumlah_sisa)"
    everything = f"concat_ws('\x1f', {', '.join(map(_seen, spec.names))}, nullif(sisa, ''))"
    identity = ", ".join(map(_seen, spec.identity))
    has_number = f"regexp_matches(concat_ws('\x1f', {identity}), '{LONG_NUMBER}')"
    return f"""case
        when regexp_full_match({spec.key}, '{WELL_FORMED}') then null
        when {known} = 0 and regexp_full_match(sisa, '{NUMBERING}') then '{BLANK_ROW}'
        when {repeated_header(spec)} then 'KEPALA_BERULANG'
        when baris = pertama and {filled} >= 3 and regexp_full_match({everything}, '{COLUMN_NUMBERS}')
            then 'NOMOR_KOLOM'
        when {filled} > {TOTAL_CELLS} or {has_number} then null
        when regexp_matches({everything}, '{TOTAL}') then 'JUMLAH'
        when {filled} = 1 or ({filled} = 2 and coalesce({identity}) is null) then 'BUKAN_BARIS'
        end"""


def repeated_header(spec: Input) -> str:
    """SQL over `records`: whether the key column holds its own title."""
    names = next(item.names for item in spec.columns if item.name == spec.key)
    accepted = ", ".join(quoted(plain(name)) for name in names)
    return rf"coalesce(regexp_replace(lower({spec.key}), '[^\pL\pN]+', '', 'g') in ({accepted}), false)"
