"""The floor of the bank loop: a bare script that writes the same card and payment files, byte for byte, and a ledger of them.

DuckDB for the ids, sorted bulk inserts into SQLite with the one unique key each ledger cannot do without, the file, fsync,
commit. No second run, no withdrawal, no events, no one who looks. Stands alone on purpose: nothing of ssn_assets may make
it faster or slower. Afterwards it reads the bank's answers in three bare ways.

    python tests/bench/bank_floor.py FAMILIES.parquet KEY_HEX MADE PERIOD AMOUNT OUT
    python tests/bench/bank_floor.py --read ANSWERS.csv
"""

from __future__ import annotations

import csv
import hashlib
import os
import sqlite3
import sys
import time
from pathlib import Path

import duckdb

PERSON = "nik, no_kk, nama, tempat_lahir, tanggal_lahir, jenis_kelamin, nama_ibu, alamat, rt, kelurahan, kecamatan, kode_pos"
ID = "upper(sha256(?::blob || unhex(sha256(?::blob || encode({0}))))[1:16])"


def pads(key: bytes) -> tuple[bytes, bytes]:
    """HMAC-SHA-256's outer and inner pad of a 32-byte key."""
    key = key.ljust(64, b"\0")
    return bytes(b ^ 0x5C for b in key), bytes(b ^ 0x36 for b in key)


def clocks() -> tuple[float, float]:
    """Seconds on the wall and of our processor time."""
    return time.perf_counter(), time.process_time()


def say(name: str, began: tuple[float, float]) -> None:
    """What a part took, on both clocks."""
    print(name, *(f"{now - then:.3f}" for now, then in zip(clocks(), began, strict=True)))


def put(path: Path, content: bytes) -> None:
    """A file that is on disk."""
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def frame(purpose: str, made: str, period: str, lines: list[str], niks: list[str], money: int | None) -> bytes:
    """H, D and T."""
    body = "".join(lines).encode()
    total = "" if money is None else f"|{money}"
    tail = f"T|1|{len(lines)}{total}|{hashlib.sha256(body).hexdigest()}|{sum(int(n[-6:]) for n in niks)}\n"
    head = f"H|1|1|{'0' * 64}|{made}|SAMARINDA-SSN|BANKALTIMTARA|{purpose}|{period}\n"
    return head.encode() + body + tail.encode()


def cards(
    con: duckdb.DuckDBPyConnection, db: sqlite3.Connection, keys: tuple[bytes, bytes], made: str, period: str, out: Path
) -> None:
    """A card a family."""
    con.execute(
        f"create table kartu as select 'P' || {ID.format(chr(39) + 'BARU|' + chr(39) + ' || nik || ' + chr(39) + '|1' + chr(39))}"
        " as id, * from keluarga order by id",
        keys,
    )
    rows = con.execute(f"select id, nomor_ssn, {PERSON}, kode_kelurahan from kartu order by id").fetchall()
    db.execute("begin immediate")
    db.execute(
        f"create table penerbitan (id text primary key, nomor_ssn text, {PERSON.replace(',', ' text,')} text,"
        " kode_kelurahan text, seq integer, jenis text, periode text, dibuat_pada text, batch_no integer,"
        " unique (no_kk)) without rowid"
    )
    places = [(*row, seq, "BARU", period, made, 1) for seq, row in enumerate(rows, start=1)]
    db.executemany(f"insert into penerbitan values ({', '.join('?' * 20)})", places)
    lines = [f"D|{seq}|{row[0]}|BARU|{'|'.join(v or '' for v in row[1:14])}|\n" for seq, row in enumerate(rows, start=1)]
    put(out / "penerbitan_0001.txt", frame("PENERBITAN", made, period, lines, [row[2] for row in rows], None))
    db.execute("commit")


def payments(
    con: duckdb.DuckDBPyConnection,
    db: sqlite3.Connection,
    keys: tuple[bytes, bytes],
    made: str,
    period: str,
    amount: int,
    out: Path,
) -> None:
    """A payment a card."""
    text = f"'BAYAR|' || id || '|{period}|1'"
    rows = con.execute(
        f"select 'B' || {ID.format(text)} as bayar, id, nomor_ssn, nik, nama, no_kk, kode_kelurahan from kartu order by bayar",
        keys,
    ).fetchall()
    db.execute("begin immediate")
    db.execute(
        "create table pembayaran (bayar text primary key, id text, nomor_ssn text, nik text, nama text, no_kk text,"
        " kode_kelurahan text, bulan text, jumlah integer, seq integer, periode text, dibuat_pada text, batch_no integer,"
        " unique (id, bulan)) without rowid"
    )
    places = [(*row, period, amount, seq, period, made, 1) for seq, row in enumerate(rows, start=1)]
    db.executemany(f"insert into pembayaran values ({', '.join('?' * 13)})", places)
    lines = [f"D|{seq}|{'|'.join(row[:5])}|{period}|{amount}|\n" for seq, row in enumerate(rows, start=1)]
    put(out / "pembayaran_0001.txt", frame("PEMBAYARAN", made, period, lines, [row[3] for row in rows], amount * len(rows)))
    db.execute("commit")


def read(path: Path) -> None:
    """The answers read: into Python rows; into DuckDB; and into Python rows kept once each in SQLite."""
    began = clocks()
    with path.open(newline="") as handle:
        rows = [tuple(row) for row in csv.reader(handle)][1:]
    say("read_python", began)
    began = clocks()
    con = duckdb.connect()
    con.execute("create table jawaban as from read_csv(?, all_varchar=true, header=true)", [str(path)])
    say("read_duckdb", began)
    began = clocks()
    db = sqlite3.connect(path.with_suffix(".floor.sqlite"), isolation_level=None)
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=full")
    db.execute("begin immediate")
    db.execute(
        "create table jawaban (baris integer primary key, id text, status text, alasan text, tanggal text, referensi text)"
    )
    db.executemany("insert into jawaban values (?, ?, ?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows, start=2)])
    db.execute("commit")
    say("keep_sqlite", began)


def main(families: Path, key: str, made: str, period: str, amount: int, out: Path) -> None:
    """Run it and say how long each part took."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    keys = pads(bytes.fromhex(key))
    con = duckdb.connect()
    began = clocks()
    db = sqlite3.connect(out / "ledger.sqlite", isolation_level=None)
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=full")
    db.execute("pragma cache_size=-65536")
    con.execute(f"create table keluarga as from '{families}'")
    cards(con, db, keys, made, period, out)
    say("cards", began)
    began = clocks()
    payments(con, db, keys, made, period, amount, out)
    say("payments", began)


if __name__ == "__main__":
    if sys.argv[1] == "--read":
        read(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), Path(sys.argv[6]))
