"""Who stands on the welfare list, and which faults each row has: numbers only, text follows in `rows.py`.

Shares are our estimate of a file of 2022-2025.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ssn_assets.demo.people import ACTIVE, DEAD, City
from ssn_assets.demo.places import Places

LISTED = 0.1515
"""Share of the registered people on the list; with doubles and strangers it has 15.5 rows per hundred people."""

PERSON, COPY, SECOND, UNREGISTERED, STRANGER = range(5)
"""A person; the same row again; the person again with another NIK; a family member the registry lacks; nobody known."""

NIK_FAULTS = {
    "NIK_SALAH_KETIK": 0.024,  # one digit
    "NIK_TERTUKAR": 0.009,  # two neighbours
    "NIK_DUA_ANGKA": 0.003,
    "NIK_EXCEL": 0.007,  # the last digit became 0
    "NIK_KOSONG": 0.007,
    "NIK_TIRUAN": 0.004,  # 0, -, 9999...
    "NIK_TERPOTONG": 0.004,
    "NIK_PANJANG": 0.0015,
    "NIK_HURUF": 0.0015,
    "NIK_KELUARGA": 0.009,  # that of another member of the family
    "NIK_KK": 0.004,  # the KK number typed as NIK
    "NIK_LAMA": 0.008,  # well-formed, but nobody's (any more)
    "NIK_ORANG_LAIN": 0.0025,
}
NAME_FAULTS = {
    "NAMA_SALAH_KETIK": 0.085,
    "NAMA_GELAR_DEPAN": 0.030,
    "NAMA_GELAR_BELAKANG": 0.012,
    "NAMA_SAPAAN": 0.008,  # BPK, IBU
    "NAMA_EJAAN_LAMA": 0.025,
    "NAMA_KURANG_KATA": 0.025,
    "NAMA_TAMBAH_KATA": 0.018,
    "NAMA_MUHAMMAD": 0.30,  # of those who have the word: M., MUH., MOH., MUHAMAD ...
    "NAMA_INISIAL": 0.015,
    "NAMA_TANPA_SPASI": 0.012,
    "NAMA_SPASI_SALAH": 0.004,
    "NAMA_TERBALIK": 0.008,
    "NAMA_BIN": 0.012,
    "NAMA_ALIAS": 0.004,
    "NAMA_GARIS_MIRING": 0.002,
    "NAMA_TANDA_BACA": 0.010,
    "NAMA_HURUF_GANDA": 0.010,
    "NAMA_ANGKA": 0.002,  # 0 for O
    "NAMA_TERPOTONG": 0.004,
    "NAMA_PANGGILAN": 0.0015,  # another name altogether
}
KK_FAULTS = {"KK_LAMA": 0.020, "KK_SALAH_KETIK": 0.016, "KK_KOSONG": 0.015, "KK_KELUARGA_LAIN": 0.004}
OLD_KK_FAMILIES, OLD_HOME_FAMILIES, OLD_HOME = 0.075, 0.035, 0.02
"""Families that the list has with an earlier KK, with an earlier home; single people with an earlier home."""

RT_WRONG, SECOND_NAME_FAULT = 0.07, 0.12
COPIES, SECONDS, UNREGISTERED_MEMBERS, STRANGERS = 0.006, 0.005, 0.007, 0.010

VISITS = ("WARGA", "MENINGGAL", "PINDAH", "TIDAK_DITEMUKAN", "BUKAN_WARGA", "MAMPU", "MENOLAK")
FOUND_OTHERWISE = (0.004, 0.012, 0.004, 0.001, 0.012, 0.001)
"""What an operator finds although the registry says AKTIF, in the order of VISITS[1:]."""


@dataclass
class Listing:
    """The rows of the welfare list, in no order; faults are positions in the tables above plus one, 0 = none."""

    kind: np.ndarray
    person: np.ndarray  # -1 for a STRANGER; for an UNREGISTERED member, a person of the family
    kelurahan: np.ndarray  # as the list has it, perhaps a former one
    moved: np.ndarray  # bool: the home on the list is a former one
    nik_fault: np.ndarray
    name_fault: np.ndarray
    second_name_fault: np.ndarray
    kk_fault: np.ndarray
    rt_wrong: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, rows: np.ndarray) -> Listing:
        """These rows only, in this order."""
        return Listing(*(getattr(self, column.name)[rows] for column in fields(self)))


def make_listing(city: City, places: Places, muhammad: np.ndarray, defects: float, rng: np.random.Generator) -> Listing:
    """Choose families and faults.

    Args:
        muhammad: persons whose name has that word.
        defects: multiplies the share of every fault.
    """
    person = _listed_people(city, round(LISTED * len(city)), rng)
    base = len(person)
    copies, seconds = (rng.choice(person, _count(base, share * defects, rng)) for share in (COPIES, SECONDS))
    living = person[city.status[person] == ACTIVE]
    guests = rng.choice(living, _count(base, UNREGISTERED_MEMBERS * defects, rng))
    strangers = np.full(_count(base, STRANGERS * defects, rng), -1)
    kind = np.repeat(
        [PERSON, COPY, SECOND, UNREGISTERED, STRANGER], [base, len(copies), len(seconds), len(guests), len(strangers)]
    )
    who = np.concatenate([person, copies, seconds, guests, strangers])
    count = len(who)
    family = city.families.family[who]
    families = rng.random(len(city.families.first))
    moved = (families[family] < OLD_HOME_FAMILIES * defects) | (
        rng.random(count) < np.where(kind >= COPY, 0.12, OLD_HOME * defects)
    )
    moved &= who >= 0
    kelurahan = np.where(moved, city.former.kelurahan[family], city.home.kelurahan[family])
    kelurahan = np.where(who >= 0, kelurahan, rng.choice(len(places.code), count, p=places.share))
    # one row in five was typed carelessly: its faults come together
    care = rng.choice([0.6, 2.6], count, p=[0.8, 0.2]) * defects
    nik_fault = _pick(NIK_FAULTS, care, rng)
    nik_fault[(kind == COPY) | (kind >= UNREGISTERED)] = 0
    again = kind == SECOND
    nik_fault[again] = np.where(nik_fault[again] > 0, nik_fault[again], rng.integers(1, len(NIK_FAULTS) + 1, again.sum()))
    name_fault, second = _name_faults(who, muhammad, care, rng)
    kk_fault = _pick(KK_FAULTS, np.full(count, defects), rng)
    old_kk = (families[family] > 1 - OLD_KK_FAMILIES * defects) | (moved & (rng.random(count) < 0.5))
    kk_fault[old_kk & (rng.random(count) < 0.94)] = list(KK_FAULTS).index("KK_LAMA") + 1
    kk_fault[kind >= UNREGISTERED] = 0
    return Listing(kind, who, kelurahan, moved, nik_fault, name_fault, second, kk_fault, rng.random(count) < RT_WRONG * defects)


def _count(base: int, share: float, rng: np.random.Generator) -> int:
    return int(rng.poisson(base * share)) or 1


def _listed_people(city: City, target: int, rng: np.random.Generator) -> np.ndarray:
    """The poorest families with nearly all their members, and a few people from other families."""
    scattered = round(target * 0.04)
    stays = rng.random(len(city)) < np.where(city.status == DEAD, 0.55, 0.95)
    order = np.argsort(-city.poverty, kind="stable")
    members = np.cumsum(np.add.reduceat(stays.astype(int), city.families.first)[order])
    poor = np.zeros(len(city.families.first), dtype=bool)
    poor[order[: np.searchsorted(members, target - scattered) + 1]] = True
    from_poor = np.flatnonzero(poor[city.families.family] & stays)[: target - scattered]
    others = np.flatnonzero(~poor[city.families.family])
    return np.concatenate([from_poor, rng.choice(others, min(target - len(from_poor), len(others)), replace=False)])


def _pick(faults: dict[str, float], factor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One fault or none per row: positions in the table plus one."""
    edges = np.cumsum(list(faults.values()))
    draw = rng.random(len(factor)) / factor
    return np.where(draw < edges[-1], np.searchsorted(edges, draw, side="right") + 1, 0).astype(np.int8)


def _name_faults(
    who: np.ndarray, muhammad: np.ndarray, care: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    special = list(NAME_FAULTS).index("NAMA_MUHAMMAD") + 1
    general = {name: (0.0 if name == "NAMA_MUHAMMAD" else share) for name, share in NAME_FAULTS.items()}
    factor = np.minimum(care, 2.6)
    first = _pick(general, factor, rng)
    second = np.where(
        (first > 0) & (rng.random(len(who)) < SECOND_NAME_FAULT),
        _pick(general, np.full(len(who), 1 / sum(general.values())), rng),
        0,
    )
    has = muhammad[np.maximum(who, 0)] & (who >= 0)
    chosen = has & (rng.random(len(who)) < NAME_FAULTS["NAMA_MUHAMMAD"] * np.minimum(factor, 2))
    return np.where(chosen, special, first).astype(np.int8), second.astype(np.int8)
