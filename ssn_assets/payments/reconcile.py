"""Every rupiah that was handed over is paid, failed, returned or silent: rekonsiliasi_pembayaran.csv, a line a batch.

Nothing of anybody. Cards are reconciled in `bank/reconcile.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ssn_assets.batches import events
from ssn_assets.csvfile import write_csv
from ssn_assets.home import Home
from ssn_assets.payments import answers
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.bank_schema import ACKNOWLEDGED, SENT
from ssn_assets.store.engine import timestamp

if TYPE_CHECKING:
    import duckdb

FILE = "rekonsiliasi_pembayaran.csv"
COLUMNS = (
    *("batch_no", "keadaan", "dikirim_pada", "baris", "rupiah", "dikirim", "berhasil", "gagal", "retur", "diam"),
    *("diam_terlalu_lama", "rupiah_dikirim", "rupiah_berhasil", "rupiah_gagal", "rupiah_retur", "rupiah_diam"),
)

BATCHES = """
with b as (
    select *, coalesce(dikirim_pada is not null or dijawab, false) as dikirim, if(dijawab, langkah, 'DIAM') as hasil
    from pesanan where batch_no is not null
)
select
    batch_no, any_value(keadaan), any_value(dikirim_pada), count(*), sum(jumlah)::bigint,
    count(*) filter (where dikirim),
    count(*) filter (where hasil = 'BERHASIL'),
    count(*) filter (where hasil = 'GAGAL'),
    count(*) filter (where hasil = 'RETUR'),
    count(*) filter (where hasil = 'DIAM' and dikirim),
    count(*) filter (where hasil = 'DIAM' and dikirim_pada < $patience),
    coalesce(sum(jumlah) filter (where dikirim), 0)::bigint,
    coalesce(sum(jumlah) filter (where hasil = 'BERHASIL'), 0)::bigint,
    coalesce(sum(jumlah) filter (where hasil = 'GAGAL'), 0)::bigint,
    coalesce(sum(jumlah) filter (where hasil = 'RETUR'), 0)::bigint,
    coalesce(sum(jumlah) filter (where hasil = 'DIAM' and dikirim), 0)::bigint
from b
group by batch_no
order by batch_no
"""
"""A payment the bank answered has reached it, whether or not we released its batch."""


@dataclass(frozen=True)
class Reconciliation:
    """Totals over all batches, in payments and rupiah.

    Attributes:
        balanced: sent = paid + failed + returned + silent holds in each batch, in payments and in rupiah.
    """

    dikirim: int
    berhasil: int
    gagal: int
    retur: int
    diam: int
    diam_terlalu_lama: int
    rupiah_dikirim: int
    rupiah_berhasil: int
    balanced: bool


def reconcile(con: duckdb.DuckDBPyConnection, store: Connection, home: Home, silent_days: int, now: datetime) -> Reconciliation:
    """Compare what was sent with what came back, write the file, and note batches that are wholly answered.

    Args:
        store: inside a transaction.
        silent_days: the policy's patience.
    """
    answers.load(con, store)
    rows = con.execute(BATCHES, {"patience": timestamp(now - timedelta(days=silent_days))}).fetchall()
    newest = events.newest(store, PAYMENTS)
    lines: list[tuple[object, ...]] = []
    for number, state, *rest in rows:
        whole = state == SENT and sum(rest[4:7]) == rest[1]
        if whole:
            events.append(store, PAYMENTS, number, newest[number].sha256, ACKNOWLEDGED, timestamp(now))
        lines.append((number, ACKNOWLEDGED if whole else state, *rest))
    write_csv(home.bank / FILE, COLUMNS, lines)
    balanced = all(row[5] == sum(row[6:10]) and row[11] == sum(row[12:16]) for row in rows)
    sent, paid, failed, returned, silent, too_long, money, arrived = (sum(row[place] for row in rows) for place in range(5, 13))
    return Reconciliation(sent, paid, failed, returned, silent, too_long, money, arrived, balanced)
