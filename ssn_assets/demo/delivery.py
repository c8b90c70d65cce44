"""How each kecamatan delivers its welfare file: ten files, each with the format and the habits of its office.

What stands in the rows is decided in `rows.py`; files that must be refused are in `bad_files.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ssn_assets.demo.places import Places, read_rows
from ssn_assets.demo.rows import Rows
from ssn_assets.demo.sheets import XLSX_ROWS, write_csv, write_sheet
from ssn_assets.settings import PROJECT_ROOT

BPS_CSV = PROJECT_ROOT / "dbt_project" / "seeds" / "samarinda_kode_bps.csv"
TITLE = "DAFTAR DATA TERPADU KESEJAHTERAAN SOSIAL"
BASE = ("nik", "nama", "no_kk", "alamat", "rt", "kelurahan", "kode_pos")
HEADER = ("NIK", "Nama", "Nomor KK", "Alamat", "RT", "Kelurahan", "Kode Pos")


@dataclass(frozen=True)
class Office:
    """One kecamatan's habits."""

    file: str
    write: Callable[[Path, Rows, Places, np.random.Generator], list[int]]
    rt_style: str = "005"
    dressed: bool = False
    sorted_by_home: bool = True


def _table(rows: Rows, names: tuple[str, ...] = BASE) -> list[list[str]]:
    return [list(row) for row in zip(*(rows.columns[n] for n in names), strict=True)]


def _numbers(count: int, first: int = 2) -> list[int]:
    return list(range(first, first + count))


def palaran(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """Semicolons, CRLF, capitals; some addresses break over two lines inside their quotes."""
    table = _table(rows)
    for i in np.flatnonzero(rng.random(len(table)) < 0.004):
        table[i][3] = table[i][3].replace(" NO", "\nNO", 1)
    header = ("NIK", "NAMA", "NO KK", "ALAMAT", "RT", "KELURAHAN", "KODE POS")
    write_csv(path, header, table, separator=";", newline="\r\n")
    return _numbers(len(table))


def samarinda_seberang(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """Three rows of title, a numbering column, numbers as text."""
    return _titled_sheet(path, rows, "SAMARINDA SEBERANG", numeric=False)


def samarinda_ulu(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """As above, but NIK and KK are number cells."""
    return _titled_sheet(path, rows, "SAMARINDA ULU", numeric=True)


def _titled_sheet(path: Path, rows: Rows, name: str, numeric: bool) -> list[int]:
    table: list[list[object]] = [[i + 1, *row] for i, row in enumerate(_table(rows))]
    if numeric:
        for row in table:
            for column in (1, 3):
                value = str(row[column])
                row[column] = float(value) if value.isdigit() else value or None
    write_sheet(path, [(TITLE,), (f"KECAMATAN {name} - KOTA SAMARINDA",), (), ("No.", *HEADER)], table)
    return _numbers(len(table), first=5)


def samarinda_ilir(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """UTF-8 with BOM; every number has an apostrophe in front, as Excel users do."""
    table = _table(rows)
    for row in table:
        for column in (0, 2):
            row[column] = "'" + row[column] if row[column] else ""
    header = ("nik", "nama_lengkap", "no_kk", "alamat", "rt", "kelurahan", "kodepos")
    write_csv(path, header, table, encoding="utf-8-sig")
    return _numbers(len(table))


def samarinda_utara(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """The kelurahan stands only in the first row of its block."""
    table: list[list[object]] = []
    last = ""
    for i, row in enumerate(_table(rows)):
        kelurahan = row[5]
        table.append([i + 1, *row[:5], "" if kelurahan == last else kelurahan, row[6]])
        last = kelurahan
    write_sheet(path, [("No.", *HEADER)], table)
    return _numbers(len(table))


def sungai_kunjang(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """A plain sheet, and a second one with notes."""
    notes = ("Keterangan", [["Data per kecamatan, sudah dicek petugas"], ["Hubungi seksi Kesra bila ada yang keliru"]])
    write_sheet(path, [HEADER], _table(rows), extra_sheet=notes)
    return _numbers(len(rows))


def sambutan(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """The ministry's export: pipes, other column names (with its own spelling mistake), BPS codes, RT without zeros."""
    bps = {r["kelurahan"]: r["kode_bps_kelurahan"] for r in read_rows(BPS_CSV) if r["kode_kecamatan"] == "64.72.07"}
    official = [places.name[k] for k in rows.listing.kelurahan]
    unnamed = rng.random(len(rows)) < 0.03
    c = rows.columns
    table = [
        [
            f"6472{i:06d}",
            "KALIMANTAN TIMUR",
            "KOTA SAMARINDA",
            "SAMBUTAN",
            bps[official[i]],
            "" if unnamed[i] else c["kelurahan"][i].upper(),
            c["alamat"][i],
            "",
            c["rt"][i],
            "000",
            c["no_kk"][i],
            c["nik"][i],
            c["nama"][i],
            "1",
        ]
        for i in range(len(rows))
    ]
    header = (
        "ID DTKS",
        "PROVINSI",
        "KABUPATEN/KOTA",
        "KECAMATAN",
        "KODE WILAYAH",
        "DESA/KELUARAHAN",
        "ALAMAT",
        "DUSUN",
        "RT",
        "RW",
        "NOKK",
        "NIK",
        "NAMA",
        "KETERANGAN PADAN",
    )
    write_csv(path, header, table, separator="|")
    return _numbers(len(table))


def sungai_pinang(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """Parquet from the city's own application, with birth date, sex, mother's name and decile, not all filled in."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    extra = {}
    for name, title in (
        ("tanggal_lahir", "Tanggal Lahir"),
        ("jenis_kelamin", "Jenis Kelamin"),
        ("nama_ibu", "Nama Ibu Kandung"),
    ):
        absent = rng.random(len(rows)) < 0.08
        extra[title] = pa.array([None if gone else v for v, gone in zip(rows.columns[name], absent, strict=True)], pa.string())
    table = {
        title: pa.array([v or None for v in rows.columns[name]], pa.string()) for name, title in zip(BASE, HEADER, strict=True)
    }
    pq.write_table(pa.table({**table, **extra, "Desil": pa.array(rng.integers(1, 5, len(rows)))}), path)
    return _numbers(len(rows))


def samarinda_kota(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """UTF-16, tabs, names in Title Case."""
    table = _table(rows)
    for row in table:
        row[1] = row[1].title()
    write_csv(path, HEADER, table, separator="\t", encoding="utf-16")
    return _numbers(len(table))


def loa_janan_ilir(path: Path, rows: Rows, places: Places, rng: np.random.Generator) -> list[int]:
    """CP1252 with typographic apostrophes and dashes; a page break was pasted in as a line of its own."""
    table = _table(rows)
    for i in np.flatnonzero(rng.random(len(table)) < 0.01):
        table[i][3] = table[i][3].replace(" NO", " \u2013 NO", 1)
    for row in table:
        row[1] = row[1].replace("'", "\u2019")
    middle = len(table) // 2
    numbers = [n + (i >= middle) for i, n in enumerate(_numbers(len(table)))]
    write_csv(path, HEADER, [*table[:middle], ["=== halaman 2 ==="], *table[middle:]], encoding="cp1252")
    return numbers


OFFICES: dict[int, Office] = {
    1: Office("DTKS Palaran.csv", palaran, dressed=True),
    2: Office("DTKS_samarinda_seberang.xlsx", samarinda_seberang),
    3: Office("DTKS_samarinda_ulu.xlsx", samarinda_ulu, rt_style="05"),
    4: Office("dtks_samarinda_ilir.csv", samarinda_ilir),
    5: Office("DTKS_samarinda_utara.xlsx", samarinda_utara),
    6: Office("DTKS_sungai_kunjang.xlsx", sungai_kunjang, rt_style="RT.005", dressed=True),
    7: Office("export_sambutan.csv", sambutan, rt_style="5", dressed=True, sorted_by_home=False),
    8: Office("dtks_sungai_pinang.parquet", sungai_pinang),
    9: Office("dtks_samarinda_kota.csv", samarinda_kota, sorted_by_home=False),
    10: Office("dtks_loa_janan_ilir.csv", loa_janan_ilir, dressed=True, sorted_by_home=False),
}
"""By kecamatan number."""


def sheet_fits(office: Office, rows: int) -> bool:
    """Whether the file can hold so many rows: a worksheet ends at 1,048,576."""
    return not office.file.endswith(".xlsx") or rows < XLSX_ROWS
