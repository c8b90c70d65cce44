"""Who lives in a bench city of the other error model, who of them is on its list, and which numbers of each row are wrong.

Families, homes and numbers are the demo generator's, names are not (`other_names.py`). Errors come together as they do in life: a
batch that Excel spoilt lost a digit of NIK and KK alike, a family moved or changed its card as a whole, an RT has one clerk,
careful or not. How rows are written is in `other_city.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ssn_assets.demo.names import load_names
from ssn_assets.demo.numbering import date_part, next_free
from ssn_assets.demo.people import ACTIVE, DEAD, City, make_city
from ssn_assets.demo.places import Places, load_origins, load_peoples, load_places
from ssn_assets.demo.registry import Texts
from tests.bench import other_errors as errors
from tests.bench.other_names import Language, draw_names, give_last, load_language, name_families, same_name

LISTED, SINGLES, LEFT_OUT = 0.155, 0.05, 0.06
PERSON, AGAIN, AGAIN_OTHER_NIK, UNREGISTERED, STRANGER = range(5)
EXCEL_BATCHES = 0.5
"""Of the NIK that Excel spoilt: those in batches (whole RT) that lost a digit of the KK as well."""


@dataclass
class Town:
    """The people, their names, and how to write them down."""

    city: City
    texts: Texts
    places: Places
    language: Language
    words: np.ndarray
    mother: np.ndarray
    group: np.ndarray

    @cached_property
    def kk_taken(self) -> np.ndarray:
        """All KK numbers in use, sorted."""
        return np.sort(self.city.home.kk)


@dataclass
class Entries:
    """The rows of the list before they are written: who, where they are said to live, and the errors of their numbers."""

    kind: np.ndarray
    person: np.ndarray  # for UNREGISTERED one of the family; for STRANGER any resident, of whose kind he is
    home: np.ndarray  # the family at whose home the row says they live
    moved: np.ndarray
    words: np.ndarray
    female: np.ndarray
    birth: np.ndarray
    nik: np.ndarray  # int64, before errors
    kk: np.ndarray
    kk_error: np.ndarray  # text
    nik_error: np.ndarray
    care: np.ndarray  # times the errors of numbers and names that other rows have

    def __len__(self) -> int:
        return len(self.kind)


def make_town(people: int, period: str, rng: np.random.Generator) -> Town:
    """The people of a city, and their names."""
    peoples = load_peoples()
    places, origins, demo_names = load_places(), load_origins(peoples), load_names(peoples)
    today = int(np.datetime64(f"{period}-01", "D").astype(int))
    city = make_city(people, today, places, origins, demo_names, np.ones(len(peoples)), rng)
    language = load_language()
    words, mother, group = name_families(language, city.families, rng)
    return Town(city, Texts(city, places, origins, demo_names), places, language, words, mother, group)


def make_entries(town: Town, rng: np.random.Generator) -> Entries:
    """Choose who is on the list, and which error each number has."""
    city, listed = town.city, _listed(town.city, rng)
    base = len(listed)
    living = listed[city.status[listed] == ACTIVE]
    parts = [
        listed,
        rng.choice(listed, round(base * errors.SAME_AGAIN)),
        rng.choice(listed, round(base * errors.OTHER_NIK_AGAIN)),
        rng.choice(living, round(base * errors.UNREGISTERED)),
        rng.integers(0, len(city), round(base * errors.STRANGERS)),
    ]
    kind, person = np.repeat(range(5), [len(part) for part in parts]), np.concatenate(parts)
    family, count = city.families.family[person], len(person)
    unknown = np.flatnonzero(kind >= UNREGISTERED)
    words, female, birth = town.words[person].copy(), city.families.female[person].copy(), city.families.birth[person].copy()
    nik, kk = city.nik[person].copy(), city.home.kk[family].copy()
    words[unknown], female[unknown], birth[unknown], nik[unknown] = _unknown_people(town, kind[unknown], person[unknown], rng)
    stranger = kind == STRANGER
    kk[stranger] = next_free(city.former.kk[rng.integers(0, len(city.former.kk), stranger.sum())] + 7, town.kk_taken)
    families = rng.random(len(city.families.first))
    moved = (families[family] < errors.MOVED_FAMILIES) | (rng.random(count) < errors.MOVED_ALONE)
    home = np.where(moved | stranger, rng.permutation(len(families))[family], family)
    care = _clerks(city, home, rng)
    kk_error, nik_error = _kk_errors(families, family, care, rng), _nik_errors(kind, care, rng)
    entries = Entries(kind, person, home, moved & ~stranger, words, female, birth, nik, kk, kk_error, nik_error, care)
    _spoil_batches(town, entries, rng)
    _old_cards(town, entries, family)
    return entries


def _listed(city: City, rng: np.random.Generator) -> np.ndarray:
    """Whole families at random, of whom some members are left out (of the dead, half), and single people."""
    target = round(LISTED * len(city))
    singles = round(target * SINGLES)
    stays = rng.random(len(city)) < np.where(city.status == DEAD, 0.5, 1 - LEFT_OUT)
    order = rng.permutation(len(city.families.first))
    members = np.cumsum(np.add.reduceat(stays.astype(int), city.families.first)[order])
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[: np.searchsorted(members, target - singles) + 1]] = True
    inside = chosen[city.families.family]
    others = rng.choice(np.flatnonzero(~inside), singles, replace=False)
    return np.concatenate([np.flatnonzero(inside & stays), others])


def _unknown_people(
    town: Town, kind: np.ndarray, person: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """People the registry lacks, of the same region and names as those they are drawn from, with a NIK that could be."""
    city, count = town.city, len(person)
    female = rng.integers(0, 2, count).astype(np.int8)
    words = draw_names(town.language, town.group[city.families.family[person]], female, rng)
    alike = np.flatnonzero((kind == UNREGISTERED) & (rng.random(count) < 0.25))
    give_last(words, alike, town.words[person[alike]])
    family = city.families.family[person]
    for _ in range(4):
        same = same_name(np.concatenate([city.families.family, family]), np.concatenate([town.words, words]))
        same = same[same >= len(city)] - len(city)
        words[same] = draw_names(town.language, town.group[family[same]], female[same], rng)
    newborn = (kind == UNREGISTERED) & (rng.random(count) < 0.5)
    birth = city.today - np.where(newborn, rng.integers(10, 2_500, count), rng.integers(2_500, 26_000, count))
    nik = (city.nik[person] // 10**10 * 10**6 + date_part(birth, female)) * 10**4 + rng.integers(1, 6, count)
    return words, female, birth, next_free(nik, town.texts.sorted_nik)


def _places(city: City, home: np.ndarray) -> np.ndarray:
    return city.home.kelurahan[home].astype(np.int64) * 1000 + city.home.rt[home]


def _clerks(city: City, home: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each RT has one clerk."""
    every, clerk = np.unique(_places(city, home), return_inverse=True)
    return np.minimum(rng.gamma(errors.CARE, 1 / errors.CARE, len(every)), 4)[clerk]


def _kk_errors(families: np.ndarray, family: np.ndarray, care: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Old cards by family; slips by family (copied down) or by row.

    Args:
        families: a draw for each family; the lowest are those that moved.
    """
    whole, alone = families[family], rng.random(len(family)) / care
    half = errors.KK_TYPED / 2
    error = np.full(len(family), "", dtype=object)
    error[(whole > 1 - half) | (alone < half)] = "KK_KETIK"
    error[(alone >= half) & (alone < half + errors.KK_MISSING)] = "KK_KOSONG"
    error[(whole > 0.5) & (whole < 0.5 + errors.KK_OLD - errors.MOVED_FAMILIES * 0.3)] = "KK_LAMA"
    error[(whole < errors.MOVED_FAMILIES * 0.3)] = "KK_LAMA"
    return error


def _nik_errors(kind: np.ndarray, care: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Everybody's, the unknown ones' too: a newborn is written with his mother's NIK, a stranger without any."""
    shares = {**errors.NIK_ERRORS, "NIK_EXCEL": errors.NIK_ERRORS["NIK_EXCEL"] * (1 - EXCEL_BATCHES)}
    codes = np.array([*shares, ""], dtype=object)
    error = codes[np.searchsorted(np.cumsum(list(shares.values())), rng.random(len(kind)) / care, side="right")]
    again = np.flatnonzero(kind == AGAIN_OTHER_NIK)
    error[again] = rng.choice(["NIK_GANTI", "NIK_KETIK", "NIK_KOSONG", "NIK_DARI_KK"], len(again), p=[0.6, 0.2, 0.15, 0.05])
    error[kind == AGAIN] = ""
    return error


def _spoil_batches(town: Town, entries: Entries, rng: np.random.Generator) -> None:
    """Whole RT went through Excel: NIK and KK have 15 digits and a 0."""
    place = _places(town.city, entries.home)
    every, size = np.unique(place, return_counts=True)
    order = rng.permutation(len(every))
    target = len(entries) * errors.NIK_ERRORS["NIK_EXCEL"] * EXCEL_BATCHES
    spoilt = every[order[: np.searchsorted(np.cumsum(size[order]), target) + 1]]
    batch = np.isin(place, spoilt) & (entries.nik_error == "")
    entries.nik_error[batch] = "NIK_EXCEL"
    entries.kk_error[batch & (entries.kk_error == "")] = "KK_EXCEL"


def _old_cards(town: Town, entries: Entries, family: np.ndarray) -> None:
    """The number of an earlier card; for a young couple that of the parents, who still have it."""
    old = entries.kk_error == "KK_LAMA"
    parents = (family * 7919 + 13) % len(town.city.home.kk)
    entries.kk[old] = np.where(family % 5 == 0, town.city.home.kk[parents], town.city.former.kk[family])[old]
