"""The work lists of a period, one XLSX per kelurahan: cases of mart_kasus, open tickets, the bank's refusals.

How a sheet looks is in `sheet.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ssn_assets import beside
from ssn_assets.home import Home, private_dir, write_atomically

if TYPE_CHECKING:
    import duckdb

    from ssn_assets.bank_matters import Matter
    from ssn_assets.verification.complaint_sheet import Waiting

NOWHERE = "tanpa_kelurahan"
"""File name of the cases whose kelurahan nobody knows."""

List = tuple[str | None, str, int, str, "Sequence[Waiting]", "Sequence[Matter]"]
"""A kelurahan's code and name, the number of its cases, the cases as `<row>` elements, the tickets that wait there, and what the
bank refused."""

PLAIN_TEXT = r"""
create or replace temp macro teks_sel(isi) as
    -- every value is text to the spreadsheet, also one that begins with = + - @; what XML 1.0 cannot hold is left out
    case when length(isi) <= 1000 and not regexp_matches(isi, '[^ -%''-;=?-~]') then isi else replace(replace(replace(
        regexp_replace(left(coalesce(isi, ''), 1000), '[^\t\n\r\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]', '', 'g'),
        '&', '&amp;'), '<', '&lt;'), '>', '&gt;') end
"""


def write_worklists(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    period: str,
    waiting: Mapping[str | None, Sequence[Waiting]] = MappingProxyType({}),
    refused: Mapping[str | None, Sequence[Matter]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Write a list for each kelurahan with open cases and remove lists that have none any more.

    Tickets and refusals alone make no list (README, Formats and codes); they are in outbox/aduan/ and outbox/bank/kelurahan/ too.

    Args:
        con: the warehouse, with mart_kasus built.
        home: where outbox/<period>/kelurahan/ lies.
        period: YYYY-MM.
        waiting: open tickets by kelurahan code.
        refused: what the bank refused and the kelurahan has to settle, by its code.

    Returns:
        Counts of files (`berkas`), of cases (`dagster/row_count`) and of removed files (`berkas_dihapus`), and `_daftar`, the
        names of the files.
    """
    folder = private_dir(home.worklists(period))
    con.execute(PLAIN_TEXT)
    found = con.execute(_rows_query()).fetchall()
    lists = [(*its, waiting.get(its[0], ()), refused.get(its[0], ())) for its in found]

    elsewhere = beside.begin(write_files, folder, period, lists[::2])
    write_files(folder, period, lists[1::2])
    elsewhere.result()
    wanted = {f"{code or NOWHERE}.xlsx" for code, *_ in lists}
    stale = [path for path in folder.iterdir() if path.name not in wanted and path.suffix in (".xlsx", ".tmp")]
    for path in stale:
        path.unlink()
    return {
        "berkas": len(lists),
        "dagster/row_count": sum(count for _, _, count, *_ in lists),
        "berkas_dihapus": len(stale),
        "_daftar": sorted(wanted),
    }


def write_files(folder: Path, period: str, lists: Sequence[List]) -> None:
    """Write these lists; in either process of a run."""
    from ssn_assets.verification import sheet

    for code, area, count, rows, tickets, refused in lists:
        content = sheet.workbook(sheet.Title(area, period, count), rows, tickets, refused)
        write_atomically(folder / f"{code or NOWHERE}.xlsx", content)


def all_there(home: Home, period: str, names: Sequence[str]) -> bool:
    """Whether the lists that a run wrote are still where it put them; the outbox may be deleted at any time."""
    return all((home.worklists(period) / name).exists() for name in names)


def _rows_query() -> str:
    """SQL that gives, per kelurahan, its name, the number of cases, and the list as `<row>` elements."""
    from ssn_assets.verification import sheet

    cells = []
    for column, (name, style) in enumerate(zip([*sheet.GIVEN, *sheet.TO_FILL], sheet.styles(), strict=True)):
        place = f"""'<c r="{chr(ord("A") + column)}' || baris || '" s="{style}"""
        if name in sheet.GIVEN:
            cells.append(f"""{place}" t="inlineStr"><is><t>' || teks_sel({name}) || '</t></is></c>'""")
        else:
            cells.append(f"""{place}"/>'""")
    # not every program works out by itself how many lines a text takes
    lines = ", ".join(f"ceil(length({name}) / {sheet.GIVEN[name]})" for name in ("nama", "alamat", "catatan_sistem"))
    height = f"({sheet.LINE_HEIGHT} * least({sheet.MOST_LINES}, greatest(1, {lines})))::integer"
    row = " || ".join([f"""'<row r="' || baris || '" ht="' || {height} || '" customHeight="1">'""", *cells, "'</row>'"])
    return f"""
        select
            kode_kelurahan,
            coalesce(
                'Kelurahan ' || any_value(kelurahan) || ', Kecamatan ' || any_value(kecamatan), 'kelurahan belum diketahui'
            ) as wilayah,
            count(*) as kasus,
            string_agg({row}, '' order by urutan) as isi
        from (select *, {sheet.HEADER_ROW} + urutan as baris from mart_kasus)
        group by kode_kelurahan
        order by kode_kelurahan nulls last
    """
