"""Where people live: the real kelurahan, invented RT shares and addresses, and the regions migrants come from.

Numbers of the persons (NIK, KK) do not belong here (`numbers.py`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ssn_assets.settings import PROJECT_ROOT

MATERIAL = Path(__file__).parent / "material"
KELURAHAN_CSV = PROJECT_ROOT / "dbt_project" / "seeds" / "samarinda_kelurahan.csv"
CITY_RT = 1989
"""RT in the whole city."""

PARENT_KECAMATAN = {7: 4, 8: 5, 9: 4, 10: 2}
"""The kecamatan that 07-10 were cut from in 2010: older NIK and KK carry its code."""

STREETS_PER_KELURAHAN = 14


@dataclass(frozen=True)
class Places:
    """Kelurahan as parallel arrays; a kelurahan is known by its position in them."""

    code: list[str]
    name: list[str]
    kecamatan_name: list[str]
    postcode: list[str]
    kecamatan: np.ndarray  # 1..10
    share: np.ndarray  # of the city's families
    poverty: np.ndarray
    rt_count: np.ndarray
    street: list[str]
    streets_of: np.ndarray  # kelurahan x STREETS_PER_KELURAHAN -> street

    def kecamatan_names(self) -> dict[int, str]:
        return dict(zip(self.kecamatan.tolist(), self.kecamatan_name, strict=True))


def read_rows(path: Path) -> list[dict[str, str]]:
    """A small CSV of reference data as dictionaries."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load_places() -> Places:
    """Read the kelurahan of the dbt seed and give each a share of families, RT and streets (the same in every city)."""
    rows = read_rows(KELURAHAN_CSV)
    facts = {r["kode_kecamatan"]: r for r in read_rows(MATERIAL / "penduduk.csv")}
    rng = np.random.default_rng(6472)  # the map of the city does not depend on the seed of its people
    kecamatan = np.array([int(r["kode_kecamatan"][-2:]) for r in rows])
    weight = rng.uniform(0.35, 1.65, len(rows))
    for number in np.unique(kecamatan):
        inside = kecamatan == number
        weight[inside] *= float(facts[f"64.72.{number:02d}"]["penduduk"]) / weight[inside].sum()
    share = weight / weight.sum()
    poverty = np.array([float(facts[r["kode_kecamatan"]]["kemiskinan"]) for r in rows]) * rng.uniform(0.7, 1.35, len(rows))
    street = [r["jalan"] for r in read_rows(MATERIAL / "jalan.csv")]
    return Places(
        code=[r["kode_kelurahan"] for r in rows],
        name=[r["kelurahan"] for r in rows],
        kecamatan_name=[r["kecamatan"] for r in rows],
        postcode=[r["kode_pos"] for r in rows],
        kecamatan=kecamatan,
        share=share,
        poverty=poverty,
        rt_count=np.maximum(6, np.rint(share * CITY_RT)).astype(int),
        street=street,
        streets_of=np.array([rng.permutation(len(street))[:STREETS_PER_KELURAHAN] for _ in rows]),
    )


@dataclass(frozen=True)
class Origins:
    """Kecamatan outside Samarinda, per people: where its members were first registered, with the place of birth."""

    region: np.ndarray  # six digits, all peoples one after the other
    place: np.ndarray  # position in `places`
    places: list[str]
    start: np.ndarray  # per people: first entry
    weight: list[np.ndarray]


def load_origins(peoples: dict[str, dict[str, Any]]) -> Origins:
    """Read the origins named in suku.yaml and spread each kabupaten over its kecamatan."""
    kecamatan = {r["kode_kabupaten"]: r["kode_kecamatan"].split() for r in read_rows(MATERIAL / "asal_kecamatan.csv")}
    places: list[str] = ["SAMARINDA"]
    region: list[int] = []
    place: list[int] = []
    start: list[int] = []
    weight: list[np.ndarray] = []
    for people in peoples.values():
        start.append(len(region))
        own: list[float] = []
        for entry in people["asal"]:
            code, *name, share = entry.split()
            town = " ".join(name)
            if town not in places:
                places.append(town)
            for number in kecamatan[code]:
                region.append(int(code + number))
                place.append(places.index(town))
                own.append(float(share) / len(kecamatan[code]))
        weight.append(np.array(own) / sum(own))
    return Origins(np.array(region), np.array(place), places, np.array(start), weight)


def load_peoples() -> dict[str, dict[str, Any]]:
    """suku.yaml: the peoples of the city and how they name their children."""
    return yaml.safe_load((MATERIAL / "suku.yaml").read_text(encoding="utf-8"))
