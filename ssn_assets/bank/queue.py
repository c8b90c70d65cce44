"""outbox/bank/antrean.csv: everything that waits for somebody, whose turn it is, since when, and what to do. No names.

The store remembers since when a matter is open and when it was settled; kinds and words come from `exceptions.py`,
`reconcile.py` and the answers, owners and remedies from `tindak_lanjut.yaml`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, update

from ssn_assets.bank import accounts, exceptions, kelurahan, remedies, steps
from ssn_assets.bank.exceptions import COLUMNS_FOUND, cell
from ssn_assets.bank_matters import Matter
from ssn_assets.csvfile import write_csv
from ssn_assets.home import Home
from ssn_assets.settings import WITA
from ssn_assets.store.bank_schema import antrean_bank
from ssn_assets.store.engine import timestamp
from ssn_assets.store.transfer import fill, insert_rows, read_rows

if TYPE_CHECKING:
    import duckdb

FILE = "antrean.csv"
COLUMNS = (
    *("pemilik", "jenis", "penyebab", "id_penerbitan", "nomor_ssn", "kode_kelurahan", "sejak", "umur_hari"),
    *("tindakan", "keterangan"),
)

REFUSALS = f"""
select id_penerbitan, alasan from jawaban_bank
where status in ({", ".join(repr(s) for s in steps.REFUSED)}) and alasan <> ''
order by jawaban_bank_id
"""

FAILED_PAYMENTS = """
select p.id_penerbitan, j.alasan
from jawaban_pembayaran as j
inner join pembayaran as p on p.id_pembayaran = j.id_pembayaran
where j.status in ('GAGAL', 'RETUR') and j.alasan <> ''
order by j.jawaban_pembayaran_id
"""

CURRENT = """
create or replace temp table terbuka as
with semua as (
    select * from ditemukan
    union all
    from terlalu_lama_diam
    union all
    select
        'REKENING_GANDA', p.id_penerbitan, p.nomor_ssn, p.kode_kelurahan,
        'Bank memakai referensi rekening yang sama untuk penerbitan lain.'
    from rekening_ganda as r
    inner join ops.penerbitan as p using (id_penerbitan)
)
select distinct
    jenis, coalesce(id_penerbitan, '') as id_penerbitan, coalesce(nomor_ssn, '') as nomor_ssn,
    coalesce(kode_kelurahan, '') as kode_kelurahan, keterangan
from semua
"""

NEW = "select * from terbuka anti join antrean_lama using (jenis, id_penerbitan, nomor_ssn, keterangan) order by all"
SETTLED = "select antrean_id from antrean_lama anti join terbuka using (jenis, id_penerbitan, nomor_ssn, keterangan) order by all"

FOUND_HERE = "select 1 from duckdb_tables() where schema_name = 'ops' and table_name = 'pengecualian_putusan'"
"""A new warehouse in which nothing was sealed yet knows of no matter, and so settles none."""

_OPEN = f"select antrean_id, {', '.join(COLUMNS_FOUND)}, sejak from antrean_bank where selesai_pada is null"


def refresh(con: duckdb.DuckDBPyConnection, store: Connection, home: Home, now: datetime) -> int:
    """Open what is new, settle what is gone, write antrean.csv, and hand on what waits for a kelurahan.

    Args:
        con: the warehouse after `reconcile.reconcile`. Without `exceptions.write`, ever, open matters stay as they are; what
            only decisions tell of is as the last one left it.
        store: inside a transaction.

    Returns:
        How many matters are open.
    """
    if con.execute(FOUND_HERE).fetchone():
        _settle_and_open(con, store, timestamp(now))
    lines = _lines(store, now)
    write_csv(home.bank / FILE, COLUMNS, [[cell(field) for field in line] for line in lines])
    kelurahan.hand_on(con, store, home, [_matter(line) for line in lines if line[0].lower() == kelurahan.OWNER])
    return len(lines)


def _matter(line: Line) -> Matter:
    _, kind, cause, issuance, _, area, since, _, to_do, words = line
    return Matter(area or None, kind, cause, since, "", "", "", "", to_do, words, issuance)


def _settle_and_open(con: duckdb.DuckDBPyConnection, store: Connection, moment: str) -> None:
    fill(con, "ditemukan", dict.fromkeys(COLUMNS_FOUND, "text"), exceptions.current(con, store), temporary=True)
    shared = [(card,) for card in accounts.twice(store)]
    fill(con, "rekening_ganda", {"id_penerbitan": "text"}, shared, temporary=True)
    kinds = {"antrean_id": "bigint", **dict.fromkeys(COLUMNS_FOUND, "text"), "sejak": "text"}
    fill(con, "antrean_lama", kinds, read_rows(store, _OPEN), temporary=True)
    con.execute(CURRENT)
    settled, new = con.execute(SETTLED).fetchall(), con.execute(NEW).fetchall()
    if settled:
        change = update(antrean_bank).where(antrean_bank.c.antrean_id == bindparam("nomor")).values(selesai_pada=moment)
        store.execute(change, [{"nomor": number} for (number,) in settled])
    insert_rows(store, antrean_bank, (*COLUMNS_FOUND, "sejak"), [(*row, moment) for row in new])


Line = tuple[str, ...]
"""A line of the file, COLUMNS."""


def _lines(store: Connection, now: datetime) -> list[Line]:
    """The open matters as they are written, by owner, oldest first."""
    known = remedies.load()
    refused, failed = dict(read_rows(store, REFUSALS)), dict(read_rows(store, FAILED_PAYMENTS))
    lines = []
    for _, kind, issuance, number, area, words, since in read_rows(store, _OPEN):
        if kind == "DITOLAK_BANK":
            remedy = known.of_reason(refused.get(issuance))
        elif kind == "PEMBAYARAN_GAGAL":
            remedy = known.of_payment(failed.get(issuance))
        else:
            remedy = known.of_kind(kind)
        day = datetime.fromisoformat(since).astimezone(WITA).date()  # at 01.00 it is still yesterday elsewhere
        age = max(0, (now.astimezone(WITA).date() - day).days)  # clocks differ
        fields = (remedy.pemilik, kind, remedy.penyebab, issuance, number, area, str(day), str(age), remedy.tindakan, words)
        lines.append((remedy.pemilik, -age, fields))
    return [line for _, _, line in sorted(lines)]
