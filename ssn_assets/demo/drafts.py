"""What the rows of a welfare file would say if nobody made a mistake. The mistakes are made in `rows.py`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ssn_assets.demo.families import YEAR
from ssn_assets.demo.listing import UNREGISTERED, Listing
from ssn_assets.demo.names import NO_WORD, Names, draw_names
from ssn_assets.demo.numbering import date_part, next_free
from ssn_assets.demo.people import City
from ssn_assets.demo.registry import Texts

ADDRESS_MOVED_TOO = 0.8
"""Rows with a former kelurahan that also have the former address and RT; the others have the new address."""


@dataclass
class Draft:
    """Rows of one file, faultless: text columns by name, the RT as numbers, and room for the codes of faults."""

    texts: Texts
    listing: Listing  # the rows of this file only
    text: dict[str, list[str]]
    rt: np.ndarray
    cacat: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cacat = [[] for _ in self.rt]

    @property
    def city(self) -> City:
        return self.texts.city

    def family(self, row: int | np.integer) -> int:
        """The family of the row's person."""
        return int(self.city.families.family[self.listing.person[row]])


def make_draft(texts: Texts, names: Names, listing: Listing, rng: np.random.Generator) -> Draft:
    """Text of the rows of one file. People the registry lacks get a name, a birthday and a number of their own."""
    city, person = texts.city, listing.person
    known = np.maximum(person, 0)
    table = texts.registry(known)
    columns = ("nik", "no_kk", "tanggal_lahir", "jenis_kelamin", "alamat", "nama_ibu")
    text = {name: table[name].to_pylist() for name in columns}
    text["nama"] = texts.name(city.words[known]).to_pylist()  # titles on names are the registry's own
    draft = Draft(texts, listing, text, city.home.rt[city.families.family[known]].copy())
    _invent(draft, names, rng)
    _move_back(draft, known, rng)
    return draft


def _move_back(draft: Draft, known: np.ndarray, rng: np.random.Generator) -> None:
    """People on the list with a former home, and strangers with somebody's former home."""
    city, person = draft.city, draft.listing.person
    rows = np.flatnonzero((draft.listing.moved & (rng.random(len(person)) < ADDRESS_MOVED_TOO)) | (person < 0))
    anybody = rng.integers(0, len(city.families.first), len(person))
    family = np.where(person < 0, anybody, city.families.family[known])[rows]
    former = city.former
    draft.rt[rows] = former.rt[family]
    address = draft.texts.address(former.street[family], former.alley[family], former.house[family]).to_pylist()
    for row, text in zip(rows, address, strict=True):
        draft.text["alamat"][row] = text


def _invent(draft: Draft, names: Names, rng: np.random.Generator) -> None:
    """Unregistered members are often small children, some under the number of the head of family, some without one."""
    city, texts = draft.city, draft.texts
    rows = np.flatnonzero(draft.listing.kind >= UNREGISTERED)
    count = len(rows)
    if not count:
        return
    member = draft.listing.kind[rows] == UNREGISTERED
    like = np.where(member, draft.listing.person[rows], rng.integers(0, len(city), count))
    female = rng.integers(0, 2, count)
    small = member & (rng.random(count) < 0.6)
    age = np.where(small, rng.uniform(0.1, 6, count), rng.uniform(7, 75, count))
    birth = (city.today - age * YEAR).astype(np.int64)
    drawn = texts.name(draw_names(names, rng, city.people[like], female, age, np.full(count, NO_WORD))).to_pylist()
    region = np.where(member, 647200 + rng.integers(1, 11, count), city.nik[like] // 10**10)
    stem = region * 10**10 + date_part(birth, female) * 10**4
    own = next_free(stem + rng.integers(1, 9, count), texts.sorted_nik)
    family = city.families.family[like]
    head = city.nik[city.families.first[family]]
    draw = rng.random(count)
    nik = np.where(member & (draw < 0.35), 0, np.where(member & (draw < 0.55), head, own))
    foreign_kk = region * 10**10 + city.home.kk[family] % 10**10
    days = texts.day(birth).to_pylist()
    for k, row in enumerate(rows):
        draft.text["nama"][row], draft.text["tanggal_lahir"][row] = drawn[k], days[k]
        draft.text["jenis_kelamin"][row] = "LP"[female[k]]
        draft.text["nik"][row] = str(nik[k]) if nik[k] else ""
        if not member[k]:
            draft.text["no_kk"][row] = str(foreign_kk[k])
