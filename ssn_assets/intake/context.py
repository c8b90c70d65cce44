"""ops.konteks: the period, the day that counts as now, and which inputs can be trusted. Not the policy (decision's)."""

from __future__ import annotations

import calendar
import json
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


def period_end(period: str) -> date:
    """The last day of a period YYYY-MM: "now" for ages, verification months and policies."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


def write_context(con: duckdb.DuckDBPyConnection, period: str) -> dict[str, Any]:
    """Write the one row of ops.konteks.

    Returns:
        The row, for metadata.
    """
    usable = registry_usable(con)
    con.execute(
        """
        create or replace table ops.konteks as
        select
            $period as periode,
            $today::date as tanggal,
            $usable as registri_dipakai,
            (select max(folder) from raw.berkas where jenis = 'dukcapil' and diterima) as registri_tanggal,
            (
                select max(b.folder)
                from raw.berkas as b
                where b.jenis = 'bansos' and b.diterima and b.folder <= $period
                    and exists (
                        select 1 from raw.bansos as r
                        where r.berkas_sha256 = b.sha256 and upper(trim(r.sumber)) = 'PUSAT'
                    )
            ) as bansos_pusat_terakhir
        """,
        {"period": period, "today": period_end(period), "usable": usable},
    )
    row = con.execute("select * from ops.konteks").fetchone()
    names = [d[0] for d in con.description or ()]
    return {n: "" if v is None else v if isinstance(v, bool) else str(v) for n, v in zip(names, row or (), strict=True)}


def registry_usable(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the registry as loaded has people and failed no critical expectation."""
    rows = con.execute("select count(*) from raw.dukcapil").fetchone()
    if not rows or not rows[0]:
        return False
    done = con.execute("select hasil from ops.langkah where langkah = 'intake/dukcapil'").fetchone()
    return done is not None and all(c["passed"] or not c["critical"] for c in json.loads(done[0])["_suite"])
