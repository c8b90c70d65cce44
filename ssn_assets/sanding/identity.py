"""Corrected NIKs: the same person under another number in a newer registry snapshot (README, Formats and codes).

A NIK that is gone while exactly one new record has the same name, birth date, sex and mother's name, and no other gone NIK has
them, is a correction. Anything less certain is an exception for a human, listed when somebody depends on that NIK.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from ssn_assets.store.engine import writing
from ssn_assets.store.identity import load_chains
from ssn_assets.store.schema import koreksi_nik, perbandingan_registri
from ssn_assets.store.transfer import fill, insert_rows, read_rows

if TYPE_CHECKING:
    import duckdb

SAME_PERSON = """
    upper(trim(regexp_replace(nama, '\\s+', ' ', 'g'))),
    coalesce(
        try_cast(left(trim(tanggal_lahir), 10) as date)::text,
        try_strptime(replace(left(trim(tanggal_lahir), 10), '/', '-'), '%d-%m-%Y')::date::text,
        trim(tanggal_lahir)
    ),
    upper(left(trim(jenis_kelamin), 1)),
    upper(trim(nama_ibu))
"""

COMPLETE = "nik_kelas = 'BAIK' and trim(nama) <> '' and trim(tanggal_lahir) <> '' and trim(nama_ibu) <> ''"

GONE_AND_NEW = f"""
create or replace temp table hilang_dan_baru as
with hilang as (
    select distinct nik, md5(concat_ws('|', {SAME_PERSON})) as orang
    from raw.dukcapil_lama anti join raw.dukcapil using (nik)
    where {COMPLETE}
),

muncul as (
    select distinct nik, md5(concat_ws('|', {SAME_PERSON})) as orang
    from raw.dukcapil anti join raw.dukcapil_lama using (nik)
    where {COMPLETE}
)

select
    hilang.nik as nik_lama,
    min(muncul.nik) as nik_baru,
    count(muncul.nik) as calon,
    count(*) over (partition by hilang.orang) as kembar
from hilang
left join muncul on muncul.orang = hilang.orang
group by hilang.nik, hilang.orang
"""

CERTAIN = "select nik_lama, nik_baru from hilang_dan_baru where calon = 1 and kembar = 1 order by nik_lama"


def compare_snapshots(con: duckdb.DuckDBPyConnection, engine: Engine) -> dict[str, Any]:
    """Compare raw.dukcapil_lama with raw.dukcapil, remember what was found, and fill ops.koreksi_nik from the store.

    An empty raw.dukcapil_lama means that there is nothing new to compare. A comparison and what it found are remembered in one
    transaction: it happens once.

    Returns:
        Counts: koreksi_baru, and pengecualian, the people with a number whose NIK is gone without a certain successor; they stand
        in ops.identitas_pengecualian(nomor_ssn).
    """
    found = 0
    dates = con.execute("select (select min(folder) from raw.dukcapil_lama), (select min(folder) from raw.dukcapil)").fetchone()
    if dates and dates[0] and dates[1]:
        con.execute(GONE_AND_NEW)
        pairs = con.execute(CERTAIN).fetchall()
        with writing(engine) as store:
            found = _remember(store, pairs, dates)
    with engine.connect() as store:
        known = read_rows(store, "select nik_lama, nik_baru from koreksi_nik")
        numbers = read_rows(store, "select nik_awal, nomor from nomor_ssn")
    fill(con, "ops.koreksi_nik", {"nik_lama": "text", "nik_baru": "text"}, known)
    return {"koreksi_baru": found, "pengecualian": _list_exceptions(con, numbers)}


def _remember(store: Connection, pairs: Sequence[tuple[str, str]], dates: tuple[str, str]) -> int:
    """Save the pairs that do not contradict what is known, and that these two snapshots were compared."""
    if tuple(dates) in read_rows(store, "select registri_lama, registri_baru from perbandingan_registri"):
        return 0
    known = read_rows(store, "select nik_lama, nik_baru from koreksi_nik")
    left, right = {old for old, _ in known}, {new for _, new in known}
    new = [(old, nik, *dates) for old, nik in pairs if old not in left and nik not in right]
    insert_rows(store, koreksi_nik, ["nik_lama", "nik_baru", "registri_lama", "registri_baru"], new)
    insert_rows(store, perbandingan_registri, ["registri_lama", "registri_baru"], [dates])
    return len(new)


def _list_exceptions(con: duckdb.DuckDBPyConnection, numbers: Sequence[tuple[str, str]]) -> int:
    fill(con, "bernomor", {"nik_awal": "text", "nomor": "text"}, numbers, temporary=True)
    load_chains(con)
    con.execute(
        """
        create or replace table ops.identitas_pengecualian as
        with dikenal as (
            select nik_awal, nik from rantai_nik union all select nik_awal, nik_awal from bernomor
        )
        select bernomor.nomor as nomor_ssn
        from bernomor
        where exists (select 1 from raw.dukcapil)
            and not exists (
                select 1 from dikenal inner join raw.dukcapil using (nik) where dikenal.nik_awal = bernomor.nik_awal
            )
        """
    )
    row = con.execute("select count(*) from ops.identitas_pengecualian").fetchone()
    return int(row[0]) if row else 0
