"""Rules that ask who of a family is on the list already: what a name may decide then, and what it still may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ssn_assets.home import Home
from tests.dbt.matching_city import Person, Row, background, fill, match

HUSBAND = Person("6472031004900001", "YUSUF ALLO RANTE", kode_kelurahan="64.72.09.1004")
WIFE = Person("6472035004940001", "NAOMI RUNTU", kode_kelurahan="64.72.09.1004")
HER_ROW = Row(WIFE.nama, WIFE.nik, WIFE.no_kk, kelurahan="Bugis")
OLD_KK = "6472030101010001"


def answer(folder: Path, row: Row, *others: Row) -> tuple[str, str | None]:
    """Status and person of a row, with these others on the list."""
    home = Home(folder).prepare()
    fill(home, [HUSBAND, WIFE, *background(1500)], [row, *others])
    found = match(home)[1]
    return found["status_padan"], found["nik_padan"]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param([HER_ROW], ("PADAN", HUSBAND.nik), id="his wife is on the list"),
        pytest.param([], ("RAGU", None), id="nobody of his family is"),
        pytest.param([HER_ROW, Row(HUSBAND.nama, HUSBAND.nik, HUSBAND.no_kk)], ("RAGU", None), id="he has a row already"),
    ],
)
def test_a_name_without_nik_needs_a_family_that_lacks_him(
    tmp_path: Path, others: list[Row], expected: tuple[str, str | None]
) -> None:
    """Neither NIK nor KK nor home say who he is: a name of several words does, where a family on the list lacks just him."""
    row = Row(HUSBAND.nama, "", OLD_KK, alamat="JL. KENANGA NO. 4", rt="9")
    assert answer(tmp_path, row, *others) == expected


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        pytest.param("YUSUF PAKPAHAN", [HER_ROW], ("PADAN", HUSBAND.nik), id="his first name"),
        pytest.param("VERONIKA RANTE", [HER_ROW], ("RAGU", None), id="the family's name alone"),
        pytest.param("BARTHOLOMEUS KELEN", [HER_ROW], ("RAGU", None), id="no word of it"),
        pytest.param(
            "YUSUF PAKPAHAN", [HER_ROW, Row(HUSBAND.nama, HUSBAND.nik, HUSBAND.no_kk)], ("RAGU", None), id="he has a row already"
        ),
    ],
)
def test_nik_and_kk_need_at_least_the_first_name_of_somebody_who_has_no_row(
    tmp_path: Path, name: str, others: list[Row], expected: tuple[str, str | None]
) -> None:
    """A relative gives his NIK to members that nobody recorded, and they bear the family's name."""
    row = Row(name, HUSBAND.nik, HUSBAND.no_kk, kelurahan="Bugis")
    assert answer(tmp_path, row, *others) == expected
