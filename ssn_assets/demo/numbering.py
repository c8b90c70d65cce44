"""NIK and KK numbers as they are given out: region, date, serial dense within both (Permendagri 73/2022)."""

from __future__ import annotations

import numpy as np

from ssn_assets.demo.places import PARENT_KECAMATAN

SIX_KECAMATAN_UNTIL = 2011
"""Samarinda gave numbers of six kecamatan until then, of ten since."""

CITY = 6472
SERIAL_BASE = 10_000


def date_part(days: np.ndarray, female: np.ndarray | int = 0) -> np.ndarray:
    """ddmmyy as a number; days since 1970, female adds 40 to the day."""
    date = days.astype("datetime64[D]")
    month_start = date.astype("datetime64[M]")
    day = (date - month_start).astype(int) + 1 + 40 * np.asarray(female)
    months = month_start.astype(int)
    return day * 10_000 + (months % 12 + 1) * 100 + (1970 + months // 12) % 100


def years(days: np.ndarray) -> np.ndarray:
    """Calendar year of days since 1970."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970


def serials(keys: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Serials from 0001 within equal keys, in the order of the rows; gap numbers were given to people not here."""
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = sorted_keys[1:] != sorted_keys[:-1]
    total = np.cumsum(1 + gap[order])
    start = np.flatnonzero(first)
    before = (total[start] - 1 - gap[order][start]).repeat(np.diff(np.append(start, len(keys))))
    result = np.empty(len(keys), dtype=np.int64)
    result[order] = total - before
    return result


def local_region(kecamatan: np.ndarray, year: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Region of a number given in Samarinda: the kecamatan's own, or its parent's before the split of 2010."""
    parent = kecamatan.copy()
    for young, old in PARENT_KECAMATAN.items():
        parent[kecamatan == young] = old
    before = (year < SIX_KECAMATAN_UNTIL) & (rng.random(len(kecamatan)) < 0.93)
    return CITY * 100 + np.where(before, parent, kecamatan)


def make_nik(region: np.ndarray, birth: np.ndarray, female: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unique NIKs. Foreign regions have more gaps in their serials: most of their people live there.

    A few carry the birth date as it was before it was corrected; the number stays for life.
    """
    wrong_date = rng.random(len(region)) < 0.004
    shift = rng.choice([-365, 365, -30, 30, -1, 1, 9, -9], len(region))
    key = region * 1_000_000 + date_part(np.where(wrong_date, birth - np.abs(shift), birth), female)
    local = region // 100 == CITY
    gap = np.where(local, rng.random(len(region)) < 0.06, rng.geometric(0.45, len(region)) - 1)
    return key * SERIAL_BASE + serials(key, gap.astype(np.int64))


def make_kk(kecamatan: np.ndarray, recorded: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unique KK numbers: region of issue, day of recording, serial."""
    region = local_region(kecamatan, years(recorded), rng)
    key = region * 1_000_000 + date_part(recorded)
    return key * SERIAL_BASE + serials(key, (rng.random(len(key)) < 0.1).astype(np.int64))


def next_free(numbers: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Move serials on until none of the numbers is among the taken (sorted) ones."""
    numbers = numbers.copy()
    while True:
        found = taken[np.minimum(np.searchsorted(taken, numbers), len(taken) - 1)] == numbers
        if not found.any():
            return numbers
        numbers[found] += 1
