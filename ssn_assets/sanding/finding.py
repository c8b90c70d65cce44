"""Which row of the list somebody means, and what to say when there is none such. No matching, no values of people."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


class NotFound(LookupError):
    """No such file, row or period; the text says what there is."""


def require_period(con: duckdb.DuckDBPyConnection, period: str) -> None:
    """The warehouse must hold this period's matching. Raises NotFound."""
    tables = {name for (name,) in con.execute("select view_name from duckdb_views() where not internal").fetchall()}
    known = con.execute("select periode from ops.konteks").fetchone() if "mart_penjelasan" in tables else None
    if known is None:
        raise NotFound("belum ada hasil pemadanan di gudang. Jalankan `ssn run` dulu")
    if known[0] != period:
        raise NotFound(f"gudang memuat periode {known[0]}, bukan {period}. Jalankan `ssn run --period {period}` dulu")


def file_of(con: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """The file somebody means by a name; case and folders do not matter. Raises NotFound."""
    bare = wanted.replace("\\", "/").rsplit("/", 1)[-1]
    names = [name for (name,) in con.execute("select distinct berkas from raw.dtks order by berkas").fetchall()]
    same = [n for n in names if n == bare] or [n for n in names if n.casefold() == bare.casefold()]
    if same:
        return str(same[0])
    refused = con.execute(
        "select keterangan from raw.berkas where jenis = 'dtks' and berkas = ? and not diterima", [bare]
    ).fetchone()
    if refused:
        raise NotFound(f"berkas {bare!r} ditolak waktu dibaca. {refused[0]}")
    near = difflib.get_close_matches(bare, names, 3, 0.5) or names[:8]
    raise NotFound(f"tidak ada berkas DTKS {bare!r} pada periode ini. Yang ada antara lain: {', '.join(near)}")


def why_no_row(con: duckdb.DuckDBPyConnection, file: str, row: int) -> str:
    """Why a row of a file is not in the warehouse: quarantined, or no such row."""
    why = con.execute(
        "select keterangan from raw.karantina where jenis = 'dtks' and berkas = ? and baris = ?", [file, row]
    ).fetchone()
    if why:
        return f"baris {row} berkas {file} dikarantina: {why[0]}"
    first, last = con.execute("select min(baris), max(baris) from raw.dtks where berkas = ?", [file]).fetchone() or (0, 0)
    return f"baris {row} tidak ada di {file}. Yang dimuat: baris {first} sampai {last}, seperti nomor baris waktu berkas dibuka"
