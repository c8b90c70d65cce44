"""outbox/bank/pengecualian.csv: what people have to look at, written anew by each run that seals. No names, NIK or addresses.

Families and cards come from `needs.py`, lines that cannot be written from `export.py`, payments from
`payments/matters.py`; what the bank's answers about cards leave open is found here. Only decisions tell of the first two,
so they stay as they were (ops.pengecualian_putusan) on a night on which a gate stops the run; the others are found anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ssn_assets.bank import answers, other_name, steps
from ssn_assets.csvfile import write_csv
from ssn_assets.home import Home
from ssn_assets.store.transfer import fill

if TYPE_CHECKING:
    import duckdb

FILE = "pengecualian.csv"
COLUMNS = ("jenis", "id_penerbitan", "nomor_ssn", "kode_kelurahan", "periode", "keterangan")

COLUMNS_FOUND = ("jenis", "id_penerbitan", "nomor_ssn", "kode_kelurahan", "keterangan")

HELD_REASONS = {
    "KARAKTER_TERLARANG": "Data kependudukan memuat tanda | atau pindah baris; tidak dikirim sampai diperbaiki.",
    "NIK_KK_TIDAK_SAH": "NIK atau Nomor KK di data kependudukan tidak 16 digit; tidak dikirim sampai diperbaiki.",
    "NOMOR_SSN_TIDAK_SAH": "Nomor SSN bukan 12 digit yang diawali 6472; tidak dikirim sampai diperiksa.",
    "NAMA_KOSONG": "Nama di data kependudukan kosong; bank tidak dapat membuka rekening. Tidak dikirim sampai diperbaiki.",
    "TANGGAL_LAHIR_TIDAK_SAH": "Tanggal lahir di data kependudukan kosong atau tidak sah; tidak dikirim sampai diperbaiki.",
    "MENUNGGU_BLOKIR": "Kartu baru menunggu pemblokiran kartu lama keluarga ini dapat dikirim.",
}

HELD = """
select t.jenis, p.id_penerbitan, p.nomor_ssn, p.kode_kelurahan, t.keterangan
from tertahan as t
inner join ops.penerbitan as p using (id_penerbitan)
"""

FROM_ANSWERS = """
with jawaban as (
    select
        j.*, p.jenis as jenis_penerbitan, p.nomor_ssn, p.kode_kelurahan,
        coalesce(p.status = 'DITULIS', false) as dikirim
    from ops.jawaban_bank as j
    left join ops.penerbitan as p using (id_penerbitan)
),
beberapa as (
    select * from jawaban
    where dikirim and jenis_penerbitan <> 'BLOKIR'
        and id_penerbitan in (select id_penerbitan from ops.jawaban_bank group by id_penerbitan having count(*) > 1)
)
select
    'ID_PENERBITAN_TIDAK_DIKENAL' as jenis, id_penerbitan, nomor_ssn, kode_kelurahan,
    'Bank menjawab id yang tidak pernah dikirim.' as keterangan
from jawaban where not dikirim group by all
union all
select
    'STATUS_TIDAK_DIKENAL', id_penerbitan, nomor_ssn, kode_kelurahan,
    'Status dari bank tidak dikenal untuk penerbitan ini: ' || status
from jawaban
where dikirim
    and not list_contains(case when jenis_penerbitan = 'BLOKIR' then $for_a_block else $reported end, status)
union all
select
    'BERTENTANGAN', a.id_penerbitan, a.nomor_ssn, a.kode_kelurahan,
    'Bank melaporkan ' || a.status || ' dan juga ' || b.status || '.'
from beberapa as a
inner join beberapa as b using (id_penerbitan)
inner join pertentangan as t on t.satu = a.status and t.dua = b.status
union all
select
    'DITOLAK_BANK', l.id_penerbitan, p.nomor_ssn, p.kode_kelurahan,
    'Langkah terakhir dari bank: ' || l.langkah || '; perlu tindak lanjut.'
from langkah_penerbitan as l
inner join ops.penerbitan as p using (id_penerbitan)
where list_contains($refused, l.langkah)
    and not exists (
        select 1 from ops.penerbitan as g where g.id_rujukan = l.id_penerbitan and g.jenis = 'GANTI' and g.status = 'DITULIS'
    )
union all
select
    if(bool_or(status = $blocked), 'BERTENTANGAN', 'BLOKIR_DITOLAK'), id_penerbitan, nomor_ssn, kode_kelurahan,
    'Bank menolak memblokir kartu ini' || if(bool_or(status = $blocked), ' dan juga melaporkannya diblokir.', '.')
from jawaban
where dikirim and jenis_penerbitan = 'BLOKIR'
group by id_penerbitan, nomor_ssn, kode_kelurahan
having bool_or(status = 'DITOLAK')
"""

DECIDED = "ops.pengecualian_putusan"
"""What the newest run that decided and sealed found: families, cards that cannot be written, NIKs that are gone."""

FAMILIES = "select jenis, id_penerbitan, nomor_ssn, kode_kelurahan, keterangan from ops.pengecualian_kartu"

NAMED_OTHERWISE = """
select 'NAMA_LAIN', id_penerbitan, nomor_ssn, kode_kelurahan, 'Bank menyebut nama lain daripada yang dikirim untuk kartu ini.'
from nama_lain inner join ops.penerbitan using (id_penerbitan)
"""

NIK_GONE = """
select
    'NIK_HILANG', '', nomor_ssn, '',
    'NIK pemilik nomor ini tidak ada lagi di data kependudukan dan penggantinya tidak pasti.'
from ops.identitas_pengecualian
"""

QUARANTINED = """
select
    alasan, '', '', '',
    if(alasan = 'JUMLAH_BERBEDA', 'Jumlah di berkas bank tidak cocok: ', 'Jawaban bank tidak dapat dipakai: ')
    || berkas || coalesce(' baris ' || baris::varchar, '') || ': ' || keterangan
from raw.karantina
where jenis in ('bank', 'pembayaran') and alasan not in ('KEPALA_BERULANG', 'JUMLAH')  -- nobody has to act
"""


def write(con: duckdb.DuckDBPyConnection, store: Connection, home: Home, period: str, held: Mapping[str, str]) -> int:
    """Write pengecualian.csv.

    Args:
        con: the warehouse with ops.pengecualian_kartu, ops.identitas_pengecualian and raw.karantina.
        period: stands in each line: the period of the run that found it.
        held: reservations that could not be written, id -> why (a key of HELD_REASONS).

    Returns:
        The number of lines.
    """
    answers.copy_ledger(con, store)
    answers.load_steps(con, store)
    con.execute("create table if not exists ops.identitas_pengecualian (nomor_ssn text)")
    waiting = [(issuance, why, HELD_REASONS[why]) for issuance, why in held.items()]
    fill(con, "tertahan", {"id_penerbitan": "text", "jenis": "text", "keterangan": "text"}, waiting, temporary=True)
    decided = con.execute(f"{FAMILIES} union all {HELD} union all {NIK_GONE}").fetchall()
    fill(con, DECIDED, dict.fromkeys(COLUMNS_FOUND, "text"), decided)
    lines = current(con, store)
    write_csv(home.bank / FILE, COLUMNS, sorted((*map(cell, line[:4]), period, cell(line[4])) for line in lines))
    return len(lines)


def current(con: duckdb.DuckDBPyConnection, store: Connection) -> list[tuple[str | None, ...]]:
    """Everything that people have to look at now (COLUMNS_FOUND); after `answers.load_steps`, and `write` at some time."""
    con.execute(f"create table if not exists ops.pengecualian_pembayaran ({', '.join(f'{name} text' for name in COLUMNS_FOUND)})")
    return [
        *con.execute(f"select * from {DECIDED}").fetchall(),
        *from_answers(con, store),
        *con.execute("select * from ops.pengecualian_pembayaran").fetchall(),
        *con.execute(QUARANTINED).fetchall(),
    ]


def from_answers(con: duckdb.DuckDBPyConnection, store: Connection) -> list[tuple[str | None, ...]]:
    """What the bank's answers about cards leave open (COLUMNS_FOUND); after `answers.load_steps`."""
    pairs = [tuple(sorted(pair, key=steps.rank)) for pair in steps.CONTRADICTIONS]
    fill(con, "pertentangan", {"satu": "text", "dua": "text"}, pairs, temporary=True)
    known = {
        "reported": list(steps.REPORTED),
        "for_a_block": list(steps.FOR_A_BLOCK),
        "refused": list(steps.REFUSED),
        "blocked": steps.BLOCKED,
    }
    others = other_name.cards(con, store)
    fill(con, "nama_lain", {"id_penerbitan": "text"}, [(card,) for card in others], temporary=True)
    return con.execute(f"{FROM_ANSWERS} union all {NAMED_OTHERWISE}", known).fetchall()


def cell(value: str | None) -> str:
    """A text that a spreadsheet will not take for a formula."""
    plain = " ".join((value or "").split())
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain
