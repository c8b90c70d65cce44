"""A handful of families in a warehouse, for the bank's tests: who they are, what was decided, what the bank said."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb
from sqlalchemy import Engine

from ssn_assets.bank import answers, export, queue, reconcile, reservation
from ssn_assets.bank.kind import CARDS
from ssn_assets.bank.reconcile import Reconciliation
from ssn_assets.batches import replies
from ssn_assets.home import Home
from ssn_assets.numbering.allocation import allocate, copy_numbers
from ssn_assets.store.engine import writing
from ssn_assets.store.transfer import fill, read_rows

NOW = datetime(2026, 10, 31, 9, tzinfo=UTC)
DAYS = 14
"""The policy's patience with a silent bank."""
PERSONAL = (
    "nik no_kk nama tempat_lahir tanggal_lahir jenis_kelamin hubungan_keluarga nama_ibu alamat rt kode_kelurahan"
    " kelurahan kecamatan kode_pos status"
)


@dataclass(frozen=True)
class Person:
    """A line of the registry and what the list's row of him was decided to be (None: not in the list)."""

    nik: str
    no_kk: str | None
    hubungan_keluarga: str
    tanggal_lahir: date | None = date(1980, 1, 1)
    keputusan: str | None = "VALID"
    nik_awal: str | None = None
    nama: str = "SITI"
    alamat: str = "JL. MERDEKA NO. 1"
    terdaftar: bool = True
    alasan: str = "MENINGGAL"

    def but(self, **changes: Any) -> Person:
        """The same person, changed."""
        return replace(self, **changes)

    @property
    def awal(self) -> str:
        """The first NIK known of him."""
        return self.nik_awal or self.nik


def nik(i: int) -> str:
    return f"{6472010101900000 + i}"


def kk(i: int) -> str:
    return f"{6472010101150000 + i}"


def city(people: Sequence[Person], reports: Sequence[tuple[str, str]] = (), umur: int = 17) -> duckdb.DuckDBPyConnection:
    """The warehouse as it is after the decision.

    Args:
        reports: the bank's answers, (id_penerbitan, status), in one file.
    """
    con = duckdb.connect(config={"preserve_insertion_order": "false"})
    for schema in ("raw", "ops"):
        con.execute(f"create schema {schema}")
    con.execute("create table ops.konteks as select date '2026-10-31' as tanggal, true as registri_dipakai")
    con.execute(
        f"create table ops.kebijakan as select '2026-01' as versi, {umur} as umur_minimal_pemegang, 300000 as rupiah_per_bulan"
    )
    kinds = dict.fromkeys(PERSONAL.split(), "text") | {"tanggal_lahir": "date"}
    fill(con, "int_penduduk", kinds, [_record(p) for p in people if p.terdaftar])
    con.execute(
        "create table int_penduduk_terkait as"
        " select nik, no_kk, hubungan_keluarga, tanggal_lahir, kode_kelurahan, status from int_penduduk"
        " where nik in (select unnest(?))",
        [[p.nik for p in people if p.keputusan]],
    )
    decided = [(p.awal, p.nik, p.no_kk, p.keputusan, p.alasan) for p in people if p.keputusan]
    columns = ("nik_awal", "nik_padan", "no_kk_padan", "keputusan", "sebab")
    fill(con, "mart_keputusan_dasar", dict.fromkeys(columns, "text"), decided)
    con.execute("alter table mart_keputusan_dasar add column alasan text[]")
    con.execute("update mart_keputusan_dasar set alasan = if(keputusan = 'TIDAK_VALID', [sebab], [])")
    con.execute("alter table mart_keputusan_dasar drop column sebab")
    chains = [(p.nik_awal, p.nik) for p in people if p.nik_awal]
    fill(con, "ops.koreksi_nik", {"nik_lama": "text", "nik_baru": "text"}, chains)
    con.execute("create table raw.karantina (jenis text, folder text, berkas text, baris bigint, alasan text, keterangan text)")
    lines = [
        ("b.csv", i, "ab" * 32, id_penerbitan, status, None, "2026-11-01", f"R{i}", None)
        for i, (id_penerbitan, status) in enumerate(reports, 2)
    ]
    columns = dict.fromkeys(
        ["berkas", "baris", "berkas_sha256", "id_penerbitan", "status", "alasan", "tanggal", "referensi_bank", "nama"], "text"
    )
    fill(con, "raw.bank", columns | {"baris": "bigint", "tanggal": "date"}, lines)
    return con


def _record(p: Person) -> tuple[str | None, ...]:
    born = p.tanggal_lahir.isoformat() if p.tanggal_lahir else None
    rest = ("IBU", p.alamat, "001", "64.72.03.1005", "SIDODADI", "SAMARINDA ULU", "75123", "AKTIF")
    return (p.nik, p.no_kk, p.nama, "SAMARINDA", born, "P", p.hubungan_keluarga, *rest)


def reserve(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str = "2026-10") -> dict[str, Any]:
    """Answers, numbers and reservations, as a run does."""
    replies.keep(con, engine, CARDS, NOW)
    allocate(con, engine, home, period, NOW)
    copy_numbers(con, engine)
    report = reservation.reserve(con, engine, home, period, NOW)
    reservation.copy_cards(con, engine)
    return report


def run(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str = "2026-10") -> dict[str, Any]:
    """`reserve`, then seal."""
    return reserve(con, engine, home, period) | export.seal(con, engine, home, period, NOW)


def ledger(engine: Engine) -> list[tuple[str, str, str, int | None]]:
    """(jenis, nik, status, batch_no) of every issuance."""
    with engine.connect() as con:
        return sorted(read_rows(con, "select jenis, nik, status, batch_no from penerbitan"), key=str)


def ids(engine: Engine) -> dict[tuple[str, str], str]:
    """(jenis, nik) -> id_penerbitan, of issuances not withdrawn."""
    with engine.connect() as con:
        rows = read_rows(con, "select jenis, nik, id_penerbitan from penerbitan where status <> 'BATAL'")
    return {(kind, number): issuance for kind, number, issuance in rows}


def lines(home: Home, batch_no: int) -> list[list[str]]:
    """The D lines of a sealed file."""
    written = (home.bank / f"penerbitan_{batch_no:04d}.txt").read_text().splitlines()
    return [line.split("|") for line in written if line.startswith("D|")]


def exceptions(home: Home) -> list[list[str]]:
    """The lines of pengecualian.csv after its header."""
    with open(home.bank / "pengecualian.csv", newline="") as handle:
        return list(csv.reader(handle))[1:]


def steps(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, bool]]:
    """nik_awal -> (langkah, aktif) of ops.kartu."""
    return {n: (step, active) for n, step, active in con.execute("select nik_awal, langkah, aktif from ops.kartu").fetchall()}


def nightly(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, now: datetime = NOW) -> tuple[Reconciliation, int]:
    """What the asset does each night, after `run`."""
    with writing(engine) as store:
        answers.copy_ledger(con, store)
        answers.load_steps(con, store)
        return reconcile.reconcile(con, store, home, DAYS, now), queue.refresh(con, store, home, now)


def table(home: Home, name: str) -> list[dict[str, str]]:
    with open(home.bank / name, newline="") as handle:
        return list(csv.DictReader(handle))
