"""A bank that also sends the account's name: another one than was sent waits for people, and no money goes there."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from ssn_assets.bank import other_name
from ssn_assets.home import Home
from tests.unit.bank_city import Person, city, ids, kk, nightly, nik, run, table

pytest_plugins = ("tests.unit.store_backends",)

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 3)]


@pytest.mark.parametrize(
    ("sent", "said", "other"),
    [
        ("SITI AMINAH", "siti  aminah", False),
        ("SITI AMINAH", "Hj. Siti Aminah, S.Pd", False),
        ("MUHAMMAD NUR'AINI", "M. NURAINI", False),
        ("ABDUL RAHMAN SYARIFUDDIN", "ABDUL RAHMAN SYARIF", False),
        ("SITI AMINAH", "SITI AISYAH", True),
        ("SITI AMINAH", "SITI", True),
        ("SITI AMINAH", "BUDI", True),
        ("SITI", "-", True),
    ],
)
def test_whose_name_it_is(sent: str, said: str, other: bool) -> None:
    assert other_name.is_other(sent, said) is other_name.is_other(said, sent) is other


def test_an_account_in_another_name_waits_for_the_kelurahan_and_is_not_paid(home: Home, engine: Engine) -> None:
    run(city(HEADS[:2]), engine, home)
    known = [ids(engine)["BARU", p.nik] for p in HEADS[:2]]
    reports = [(card, "REKENING_DIBUKA") for card in known]
    con = city(HEADS[:2], reports)
    con.execute("update raw.bank set nama = if(id_penerbitan = ?, 'BUDI SANTOSO', 'Siti')", [known[0]])
    run(con, engine, home)
    nightly(con, engine, home)
    (line,) = table(home, "antrean.csv")
    assert (line["jenis"], line["id_penerbitan"], line["pemilik"]) == ("NAMA_LAIN", known[0], "Kelurahan")
    assert con.execute("select * from ops.kartu_terhalang").fetchall() == [(known[0],)]
    assert not any("BUDI" in (home.bank / name).read_text() for name in ("antrean.csv", "pengecualian.csv"))
    later = "date '2026-11-09' as tanggal, 'SITI' as nama, baris + 99 as baris"
    con.execute(f"insert into raw.bank by name select * replace ({later}) from raw.bank")
    run(con, engine, home)
    nightly(con, engine, home)
    assert table(home, "antrean.csv") == []  # the bank answered again


def test_an_account_in_another_name_ends_with_a_corrected_line(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    reports = [(ids(engine)["BARU", nik(1)], "REKENING_DIBUKA")]
    for name, sealed in (("SITI", 0), ("BUDI", 1)):
        con = city([HEADS[0].but(nama=name)], reports)
        con.execute("update raw.bank set nama = 'BUDI'")
        assert run(con, engine, home)["baris_baru"] == sealed
        nightly(con, engine, home)
        assert [line["jenis"] for line in table(home, "antrean.csv")] == ["NAMA_LAIN"] * (1 - sealed)
    assert ids(engine)["GANTI", nik(1)]
