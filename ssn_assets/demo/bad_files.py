"""Files that an office sends by mistake and that must be refused whole."""

from __future__ import annotations

from pathlib import Path

from ssn_assets.demo.delivery import BASE, HEADER
from ssn_assets.demo.number_noise import excel
from ssn_assets.demo.rows import Rows
from ssn_assets.demo.sheets import write_csv

REFUSED = ("revisi_excel.csv", "rekap kosong.csv", "unduhan_portal.xlsx")
EXCEL_ROWS = 60


def write_bad_files(folder: Path, rows: Rows) -> None:
    """A list that went through Excel (15 digits), an empty file, and a web page saved as a workbook."""
    damaged = [_through_excel(rows, i) for i in range(EXCEL_ROWS)]
    write_csv(folder / REFUSED[0], HEADER, damaged)
    (folder / REFUSED[1]).write_bytes(b"")
    (folder / REFUSED[2]).write_text("<html><table><tr><td>NIK</td><td>Nama</td></tr></table></html>", encoding="utf-8")


def _through_excel(rows: Rows, i: int) -> list[str]:
    """The i-th row as Excel leaves it; where a small city has no more, an invented one."""
    if i < len(rows):
        nik, *rest = (rows.columns[name][i] for name in BASE)
    else:
        nik, *rest = "", "BUDI SANTOSO", "6472010101150001", "JL. GERILYA NO. 1", "001", "Simpang Tiga", "75131"
    return [excel(nik) if len(nik) == 16 and nik.isdigit() else f"647201{1 + i % 28:02d}01{i % 100:02d}0000", *rest]
