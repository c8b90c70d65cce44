"""The potret of each input, and the suites at the border: a good delivery passes, a wrong one fails by name."""

from __future__ import annotations

import json
import shutil

import pytest

from ssn_assets import suites
from ssn_assets.home import Home
from ssn_assets.intake.profile import SHARES, profile
from tests.unit.intake_support import SAMPLES, csv_text, drop, loaded, person

SUITES = {
    "dtks": "dtks",
    "dukcapil": "dukcapil",
    "bansos": "bansos",
    "verifikasi": "verifikasi",
    "bank": "bank_jawaban",
    "pembayaran": "bank_pembayaran_jawaban",
    "penyerahan": "penyerahan",
    "sampel": "sampel",
}
REGISTRY = SAMPLES / "inbox" / "dukcapil" / "2026-10-01" / "penduduk.csv"
AID = SAMPLES / "inbox" / "bansos" / "2026-10" / "pusat.csv"


def failed(home: Home, kind: str) -> set[str]:
    """The critical expectations that do not hold."""
    with loaded(home, kind) as it:
        return set(suites.failed_critical(suites.validate(SUITES[kind], profile(it.con, kind))))


@pytest.mark.parametrize("kind", SUITES)
def test_the_samples_pass_every_expectation(home: Home, kind: str) -> None:
    shutil.copytree(SAMPLES / "inbox", home.root / "inbox", dirs_exist_ok=True)
    with loaded(home, kind) as it:
        results = suites.validate(SUITES[kind], profile(it.con, kind))
    assert [r["name"] for r in results if not r["passed"]] == []
    assert len({r["name"] for r in results}) == len(results)


@pytest.mark.parametrize("kind", SUITES)
def test_a_suite_only_names_columns_that_the_potret_has(home: Home, kind: str) -> None:
    with loaded(home, kind) as it:
        columns = set(profile(it.con, kind).columns)
    named = {e["kwargs"]["column"] for e in suites.suite(SUITES[kind])["expectations"]}
    assert named <= columns and {f"bagian_{name}" for name in SHARES[kind]} <= columns


@pytest.mark.parametrize("kind", ["dtks", "dukcapil"])
def test_nobody_at_all_fails(home: Home, kind: str) -> None:
    assert "semua_baris_dimuat__be_between" in failed(home, kind)


def test_a_list_without_usable_niks_fails(home: Home) -> None:
    drop(home, "dtks", "a.csv", csv_text([person(n, nik="12345") for n in range(1, 40)]))
    assert failed(home, "dtks") == {"semua_bagian_nik_baik__be_between"}


def test_a_few_bad_rows_fail_nothing(home: Home) -> None:
    drop(home, "dtks", "a.csv", csv_text([person(n, nik="12345") for n in range(1, 6)]))
    assert failed(home, "dtks") == set()


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("AKTIF", "A", "status_dikenal"),
        ("64.72.", "31.74.", "kelurahan_samarinda"),
        (",SAMARINDA,", ",SAMARINDA,x", "tanggal_lahir_terbaca"),
    ],
)
def test_a_wrong_registry_fails(home: Home, old: str, new: str, name: str) -> None:
    drop(home, "dukcapil", "p.csv", REGISTRY.read_text().replace(old, new))
    assert f"semua_bagian_{name}__be_between" in failed(home, "dukcapil")


def test_a_registry_with_everyone_twice_fails(home: Home) -> None:
    header, *rows = REGISTRY.read_text().splitlines()
    drop(home, "dukcapil", "p.csv", "\n".join([header, *rows, *rows]))
    assert failed(home, "dukcapil") == {"semua_bagian_nik_ganda__be_between"}


@pytest.mark.parametrize(
    ("old", "new", "name"), [("PUSAT", "APBN", "sumber_dikenal"), ("2026-09", "September", "periode_terbaca")]
)
def test_wrong_aid_fails(home: Home, old: str, new: str, name: str) -> None:
    drop(home, "bansos", "p.csv", AID.read_text().replace(old, new))
    assert failed(home, "bansos") == {f"semua_bagian_{name}__be_between"}


def test_the_potret_carries_no_person(home: Home) -> None:
    shutil.copytree(SAMPLES / "inbox", home.root / "inbox", dirs_exist_ok=True)
    with loaded(home) as it:
        text = json.dumps(profile(it.con, "dtks").to_dict("records"), default=str)
        assert not [name for name in it.column("select nama_asal from raw.dtks limit 50") if name in text]
