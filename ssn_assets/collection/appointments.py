"""Appointments: every card that waits has one day and hour at its kelurahan's counter, and keeps it until that day is over.

A place (kelurahan, day, hour, number) is given once; the store's unique key makes it so. Who waits is `waiting.py`'s.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from ssn_assets.collection.policy import Counter
from ssn_assets.home import Home
from ssn_assets.keys import hmac_pads, read_or_create
from ssn_assets.store.collection_schema import janji_ambil
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.transfer import fill, insert_rows, read_rows

if TYPE_CHECKING:
    import duckdb

KEY_FILE = "janji.key"

GIVEN = {"id_penerbitan": "text", "urut": "bigint", "kode_kelurahan": "text", "tanggal": "date", "jam": "text", "nomor": "bigint"}
COLUMNS = (*GIVEN, "dibuat_pada")

IN_FORCE = """
create or replace temp table janji_berlaku as
select j.*
from janji_mendatang as j
semi join hari_buka as h on h.tanggal = j.tanggal
qualify row_number() over (partition by j.id_penerbitan order by j.urut desc) = 1
"""
"""An appointment on a day that the policy has closed since is none."""

WITHOUT = """
create or replace temp table tanpa_janji as
select
    p.id_penerbitan, p.kode_kelurahan, coalesce(t.urut, 0) + 1 as urut,
    row_number() over (partition by p.kode_kelurahan order by p.rt, p.id_penerbitan) as giliran
from ops.pengambilan as p
anti join janji_berlaku as j using (id_penerbitan)
left join janji_terakhir as t using (id_penerbitan)
where p.ditahan is null
"""
"""Neighbours come one after the other."""

MOST_NEEDED = """
select coalesce(max(ceil((n.banyak + coalesce(t.terpakai, 0)) / (k.per_jam * $hours)))::bigint, 0)
from (select kode_kelurahan, count(*) as banyak from tanpa_janji group by kode_kelurahan) as n
inner join loket as k using (kode_kelurahan)
left join (
    select kode_kelurahan, count(*) as terpakai from janji_mendatang where tanggal >= $first group by kode_kelurahan
) as t using (kode_kelurahan)
"""

NEW = """
with tempat_kosong as (
    select k.kode_kelurahan, h.tanggal, j.jam, n.nomor,
        row_number() over (partition by k.kode_kelurahan order by h.tanggal, j.jam, n.nomor) as giliran
    from loket as k
    cross join hari_buka as h
    cross join jam_buka as j
    cross join lateral (select unnest(range(1, k.per_jam + 1)) as nomor) as n
    anti join janji_mendatang as t
        on t.kode_kelurahan = k.kode_kelurahan and t.tanggal = h.tanggal and t.jam = j.jam and t.nomor = n.nomor
    where h.tanggal >= $first
)
select t.id_penerbitan, t.urut, t.kode_kelurahan, s.tanggal::varchar, s.jam, s.nomor
from tanpa_janji as t
inner join tempat_kosong as s using (kode_kelurahan, giliran)
order by all
"""

SHOWN = """
create or replace table ops.janji as
select j.id_penerbitan, j.urut, j.kode_kelurahan, j.tanggal, j.jam, j.nomor,
    upper(sha256($outer || unhex(sha256($inner || encode(concat_ws('|', j.id_penerbitan, j.tanggal, j.jam)))))[1:8]) as kode
from janji_berlaku as j
inner join ops.pengambilan as p using (id_penerbitan)
where p.ditahan is null
order by j.kode_kelurahan, j.tanggal, j.jam, j.nomor
"""
"""kode: eight hex digits under our key, so that a counter knows a letter that we wrote from one that we did not."""


def give(
    con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, counter: Counter, today: date, now: datetime
) -> dict[str, Any]:
    """Give an appointment to each card that waits and has none ahead, and make ops.janji of those in force.

    Args:
        con: the warehouse with ops.pengambilan.
        home: its key file makes the check codes.
        counter: days, hours and places an hour.
        today: what is before it has passed.

    Returns:
        Counts: janji_baru, and of those in force janji_berlaku.
    """
    with writing(engine) as store:
        new = _new(con, store, counter, today)
        made = timestamp(now)
        insert_rows(store, janji_ambil, COLUMNS, [(*row, made) for row in new])
        if new:
            _load(con, store, counter, today)
    outer, inner = hmac_pads(read_or_create(home, KEY_FILE))
    con.execute(SHOWN, {"outer": outer, "inner": inner})
    row = con.execute("select count(*) from ops.janji").fetchone()
    return {"janji_baru": len(new), "janji_berlaku": row[0] if row else 0}


def _new(con: duckdb.DuckDBPyConnection, store: Connection, counter: Counter, today: date) -> list[tuple[Any, ...]]:
    """The appointments to give, in the store's columns."""
    _load(con, store, counter, today)
    query = "select id_penerbitan, max(urut) from janji_ambil group by id_penerbitan"
    fill(con, "janji_terakhir", {"id_penerbitan": "text", "urut": "bigint"}, read_rows(store, query), temporary=True)
    con.execute(WITHOUT)
    places = [place for (place,) in con.execute("select distinct kode_kelurahan from tanpa_janji").fetchall()]
    fill(
        con, "loket", {"kode_kelurahan": "text", "per_jam": "bigint"}, [(p, counter.per_hour(p)) for p in places], temporary=True
    )
    fill(con, "jam_buka", {"jam": "text"}, [(hour,) for hour in counter.jam], temporary=True)
    first = counter.first_day(today)
    row = con.execute(MOST_NEEDED, {"hours": len(counter.jam), "first": first}).fetchone()
    _load_days(con, counter.open_days(first, row[0] if row else 0))
    return con.execute(NEW, {"first": first}).fetchall()


def _load(con: duckdb.DuckDBPyConnection, store: Connection, counter: Counter, today: date) -> None:
    """janji_mendatang: every appointment ahead; janji_berlaku: of each card the newest on a day that is open."""
    query = f"select {', '.join(GIVEN)} from janji_ambil where tanggal >= '{today.isoformat()}'"
    fill(con, "janji_mendatang", GIVEN, read_rows(store, query), temporary=True)
    days = con.execute("select distinct tanggal from janji_mendatang").fetchall()
    _load_days(con, [day for (day,) in days if counter.is_open(day)])
    con.execute(IN_FORCE)


def _load_days(con: duckdb.DuckDBPyConnection, days: list[date]) -> None:
    fill(con, "hari_buka", {"tanggal": "date"}, [(day.isoformat(),) for day in days], temporary=True)


def fullest_hour(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Kelurahan -> appointments of its fullest hour, in ops.janji."""
    found = con.execute(
        """
        select kode_kelurahan, max(banyak)
        from (select kode_kelurahan, count(*) as banyak from ops.janji group by kode_kelurahan, tanggal, jam)
        group by kode_kelurahan
        """
    ).fetchall()
    return dict(found)
