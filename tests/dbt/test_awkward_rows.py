"""The cases that make or break a match, one row each: whose NIK, which member of the family, when a human must decide."""

from __future__ import annotations

from typing import Any

import pytest

from ssn_assets.home import Home
from tests.dbt.matching_city import Person, Row, background, fill, match

KK, OTHER_KK = "6472030505150001", "6472030606160002"
FATHER = Person("6472031201750001", "HASAN BASRI PALIMBONG")
MOTHER = Person("6472035203780002", "ROSMIATI TODING")
SON = Person("6472030704020001", "YOHANES PALIMBONG")
TWIN_A = Person("6472030905100001", "MARKUS ALLO PALIMBONG", tanggal_lahir="2010-05-09", nama_ibu="ROSMIATI TODING")
TWIN_B = Person("6472030905100002", "LUKAS ALLO PALIMBONG", tanggal_lahir="2010-05-09", nama_ibu="ROSMIATI TODING")
GRANDMOTHER = Person("6472034107450001", "LENCAU", tanggal_lahir="1945-07-01", nama_ibu="BULAN BUAQ")
MOVED = Person("6472031508880001", "STEFANUS SALU JALUNG", OTHER_KK, "JL. AW SYAHRANI NO. 97", "027", "64.72.09.1004")
CORRECTED = Person("6472032306910009", "NGAU LENCAU JALUNG", OTHER_KK, "JL. AW SYAHRANI NO. 97", "027", "64.72.09.1004")
NAMESAKES = [
    Person(f"64720{n}0101800001", "DAENG MAPPA", f"64720{n}0101200001", f"JL. BUNG TOMO NO. {n}", "044", "64.72.09.1004")
    for n in (1, 2)
]
LATER_KK, EARLIER_KK = "6472030808210004", "6472030107090011"
HOUSEHOLD = [
    Person(nik, nama, LATER_KK, "JL. PAHLAWAN NO. 3", "021", "64.72.09.1004")
    for nik, nama in (
        ("6472031411820001", "DANIEL RERUNG"),
        ("6472035512850001", "NAOMI MANGIWA RERUNG"),
        ("6472030303120001", "OBED"),
    )
]
PEOPLE = [FATHER, MOTHER, SON, TWIN_A, TWIN_B, GRANDMOTHER, MOVED, CORRECTED, *NAMESAKES, *HOUSEHOLD]

# what is on the row, the decision, the person (PADAN) or the note (RAGU)
CASES: dict[str, tuple[Row, str, str | None]] = {
    "same NIK and name": (Row(FATHER.nama, FATHER.nik, KK), "PADAN", FATHER.nik),
    "titles, degree and BIN": (Row("H. HASAN BASRI PALIMBONG, S.PD BIN SALU", FATHER.nik, KK), "PADAN", FATHER.nik),
    "old spelling": (Row("ROESMIATI TODING", MOTHER.nik, KK), "PADAN", MOTHER.nik),
    "words joined and turned round": (Row("TODINGROSMIATI", MOTHER.nik, KK), "PADAN", MOTHER.nik),
    "initial": (Row("HASAN B. PALIMBONG", FATHER.nik, KK), "PADAN", FATHER.nik),
    "alias": (Row("MAMA JUHRI / ROSMIATI TODING", MOTHER.nik, KK), "PADAN", MOTHER.nik),
    "a word left out": (Row("HASAN PALIMBONG", FATHER.nik, KK), "PADAN", FATHER.nik),
    "one digit of the NIK wrong": (Row(FATHER.nama, "6472031201750041", KK), "PADAN", FATHER.nik),
    "two digits swapped": (Row(MOTHER.nama, "6472035203870002", KK), "PADAN", MOTHER.nik),
    "NIK cut off": (Row(FATHER.nama, "6472031201750", KK), "PADAN", FATHER.nik),
    "letters for digits": (Row(FATHER.nama, "64720312O1750OO1", KK), "PADAN", FATHER.nik),
    "Excel's fifteen digits": (Row(FATHER.nama, "6472031201750000", KK), "PADAN", FATHER.nik),
    "no NIK, KK and name": (Row(SON.nama, "", KK), "PADAN", SON.nik),
    "KK typed into the NIK column": (Row(SON.nama, KK, KK), "PADAN", SON.nik),
    "a relative's NIK": (Row(SON.nama, FATHER.nik, KK), "PADAN", SON.nik),
    "the twin's NIK": (Row(TWIN_A.nama, TWIN_B.nik, KK), "PADAN", TWIN_A.nik),
    "the twin's NIK with a slip in it": (Row(TWIN_B.nama, "6472030905100012", KK), "PADAN", TWIN_B.nik),
    "another family's NIK, own KK and name": (Row(SON.nama, MOVED.nik, KK), "PADAN", SON.nik),
    "moved, old KK, other kelurahan": (Row(MOVED.nama, MOVED.nik, "6472030101050009"), "PADAN", MOVED.nik),
    "NIK corrected since": (Row(CORRECTED.nama, "6472032306900009", OTHER_KK), "PADAN", CORRECTED.nik),
    "another person's NIK, nobody fits": (Row("BARTHOLOMEUS KELEN", FATHER.nik, "6472030909090009"), "RAGU", "NAMA_LAIN"),
    "relative's NIK, a member nobody recorded": (Row("VERONIKA KELEN", MOTHER.nik, KK), "RAGU", "NAMA_LAIN"),
    "relative's NIK, a member nobody recorded, of the family's name": (
        Row("VERONIKA PALIMBONG", FATHER.nik, KK),
        "RAGU",
        "NAMA_LAIN",
    ),
    "a twin's NIK, a third twin nobody recorded": (Row("THEODORUS ALLO PALIMBONG", TWIN_A.nik, KK), "RAGU", "NAMA_LAIN"),
    "one-word name, two slips": (Row("LENCUO", GRANDMOTHER.nik, KK), "PADAN", GRANDMOTHER.nik),
    "one-word name, another word": (Row("MARIANA", GRANDMOTHER.nik, KK), "RAGU", "NAMA_LAIN"),
    "one-word name, no NIK": (Row("LENCAU", "", KK), "PADAN", GRANDMOTHER.nik),
    "another name, but birth date and mother": (
        Row("MARIANA", GRANDMOTHER.nik, KK, tanggal_lahir="01-07-1945", jenis_kelamin="P", nama_ibu="BULAN BUAQ"),
        "PADAN",
        GRANDMOTHER.nik,
    ),
    "another name, another birth date": (
        Row("MARIANA", GRANDMOTHER.nik, KK, tanggal_lahir="17-08-2021", jenis_kelamin="P", nama_ibu="BULAN BUAQ"),
        "RAGU",
        "NAMA_LAIN",
    ),
    "another name, twins share birth date and mother": (
        Row("BARTHOLOMEUS", TWIN_A.nik, KK, tanggal_lahir="09-05-2010", jenis_kelamin="L", nama_ibu="ROSMIATI TODING"),
        "RAGU",
        "NAMA_LAIN",
    ),
    "household under an earlier card: the head": (
        Row(HOUSEHOLD[0].nama, HOUSEHOLD[0].nik, EARLIER_KK, "", "", ""),
        "PADAN",
        HOUSEHOLD[0].nik,
    ),
    "household under an earlier card: the wife": (
        Row(HOUSEHOLD[1].nama, HOUSEHOLD[1].nik, EARLIER_KK, "", "", ""),
        "PADAN",
        HOUSEHOLD[1].nik,
    ),
    "household under an earlier card: the child, no NIK": (Row("OBET", "", EARLIER_KK, "", "", ""), "PADAN", HOUSEHOLD[2].nik),
    "household under an earlier card: nobody of that name": (Row("SAMUEL", "", EARLIER_KK, "", "", ""), "TIDAK_PADAN", None),
    "no name at all": (Row("", FATHER.nik, KK), "RAGU", "NIK_ORANG_LAIN"),
    "namesakes at one address, no NIK": (
        Row("DAENG MAPPA", alamat="JL. BUNG TOMO NO. 9", rt="44", kelurahan="Bugis"),
        "RAGU",
        "BEBERAPA_CALON",
    ),
    "a member nobody recorded": (Row("VERONIKA PALIMBONG", "6472034811150077", KK), "TIDAK_PADAN", None),
    "a stranger": (
        Row("BARTHOLOMEUS KELEN", "6403011708904711", "6403011212120001", "JL. KENANGA NO. 4", "9"),
        "TIDAK_PADAN",
        None,
    ),
    "a stranger whose name is common": (
        Row("AHMAD SETIAWAN", "6403011708904712", "6403011212120002", "JL. KENANGA NO. 4", "9"),
        "TIDAK_PADAN",
        None,
    ),
}


@pytest.fixture(scope="module")
def matched_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of its own for the cases."""
    return Home(tmp_path_factory.mktemp("kasus")).prepare()


@pytest.fixture(scope="module")
def answers(matched_home: Home) -> dict[int, dict[str, Any]]:
    """All cases matched in one run."""
    rows = [row for row, _, _ in CASES.values()]
    fill(matched_home, [*PEOPLE, *background()], rows, corrected={"6472032306900009": CORRECTED.nik})
    return match(matched_home)


@pytest.mark.parametrize("case", CASES)
def test_each_case_gets_its_answer(case: str, answers: dict[int, dict[str, Any]]) -> None:
    """Status, person or note as a careful clerk would have it."""
    _, status, who = CASES[case]
    found = answers[list(CASES).index(case) + 1]
    assert found["status_padan"] == status, found
    if status == "PADAN":
        assert found["nik_padan"] == who and found["metode_padan"], found
    elif status == "RAGU":
        assert found["catatan"] == who and found["nik_padan"] is None, found
    else:
        assert found["nik_padan"] is None and found["nik_calon"] is None, found


def test_a_padan_row_states_its_evidence(answers: dict[int, dict[str, Any]]) -> None:
    """Score between 0 and 1, a rule number, and the fields as JSON without any value of a person."""
    for found in answers.values():
        if found["status_padan"] == "PADAN":
            assert 0.9 < found["skor"] <= 1 and found["aturan"] and '"kk":' in found["bukti"]
            assert not any(p.nama in found["bukti"] or p.nik in found["bukti"] for p in PEOPLE)
