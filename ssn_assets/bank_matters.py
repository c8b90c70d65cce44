"""What waits for a kelurahan about the bank (refusals, failed payments), as a sheet. Between stages, which know none other.

The bank's stage finds it (`bank/kelurahan.py`) and writes a file for each kelurahan; work lists show it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ssn_assets import sheets

if TYPE_CHECKING:
    import duckdb
    import xlsxwriter

TABLE = "ops.tindak_bank"
NAME = "Bank"
HOW = (
    "Kerjakan kolom tindakan. Lembar ini tidak perlu diisi atau dikirim kembali; barisnya hilang sendiri sesudah sebabnya"
    " diatasi. id_penerbitan dan nomor pembayaran dipakai Dinas Sosial untuk memesan lagi."
)


class Matter(NamedTuple):
    """One matter and the card's holder as the bank was sent him. kode_kelurahan: None where nobody knows it."""

    kode_kelurahan: str | None
    jenis: str
    penyebab: str
    sejak: str
    nama: str
    alamat: str
    rt: str
    nik_akhir: str
    tindakan: str
    keterangan: str
    id_penerbitan: str


WIDTHS = (20, 24, 11, 24, 28, 5, 9, 48, 40, 20)
COLUMNS = dict(zip(Matter._fields[1:], WIDTHS, strict=True))
"""The columns of a sheet with their widths."""


def waiting(con: duckdb.DuckDBPyConnection) -> dict[str | None, list[Matter]]:
    """What waits for each kelurahan, the oldest first."""
    con.execute(f"create table if not exists {TABLE} ({', '.join(f'{name} text' for name in Matter._fields)})")
    found: dict[str | None, list[Matter]] = {}
    for row in con.execute(f"select * from {TABLE} order by sejak, jenis, id_penerbitan, keterangan").fetchall():
        matter = Matter(*row)
        found.setdefault(matter.kode_kelurahan, []).append(matter)
    return found


def draw(book: xlsxwriter.Workbook, matters: list[Matter]) -> None:
    """The sheet."""
    title = f"Kartu dan pembayaran yang ditolak bank, menunggu kelurahan: {len(matters)}"
    sheets.draw_to_read(book, NAME, title, HOW, COLUMNS, [matter[1:] for matter in matters])
