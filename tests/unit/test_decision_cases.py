"""Who is valid, who waits, who is not, and why: the table of README, Formats and codes on people of a small city."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from ssn_assets.decision.policy import POLICIES, load_policy
from tests.unit.decision_city import City, city  # noqa: F401

P1, P2, P3 = "6472010101900001", "6472014101900002", "6472010101900003"


def verdict(decision: dict[str, Any]) -> tuple[str, list[str]]:
    return decision["keputusan"], decision["alasan"]


def verified(city: City) -> list[dict[str, Any]]:
    """Run, answer WARGA to every open case, run again."""
    for decision in city.run():
        if decision["kasus_terbuka"] and decision["status_padan"] == "PADAN":
            city.answer(decision["id_kasus"], "WARGA")
    return city.run()


def test_a_verified_resident_is_valid(city):
    city.person(P1)
    city.row(P1)
    assert verdict(city.run()[0]) == ("MENUNGGU", ["BELUM_DIVERIFIKASI"])
    decision = verified(city)[0]
    assert verdict(decision) == ("VALID", [])
    assert decision["verifikasi"] == "WARGA" and not decision["kasus_terbuka"]
    assert decision["id_kasus"] and decision["versi_kebijakan"] == "2026-01"


@pytest.mark.parametrize("status", ["MENINGGAL", "PINDAH"])
def test_the_registry_says_dead_or_moved(city, status):
    city.person(P1, status=status)
    city.row(P1)
    decision = city.run()[0]
    assert verdict(decision) == ("TIDAK_VALID", [status])
    assert not decision["kasus_terbuka"] and decision["id_kasus"] is None


@pytest.mark.parametrize("answer", ["BUKAN_WARGA", "MENINGGAL", "PINDAH", "TIDAK_DITEMUKAN", "MAMPU", "MENOLAK"])
@pytest.mark.parametrize("status", ["PADAN", "RAGU"])
def test_the_kelurahan_says_no(city, answer, status):
    city.person(P1)
    city.row(P1, status=status, calon=(P1,) if status == "RAGU" else ())
    city.answer(city.run()[0]["id_kasus"], answer)
    decision = city.run()[0]
    assert verdict(decision) == ("TIDAK_VALID", [answer])
    assert decision["verifikasi"] == answer and not decision["kasus_terbuka"] and decision["id_kasus"]


def test_nobody_fits(city):
    city.row("9999", status="TIDAK_PADAN")
    decision = city.run()[0]
    assert verdict(decision) == ("TIDAK_VALID", ["TIDAK_TERDAFTAR"])
    assert decision["kode_kelurahan"] == "64.72.01.1001" and decision["id_kasus"] is None
    assert decision["pernah_menerima"] is None and decision["kategori_bantuan"] == []


def test_a_doubtful_row_waits_for_a_human(city):
    city.person(P1, kel="B")
    city.row(P2, status="RAGU", calon=(P1,))
    decision = city.run()[0]
    assert verdict(decision) == ("MENUNGGU", ["PERLU_TINJAUAN"])
    assert decision["kasus_terbuka"] and decision["kode_kelurahan"] == "64.72.01.1002"  # where the candidate lives
    assert decision["nik_padan"] is None and decision["metode_padan"] is None and decision["skor"] == 0.8


def test_without_registry_nobody_is_unregistered(city):
    city.registry_usable = False
    city.row(P1, status="BELUM", skor=None)
    decision = city.run()[0]
    assert verdict(decision) == ("MENUNGGU", ["BELUM_DIPADANKAN"])
    assert not decision["kasus_terbuka"] and decision["id_kasus"] is None


def test_one_person_twice(city):
    city.person(P1)
    city.row(P1, skor=0.9, berkas="a.csv", baris=2)
    city.row(P1, skor=0.95, berkas="b.csv", baris=9)
    double, kept = city.run()
    assert verdict(double) == ("TIDAK_VALID", ["GANDA"]) and double["duplikat_dari"] == "b.csv#9"
    assert verdict(kept) == ("MENUNGGU", ["BELUM_DIVERIFIKASI"]) and kept["duplikat_dari"] is None
    double, kept = verified(city)
    assert double["id_kasus"] is None and double["verifikasi"] is None
    assert verdict(kept) == ("VALID", [])


def test_central_aid_in_the_family_excludes(city):
    city.person(P1)
    city.person(P2)
    city.row(P1)
    city.aid(P2, kk="LAIN", program="BLT-KESRA")
    decision = city.run()[0]
    assert verdict(decision) == ("TIDAK_VALID", ["BANSOS_PUSAT"])
    assert decision["pernah_menerima"] is True and decision["kategori_bantuan"] == ["TUNAI"]


@pytest.mark.parametrize(
    "aid",
    [
        {"program": "PBI-JKN", "kategori": "KESEHATAN"},
        {"program": "PAKET-SEMBAKO-KOTA", "sumber": "DAERAH"},
        {"program": "PKH", "status": "BERHENTI"},
        {"program": "PKH", "periode": "2026-11"},
    ],
)
def test_other_aid_does_not_exclude(city, aid):
    city.person(P1)
    city.row(P1)
    city.aid(P1, **aid)
    decision = verified(city)[0]
    assert verdict(decision) == ("VALID", [])
    assert decision["pernah_menerima"] is (aid.get("periode") != "2026-11")


@pytest.mark.parametrize(("month", "checked"), [("2026-10", True), ("2026-07", True), ("2026-06", False), (None, False)])
def test_without_a_recent_aid_file_nobody_is_valid(city, month, checked):
    city.aid_month = month
    city.person(P1)
    city.row(P1)
    first = city.run()[0]
    assert first["kasus_terbuka"]  # the kelurahan need not wait for it
    assert verdict(first)[1] == ["BELUM_DIVERIFIKASI"] if checked else ["BANSOS_BELUM_DIPERIKSA", "BELUM_DIVERIFIKASI"]
    assert verdict(verified(city)[0]) == (("VALID", []) if checked else ("MENUNGGU", ["BANSOS_BELUM_DIPERIKSA"]))


def test_all_reasons_are_named_in_the_order_of_the_contract(city):
    city.aid_month = None
    city.person(P1, status="MENINGGAL")
    city.row(P1)
    city.row(P1)
    city.aid(P1)
    kept, double = city.run()
    assert verdict(kept) == ("TIDAK_VALID", ["MENINGGAL", "BANSOS_PUSAT", "BANSOS_BELUM_DIPERIKSA"])
    assert verdict(double) == ("TIDAK_VALID", ["MENINGGAL", "GANDA", "BANSOS_PUSAT", "BANSOS_BELUM_DIPERIKSA"])


def test_a_new_rule_of_the_same_shape_is_a_new_file(city, tmp_path):
    content = yaml.safe_load((POLICIES / "2026-01.yaml").read_text())
    (tmp_path / "lama.yaml").write_text(yaml.safe_dump(content))
    rules = {rule["alasan"]: rule for rule in content["kriteria"]}
    rules["MAMPU"]["bila"] |= {"desil": [8, 9, 10], "program_aktif": ["PBI-JKN"], "pekerjaan": ["PNS"]}
    content |= {"versi": "2026-10", "berlaku_mulai": date(2026, 10, 1)}
    (tmp_path / "baru.yaml").write_text(yaml.safe_dump(content))
    for number, row in enumerate(({"desil_asal": "Desil 9"}, {"desil_asal": "3"}, {"pekerjaan_asal": "Pns "}, {}), start=1):
        nik = city.person(f"647201010190000{number}", kk=f"KK{number}")
        city.row(nik, **row)
    city.aid(nik, program="PBI-JKN")
    assert all(d["alasan"] == ["BELUM_DIVERIFIKASI"] for d in city.run())
    city.policy = load_policy(date(2026, 10, 31), tmp_path)
    found = city.run()
    assert [d["alasan"] for d in found] == [["MAMPU"], ["BELUM_DIVERIFIKASI"], ["MAMPU"], ["MAMPU"]]
    assert {d["versi_kebijakan"] for d in found} == {"2026-10"}


def test_the_published_entry_of_a_key(city):
    kk1, kk2 = "6472010101150001", "6472010101150002"
    city.person(P1, kk=kk1)
    city.person(P2, kk=kk2)
    city.row(P1, no_kk=kk1, skor=0.9)
    city.row(P1, no_kk=kk1, skor=1.0)
    city.row(P2, status="RAGU", calon=(P1,), no_kk=kk2)  # the NIK is somebody else's
    city.row(P3, status="TIDAK_PADAN", no_kk=kk1)
    city.row(P3, status="RAGU", no_kk=kk1)
    city.row("123", status="TIDAK_PADAN", no_kk=kk1)
    city.row(None, status="RAGU", no_kk=kk1)
    city.run()
    entries = city.table("select nik, no_kk, keputusan, alasan from mart_penerima order by nik")
    assert entries == [
        {"nik": P1, "no_kk": kk1, "keputusan": "MENUNGGU", "alasan": ["BELUM_DIVERIFIKASI"]},
        {"nik": P3, "no_kk": kk1, "keputusan": "MENUNGGU", "alasan": ["PERLU_TINJAUAN"]},
    ]
    fates = {line["nasib"]: line["baris"] for line in city.table("from mart_penerima_ringkas")}
    assert fates == {"TERBIT": 2, "KUNCI_SAMA": 2, "NIK_ORANG_LAIN": 1, "TANPA_NIK_ATAU_KK": 2}


def test_the_published_payment_is_the_newest_month_s_best(city):
    kk1 = "6472010101150001"
    for nik in (P1, P2):
        city.person(nik, kk=kk1)
        city.row(nik, no_kk=kk1)
    for month, step in (
        *(("2026-08", "BERHASIL"), ("2026-09", "GAGAL"), ("2026-09", "DIKIRIM"), ("2026-09", "RETUR")),
        ("2026-09", "ENTAH"),
    ):
        city.insert("ops.pembayaran", nik_awal=P1, bulan=month, langkah=step)
    city.run()
    entries = city.table("select nik, pembayaran from mart_penerima order by nik")
    assert entries == [{"nik": P1, "pembayaran": "2026-09 DIKIRIM"}, {"nik": P2, "pembayaran": None}]
