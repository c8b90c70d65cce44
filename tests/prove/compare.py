"""What a home hands out and remembers, comparable: content where a format carries its own time, bytes elsewhere."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import duckdb
from python_calamine import CalamineWorkbook

from ssn_assets.home import Home
from ssn_assets.store.schema import metadata

PER_RUN = {"laporan_mutu.html"}
"""Of the run itself: its number and times differ by right."""


def picture(home: Home) -> dict[str, str]:
    """Every file of the outbox and every table of the store: name -> digest of its content."""
    found = {}
    for path in sorted(home.outbox.rglob("*")):
        if path.is_file() and path.name not in PER_RUN:
            found[str(path.relative_to(home.root))] = _digest(path)
    with closing(sqlite3.connect(f"file:{home.store}?mode=ro", uri=True)) as store:
        for table in metadata.tables:
            found[f"store: {table}"] = _lines(store.execute(f"select * from {table}"))
    return found


def differences(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """What is missing, what is too much, what differs; [] when the two homes are the same."""
    return [
        f"{name}: {'missing' if name not in found else 'unexpected' if name not in expected else 'differs'}"
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]


def repeats(home: Home) -> list[str]:
    """Numbers, issuances and releases that exist twice, and breaks in the bank file's chain. [] is right."""
    wrong = []
    with closing(sqlite3.connect(f"file:{home.store}?mode=ro", uri=True)) as store:
        for what, query in {
            "number given twice": "select nomor from nomor_ssn",
            "person with two numbers": "select nik_awal from nomor_ssn",
            "issuance reserved twice": "select kunci from penerbitan",
            "release twice": "select publication_id from publikasi",
            "release put in force twice": "select publication_id from publikasi_log where kejadian = 'TERBIT'",
        }.items():
            wrong += [f"{what}: {n}x" for n in _more_than_once(row[0] for row in store.execute(query))]
        contents = [row[0] for row in store.execute("select isi_hmac from publikasi order by urut")]
        wrong += ["same content released twice running" for a, b in pairwise(contents) if a == b]
    issued: list[str] = []
    before = "0" * 64
    for number, path in enumerate(sorted(home.bank.glob("penerbitan_*.txt")), start=1):
        lines = path.read_text().splitlines()
        head = lines[0].split("|")
        if int(head[2]) != number or head[3] != before:
            wrong.append(f"bank batch {path.name} breaks the chain")
        issued += [line.split("|")[2] for line in lines if line.startswith("D|")]
        before = hashlib.sha256(path.read_bytes()).hexdigest()
    wrong += [f"issuance exported twice: {n}x" for n in _more_than_once(issued)]
    return wrong


def counts(home: Home) -> str:
    """How much there was to compare, for the reader of the proof."""
    with closing(sqlite3.connect(f"file:{home.store}?mode=ro", uri=True)) as store:
        sizes = {t: store.execute(f"select count(*) from {t}").fetchone()[0] for t in metadata.tables}
    lists = sum(1 for p in home.outbox.glob("*/kelurahan/*.xlsx"))
    return (
        f"{sizes['jawaban']} answers, {sizes['kasus']} cases, {sizes['nomor_ssn']} numbers,"
        f" {sizes['penerbitan']} issuances, {sizes['batch']} bank files, {sizes['publikasi']} releases,"
        f" {sizes['jawaban_bank']} bank answers, {lists} open work lists"
    )


def _more_than_once(values: Iterable[str]) -> list[int]:
    return [n for n in Counter(values).values() if n > 1]


def _digest(path: Path) -> str:
    if path.suffix == ".parquet":
        with closing(duckdb.connect()) as con:
            return _lines(con.execute("select * from read_parquet(?)", [str(path)]).fetchall())
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        return _lines((name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as table:
            return _lines(table.iterdump())
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lines(rows: Iterable[object]) -> str:
    """Order counts: the files are sorted by contract, the store's rows by insertion."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, default=str).encode() + b"\n")
    return digest.hexdigest()
