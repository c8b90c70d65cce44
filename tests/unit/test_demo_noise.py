"""The faults of the demo city: each does what its code says, whatever the number or name."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets.demo import name_noise, number_noise
from ssn_assets.demo.listing import NAME_FAULTS, NIK_FAULTS
from ssn_assets.demo.numbering import next_free, serials

niks = st.from_regex(r"[1-9][0-9]{11}000[1-9]", fullmatch=True)
names = st.lists(
    st.sampled_from(["MUHAMMAD", "SITI", "NUR", "ABDUL", "RAHMAN", "SETIAWAN", "DWI", "SYUKUR", "ELI"]),
    min_size=1,
    max_size=4,
)
seeds = st.integers(0, 2**32)


def differing(a: str, b: str) -> list[int]:
    return [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]


@given(niks, seeds)
def test_typing_errors_change_one_digit_or_swap_two_neighbours(nik: str, seed: int) -> None:
    rnd = random.Random(seed)
    assert len(differing(nik, number_noise.digit_typo(nik, rnd))) == 1
    swapped = number_noise.swap(nik, rnd)
    at = differing(nik, swapped)
    assert len(at) == 1 or (len(at) == 2 and at[1] == at[0] + 1 and sorted(swapped) == sorted(nik))


@given(niks, seeds, st.sampled_from(sorted(NIK_FAULTS)))
def test_every_nik_fault_gives_another_text(nik: str, seed: int, fault: str) -> None:
    assert number_noise.damage_nik(nik, fault, random.Random(seed)) != nik


@given(niks, seeds)
def test_lengths_of_damaged_niks(nik: str, seed: int) -> None:
    rnd = random.Random(seed)
    assert 12 <= len(number_noise.shortened(nik, rnd)) <= 15
    assert len(number_noise.lengthened(nik, rnd)) == 17
    assert number_noise.excel(nik) == nik[:15] + "0"


@given(niks, seeds)
def test_a_dressed_number_can_be_undressed_without_loss(nik: str, seed: int) -> None:
    dressed = number_noise.decorated(nik, random.Random(seed))
    assert dressed != nik
    assert re.sub(r"\D", "", dressed.removesuffix(".0")) == nik


@given(st.integers(1, 99), st.sampled_from(["005", "5", "05", "RT.005"]), seeds)
def test_the_rt_is_the_first_number_of_every_form(rt: int, style: str, seed: int) -> None:
    found = re.search(r"\d+", number_noise.rt_form(rt, style, random.Random(seed)))
    assert found and int(found.group()) == rt


@given(names, st.sampled_from(sorted(NAME_FAULTS)), st.sampled_from("LP"), seeds)
def test_a_name_fault_changes_the_name_and_says_what_was_done(words: list[str], fault: str, sex: str, seed: int) -> None:
    name = " ".join(words)
    damaged, done = name_noise.damage(name, fault, sex, "BUDI SANTOSO", random.Random(seed))
    assert damaged and damaged != name
    assert done in (fault, "NAMA_SALAH_KETIK")


@pytest.mark.parametrize(
    ("fault", "name", "pattern"),
    [
        ("NAMA_EJAAN_LAMA", "SUMIATI", "SOEMIATI"),
        ("NAMA_TERBALIK", "BUDI AGUS SALIM", "SALIM BUDI AGUS"),
        ("NAMA_BIN", "RUSMIATI", "RUSMIATI BINTI BUDI"),
        ("NAMA_ALIAS", "RUSMIATI", "RUSMIATI ALIAS BUDI"),
        ("NAMA_TANPA_SPASI", "NUR HAYATI", "NURHAYATI"),
        (
            "NAMA_MUHAMMAD",
            "MUHAMMAD RIZKI",
            r"(M|M\.|MUH|MUH\.|MOH\.|MOHD|MUHAMAD|MOHAMMAD|MUCHAMMAD|MOCH\.|MUHMMAD) RIZKI",
        ),
        ("NAMA_PANGGILAN", "RUSMIATI", "BUDI SANTOSO"),
    ],
)
def test_what_the_codes_mean(fault: str, name: str, pattern: str) -> None:
    damaged, done = name_noise.damage(name, fault, "P", "BUDI SANTOSO", random.Random(3))
    assert done == fault
    assert re.fullmatch(pattern, damaged)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=60))
def test_serials_count_from_one_and_leave_exactly_the_gaps(people: list[tuple[int, int]]) -> None:
    keys, gaps = (np.array(column) for column in zip(*people, strict=True))
    given_out = serials(keys, gaps)
    for key in np.unique(keys):
        mine, gap = given_out[keys == key], gaps[keys == key]
        assert mine[0] == 1 + gap[0]
        assert (np.diff(mine) == 1 + gap[1:]).all()


def test_a_number_moves_on_until_it_is_free() -> None:
    assert next_free(np.array([5, 9, 1]), np.array([5, 6, 9])).tolist() == [7, 10, 1]
