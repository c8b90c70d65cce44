"""The civil registry as text: columns composed a chunk at a time, and the file penduduk.csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from ssn_assets.demo.families import CHILD, ELDER, HEAD, SPOUSE
from ssn_assets.demo.names import Names
from ssn_assets.demo.people import City
from ssn_assets.demo.places import Origins, Places

CHUNK = 200_000
"""Persons turned into text at once: bounds the memory at any size of city."""

FILE_LIMIT = 1_500_000
"""Persons in one registry file; a bigger city is delivered in several."""

FRONT_TITLES = ["", "H.", "HJ.", "DRS.", "", ""]
BACK_TITLES = ["", "", "", "", "S.PD", "SE"]
STATUS = ["AKTIF", "MENINGGAL", "PINDAH"]
FIRST_DAY = -25_567
"""1 January 1900, the first day in the table of dates."""


class Texts:
    """Turns the city's numbers into registry columns."""

    def __init__(self, city: City, places: Places, origins: Origins, names: Names) -> None:
        self.city, self.places = city, places
        self.sorted_nik = np.sort(city.nik)
        self._words = pa.array([None, *names.words[1:]], pa.string())
        days = np.arange(FIRST_DAY, city.today + 400).astype("datetime64[D]")
        self._days = pa.array(days.astype(str))
        self._born = pa.array(origins.places)
        self._alleys = pa.array([None, *(f"GG. {i}" for i in range(1, 400))])
        self._houses = pa.array([f"NO. {i}" for i in range(400)])
        self._streets = pa.array([f"JL. {s}" for s in places.street])
        self._rt = pa.array([f"{i:03d}" for i in range(1000)])

    def day(self, days: np.ndarray) -> pa.Array:
        """ISO dates of days since 1970."""
        return self._days.take(pa.array(days - FIRST_DAY))

    def name(self, words: np.ndarray) -> pa.Array:
        """Names of persons x 4 word numbers."""
        columns = [self._words.take(pa.array(words[:, k])) for k in range(words.shape[1])]
        return pc.binary_join_element_wise(*columns, " ", null_handling="skip")

    def address(self, street: np.ndarray, alley: np.ndarray, house: np.ndarray) -> pa.Array:
        """Street, alley and house number as the registry writes them."""
        return pc.binary_join_element_wise(
            self._streets.take(pa.array(street)),
            self._alleys.take(pa.array(alley)),
            self._houses.take(pa.array(house)),
            " ",
            null_handling="skip",
        )

    def rt(self, number: np.ndarray) -> pa.Array:
        """RT in three digits."""
        return self._rt.take(pa.array(number))

    def registered_name(self, who: np.ndarray) -> pa.Array:
        """Names with the titles that the registry itself has."""
        plain = self.name(self.city.words[who])
        title = self.city.title[who]
        if not title.any():
            return plain
        front = pa.array([t or None for t in FRONT_TITLES]).take(pa.array(title))
        back = pa.array([t or None for t in BACK_TITLES]).take(pa.array(title))
        return pc.binary_join_element_wise(front, plain, back, " ", null_handling="skip")

    def registry(self, who: np.ndarray) -> pa.Table:
        """All registry columns of these persons, in contract order."""
        city, places = self.city, self.places
        family = city.families.family[who]
        kelurahan = pa.array(city.home.kelurahan[family])
        return pa.table(
            {
                "nik": pa.array(city.nik[who]).cast(pa.string()),
                "no_kk": pa.array(city.home.kk[family]).cast(pa.string()),
                "nama": self.registered_name(who),
                "tempat_lahir": self._born.take(pa.array(city.birthplace[who])),
                "tanggal_lahir": self.day(city.families.birth[who]),
                "jenis_kelamin": pa.array(["L", "P"]).take(pa.array(city.families.female[who])),
                "hubungan_keluarga": _relation(city.families.role[who], city.families.female[who]),
                "nama_ibu": self.name(city.mother[who]),
                "alamat": self.address(city.home.street[family], city.home.alley[family], city.home.house[family]),
                "rt": self.rt(city.home.rt[family]),
                "kode_kelurahan": pa.array(places.code).take(kelurahan),
                "kelurahan": pa.array(places.name).take(kelurahan),
                "kecamatan": pa.array(places.kecamatan_name).take(kelurahan),
                "kode_pos": pa.array(places.postcode).take(kelurahan),
                "status": pa.array(STATUS).take(pa.array(city.status[who])),
                "tanggal_status": self.day(city.status_day[who]),
            }
        )


def _relation(role: np.ndarray, female: np.ndarray) -> pa.Array:
    position = np.select(
        [role == HEAD, (role == SPOUSE) & (female == 1), role == SPOUSE, role == CHILD, role == ELDER], [0, 1, 2, 3, 4]
    )
    return pa.array(["KEPALA KELUARGA", "ISTRI", "SUAMI", "ANAK", "ORANG TUA"]).take(pa.array(position))


def write_registry(texts: Texts, folder: Path, rng: np.random.Generator) -> None:
    """Write the registry in no particular order, as penduduk.csv or (bigger cities) penduduk_1.csv and so on."""
    order = rng.permutation(len(texts.city))
    for part, name in enumerate(registry_files(len(order))):
        write_csv(folder / name, map(texts.registry, _chunks(order[part * FILE_LIMIT : (part + 1) * FILE_LIMIT])))


def registry_files(count: int) -> list[str]:
    """The names of the files that hold so many persons."""
    parts = -(-count // FILE_LIMIT)
    return ["penduduk.csv"] if parts == 1 else [f"penduduk_{part + 1}.csv" for part in range(parts)]


def _chunks(order: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(order), CHUNK):
        yield order[start : start + CHUNK]


def write_csv(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables of one schema as one plain CSV: comma, UTF-8, header unquoted."""
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=8192)
    with path.open("wb") as handle:
        for position, table in enumerate(tables):
            if position == 0:
                handle.write((",".join(table.column_names) + "\n").encode())
            pa_csv.write_csv(table, handle, options)
