"""The files about cards that wait: lists to fill in and letters, one file a kelurahan, and two tables for oversight.

How they look is in `sheet.py`, `walk.py` and `letters.py`; who waits, until when, and what is odd is in the tables that
the other modules make.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.collection.policy import CollectionPolicy
from ssn_assets.csvfile import write_csv
from ssn_assets.home import Home, private_dir, write_atomically

if TYPE_CHECKING:
    import duckdb

NOWHERE = "tanpa_kelurahan"
"""File name of cards whose holder's kelurahan nobody knows."""

COUNTER, WALK, LETTERS = "loket", "jemput_bola", "surat"
"""Folders of the two lists, and of the letters."""

APPOINTMENTS = """
select
    p.kode_kelurahan, j.tanggal::varchar, j.jam, j.kode[1:4] || '-' || j.kode[5:8],
    p.nama, p.alamat, p.rt, p.nik_akhir, p.alasan_jemput, p.id_penerbitan
from ops.pengambilan as p
inner join ops.janji as j using (id_penerbitan)
order by p.kode_kelurahan, j.tanggal, j.jam, p.rt, p.id_penerbitan
"""

PADDED = r"regexp_replace(regexp_replace(p.alamat, '([0-9]+)', '00000\1', 'g'), '[0-9]*([0-9]{6})', '\1', 'g')"
HOUSES = f"p.rt, {PADDED}, p.alamat"
"""From house to house: number 2 before number 10."""

VISITS = f"""
select
    p.kode_kelurahan, row_number() over (partition by p.kode_kelurahan order by {HOUSES}, p.nama, p.id_penerbitan),
    p.nama, p.alamat, p.rt, p.umur, p.alasan_jemput, p.nik_akhir, coalesce(j.kode[1:4] || '-' || j.kode[5:8], ''),
    p.id_penerbitan
from ops.pengambilan as p
left join ops.janji as j using (id_penerbitan)
where p.alasan_jemput <> '' and p.ditahan is null
order by 1, 2
"""
"""In the order of a walk: by RT, then from house to house."""

UNCOLLECTED_FILE, ATTENTION_FILE = "belum_diambil.csv", "perhatian.csv"

INVITED = f"""
select
    p.kode_kelurahan, coalesce(p.nama, ''), coalesce(p.alamat, ''), coalesce(p.rt, ''), j.tanggal, j.jam,
    j.kode[1:4] || '-' || j.kode[5:8], p.alasan_jemput <> ''
from ops.pengambilan as p
inner join ops.janji as j using (id_penerbitan)
order by p.kode_kelurahan, {HOUSES}, p.id_penerbitan
"""
"""In the order in which they are carried round."""

AGES = {
    "hari_0_7": "umur_hari <= 7",
    "hari_8_14": "umur_hari between 8 and 14",
    "hari_15_30": "umur_hari between 15 and 30",
    "hari_31_60": "umur_hari between 31 and 60",
    "hari_61_lebih": "umur_hari > 60",
    "tidak_diketahui": "umur_hari is null",
}
"""Days since the bank said that a card is ready."""

UNCOLLECTED = f"""
create or replace table ops.belum_diambil as
select
    kode_kelurahan, any_value(kelurahan) as kelurahan, any_value(kecamatan) as kecamatan, count(*) as kartu,
    {", ".join(f"count(*) filter (where {which}) as {name}" for name, which in AGES.items())},
    count(*) filter (where umur_hari > $late) as terlambat,
    count(*) filter (where alasan_jemput <> '') as jemput_bola,
    count(ditahan) as menunggu_pemeriksaan
from ops.pengambilan
group by kode_kelurahan
order by kode_kelurahan
"""

ATTENTION = """
select jenis, id_penerbitan, nomor_ssn, kode_kelurahan, coalesce(tanggal::varchar, ''), keterangan
from ops.perhatian_kartu order by all
"""
ATTENTION_COLUMNS = (*("pemilik", "jenis", "id_penerbitan", "nomor_ssn", "kode_kelurahan", "tanggal", "tindakan", "keterangan"),)


def count_uncollected(con: duckdb.DuckDBPyConnection, policy: CollectionPolicy) -> dict[str, int]:
    """Make ops.belum_diambil: cards not collected, by kelurahan and age.

    Returns:
        Sums: kartu, terlambat, jemput_bola, menunggu_pemeriksaan.
    """
    con.execute(UNCOLLECTED, {"late": policy.hari_terlambat})
    names = ("kartu", "terlambat", "jemput_bola", "menunggu_pemeriksaan")
    sums = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in names)
    row = con.execute(f"select {sums} from ops.belum_diambil").fetchone()
    return dict(zip(names, row or (), strict=True))


def outputs(home: Home, period: str) -> list[Path]:
    """What must be there while nothing changed."""
    return [home.collection(period) / name for name in (COUNTER, WALK, LETTERS, UNCOLLECTED_FILE, ATTENTION_FILE)]


def write_tables(con: duckdb.DuckDBPyConnection, home: Home, period: str, policy: CollectionPolicy) -> None:
    """Write belum_diambil.csv and perhatian.csv; neither names anybody."""
    folder = home.collection(period)
    found = con.execute("select * from ops.belum_diambil order by kode_kelurahan")
    columns = [name for name, *_ in found.description or ()]
    write_csv(folder / UNCOLLECTED_FILE, columns, found.fetchall())
    matters = []
    for kind, issuance, number, place, day, words in con.execute(ATTENTION).fetchall():
        remedy = policy.tindak_lanjut[kind]
        matters.append((remedy.pemilik, kind, issuance, number, place, day, remedy.tindakan, words))
    write_csv(folder / ATTENTION_FILE, ATTENTION_COLUMNS, sorted(matters))


def write_lists(con: duckdb.DuckDBPyConnection, home: Home, period: str, policy: CollectionPolicy) -> dict[str, int]:
    """Write loket/ and jemput_bola/, one XLSX a kelurahan (the walk on paper as well); what nobody needs any more is removed.

    Returns:
        Counts: berkas_loket, berkas_jemput_bola.
    """
    from ssn_assets.collection import sheet
    from ssn_assets.collection.walk import walking_list

    areas = names_of_places(con)
    ways = policy.jemput_bola.cara_identifikasi
    kinds = (
        (COUNTER, APPOINTMENTS, sheet.AT_COUNTER, "Daftar pengambilan kartu", "Menurut hari dan jam janji."),
        (WALK, VISITS, sheet.ON_THE_WALK, "Daftar jemput bola", "Menurut RT, dari rumah ke rumah."),
    )
    counts = {}
    for folder, query, columns, text, note in kinds:
        by_place = rows_by_place(con, query)
        files = {
            f"{place or NOWHERE}.xlsx": sheet.workbook(sheet.Title(text, note, areas[place], period), columns, rows, ways)
            for place, rows in by_place.items()
        }
        put(home.collection(period) / folder, files, ".xlsx")
        counts[f"berkas_{folder}"] = len(files)
        if folder == WALK:
            printed = {
                f"{p or NOWHERE}.pdf": walking_list(f"{text}: {areas[p]}", _on_paper(r), ways) for p, r in by_place.items()
            }
            put(home.collection(period) / folder, printed, ".pdf")
    return counts


def _on_paper(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """The rows of a walking list without the id, which a person on foot does not need."""
    return [row[:-1] for row in rows]


def write_letters(con: duckdb.DuckDBPyConnection, home: Home, period: str, policy: CollectionPolicy) -> dict[str, int]:
    """Write surat/, one PDF a kelurahan.

    Returns:
        Counts: berkas_surat, surat.
    """
    from ssn_assets.collection.letters import Letter, letters

    areas = names_of_places(con)
    files, written = {}, 0
    for place, rows in rows_by_place(con, INVITED).items():
        area = areas[place]
        where = policy.loket.where(place, area.split(",")[0])
        some = [Letter(n, a, rt, area, day, hour, where, code, visited) for n, a, rt, day, hour, code, visited in rows]
        files[f"{place or NOWHERE}.pdf"] = letters(area, some)
        written += len(some)
    put(home.collection(period) / LETTERS, files, ".pdf")
    return {"berkas_surat": len(files), "surat": written}


def names_of_places(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Kelurahan code -> how a person calls it."""
    found = con.execute("select kode_kelurahan, kelurahan, kecamatan from ops.belum_diambil").fetchall()
    return {
        place: f"Kelurahan {name}, Kecamatan {district}" if place and name else "kelurahan belum diketahui"
        for place, name, district in found
    }


def rows_by_place(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of a query by their first column, which is left out."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for place, *values in con.execute(query).fetchall():
        found.setdefault(place, []).append(tuple(values))
    return found


def put(folder: Path, files: dict[str, bytes], ending: str) -> None:
    """Write these files into a folder, and remove others of the same kind."""
    private_dir(folder)
    for name, content in files.items():
        write_atomically(folder / name, content)
    for path in folder.glob(f"*{ending}"):
        if path.name not in files:
            path.unlink()
