"""Names run in families: family names, the father's last word, siblings and twins alike, mothers' names."""

from __future__ import annotations

import numpy as np

from ssn_assets.demo.families import CHILD, ELDER, HEAD, SPOUSE, YEAR, Families
from ssn_assets.demo.names import NO_WORD, RESOLUTION, Names, draw_names, squeeze

FATHERS_WORD = 0.25
"""Children who bear the last word of the head of family, where there is no family name."""

SIBLINGS_ALIKE, TWINS_ALIKE = 0.13, 0.6
"""Younger siblings who share the first word; twins whose names differ by one similar word only."""


def name_families(
    names: Names, families: Families, people: np.ndarray, today: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Name everybody.

    Args:
        people: position of each person's people in suku.yaml.

    Returns:
        Own names and mothers' names, persons x 4 word numbers each.
    """
    family, role = families.family, families.role
    shared = _family_names(names, families, people, rng)
    age = (today - families.birth) / YEAR
    words = draw_names(names, rng, people, families.female, age, shared)
    younger = families.younger_siblings()
    alike = younger[rng.random(len(younger)) < SIBLINGS_ALIKE]
    alike = alike[families.female[alike] == families.female[alike - 1]]
    words[alike, 0] = words[alike - 1, 0]
    may = (role == CHILD) & (shared == NO_WORD) & (rng.random(len(role)) < FATHERS_WORD)
    _pass_on(words, words[families.first][family], may & (families.female[families.first][family] == 0))
    _name_twins(words, families, len(names.words), rng)
    words = squeeze(words)
    return words, _mothers(names, words, families, people, age, rng)


def _family_names(names: Names, families: Families, people: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The family name of each person, NO_WORD for none; who married in keeps his or her own."""
    own_people = people[families.first]
    has = rng.random(len(own_people)) < names.family_name_share[own_people]
    drawn = names.family_names[own_people, rng.integers(0, RESOLUTION, len(own_people))]
    shared = np.where(has, drawn, NO_WORD)[families.family]
    married = names.family_names[people, rng.integers(0, RESOLUTION, len(people))]
    same_people = people == own_people[families.family]
    return np.where(families.role == SPOUSE, np.where(same_people, married, NO_WORD), shared)


def _pass_on(words: np.ndarray, head: np.ndarray, may: np.ndarray) -> None:
    """The head's last word takes the place of the child's last one."""
    length = (head != NO_WORD).sum(axis=1)
    last = np.take_along_axis(head, np.maximum(length, 1)[:, None] - 1, axis=1)[:, 0]
    rows = np.flatnonzero(may & (head[:, 1] != NO_WORD) & (words != last[:, None]).all(axis=1))
    columns = np.clip((words != NO_WORD).sum(axis=1) - 1, 1, 3)
    words[rows, columns[rows]] = last[rows]


def _name_twins(words: np.ndarray, families: Families, vocabulary: int, rng: np.random.Generator) -> None:
    """The younger twin's first word is the next one of the alphabet, which is nearly the same."""
    twin, family, birth = families.twin, families.family, families.birth
    pair = twin[1:] & twin[:-1] & (birth[1:] == birth[:-1]) & (family[1:] == family[:-1])
    second = np.flatnonzero(pair) + 1
    second = second[rng.random(len(second)) < TWINS_ALIKE]
    words[second] = words[second - 1]
    words[second, 0] = np.minimum(words[second - 1, 0] + 1, vocabulary - 1)


def _mothers(
    names: Names, words: np.ndarray, families: Families, people: np.ndarray, age: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Mothers who live in the family by their names, all others drawn."""
    family, role, woman = families.family, families.role, families.female == 1
    nobody = np.full(len(people), NO_WORD)
    mother = draw_names(names, rng, people, np.ones(len(people), dtype=int), age + 26, nobody)
    mother[:, 2:] = NO_WORD
    for parent, child in (
        (np.isin(role, (SPOUSE, HEAD)) & woman, role == CHILD),
        ((role == ELDER) & woman, role == HEAD),
    ):
        of_family = np.full(len(families.first), -1)
        of_family[family[parent]] = np.flatnonzero(parent)
        known = child & (of_family[family] >= 0)
        mother[known] = words[of_family[family[known]]]
    return mother
