"""The way from VALID to card in hand and first money: how many got how far, in how many days, and who holds what is open.

Counts and days only, nothing of anybody. A person counts once, by the card he has now (ops.kartu); days run to the first card
ever in hand. Dates are what store and bank say: VALID is the day the person got his number (a later holder of a family's
card: the day his card was ordered); a bank's day before the line was sent, or after today, is as unknown as none.

Needs ops.kartu, ops.penerbitan, ops.jawaban_bank, ops.pembayaran and the queue of this run. The files: `files.py`; the
page: `journey_page.py`.
"""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home
from ssn_assets.oversight import journey_sql as sql
from ssn_assets.settings import WITA

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy import Connection, Engine

QUEUE = "antrean.csv"
"""Beside the bank's files: open matters with their owners, in the office's own words."""

STORE_VERSION = """
select
    count(*), sum(case when status = 'DIPESAN' then 1 else 0 end), sum(case when status = 'BATAL' then 1 else 0 end),
    max(batch_no), min(id_penerbitan), max(id_penerbitan)
from penerbitan
"""
ISSUED = """
select p.id_penerbitan, p.dibuat_pada, n.dibuat_pada, case when b.id_pemegang is null then 0 else 1 end
from penerbitan as p
left join nomor_ssn as n on n.nomor = p.nomor_ssn
left join (select distinct id_pemegang from penerbitan where id_pemegang is not null) as b on b.id_pemegang = p.id_penerbitan
where p.jenis <> 'BLOKIR' and p.status <> 'BATAL'
"""
ANSWERED = """
select id_penerbitan, status, tanggal from jawaban_bank
where tanggal is not null and status in ('SIAP_DIAMBIL', 'BELUM_DIAMBIL', 'DISERAHKAN', 'DIKEMBALIKAN')
"""
SENT = "select batch_no, min(waktu) from batch_kejadian where keadaan = 'DIKIRIM' group by batch_no"
MATTERS = dict.fromkeys(("pemilik", "jenis", "id_penerbitan", "sejak"), "text")


def measure(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> dict[str, Any]:
    """Fill ops.perjalanan_kartu and ops.penahan_kartu: a line a kelurahan, one for the city, one where nobody knows.

    Args:
        con: the warehouse after the bank's reconciliation.
        period: YYYY-MM, stands in each line.
        now: ages are counted to this day in Samarinda.

    Returns:
        Counts of the city, and the days where any are known; `_selisih`: sums that do not agree, in words.
    """
    today = now.astimezone(WITA).date()
    with engine.connect() as store:
        _load_dates(con, store)
    _load_matters(con, home)
    values = {"hari_ini": today}
    for statement in (sql.ISSUANCES, sql.RESIDENCE):
        con.execute(statement)
    for statement in (sql.REPORTED, sql.CARDS, sql.OPEN):
        con.execute(statement, values)
    for statement in (sql.JOURNEY, sql.HOLDERS):
        con.execute(statement, values | {"periode": period})
    return {**city(con), "_selisih": _differences(con)}


def _load_dates(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Copy the days that only the store knows, each table only when it changed."""
    from ssn_assets.store.transfer import fill, is_copy_of, mark_copy, read_rows

    for table, columns, statement, version_of in (
        (
            "ops.waktu_penerbitan",
            {"id_penerbitan": "text", "dipesan": "text", "bernomor": "text", "pengganti": "bigint"},
            ISSUED,
            STORE_VERSION,
        ),
        (
            "ops.tanggal_jawaban",
            {"id_penerbitan": "text", "status": "text", "tanggal": "text"},
            ANSWERED,
            "select count(*), max(jawaban_bank_id) from jawaban_bank",
        ),
    ):
        version = " ".join(map(str, *read_rows(store, version_of)))
        if not is_copy_of(con, table, version):
            fill(con, table, columns, read_rows(store, statement))
            mark_copy(con, table, version)
    fill(con, "batch_terkirim", {"batch_no": "bigint", "waktu": "text"}, read_rows(store, SENT), temporary=True)


def _load_matters(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Whose turn it is, as the queue of this run says."""
    from ssn_assets.store.transfer import fill

    path = home.bank / QUEUE
    lines: list[tuple[str, ...]] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as handle:
            lines = [tuple(line[name] for name in MATTERS) for line in csv.DictReader(handle) if line["id_penerbitan"]]
    fill(con, "hal_terbuka", MATTERS, lines, temporary=True)


def city(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The city's line of ops.perjalanan_kartu: what is known of it, by column."""
    answer = con.execute(f"select * from ops.perjalanan_kartu where kode_kelurahan = '{sql.CITY}'")
    names = [column[0] for column in answer.description or ()]
    values = dict(zip(names, answer.fetchone() or (), strict=True))
    return {name: value for name, value in values.items() if isinstance(value, int)}


def _differences(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every card is in one place, and every open one has one holder; else which sums differ."""
    row = con.execute(sql.SUMS).fetchone() or (0,) * 6
    cards, city, places, parts, still_open, held = row
    found = {
        "kartu dan baris kota": (cards, city),
        "kartu dan jumlah kelurahan": (cards, places),
        "kartu dan terbuka + di tangan + ditutup": (cards, parts),
        "kartu terbuka dan kartu yang ditahan": (still_open, held),
    }
    return [f"{words}: {a} dan {b}" for words, (a, b) in found.items() if a != b]
