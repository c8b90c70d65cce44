"""Families with a card in hand, and what the bank says of their payments, for the tests of payments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb
from sqlalchemy import Engine

from ssn_assets.batches import control, handover, replies
from ssn_assets.home import Home
from ssn_assets.payments import answers as payment_answers
from ssn_assets.payments import export
from ssn_assets.payments import orders as payment_orders
from ssn_assets.payments.brakes import PaymentLimits
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.transfer import fill, read_rows
from tests.unit.bank_city import NOW, Person, city, ids, kk, nik, run
from tests.unit.bank_people import People

LIMITS = PaymentLimits(rupiah_per_day=10**12, more_families=10.0)
HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA", nama=f"SITI {i}") for i in range(1, 5)]

Answer = tuple[str, str, str]


def in_hand(
    people: Sequence[Person], engine: Engine, home: Home, period: str = "2026-10", **more: Any
) -> duckdb.DuckDBPyConnection:
    """The warehouse of a run in which everybody's card was handed over; more: reports of the bank in place of that."""
    run(city(people), engine, home, period)
    known = [i for (kind, _), i in ids(engine).items() if kind != "BLOKIR"]
    con = city(people, more.get("reports", [(issuance, "DISERAHKAN") for issuance in known]))
    run(con, engine, home, period)
    return con


def pay(
    con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str = "2026-10", answers: Sequence[Answer] = ()
) -> dict[str, Any]:
    """What a run does for payments. answers: (id_pembayaran, status, day), a file."""
    sha256 = hashlib.sha256(repr(answers).encode()).hexdigest()
    lines = [("p.csv", i, sha256, *a[:2], "rekening pasif", a[2], f"R{i}") for i, a in enumerate(answers, 2)]
    columns = dict.fromkeys(
        ["berkas", "baris", "berkas_sha256", "id_pembayaran", "status", "alasan", "tanggal", "referensi_bank"], "text"
    )
    fill(con, "raw.pembayaran", columns | {"baris": "bigint", "tanggal": "date"}, lines)
    replies.keep(con, engine, PAYMENTS, NOW)
    report = payment_orders.order(con, engine, home, period, NOW)
    report |= export.seal(engine, home, period, NOW)
    with engine.connect() as store:
        payment_answers.copy_payments(con, store)
    return report


def release(engine: Engine, home: Home, who: People, limits: PaymentLimits = LIMITS, **by: Any) -> list[tuple[int, str]]:
    """Both agree to whatever payment batch waits, then it is released: (batch, result)."""
    agree(engine, home, who)
    return [(o.batch_no, o.result) for o in handover.release(engine, home, PAYMENTS, lambda p: limits, NOW, **by)]


def agree(engine: Engine, home: Home, who: People) -> None:
    """Both agree to the oldest payment batch."""
    control.prepare(engine, home, PAYMENTS, who.ani, NOW)
    control.approve(engine, home, PAYMENTS, who.budi, NOW)


def orders(engine: Engine) -> list[tuple[Any, ...]]:
    """(nik, bulan, urut, sebab, batch_no) of every order."""
    with engine.connect() as con:
        return sorted(read_rows(con, "select nik, bulan, urut, sebab, batch_no from pembayaran"), key=str)


def payment_of(engine: Engine, person: Person, urut: int = 1, bulan: str = "2026-10") -> str:
    """The id of an order."""
    with engine.connect() as con:
        rows = read_rows(
            con,
            f"select id_pembayaran from pembayaran where nik = '{person.nik}' and urut = {urut} and bulan = '{bulan}'",
        )
    return str(rows[0][0])


def steps(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    """id_pembayaran -> (langkah, tanggal) of ops.pembayaran."""
    rows = con.execute("select id_pembayaran, langkah, tanggal::text from ops.pembayaran").fetchall()
    return {i: (step, day) for i, step, day in rows}


def lines(home: Home, batch_no: int) -> list[list[str]]:
    """Every line of a sealed payment file, split."""
    return [line.split("|") for line in (home.bank / f"pembayaran_{batch_no:04d}.txt").read_text().splitlines()]


def out(person: Person) -> Person:
    """No longer valid: his card is blocked by the next run."""
    return replace(person, keputusan="TIDAK_VALID")
