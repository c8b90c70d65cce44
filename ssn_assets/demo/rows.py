"""The rows of one kecamatan's welfare file as text, faults applied, each with the codes of what was done to it.

How a file writes them (separator, title rows, blocks) is in `delivery.py`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from ssn_assets.demo import name_noise, number_noise
from ssn_assets.demo.drafts import Draft, make_draft
from ssn_assets.demo.listing import COPY, KK_FAULTS, NAME_FAULTS, NIK_FAULTS, SECOND, STRANGER, UNREGISTERED, Listing
from ssn_assets.demo.names import Names
from ssn_assets.demo.numbering import next_free
from ssn_assets.demo.registry import Texts

NIK_CODES, NAME_CODES, KK_CODES = ["", *NIK_FAULTS], ["", *NAME_FAULTS], ["", *KK_FAULTS]
KIND_CODES = {
    COPY: "GANDA_NIK_SAMA",
    SECOND: "GANDA_NIK_LAIN",
    UNREGISTERED: "TIDAK_TERCATAT",
    STRANGER: "ORANG_ASING",
}
ALIASES = {
    "Sungai Siring": "Sungai Siring Pelita",
    "Lok Bahu": "Loa Bahu",
    "Karang Asam Ulu": "Karang Asem Ulu",
    "Mesjid": "Mesjid Janan Ilir",
    "Sungai Kapih": "Sei Kapih",
    "Sungai Pinang Dalam": "Sei Pinang Dalam",
    "Tenun Samarinda": "Tenun",
    "Gunung Kelua": "Gn. Kelua",
    "Simpang Tiga": "Simpang Tiga Loa Janan Ilir",
}
"""Names of kelurahan in use, each seen in the sources of dbt_project/seeds/samarinda_alias.csv."""

ALIASED, DRESSED = 0.05, 0.006
"""Rows with an alias where there is one; rows with blanks, dots and the like in the NIK."""

ADDRESS_FORMS = (
    (),
    (("JL.", "JALAN"), ("GG.", "GANG")),
    (("JL.", "JLN"), ("NO. ", "NO.")),
    (("JL.", "JL"), ("GG.", "GG"), ("NO. ", "")),
)
ADDRESS_SHARES = (0.5, 0.36, 0.08, 0.06)

OTHER_REGIONS = (640203, 647201, 647203, 647104, 730811)
EMPTY_KK = ("", "", "-", "0", "9999999999999999")


@dataclass
class Rows:
    """Columns of text, all of one length, in the order of the file; `cacat` lists the codes of each row's faults."""

    listing: Listing  # the rows of this file only
    columns: dict[str, list[str]]
    cacat: list[list[str]]

    def __len__(self) -> int:
        return len(self.listing)


def make_rows(texts: Texts, names: Names, listing: Listing, rt_style: str, dressed: bool, rng: np.random.Generator) -> Rows:
    """Write the rows of one file.

    Args:
        listing: its rows, in the order of the file.
        rt_style: how this file writes the RT (number_noise.rt_form).
        dressed: whether numbers may carry blanks, dots and the like (text files only).
    """
    rnd = random.Random(int(rng.integers(0, 1 << 62)))
    draft = make_draft(texts, names, listing, rng)
    columns = {
        "nik": _niks(draft, rnd),
        "nama": _names(draft, rnd, rng),
        "no_kk": _kks(draft, rnd),
        "alamat": _addresses(draft, rng),
        "rt": [number_noise.rt_form(rt, rt_style, rnd) for rt in _rts(draft, rng).tolist()],
        "kelurahan": _kelurahan(draft, rng),
        "kode_pos": [texts.places.postcode[k] for k in listing.kelurahan],
        **{name: draft.text[name] for name in ("tanggal_lahir", "jenis_kelamin", "nama_ibu")},
    }
    if dressed:
        for row in np.flatnonzero(rng.random(len(listing)) < DRESSED):
            columns["nik"][row] = number_noise.decorated(columns["nik"][row], rnd)
    for row in np.flatnonzero(listing.moved):
        draft.cacat[row].append("RUMAH_LAMA")
    for kind, code in KIND_CODES.items():
        for row in np.flatnonzero(listing.kind == kind):
            draft.cacat[row].append(code)
    return Rows(listing, columns, draft.cacat)


def _niks(draft: Draft, rnd: random.Random) -> list[str]:
    niks = list(draft.text["nik"])
    for row in np.flatnonzero(draft.listing.nik_fault):
        niks[row], done = _bad_nik(draft, int(row), NIK_CODES[draft.listing.nik_fault[row]], rnd)
        draft.cacat[row].append(done)
    return niks


def _bad_nik(draft: Draft, row: int, fault: str, rnd: random.Random) -> tuple[str, str]:
    """The damaged NIK and the code of what was done: a typing error for the relative's NIK of who lives alone."""
    city, nik, family = draft.city, draft.text["nik"][row], draft.family(row)
    first, size = int(city.families.first[family]), int(city.families.size[family])
    if fault == "NIK_KELUARGA" and size == 1:
        fault = "NIK_SALAH_KETIK"
    if fault == "NIK_KELUARGA":
        place = int(draft.listing.person[row]) - first
        return str(city.nik[first + (place + rnd.randrange(1, size)) % size]), fault
    if fault == "NIK_ORANG_LAIN":
        return str(city.nik[rnd.randrange(len(city))]), fault
    if fault == "NIK_KK":
        return draft.text["no_kk"][row], fault
    if fault == "NIK_LAMA":
        region = int(nik[:6]) if rnd.random() < 0.7 else rnd.choice(OTHER_REGIONS)
        former = region * 10**10 + int(nik[6:12]) * 10**4 + rnd.randrange(1, 60)
        return str(next_free(np.array([former]), draft.texts.sorted_nik)[0]), fault
    return number_noise.damage_nik(nik, fault, rnd), fault


def _kks(draft: Draft, rnd: random.Random) -> list[str]:
    city, kks = draft.city, list(draft.text["no_kk"])
    for row in np.flatnonzero(draft.listing.kk_fault):
        fault = KK_CODES[draft.listing.kk_fault[row]]
        if fault == "KK_LAMA":
            kks[row] = str(city.former.kk[draft.family(row)])
        elif fault == "KK_KELUARGA_LAIN":
            kks[row] = str(city.home.kk[rnd.randrange(len(city.home.kk))])
        elif fault == "KK_KOSONG":
            kks[row] = rnd.choice(EMPTY_KK)
        else:
            mistype = number_noise.digit_typo if rnd.random() < 0.7 else number_noise.swap
            kks[row] = mistype(kks[row], rnd)
        draft.cacat[row].append(fault)
    return kks


def _names(draft: Draft, rnd: random.Random, rng: np.random.Generator) -> list[str]:
    """Names damaged; a father's name, an alias and so on is the name of somebody in the city, of the right sex."""
    city, listing, nama = draft.city, draft.listing, list(draft.text["nama"])
    faulty = np.flatnonzero(listing.name_fault)
    man = np.array([sex == "L" for sex in draft.text["jenis_kelamin"]], dtype=bool)[faulty]
    man |= listing.name_fault[faulty] == NAME_CODES.index("NAMA_BIN")
    men, women = np.flatnonzero(city.families.female == 0), np.flatnonzero(city.families.female == 1)
    others = np.where(man, rng.choice(men, len(faulty)), rng.choice(women, len(faulty)))
    for row, other in zip(faulty, draft.texts.name(city.words[others]).to_pylist(), strict=True):
        sex = draft.text["jenis_kelamin"][row]
        for code in (listing.name_fault[row], listing.second_name_fault[row]):
            if code:
                nama[row], done = name_noise.damage(nama[row], NAME_CODES[code], sex, other, rnd)
                draft.cacat[row].append(done)
    return nama


def _rts(draft: Draft, rng: np.random.Generator) -> np.ndarray:
    wrong = np.flatnonzero(draft.listing.rt_wrong)
    rt = draft.rt.copy()
    rt[wrong] = np.maximum(np.abs(rt[wrong] + rng.choice([-10, -3, -2, -1, 1, 2, 3, 10], len(wrong))), 1)
    for row in wrong:
        draft.cacat[row].append("RT_SALAH")
    return rt


def _kelurahan(draft: Draft, rng: np.random.Generator) -> list[str]:
    names = [draft.texts.places.name[k] for k in draft.listing.kelurahan]
    for row in np.flatnonzero(rng.random(len(names)) < ALIASED):
        names[row] = ALIASES.get(names[row], names[row])
    return names


def _addresses(draft: Draft, rng: np.random.Generator) -> list[str]:
    written = list(draft.text["alamat"])
    forms = rng.choice(len(ADDRESS_FORMS), len(written), p=ADDRESS_SHARES)
    for row in np.flatnonzero(forms):
        for old, new in ADDRESS_FORMS[forms[row]]:
            written[row] = written[row].replace(old, new)
    return written
