"""Reserving issuances in the ledger: exactly those the decisions ask for (`needs.py`), once each. File: `export.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from ssn_assets.bank import answers, barred, needs, replacement, steps
from ssn_assets.batches.kinds import LEDGER_KEY
from ssn_assets.home import Home
from ssn_assets.keys import hmac_pads, read_or_create
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import penerbitan
from ssn_assets.store.transfer import copy_over, insert_rows, stream, update_rows

if TYPE_CHECKING:
    import duckdb

REFRESHED = (*needs.PERSONAL, "nomor_ssn", "sebab", "siklus")
"""What a reservation takes over again from the registry until it is in a batch."""

_NEW_COLUMNS = ("id_penerbitan", "kunci", "jenis", "nik_awal", "nomor_ssn", *needs.PERSONAL, "id_rujukan", "sebab", "siklus")
_PROPOSALS = {c: "text" for c in ("id_penerbitan", "jenis", "nik_awal", "id_rujukan", *REFRESHED)} | {"siklus": "bigint"}

MATCHED = """
create or replace temp table cocok as
select d.id_penerbitan, p.* exclude (id_penerbitan)
from dipesan as d
left join rantai_nik as r on r.nik = d.nik_awal
inner join (select null as id_penerbitan, * from diperlukan) as p
    on p.jenis = d.jenis
    and case
        when d.jenis = 'BARU' then p.nik_awal = coalesce(r.nik_awal, d.nik_awal) else p.id_rujukan = d.id_rujukan
    end
"""

NEW = f"""
with sudah as (
    select jenis, if(jenis = 'BARU', nik_awal, id_rujukan) as tentang, count(*) as jumlah
    from ops.penerbitan
    group by all
),
baru as (
    select d.* exclude (tentang), d.jenis || '|' || d.tentang || '|' || (coalesce(s.jumlah, 0) + 1) as kunci
    from (select *, if(jenis = 'BARU', nik_awal, id_rujukan) as tentang from diperlukan) as d
    left join sudah as s on s.jenis = d.jenis and s.tentang = d.tentang
    where not exists (
        select 1 from cocok as c
        where c.jenis = d.jenis and c.nik_awal = d.nik_awal and c.id_rujukan is not distinct from d.id_rujukan
    )
),
bernomor as (
    select *, 'P' || upper(sha256($outer || unhex(sha256($inner || encode(kunci))))[1:16]) as id_penerbitan from baru
)
select {", ".join(_NEW_COLUMNS)} from bernomor order by id_penerbitan
"""

CHANGED = f"""
select {", ".join(f"c.{f}" for f in REFRESHED)}, c.id_penerbitan
from cocok as c
inner join dipesan as d using (id_penerbitan)
where {" or ".join(f"c.{f} is distinct from d.{f}" for f in REFRESHED)}
order by c.id_penerbitan
"""

WITHDRAWN = "select id_penerbitan from dipesan anti join cocok using (id_penerbitan) order by id_penerbitan"

CARDS = """
create or replace table ops.kartu as
with kartu as (
    select
        p.*,
        coalesce(l.langkah, $reserved) as langkah,
        coalesce(l.langkah, $reserved) <> $blocked and not exists (
            select 1 from ops.penerbitan as b
            where b.id_rujukan = p.id_penerbitan and b.jenis in ('BLOKIR', 'GANTI') and b.status <> 'BATAL'
        ) as aktif
    from ops.penerbitan as p
    left join langkah_penerbitan as l using (id_penerbitan)
    where p.jenis in ('BARU', 'GANTI') and p.status <> 'BATAL'
),
beberapa as (select nik_awal from kartu group by nik_awal having count(*) > 1)
select nik_awal, no_kk, id_penerbitan, nomor_ssn, jenis, langkah, aktif
from kartu
anti join beberapa using (nik_awal)
union all
select nik_awal, no_kk, id_penerbitan, nomor_ssn, jenis, langkah, aktif
from kartu
semi join beberapa using (nik_awal)
qualify row_number() over (
    partition by nik_awal order by aktif desc, (status = 'DIPESAN') desc, batch_no desc, seq desc, id_penerbitan
) = 1
"""
"""Nearly everybody has one card: only those with several are sorted."""


class ReservationError(RuntimeError):
    """Nothing was reserved."""


def reserve(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> dict[str, Any]:
    """Make the ledger's reservations exactly what this period's decisions ask for, in one store transaction.

    Cards already in a batch are never touched. A reservation whose person is no longer VALID is withdrawn (BATAL),
    one that is still asked for keeps its id and takes over what changed in the registry. Repeating it changes
    nothing.

    Args:
        con: the warehouse after the decision and the numbers (see `needs.py`); ops.pengecualian_kartu and
            ops.kartu_terhalang are made.
        home: its key file makes the ids opaque.
        period: YYYY-MM, kept with new reservations.

    Returns:
        Counts: baru, ganti, blokir, batal, diperbarui, pengecualian; or why nothing was done (no usable civil registry).

    Raises:
        ReservationError: a person who is to get a card has no nomor SSN: numbering did not run.
    """
    if not needs.registry_usable(con):
        return {"langkah": "tidak ada pemesanan kartu: data kependudukan tidak dapat dipakai"}
    outer, inner = hmac_pads(read_or_create(home, LEDGER_KEY))
    kinds: Counter[str] = Counter()
    with writing(engine) as transaction:
        answers.copy_ledger(con, transaction)
        answers.load_steps(con, transaction)
        replacement.load(con, transaction)
        needs.work_out(con)
        barred.work_out(con, transaction)
        _load_proposals(con, transaction)
        con.execute(MATCHED)
        withdrawn, changed = con.execute(WITHDRAWN).fetchall(), con.execute(CHANGED).fetchall()
        update_rows(transaction, penerbitan, "id_penerbitan", ("status",), [("BATAL", i) for (i,) in withdrawn])
        update_rows(
            transaction, penerbitan, "id_penerbitan", ("siklus",), [(None, row[-1]) for row in changed]
        )  # families may swap
        update_rows(transaction, penerbitan, "id_penerbitan", REFRESHED, changed)
        same = {"periode": period, "dibuat_pada": timestamp(now), "status": "DIPESAN"}
        new = con.execute(NEW, {"outer": outer, "inner": inner})
        insert_rows(transaction, penerbitan, _NEW_COLUMNS, _counted(stream(new), kinds), same)
    exceptions = con.execute("select count(*) from ops.pengecualian_kartu").fetchone()
    return {
        "baru": kinds["BARU"],
        "ganti": kinds["GANTI"],
        "blokir": kinds["BLOKIR"],
        "batal": len(withdrawn),
        "diperbarui": len(changed),
        "pengecualian": exceptions[0] if exceptions else 0,
    }


def copy_cards(con: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Copy the ledger into ops.penerbitan and make ops.kartu: one card a person, the active one, else the newest.

    The step is the furthest the bank reported, DIPESAN before it reported any; reserving or sealing changes no step.
    A card is active unless we reserved a block or replacement for it or the bank reported it blocked.

    Returns:
        The number of cards.
    """
    with engine.connect() as store:
        answers.copy_ledger(con, store)
        answers.load_steps(con, store)
    con.execute(CARDS, {"reserved": steps.RESERVED, "blocked": steps.BLOCKED})
    row = con.execute("select count(*) from ops.kartu").fetchone()
    return int(row[0]) if row else 0


def _counted(rows: Iterable[tuple[Any, ...]], kinds: Counter[str]) -> Iterator[tuple[Any, ...]]:
    number, kind = _NEW_COLUMNS.index("nomor_ssn"), _NEW_COLUMNS.index("jenis")
    for row in rows:
        if row[number] is None:
            raise ReservationError("Valid people without a nomor SSN: allocate numbers before reserving cards.")
        kinds[row[kind]] += 1
        yield row


def _load_proposals(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    copy_over(store, con, "dipesan", _PROPOSALS, "penerbitan where status = 'DIPESAN'", temporary=True)
