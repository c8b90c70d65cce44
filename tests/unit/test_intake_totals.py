"""The total below a bank's answers: what it states, and when it is not that of its lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets.home import Home
from ssn_assets.intake.totals import LEAST_AMOUNT, Stated, stated
from ssn_assets.warehouse import open_warehouse
from tests.unit.intake_support import drop, loaded

CARDS = "id_penerbitan;status;alasan;tanggal;referensi_bank"
MONEY = "id_pembayaran;status;alasan;tanggal;referensi_bank"


@pytest.fixture
def city(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that knows three cards and three payments of 300,000 rupiah."""
    monkeypatch.setenv("SSN_NOW", "2026-11-04T16:30:00+00:00")
    with open_warehouse(home) as con:
        con.execute("create table ops.penerbitan as select 'P' || i as id_penerbitan from range(1, 4) as t(i)")
        con.execute(
            "create table ops.pembayaran_dikenal as select 'B' || i as id_pembayaran, 300000 as jumlah from range(1, 4) as t(i)"
        )
    return home


def cards(home: Home, name: str, *ids: str, total: str = "") -> None:
    drop(home, "bank", name, "\n".join([CARDS, *(f"{i};DITERIMA;;2026-11-02;R{name}" for i in ids), total]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("JUMLAH 1.234 baris", Stated(1234, ())),
        ("Total batch 12 per 02-11-2026: 800 kartu", Stated(800, ())),
        ("TOTAL 3 900.000", Stated(3, (900_000,))),
        ("Jumlah 3 transaksi Rp 900.000,00 halaman 2", Stated(3, (900_000,))),
        ("Grand total", Stated(None, ())),
    ],
)
def test_what_a_total_states(words: str, said: Stated) -> None:
    assert stated(words) == said


@given(st.integers(0, 10**7), st.integers(LEAST_AMOUNT, 10**13), st.sampled_from([".", ","]))
def test_numbers_are_read_however_they_are_marked(lines: int, rupiah: int, mark: str) -> None:
    first, second = (f"{number:,}".replace(",", mark) for number in (lines, rupiah))
    assert stated(f"JUMLAH {first} baris Rp{second}") == Stated(lines, (rupiah,))


@pytest.mark.parametrize("total", ["JUMLAH 3 baris", "TOTAL;;;;3", "Jumlah 2 kartu", "TOTAL", "Jumlah"])
def test_a_total_of_the_lines_or_of_the_cards_waits_for_nobody(city: Home, total: str) -> None:
    cards(city, "a.csv", "P1", "P2", "P2", total=total)
    with loaded(city, "bank") as it:
        assert it.quarantine == [(5, "JUMLAH")] and it.report.baris_dimuat == 3


def test_a_wrong_total_is_told_and_its_lines_count(city: Home) -> None:
    cards(city, "a.csv", "P1", "P2", total="JUMLAH 1.200 baris")
    with loaded(city, "bank") as it:
        assert it.quarantine == [(4, "JUMLAH_BERBEDA")] and it.report.baris_dimuat == 2
        ((words,),) = it.rows("select keterangan from raw.karantina")
        assert words == "Jumlah menurut bank 1.200 baris; di berkas ini 2 baris. Baris-barisnya tetap dihitung."


def test_the_file_sent_again_with_a_right_total_ends_it(city: Home) -> None:
    cards(city, "a.csv", "P1", "P2", total="JUMLAH 5 baris")
    cards(city, "lain.csv", "P2", "P3", total="JUMLAH 2 baris")
    with loaded(city, "bank") as it:
        assert [code for _, code in it.quarantine] == ["JUMLAH_BERBEDA", "JUMLAH"]
    cards(city, "revisi.csv", "P3", "P2", "P1", total="JUMLAH 3 baris")
    with loaded(city, "bank") as it:
        assert {code for _, code in it.quarantine} == {"JUMLAH"}


@pytest.mark.parametrize(
    ("total", "code"),
    [
        ("JUMLAH 3 Rp 900.000", "JUMLAH"),
        ("JUMLAH 3 Rp 600.000", "JUMLAH"),  # of those that were paid
        ("TOTAL;;;;900.000", "JUMLAH"),
        ("JUMLAH 3 Rp 1.200.000", "JUMLAH_BERBEDA"),
        ("JUMLAH 4 Rp 900.000", "JUMLAH_BERBEDA"),
    ],
)
def test_rupiah_of_payments_are_compared_too(city: Home, total: str, code: str) -> None:
    lines = [f"B{i};{status};;2026-11-02;R{i}" for i, status in ((1, "BERHASIL"), (2, "BERHASIL"), (3, "GAGAL"))]
    drop(city, "bank", "bayar.csv", "\n".join([MONEY, *lines, total]))
    with loaded(city, "pembayaran") as it:
        assert it.quarantine == [(5, code)] and it.report.baris_dimuat == 3


def test_parts_with_a_total_each(city: Home) -> None:
    lines = [f"P{i};DITERIMA;;2026-11-02;R" for i in (1, 2, 3)]
    drop(city, "bank", "a.csv", "\n".join([CARDS, *lines[:2], "Subtotal 2", lines[2], "Subtotal 1", "Total 3"]))
    with loaded(city, "bank") as it:
        assert [code for _, code in it.quarantine] == ["JUMLAH"] * 3
