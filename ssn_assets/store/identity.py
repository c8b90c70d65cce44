"""Who is who after a NIK correction: every NIK of a corrected person and the first one known of him.

Stages that keep something for life (a number, a card) keep it under that first NIK (`nik_awal`). A correction that is
found later can make an older NIK known, so what the store holds is looked up through this table, never by equality
alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

LONGEST_CHAIN = 20
"""More corrections of one person than this are a fault in the table, not a life."""


def load_chains(con: duckdb.DuckDBPyConnection) -> str:
    """Make the temporary table rantai_nik(nik, nik_awal) from ops.koreksi_nik; a NIK never corrected is not in it.

    Returns:
        A text that changes when the chains do.
    """
    con.execute("create table if not exists ops.koreksi_nik (nik_lama text, nik_baru text)")
    con.execute(
        f"""
        create or replace temp table rantai_nik as
        with recursive leluhur(nik, nik_awal, jarak) as (
            select nik_baru, nik_lama, 1 from ops.koreksi_nik
            union all
            select l.nik, k.nik_lama, l.jarak + 1
            from leluhur as l
            inner join ops.koreksi_nik as k on k.nik_baru = l.nik_awal
            where l.jarak < {LONGEST_CHAIN}
        )
        select nik, arg_max(nik_awal, jarak) as nik_awal from leluhur group by nik
        """
    )
    row = con.execute("select md5(coalesce(string_agg(nik || nik_awal, ' ' order by nik), '')) from rantai_nik").fetchone()
    return str(row[0]) if row else ""
