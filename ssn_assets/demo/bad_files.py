"""Files that an office sends by mistake and that must be refused whole."""

from __future__ import annotations

from pathlib import Path

from ssn_assets.demo.delivery import HEADER
from ssn_assets.demo.number_noise import excel
from ssn_assets.demo.rows import Rows
from ssn_assets.demo.sheets import write_csv

REFUSED = ("revisi_excel.csv", "rekap kosong.csv", "unduhan_portal.xlsx")
EXCEL_ROWS = 60


def write_bad_files(folder: Path, rows: Rows) -> None:
    """A list that went through Excel (15 digits), an empty file, and a web page saved as a workbook."""
    c = rows.columns
    count = min(EXCEL_ROWS, len(rows))
    damaged = [
        [excel(nik) if len(nik) == 16 and nik.isdigit() else "6472010101900000", *rest]
        for nik, *rest in zip(*(c[n][:count] for n in ("nik", "nama", "no_kk", "alamat", "rt", "kelurahan", "kode_pos")), strict=True)
    ]
    write_csv(folder / REFUSED[0], HEADER, damaged)
    (folder / REFUSED[1]).write_bytes(b"")
    (folder / REFUSED[2]).write_text("<html><table><tr><td>NIK</td><td>Nama</td></tr></table></html>", encoding="utf-8")
