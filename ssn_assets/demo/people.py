"""The people of the city as arrays of numbers (no text; see `registry.py`): one entry a person, family by family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ssn_assets.demo.families import SPOUSE, YEAR, Families, make_families
from ssn_assets.demo.homes import Homes, first_registrations, make_homes, poverty
from ssn_assets.demo.kinship import name_families
from ssn_assets.demo.names import Names
from ssn_assets.demo.numbering import make_nik
from ssn_assets.demo.places import Origins, Places

ACTIVE, DEAD, MOVED = 0, 1, 2
MIXED_MARRIAGE = 0.22
"""Spouses drawn from any people of the city."""


@dataclass(frozen=True)
class City:
    """Everything about the people that the registry knows, and how poor their families are."""

    today: int  # days since 1970: the day of the registry
    families: Families
    home: Homes
    former: Homes  # before the present KK
    poverty: np.ndarray  # per family
    people: np.ndarray  # from here on per person
    birthplace: np.ndarray
    nik: np.ndarray
    words: np.ndarray  # persons x 4
    mother: np.ndarray  # persons x 4
    status: np.ndarray
    status_day: np.ndarray
    title: np.ndarray  # the registry itself has titles on some names: position in registry.FRONT_TITLES

    def __len__(self) -> int:
        return len(self.nik)


def make_city(
    count: int,
    today: int,
    places: Places,
    origins: Origins,
    names: Names,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> City:
    """Draw exactly `count` registered people.

    Args:
        today: day of the registry, days since 1970; nobody is born later.
        weights: share of families of each people of suku.yaml.
    """
    families = make_families(count, today, rng)
    people = _peoples(families, weights / weights.sum(), rng)
    words, mother = name_families(names, families, people, today, rng)
    home, former = make_homes(families, today, places, rng)
    kecamatan = places.kecamatan[home.kelurahan][families.family]
    region, birthplace = first_registrations(families, people, kecamatan, origins, rng)
    status, status_day = _status(families, today, rng)
    return City(
        today=today,
        families=families,
        home=home,
        former=former,
        poverty=poverty(home, families.size, places, rng),
        people=people,
        birthplace=birthplace,
        nik=make_nik(region, families.birth, families.female, rng),
        words=words,
        mother=mother,
        status=status,
        status_day=status_day,
        title=_titles(today - families.birth, families.female, rng),
    )


def _peoples(families: Families, share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    own = rng.choice(len(share), len(families.first), p=share)
    mixed = (families.role == SPOUSE) & (rng.random(len(families.role)) < MIXED_MARRIAGE)
    return np.where(mixed, rng.choice(len(share), len(mixed), p=share), own[families.family])


def _status(families: Families, today: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """2 % dead (most of them old), 4 % moved away (half of them as whole families); the day it was recorded."""
    birth = families.birth
    count = len(birth)
    age = (today - birth) / YEAR
    dead = rng.random(count) < np.clip(0.014 * np.exp((age - 35) / 16), 0.003, 0.6)
    moved = (rng.random(len(families.first)) < 0.02)[families.family] | (rng.random(count) < 0.02)
    status = np.where(dead, DEAD, np.where(moved, MOVED, ACTIVE)).astype(np.int8)
    since = np.where(status == ACTIVE, rng.integers(0, 3000, count), rng.integers(15, 2200, count))
    return status, np.maximum(today - since, birth + 1)


def _titles(age_days: np.ndarray, female: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """0 none, 1 H., 2 HJ., 3 DRS., 4 S.PD, 5 SE: adults registered before titles were left off."""
    draw = rng.random(len(age_days))
    title = np.select([draw < 0.012, draw < 0.014, draw < 0.02, draw < 0.024], [1 + female, 3, 4, 5], 0)
    return np.where(age_days > 30 * YEAR, title, 0).astype(np.int8)
