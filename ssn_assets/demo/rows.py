"""The rows of one kecamatan's welfare file as text, faults applied, each with the codes of what was done to it.

How a file writes them (separator, title rows, blocks) is in `delivery.py`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from ssn_assets.demo import name_noise, number_noise
from ssn_assets.demo.listing import KK_FAULTS, NAME_FAULTS, NIK_FAULTS, COPY, SECOND, STRANGER, UNREGISTERED, Listing
from ssn_assets.demo.names import NO_WORD, Names, draw_names
from ssn_assets.demo.numbering import date_part, next_free
from ssn_assets.demo.registry import Texts

NIK_CODES, NAME_CODES, KK_CODES = ["", *NIK_FAULTS], ["", *NAME_FAULTS], ["", *KK_FAULTS]
EXTRA_CODES = {COPY: "GANDA_NIK_SAMA", SECOND: "GANDA_NIK_LAIN", UNREGISTERED: "TIDAK_TERCATAT", STRANGER: "ORANG_ASING"}
ALIASES = {
    "Sungai Siring": "Sungai Siring Pelita", "Lok Bahu": "Loa Bahu", "Karang Asam Ulu": "Karang Asem Ulu", "Mesjid": "Mesjid Janan Ilir",
    "Sungai Kapih": "Sei Kapih", "Sungai Pinang Dalam": "Sei Pinang Dalam", "Tenun Samarinda": "Tenun", "Gunung Kelua": "Gn. Kelua",
    "Simpang Tiga": "Simpang Tiga Loa Janan Ilir",
}
ADDRESS_FORMS = ((), (("JL.", "JALAN"), ("GG.", "GANG")), (("JL.", "JLN"), ("NO. ", "NO.")), (("JL.", "JL"), ("GG.", "GG"), ("NO. ", "")))


@dataclass
class Rows:
    """Columns of text, all of one length, in the order of the file; `cacat` lists the codes of each row's faults."""

    listing: np.ndarray  # positions in the Listing
    kelurahan: np.ndarray  # positions in Places
    columns: dict[str, list[str]]
    cacat: list[list[str]]

    def __len__(self) -> int:
        return len(self.listing)


def make_rows(texts: Texts, names: Names, listing: Listing, chosen: np.ndarray, rt_style: str, dressed: bool,
              rng: np.random.Generator) -> Rows:
    """Write the rows of one file.

    Args:
        chosen: positions in the listing, in the order of the file.
        rt_style: how this file writes the RT (number_noise.rt_form).
        dressed: whether numbers may carry blanks, dots and the like (text files only).
    """
    rnd = random.Random(int(rng.integers(0, 1 << 62)))
    facts = _true_text(texts, names, listing, chosen, rng)
    cacat: list[list[str]] = [[] for _ in chosen]
    nik = _niks(texts, listing, chosen, facts, cacat, rnd, rng)
    no_kk = _kks(texts, listing, chosen, facts, cacat, rnd, rng)
    nama = _names(texts, listing, chosen, facts, cacat, rnd, rng)
    rt = _rts(listing, chosen, facts["rt"], cacat, rng)
    places = texts.places
    kelurahan = [places.name[k] for k in listing.kelurahan[chosen]]
    for i in np.flatnonzero(rng.random(len(chosen)) < 0.05):
        kelurahan[i] = ALIASES.get(kelurahan[i], kelurahan[i])
    if dressed:
        for i in np.flatnonzero(rng.random(len(chosen)) < 0.006):
            nik[i] = number_noise.decorated(nik[i], rnd)
    for i in np.flatnonzero(listing.moved[chosen]):
        cacat[i].append("RUMAH_LAMA")
    for kind, code in EXTRA_CODES.items():
        for i in np.flatnonzero(listing.kind[chosen] == kind):
            cacat[i].append(code)
    columns = {
        "nik": nik, "nama": nama, "no_kk": no_kk, "alamat": _addresses(facts["alamat"], rng),
        "rt": [number_noise.rt_form(int(r), rt_style, rnd) for r in rt], "kelurahan": kelurahan,
        "kode_pos": [places.postcode[k] for k in listing.kelurahan[chosen]],
        "tanggal_lahir": facts["tanggal_lahir"], "jenis_kelamin": facts["jenis_kelamin"], "nama_ibu": facts["nama_ibu"],
    }
    return Rows(chosen, listing.kelurahan[chosen], columns, cacat)


def _true_text(texts: Texts, names: Names, listing: Listing, chosen: np.ndarray, rng: np.random.Generator) -> dict:
    """What the rows would say without a fault. Unregistered people get a name, a birthday and a number of their own."""
    city = texts.city
    person = listing.person[chosen]
    known = np.maximum(person, 0)
    table = texts.registry(known)
    facts = {name: table[name].to_pylist() for name in ("nik", "no_kk", "tanggal_lahir", "jenis_kelamin", "alamat")}
    facts["nama"] = texts.name(city.words[known]).to_pylist()  # titles are the registry's own
    facts["nama_ibu"] = table["nama_ibu"].to_pylist()
    facts["rt"] = city.rt[city.family[known]].copy()
    new = np.flatnonzero(listing.kind[chosen] >= UNREGISTERED)
    if len(new):
        _invent(texts, names, listing, chosen, new, facts, rng)
    elsewhere = np.flatnonzero((listing.moved[chosen] & (rng.random(len(chosen)) < 0.8)) | (person < 0))
    family = np.where(person < 0, rng.integers(0, len(city.first), len(person)), city.family[known])[elsewhere]
    former = city.former
    facts["rt"][elsewhere] = former.rt[family]
    address = texts.address(former.street[family], former.alley[family], former.house[family]).to_pylist()
    for i, text in zip(elsewhere, address, strict=True):
        facts["alamat"][i] = text
    return facts


def _invent(texts: Texts, names: Names, listing: Listing, chosen: np.ndarray, new: np.ndarray, facts: dict, rng: np.random.Generator) -> None:
    city = texts.city
    count = len(new)
    model = rng.integers(0, len(city), count)  # a stranger is like some citizen; a member is of his family's people
    person = listing.person[chosen][new]
    like = np.where(person >= 0, person, model)
    female = rng.integers(0, 2, count)
    young = listing.kind[chosen][new] == UNREGISTERED
    age = np.where(young & (rng.random(count) < 0.6), rng.uniform(0.1, 6, count), rng.uniform(7, 75, count))
    birth = (city.today - age * 365.25).astype(np.int64)
    family_name = np.full(count, NO_WORD)
    drawn = texts.name(draw_names(names, rng, city.people[like], female, age, family_name)).to_pylist()
    region = np.where(young, 647200 + rng.integers(1, 11, count), city.nik[model] // 10**10)
    nik = next_free(region * 10**10 + date_part(birth, female) * 10**4 + rng.integers(1, 9, count), texts.sorted_nik)
    days, head = texts.day(birth).to_pylist(), city.nik[city.first[city.family[like]]]
    draw = rng.random(count)
    for k, i in enumerate(new):
        facts["nama"][i], facts["tanggal_lahir"][i], facts["jenis_kelamin"][i] = drawn[k], days[k], "LP"[female[k]]
        facts["nik"][i] = "" if young[k] and draw[k] < 0.35 else str(head[k] if young[k] and draw[k] < 0.55 else nik[k])
        if not young[k]:
            facts["no_kk"][i] = str(int(region[k]) * 10**10 + int(city.kk[city.family[like[k]]]) % 10**10)


def _niks(texts: Texts, listing: Listing, chosen: np.ndarray, facts: dict, cacat: list[list[str]], rnd: random.Random, rng: np.random.Generator) -> list[str]:
    city, nik = texts.city, list(facts["nik"])
    for i in np.flatnonzero(listing.nik_fault[chosen]):
        fault, person = NIK_CODES[listing.nik_fault[chosen[i]]], int(listing.person[chosen[i]])
        family = city.family[person]
        if fault == "NIK_KELUARGA" and city.size[family] > 1:
            other = city.first[family] + (person - city.first[family] + rnd.randrange(1, int(city.size[family]))) % city.size[family]
            nik[i] = str(city.nik[other])
        elif fault == "NIK_ORANG_LAIN":
            nik[i] = str(city.nik[rnd.randrange(len(city))])
        elif fault == "NIK_KK":
            nik[i] = facts["no_kk"][i]
        elif fault == "NIK_LAMA":
            stem = city.nik[person] // 10_000 if rnd.random() < 0.7 else rnd.choice((640203, 647201, 647203, 647104, 730811)) * 10**6 + city.nik[person] // 10_000 % 10**6
            nik[i] = str(next_free(np.array([stem * 10_000 + rnd.randrange(1, 60)]), texts.sorted_nik)[0])
        else:
            fault = "NIK_SALAH_KETIK" if fault == "NIK_KELUARGA" else fault
            nik[i] = number_noise.damage_nik(nik[i], fault, rnd)
        cacat[i].append(fault)
    return nik


def _kks(texts: Texts, listing: Listing, chosen: np.ndarray, facts: dict, cacat: list[list[str]], rnd: random.Random, rng: np.random.Generator) -> list[str]:
    city, no_kk = texts.city, list(facts["no_kk"])
    for i in np.flatnonzero(listing.kk_fault[chosen]):
        fault = KK_CODES[listing.kk_fault[chosen[i]]]
        if fault == "KK_LAMA":
            no_kk[i] = str(city.former.kk[city.family[listing.person[chosen[i]]]])
        elif fault == "KK_KELUARGA_LAIN":
            no_kk[i] = str(city.kk[rnd.randrange(len(city.kk))])
        elif fault == "KK_KOSONG":
            no_kk[i] = rnd.choice(("", "", "-", "0", "9999999999999999"))
        else:
            no_kk[i] = number_noise.digit_typo(no_kk[i], rnd) if rnd.random() < 0.7 else number_noise.swap(no_kk[i], rnd)
        cacat[i].append(fault)
    return no_kk


def _names(texts: Texts, listing: Listing, chosen: np.ndarray, facts: dict, cacat: list[list[str]], rnd: random.Random, rng: np.random.Generator) -> list[str]:
    city, nama = texts.city, list(facts["nama"])
    faulty = np.flatnonzero(listing.name_fault[chosen])
    fathers = NAME_CODES.index("NAMA_BIN")
    wants_man = (np.array([s == "L" for s in facts["jenis_kelamin"]])[faulty]) | (listing.name_fault[chosen[faulty]] == fathers)
    men, women = np.flatnonzero(city.female == 0), np.flatnonzero(city.female == 1)
    others = np.where(wants_man, rng.choice(men, len(faulty)), rng.choice(women, len(faulty)))
    for i, other in zip(faulty, texts.name(city.words[others]).to_pylist(), strict=True):
        for code in (listing.name_fault[chosen[i]], listing.second_name_fault[chosen[i]]):
            if code:
                nama[i], done = name_noise.damage(nama[i], NAME_CODES[code], facts["jenis_kelamin"][i], other, rnd)
                cacat[i].append(done)
    return nama


def _rts(listing: Listing, chosen: np.ndarray, rt: np.ndarray, cacat: list[list[str]], rng: np.random.Generator) -> np.ndarray:
    wrong = np.flatnonzero(listing.rt_wrong[chosen])
    shift = rng.choice([-10, -3, -2, -1, 1, 2, 3, 10], len(wrong))
    rt = rt.copy()
    rt[wrong] = np.maximum(np.abs(rt[wrong] + shift), 1)
    for i in wrong:
        cacat[i].append("RT_SALAH")
    return rt


def _addresses(alamat: list[str], rng: np.random.Generator) -> list[str]:
    forms = rng.choice(len(ADDRESS_FORMS), len(alamat), p=[0.5, 0.36, 0.08, 0.06])
    written = list(alamat)
    for i in np.flatnonzero(forms):
        for old, new in ADDRESS_FORMS[forms[i]]:
            written[i] = written[i].replace(old, new)
    return written
