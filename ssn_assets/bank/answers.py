"""What is known of issuances: the ledger copied into the warehouse, and how far each card is by what the bank said.

The rules of the steps are in `steps.py`; what is issued is decided in `reservation.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from ssn_assets.bank import steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import settlement
from ssn_assets.store.identity import load_chains
from ssn_assets.store.transfer import copy_over, fill, is_copy_of, mark_copy, read_rows

if TYPE_CHECKING:
    import duckdb

_LEDGER = {
    **dict.fromkeys(
        [
            "id_penerbitan",
            "jenis",
            "nik_awal",
            "nomor_ssn",
            "nik",
            "no_kk",
            "kode_kelurahan",
            "id_rujukan",
            "periode",
            "status",
        ],
        "text",
    ),
    "batch_no": "bigint",
    "seq": "bigint",
}

LEDGER_VERSION = """
select
    (select count(*) from penerbitan),
    (select count(*) from penerbitan where batch_no is null and status = 'DIPESAN'),
    (select count(*) from penerbitan where batch_no is null),
    (select max(batch_no) from penerbitan),
    (select min(id_penerbitan) from penerbitan),
    (select max(id_penerbitan) from penerbitan),
    (select count(*) from batch_kejadian where keadaan = 'DITARIK')
"""
"""Issuances are only ever added; once written they are only withdrawn with their batch. Each part is answered by an index."""

ANSWERS_VERSION = """
select
    count(*), max(jawaban_bank_id), (select count(*) from putusan_jawaban), (select count(*) from petugas_kejadian),
    (select berkas_sha256 from jawaban_bank order by jawaban_bank_id desc limit 1)
from jawaban_bank
"""
"""Lines are only ever added; the newest file tells a store that was restored from a backup and went on from there."""

BY_FIRST_NIK = """
create or replace table ops.penerbitan as
select p.* replace (coalesce(r.nik_awal, p.nik_awal) as nik_awal)
from penerbitan_di_toko as p
left join rantai_nik as r on r.nik = p.nik_awal
"""

BY_STATUS = """
create or replace table ops.jawaban_bank as
select id_penerbitan, status, count(*) as jumlah from jawaban_di_toko group by id_penerbitan, status
"""

STEPS_REACHED = """
create or replace temp table langkah_penerbitan as
with laporan as (
    -- a block that the bank reports for our BLOKIR line is the card's
    select coalesce(case when p.jenis = 'BLOKIR' then p.id_rujukan end, p.id_penerbitan) as id_penerbitan, j.status
    from ops.jawaban_bank as j
    inner join ops.penerbitan as p using (id_penerbitan)
    where p.status = 'DITULIS' and (p.jenis <> 'BLOKIR' or j.status = $blocked)
    union all
    select p.id_penerbitan, $handed
    from diserahkan_petugas as d
    inner join ops.penerbitan as p using (id_penerbitan)
    where p.status = 'DITULIS' and p.jenis <> 'BLOKIR'
)
select l.id_penerbitan, arg_max(t.langkah, t.urutan) as langkah
from laporan as l
inner join tangga as t on t.langkah = l.status
group by l.id_penerbitan
"""


def copy_issuances(con: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Copy the ledger into ops.penerbitan: ids, kinds, people and states, without the personal fields.

    Returns:
        The number of issuances.
    """
    with engine.connect() as store:
        return copy_ledger(con, store)


def copy_ledger(con: duckdb.DuckDBPyConnection, store: Connection) -> int:
    """`copy_issuances` inside a transaction of the caller. `nik_awal` is the first NIK known by now; makes rantai_nik."""
    ((count, reserved, *rest),) = read_rows(store, LEDGER_VERSION)
    version = " ".join(map(str, (count, reserved, *rest, load_chains(con))))
    if reserved or not is_copy_of(con, "ops.penerbitan", version):
        copy_over(store, con, "penerbitan_di_toko", _LEDGER, "penerbitan", temporary=True)
        con.execute(BY_FIRST_NIK)
        con.execute("drop table penerbitan_di_toko")
        mark_copy(con, "ops.penerbitan", version)
    return int(count)


def load_steps(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Make the temporary tables that say what the bank reported; needs ops.penerbitan.

    ops.jawaban_bank(id_penerbitan, status, jumlah), what counts after `batches/settlement.py`; tangga(langkah, urutan); and
    langkah_penerbitan(id_penerbitan, langkah): the furthest step of each card that the bank, or an officer who hands out
    cards, said something of.
    """
    version = " ".join(map(str, *read_rows(store, ANSWERS_VERSION)))
    if not is_copy_of(con, "ops.jawaban_bank", version):
        said = {"id_penerbitan": "text", "status": "text"}
        copy_over(store, con, "jawaban_di_toko", said, "jawaban_bank", temporary=True)
        settlement.apply(con, store, CARDS, "jawaban_di_toko")
        con.execute(BY_STATUS)
        con.execute("drop table jawaban_di_toko")
        mark_copy(con, "ops.jawaban_bank", version)
    ladder = [(step, steps.rank(step)) for step in steps.REPORTED]
    fill(con, "tangga", {"langkah": "text", "urutan": "bigint"}, ladder, temporary=True)
    handed = read_rows(store, f"select distinct id_penerbitan from penyerahan where status = '{steps.HANDED_OVER}'")
    fill(con, "diserahkan_petugas", {"id_penerbitan": "text"}, handed, temporary=True)
    con.execute(STEPS_REACHED, {"blocked": steps.BLOCKED, "handed": steps.HANDED_OVER})
