"""An operator says who a row is: doubtful rows resolved, sure ones re-pointed, mistakes refused (README, Formats and codes)."""

from __future__ import annotations

import pytest

from tests.unit.decision_city import KELURAHAN, City, city  # noqa: F401

P1, P2, P3 = "6472010101900001", "6472014101900002", "6472010101900003"


@pytest.fixture
def doubtful(city) -> tuple[City, str]:
    """A doubtful row with P1 as its candidate, and the id of its case."""
    city.person(P1, kel="B", kk="KK1")
    city.person(P2, kel="A", kk="KK2", nama="SITI AMINAHH")
    city.person(P3, kel="A", kk="KK3", nama="BUDI SANTOSO")
    city.row("6472", status="RAGU", calon=(P1,))
    return city, city.run()[0]["id_kasus"]


@pytest.mark.parametrize(("nik", "score"), [(P1, 0.8), (P2, 0.98)])
def test_warga_with_a_nik_settles_a_doubtful_row(doubtful, nik, score):
    city, case = doubtful
    city.answer(case, "WARGA", nik_benar=nik)
    for _ in range(2):
        decision = city.run()[0]
        assert (decision["status_padan"], decision["metode_padan"], decision["nik_padan"]) == ("PADAN", "KELURAHAN", nik)
        assert (decision["keputusan"], decision["verifikasi"], decision["id_kasus"]) == ("VALID", "WARGA", case)
        assert decision["kode_kelurahan"] == KELURAHAN["B" if nik == P1 else "A"]  # where the registry has the person
        assert decision["skor"] == pytest.approx(score, abs=0.01)


@pytest.mark.parametrize(
    ("nik", "note"), [(None, "JAWABAN_TANPA_NIK"), ("6472010101909999", "NIK_BENAR_TIDAK_ADA"), (P3, "NAMA_BERBEDA")]
)
def test_an_answer_that_settles_nothing_leaves_the_row_doubtful(doubtful, nik, note):
    city, case = doubtful
    city.answer(case, "WARGA", nik_benar=nik)
    decision = city.run()[0]
    assert (decision["status_padan"], decision["verifikasi"], decision["alasan"]) == ("RAGU", None, ["PERLU_TINJAUAN"])
    assert decision["kasus_terbuka"] and decision["id_kasus"] == case and decision["catatan"] == note


def test_a_candidate_may_have_another_name(doubtful):
    city, case = doubtful
    city.insert("mart_calon", dtks_id=1, urutan=2, nik_calon=P3, skor=0.4)
    city.answer(case, "WARGA", nik_benar=P3)
    assert city.run()[0]["nik_padan"] == P3


def test_a_settled_row_goes_through_duplicates_status_and_aid(doubtful):
    city, case = doubtful
    city.row(P1)
    city.change("int_penduduk", "status = 'MENINGGAL'", f"nik = '{P1}'")
    city.aid(P1)
    city.answer(case, "WARGA", nik_benar=P1)
    settled, sure = city.run()
    assert settled["alasan"] == ["MENINGGAL", "GANDA", "BANSOS_PUSAT"] and settled["duplikat_dari"] == "a.csv#3"
    assert settled["id_kasus"] is None and sure["alasan"] == ["MENINGGAL", "BANSOS_PUSAT"]


def test_that_warga_is_the_person_s_verification_everywhere(doubtful):
    city, case = doubtful
    city.answer(case, "WARGA", nik_benar=P1)
    city.row(P1)  # the same person's own row, matched by itself: it scores better and is kept
    settled, sure = city.run()
    assert settled["duplikat_dari"] and (sure["keputusan"], sure["verifikasi"]) == ("VALID", "WARGA")
    city.change("raw.dtks", "dtks_id = 99", "dtks_id = 1")  # the next list has only the good row
    city.change("mart_padan", "dtks_id = 99, status_padan = 'BELUM'", "dtks_id = 1")
    sure = city.run()[0]
    assert (sure["keputusan"], sure["id_kasus"]) == ("VALID", case)
    city.change("int_penduduk", "no_kk = 'KK8'", f"nik = '{P1}'")
    asked_again = city.run()[0]
    assert asked_again["kasus_terbuka"] and asked_again["id_kasus"] != case and asked_again["catatan"] == "DATA_BERUBAH"


def test_a_settled_row_is_asked_again_under_its_id_and_needs_no_nik_again(doubtful):
    city, case = doubtful
    city.answer(case, "WARGA", "2025-01-01", nik_benar=P1)
    asked_again = city.run()[0]
    assert (asked_again["status_padan"], asked_again["alasan"]) == ("PADAN", ["BELUM_DIVERIFIKASI"])
    assert asked_again["kasus_terbuka"] and asked_again["id_kasus"] == case
    city.answer(case, "WARGA", "2026-10-20")
    assert city.run()[0]["keputusan"] == "VALID"


def test_a_settled_person_who_died_stays_the_person(doubtful):
    city, case = doubtful
    city.answer(case, "WARGA", "2026-10-01", nik_benar=P1)
    city.run()
    city.answer(case, "MENINGGAL", "2026-10-20")
    decision = city.run()[0]
    assert (decision["nik_padan"], decision["alasan"], decision["id_kasus"]) == (P1, ["MENINGGAL"], case)


def test_a_settled_row_keeps_its_id_when_its_candidate_moves(doubtful):
    city, case = doubtful
    city.answer(case, "WARGA", nik_benar=P2)
    city.run()
    city.change("int_penduduk", f"kode_kelurahan = '{KELURAHAN['A']}'", f"nik = '{P1}'")
    decision = city.run()[0]
    assert (decision["id_kasus"], decision["nik_padan"], decision["keputusan"]) == (case, P2, "VALID")


def test_a_nik_corrected_after_the_answer_is_found(doubtful):
    city, case = doubtful
    city.answer(case, "WARGA", nik_benar="6472010101900099")
    for nik in ("6472010101900099", P1):
        city.insert("int_orang", nik=nik, nik_awal="6472010101900099", nik_kini=P1)
    decision = city.run()[0]
    assert (decision["nik_padan"], decision["nik_awal"], decision["keputusan"]) == (P1, "6472010101900099", "VALID")


def test_warga_with_another_nik_re_points_a_sure_row(city):
    city.person(P1, kel="A", kk="KK1")
    city.person(P2, kel="B", kk="KK2", nama="SITI AMINAH SARI")
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "WARGA", nik_benar=P2)
    for _ in range(2):
        decision = city.run()[0]
        assert (decision["nik_padan"], decision["metode_padan"], decision["no_kk_padan"]) == (P2, "KELURAHAN", "KK2")
        assert (decision["keputusan"], decision["id_kasus"], decision["kode_kelurahan"]) == ("VALID", case, KELURAHAN["B"])
    city.answer(case, "WARGA", "2026-10-25", nik_benar=P1)  # they look again
    decision = city.run()[0]
    assert (decision["nik_padan"], decision["metode_padan"], decision["keputusan"]) == (P1, "NIK_NAMA", "VALID")


def test_a_refused_re_pointing_leaves_the_row_and_asks_again(city):
    city.person(P1)
    city.person(P3, nama="BUDI SANTOSO")
    city.row(P1)
    case = city.run()[0]["id_kasus"]
    city.answer(case, "WARGA", "2026-10-01", nik_benar=P3)
    decision = city.run()[0]
    assert (decision["nik_padan"], decision["verifikasi"], decision["catatan"]) == (P1, None, "NAMA_BERBEDA")
    assert decision["kasus_terbuka"] and decision["urutan_risiko"] == 2
    city.answer(case, "WARGA", "2026-10-20")
    assert city.run()[0]["keputusan"] == "VALID"


def test_the_same_nik_as_matched_is_a_plain_warga(city):
    city.person(P1)
    city.row(P1)
    city.answer(city.run()[0]["id_kasus"], "WARGA", nik_benar=P1)
    decision = city.run()[0]
    assert (decision["metode_padan"], decision["keputusan"]) == ("NIK_NAMA", "VALID")
