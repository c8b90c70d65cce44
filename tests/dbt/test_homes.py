"""Homes as offices write them: one RT and street in many forms, and what must not pass for the same. No numbers on the rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ssn_assets.home import Home
from tests.dbt.matching_city import Person, Row, background, fill, match

PERSON = Person("6472031201750001", "HASAN BASRI PALIMBONG", alamat="JL. MERDEKA GG. 5 NO. 52", rt="003")
STREET = "JALAN MERDEKA GANG 5 NOMOR 52"

# RT and street on the row, level of kelurahan and RT, level of the street
FORMS: dict[str, tuple[str, str, str, str]] = {
    "as in the registry": ("003", "JL. MERDEKA GG. 5 NO. 52", "RT_SAMA", "SAMA"),
    "RT without zeros": ("3", STREET, "RT_SAMA", "SAMA"),
    "RT with its name": ("RT.03", STREET, "RT_SAMA", "SAMA"),
    "RT and RW in one cell": ("RT 003 / RW 012", STREET, "RT_SAMA", "SAMA"),
    "RT and RW as two numbers": ("003/012", STREET, "RT_SAMA", "SAMA"),
    "RT as Excel's number": ("3.0", STREET, "RT_SAMA", "SAMA"),
    "RT repeated in the street": ("3", "JLN MERDEKA GG.5 NO.52 RT 03 RW 12", "RT_SAMA", "SAMA"),
    "small letters, no dots": ("03", "jln merdeka gang 5 no 52", "RT_SAMA", "SAMA"),
    "no RT": ("", STREET, "KELURAHAN_SAJA", "SAMA"),
    "RT zero is no RT": ("000", STREET, "KELURAHAN_SAJA", "SAMA"),
    "another RT": ("030", STREET, "KELURAHAN_SAMA", "SAMA"),
    "another street": ("3", "JL. PAHLAWAN NO. 7", "RT_SAMA", "BEDA"),
    "no street": ("3", "", "RT_SAMA", "TIDAK_ADA"),
    "a dash for a street": ("3", "-", "RT_SAMA", "TIDAK_ADA"),
    "without the house": ("3", "JL. MERDEKA GG. 5", "RT_SAMA", "MIRIP"),
    "only the street's name": ("3", "JL. MERDEKA", "RT_SAMA", "JALAN"),
    "a number that is the beginning of another": ("3", "JL. MERDEKA GG. 5 NO. 5", "RT_SAMA", "BEDA"),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    """One row a form, matched in one run."""
    home = Home(tmp_path_factory.mktemp("rumah")).prepare()
    fill(home, [PERSON, *background(800)], [Row(PERSON.nama, rt=rt, alamat=street) for rt, street, *_ in FORMS.values()])
    return match(home)


@pytest.mark.parametrize("form", FORMS)
def test_a_home_is_read_however_it_is_written(form: str, answers: dict[int, dict[str, Any]]) -> None:
    """The person is found by the rare name and the home, and the evidence says how far the home agrees."""
    *_, home, street = FORMS[form]
    found = answers[list(FORMS).index(form) + 1]
    assert PERSON.nik in (found["nik_padan"], found["nik_calon"]), found
    evidence = json.loads(found["bukti"])
    assert (evidence["wilayah"], evidence["alamat"]) == (home, street)
