"""The truth about each delivered row, in the home's demo folder: never in the inbox, never decides anything.

Only measuring reads it: `score.py`, the demo's operators and readers, and oversight/match_quality.py.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ssn_assets.demo.listing import FOUND_OTHERWISE, STRANGER, UNREGISTERED, VISITS
from ssn_assets.demo.people import ACTIVE, DEAD, MOVED, City
from ssn_assets.demo.registry import STATUS
from ssn_assets.demo.rows import Rows

TRUTH_FILE = "truth.parquet"
"""Below home.truth/<period>/."""


def what_operators_find(city: City, rng: np.random.Generator) -> np.ndarray:
    """For every person, what a visit would show: a position in listing.VISITS."""
    edges = np.cumsum(FOUND_OTHERWISE)
    draw = rng.random(len(city))
    found = np.where(draw < edges[-1], np.searchsorted(edges, draw, side="right") + 1, 0)
    found = np.where(city.status == DEAD, VISITS.index("MENINGGAL"), found)
    return np.where(city.status == MOVED, VISITS.index("PINDAH"), found).astype(np.int8)


def truth_of(
    period: str,
    file: str,
    baris: list[int],
    rows: Rows,
    city: City,
    codes: list[str],
    found: np.ndarray,
    excluded: np.ndarray,
) -> pa.Table:
    """The truth about one file.

    Args:
        baris: row numbers as a person sees them.
        codes: kelurahan codes by position.
        found: `what_operators_find`.
        excluded: families outside SSN because of central aid.
    """
    kind, person = rows.listing.kind, rows.listing.person
    known = kind < UNREGISTERED
    who = np.maximum(person, 0)
    status = city.status[who]
    visit = np.where(known, found[who], np.where(kind == STRANGER, VISITS.index("TIDAK_DITEMUKAN"), VISITS.index("BUKAN_WARGA")))
    central = known & excluded[city.families.family[who]]
    valid = known & (status == ACTIVE) & (visit == 0) & ~central
    count = len(rows)
    return pa.table(
        {
            "periode": pa.array([period] * count, pa.string()),
            "berkas": pa.array([file] * count, pa.string()),
            "baris": pa.array(baris, pa.int64()),
            "nik_benar": pa.array(city.nik[who], mask=~known).cast(pa.string()),
            "no_kk_benar": pa.array(city.home.kk[city.families.family[who]], mask=~known).cast(pa.string()),
            "kode_kelurahan": pa.array(codes).take(pa.array(city.home.kelurahan[city.families.family[who]], mask=~known)),
            "cacat": pa.array(rows.cacat, pa.list_(pa.string())),
            "kembar": pa.array(known & city.families.twin[who]),
            "status_registri": pa.array(STATUS).take(pa.array(status, mask=~known)),
            "keadaan": pa.array(list(VISITS)).take(pa.array(visit)),
            "bansos_pusat": pa.array(central),
            "sah": pa.array(valid),
        }
    )


def write_truth(folder: Path, tables: list[pa.Table]) -> pa.Table:
    """Put the files' truths together, mark second rows of the same person, and write truth.parquet."""
    import duckdb

    everything = pa.concat_tables(tables)
    con = duckdb.connect()
    con.register("semua", everything)
    marked = con.execute(
        """select *,
                  nik_benar is not null and count(*) over orang > 1 as bersaudara,
                  nik_benar is not null and row_number() over (orang order by berkas, baris) > 1 as duplikat
           from semua window orang as (partition by nik_benar) order by berkas, baris"""
    ).to_arrow_table()
    marked = marked.rename_columns(["berulang" if n == "bersaudara" else n for n in marked.column_names])
    con.close()
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(marked, folder / TRUTH_FILE)
    return marked
