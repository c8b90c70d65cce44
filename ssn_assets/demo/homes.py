"""Homes and registrations: where families live and lived, and where and when their numbers were given out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ssn_assets.demo.families import CHILD, YEAR, Families
from ssn_assets.demo.numbering import local_region, make_kk, next_free, years
from ssn_assets.demo.places import Origins, Places

FIRST_KK_DAY = 13_150
"""2006: no KK of the central register is older (days since 1970)."""


@dataclass(frozen=True)
class Homes:
    """One home a family."""

    kelurahan: np.ndarray
    rt: np.ndarray
    street: np.ndarray
    alley: np.ndarray  # 0 = on the street itself
    house: np.ndarray
    kk: np.ndarray


def make_homes(families: Families, today: int, places: Places, rng: np.random.Generator) -> tuple[Homes, Homes]:
    """The present homes, and those before: what an old list still says of families that moved.

    Two former homes in three are in the same kecamatan; a former KK number is nobody's now.
    """
    count = len(families.first)
    home = _addresses(count, places, rng)
    recorded = _recording_days(families, today, rng)
    kk = make_kk(places.kecamatan[home["kelurahan"]], recorded, rng)
    before = _addresses(count, places, rng)
    before["kelurahan"] = _nearby(home["kelurahan"], before["kelurahan"], places, rng)
    before["rt"] = 1 + before["rt"] % places.rt_count[before["kelurahan"]]
    day = np.maximum(recorded - rng.integers(200, 4000, count), FIRST_KK_DAY - 350)
    old = make_kk(places.kecamatan[before["kelurahan"]], day, rng)
    return Homes(**home, kk=kk), Homes(**before, kk=next_free(old, np.sort(kk)))


def _addresses(families: int, places: Places, rng: np.random.Generator) -> dict[str, np.ndarray]:
    kelurahan = rng.choice(len(places.code), families, p=places.share)
    rt = 1 + (rng.random(families) * places.rt_count[kelurahan]).astype(int)
    pick = (rt * 7 + kelurahan * 3 + rng.integers(0, 2, families)) % places.streets_of.shape[1]
    alley = np.where(rng.random(families) < 0.22, 0, 1 + (rt * 5 + rng.integers(0, 3, families)) % 12)
    return {
        "kelurahan": kelurahan,
        "rt": rt,
        "street": places.streets_of[kelurahan, pick],
        "alley": alley,
        "house": rng.integers(1, 180, families),
    }


def _nearby(kelurahan: np.ndarray, anywhere: np.ndarray, places: Places, rng: np.random.Generator) -> np.ndarray:
    neighbours = [np.flatnonzero(places.kecamatan == k) for k in range(1, places.kecamatan.max() + 1)]
    size = np.array([len(n) for n in neighbours])
    table = np.array([np.resize(n, size.max()) for n in neighbours])
    kecamatan = places.kecamatan[kelurahan] - 1
    near = rng.random(len(kelurahan)) < 0.65
    return np.where(near, table[kecamatan, rng.integers(0, 1 << 20, len(kelurahan)) % size[kecamatan]], anywhere)


def _recording_days(families: Families, today: int, rng: np.random.Generator) -> np.ndarray:
    """A working day after the birth of the youngest child, since each birth renews the KK at times."""
    count = len(families.first)
    youngest = np.maximum.reduceat(families.birth, families.first)
    grown_up = families.birth[families.first] + int(18 * YEAR)
    earliest = np.maximum(np.where(rng.random(count) < 0.55, youngest, grown_up), FIRST_KK_DAY)
    day = (earliest + rng.beta(1.0, 1.25, count) * np.maximum(today - earliest - 1, 1)).astype(np.int64)
    day = np.clip(day, FIRST_KK_DAY, today - 1)
    weekday = (day + 3) % 7
    return np.where(weekday >= 5, day - (weekday - 4), day)


def first_registrations(
    families: Families, people: np.ndarray, kecamatan: np.ndarray, origins: Origins, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Region of each person's NIK and place of birth. Children are mostly born here, their elders less often.

    Args:
        kecamatan: where each person lives now.
    """
    child, count = families.role == CHILD, len(people)
    year = years(families.birth)
    stays_local = np.where(child, 0.93, np.where(year < 1975, 0.66, 0.74))
    local = rng.random(count) < stays_local
    elsewhere = rng.random(count) < 0.12  # in another kecamatan of the city than that of today
    registered = np.where(elsewhere, rng.integers(1, 11, count), kecamatan)
    region = local_region(registered, np.maximum(year, 2004), rng)
    origin = np.zeros(count, dtype=np.int64)
    for p in range(len(origins.start)):
        mine = np.flatnonzero(people == p)
        origin[mine] = origins.start[p] + rng.choice(len(origins.weight[p]), len(mine), p=origins.weight[p])
    region = np.where(local, region, origins.region[origin])
    born_here = np.where(local, rng.random(count) < np.where(child, 0.97, 0.72), rng.random(count) < 0.03)
    return region, np.where(born_here, 0, origins.place[origin]).astype(np.int16)


def poverty(home: Homes, size: np.ndarray, places: Places, rng: np.random.Generator) -> np.ndarray:
    """Poor families live near each other: kelurahan, RT and chance add up; large families are poorer."""
    around = np.random.default_rng(99).normal(0, 0.8, (len(places.code), int(places.rt_count.max()) + 1))
    return (
        1.1 * places.poverty[home.kelurahan] + around[home.kelurahan, home.rt] + 0.12 * size + rng.normal(0, 1.0, len(size))
    ).astype(np.float32)
