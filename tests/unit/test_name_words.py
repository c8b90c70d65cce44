"""The words of kata_nama.csv and ejaan.csv: each is read as it says, and no word that tells two people apart is dropped."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
DROPPED = {"GELAR_DEPAN", "GELAR_BELAKANG", "SEBUTAN"}
SPEAKS = {
    "teknonyms: the parent or grandparent of the one who is named": "NE NENE AMBE INDO PONG MAMA MAK ABAH BAYI BY",
    "marks of sex": "LA WA WE LAI SO I NI BASO BESSE UTUH ALUH AWANG DAYANG",
    "nobility and birth order that are part of the name": (
        "ANDI AJI GUSTI PANGERAN RADEN RARA DAENG KARAENG PUANG PETTA ENCEK WAYAN MADE NYOMAN KETUT PUTU"
    ),
    "given names that are titles as well": "HABIB SAID SYARIF BAGUS MAS DEWA RATU",
}


@pytest.fixture(scope="module")
def words() -> list[dict[str, str]]:
    """The lines of kata_nama.csv."""
    with (SEEDS / "kata_nama.csv").open(newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("why", SPEAKS)
def test_what_tells_people_apart_is_never_dropped(words: list[dict[str, str]], why: str) -> None:
    dropped = {word["kata"] for word in words if word["peran"] in DROPPED}
    assert not dropped & set(SPEAKS[why].split())


def test_each_word_has_each_part_once_and_what_it_stands_for(words: list[dict[str, str]]) -> None:
    counted = Counter((word["kata"], word["peran"]) for word in words)
    assert [pair for pair, times in counted.items() if times > 1] == []
    assert [w["kata"] for w in words if w["peran"].startswith("PADANAN") != bool(w["baku"])] == []


def test_what_a_word_stands_for_is_not_replaced_in_turn(words: list[dict[str, str]]) -> None:
    """Words are replaced once: JOSEF for JOSEPH, and YOSEP for JOSEF, would leave JOSEF and YOSEP two names."""
    replaced = {word["kata"] for word in words if word["peran"] == "PADANAN"}
    assert [w["kata"] for w in words if w["peran"] == "PADANAN" and replaced & set(w["baku"].split())] == []


def test_spellings_are_numbered_in_the_order_they_are_applied() -> None:
    with (SEEDS / "ejaan.csv").open(newline="") as handle:
        numbers = [int(line["urut"]) for line in csv.DictReader(handle)]
    assert numbers == list(range(1, len(numbers) + 1))
