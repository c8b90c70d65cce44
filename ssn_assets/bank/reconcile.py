"""Every line the bank got is acknowledged, refused or silent: outbox/bank/rekonsiliasi.csv, a line a batch. Nothing of anybody.

list / account / card: lines sent, accounts the bank opened for them, cards in hand. Silent for longer than the policy
allows is handed to the queue (`queue.py`). Needs ops.penerbitan and ops.jawaban_bank (`answers.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ssn_assets.bank import steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import events
from ssn_assets.csvfile import write_csv
from ssn_assets.home import Home
from ssn_assets.store.bank_schema import ACKNOWLEDGED, SENT, WITHDRAWN
from ssn_assets.store.engine import city_day, timestamp
from ssn_assets.store.transfer import fill, read_rows

if TYPE_CHECKING:
    import duckdb

FILE = "rekonsiliasi.csv"
COLUMNS = (
    *("batch_no", "keadaan", "dikirim_pada", "baris", "dikirim", "diakui", "ditolak", "diam", "diam_terlalu_lama"),
    *("rekening_dibuka", "kartu_diserahkan", "kartu_diblokir"),
)

LINES = """
create or replace temp table baris_bank as
with laporan as (
    select p.id_penerbitan, arg_max(t.langkah, t.urutan) as terjauh, max(t.urutan) as urutan
    from ops.jawaban_bank as j
    inner join ops.penerbitan as p using (id_penerbitan)
    inner join tangga as t on t.langkah = j.status
    where p.status = 'DITULIS' and (p.jenis <> 'BLOKIR' or list_contains($for_a_block, j.status))
    group by p.id_penerbitan
)
select
    p.batch_no, p.id_penerbitan, p.nomor_ssn, p.kode_kelurahan, b.keadaan, b.dikirim_pada, l.terjauh,
    coalesce(l.urutan, 0) as urutan,
    case when l.terjauh is null then 'DIAM' when list_contains($refused, l.terjauh) then 'DITOLAK' else 'DIAKUI' end as hasil,
    l.terjauh is not null or b.dikirim_pada is not null as dikirim
from ops.penerbitan as p
inner join keadaan_batch as b using (batch_no)
left join laporan as l using (id_penerbitan)
where p.status = 'DITULIS'
"""
"""A line the bank answered has reached it, whether or not we released its batch."""

BATCHES = """
select
    batch_no, any_value(keadaan), any_value(dikirim_pada), count(*),
    count(*) filter (where dikirim),
    count(*) filter (where hasil = 'DIAKUI'),
    count(*) filter (where hasil = 'DITOLAK'),
    count(*) filter (where hasil = 'DIAM' and dikirim),
    count(*) filter (where hasil = 'DIAM' and dikirim_pada < $patience),
    count(*) filter (where urutan between $opened and $last_step),
    count(*) filter (where terjauh = 'DISERAHKAN'),
    count(*) filter (where terjauh = $blocked)
from baris_bank
group by batch_no
order by batch_no
"""

SILENT = f"""
create or replace temp table terlalu_lama_diam as
select
    'DIAM_TERLALU_LAMA' as jenis, id_penerbitan, nomor_ssn, kode_kelurahan,
    'Batch ' || batch_no || ' dikirim ' || {city_day("dikirim_pada")} || '; bank belum menjawab baris ini.' as keterangan
from baris_bank
where hasil = 'DIAM' and dikirim_pada < $patience
"""


@dataclass(frozen=True)
class Reconciliation:
    """Totals over all batches.

    balanced: in each, dikirim = diakui + ditolak + diam, and the ledger has as many lines as were sealed.
    """

    dikirim: int
    diakui: int
    ditolak: int
    diam: int
    diam_terlalu_lama: int
    balanced: bool


def reconcile(con: duckdb.DuckDBPyConnection, store: Connection, home: Home, silent_days: int, now: datetime) -> Reconciliation:
    """Compare what was sent with what came back, write rekonsiliasi.csv, and note batches that are wholly answered.

    Args:
        con: the warehouse with ops.penerbitan, ops.jawaban_bank and the temporary table `tangga`; makes
            terlalu_lama_diam.
        store: inside a transaction.
        silent_days: the policy's patience.
    """
    newest = events.newest(store, CARDS)
    sent = dict(read_rows(store, f"select batch_no, waktu from batch_kejadian where keadaan = '{SENT}'"))
    sealed = {n: count for n, count in read_rows(store, "select batch_no, jumlah from batch") if newest[n].keadaan != WITHDRAWN}
    states = [(number, event.keadaan, sent.get(number)) for number, event in newest.items()]
    columns = {"batch_no": "bigint", "keadaan": "text", "dikirim_pada": "text"}
    fill(con, "keadaan_batch", columns, states, temporary=True)
    con.execute(LINES, {"for_a_block": list(steps.FOR_A_BLOCK), "refused": list(steps.REFUSED)})
    patience = {"patience": timestamp(now - timedelta(days=silent_days))}
    con.execute(SILENT, patience)
    ranks = {"opened": steps.rank("REKENING_DIBUKA"), "last_step": steps.rank(steps.BLOCKED) - 1, "blocked": steps.BLOCKED}
    rows = con.execute(BATCHES, patience | ranks).fetchall()
    lines: list[tuple[object, ...]] = []
    for number, state, sent_at, count, handed, accepted, refused, *rest in rows:
        whole = state == SENT and accepted + refused == count == sealed[number]
        if whole:
            events.append(store, CARDS, number, newest[number].sha256, ACKNOWLEDGED, timestamp(now))
        lines.append((number, ACKNOWLEDGED if whole else state, sent_at, count, handed, accepted, refused, *rest))
    write_csv(home.bank / FILE, COLUMNS, lines)
    sent, accepted, refused, silent, too_long = (sum(row[place] for row in rows) for place in range(4, 9))
    balanced = all(row[4] == row[5] + row[6] + row[7] for row in rows) and {row[0]: row[3] for row in rows} == sealed
    return Reconciliation(sent, accepted, refused, silent, too_long, balanced)
