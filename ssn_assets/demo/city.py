"""Write a demo city: people, registry, welfare list, aid, and the truth. `ssn demo` enters this folder here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from ssn_assets.demo.aid import AID_FILES, excluded_families, make_aid, write_aid
from ssn_assets.demo.bad_files import REFUSED, write_bad_files
from ssn_assets.demo.delivery import OFFICES, sheet_fits
from ssn_assets.demo.listing import UNREGISTERED, Listing, make_listing
from ssn_assets.demo.names import Names, load_names
from ssn_assets.demo.people import City, make_city
from ssn_assets.demo.places import load_origins, load_peoples, load_places
from ssn_assets.demo.registry import Texts, registry_files, write_registry
from ssn_assets.demo.rows import Rows, make_rows
from ssn_assets.demo.truth import truth_of, what_operators_find, write_truth
from ssn_assets.home import Home, is_period

EARLIER_AID_FROM = 20_000
"""Smaller cities deliver the aid of one month only."""

DELIVERED = "berkas.txt"
"""Beside the truth: what this city put into the inbox, so that the next one can take it away again."""

SMALLEST = 500
"""Fewer people do not fill ten kecamatan."""


@dataclass
class CityReport:
    """Counts of what was written."""

    people: int = 0
    families: int = 0
    dtks_rows: int = 0
    aid_rows: int = 0
    with_person: int = 0  # rows whose person is in the registry
    expected_valid: int = 0  # persons that are VALID once every case is answered truthfully
    defects: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def describe(self) -> str:
        """A few lines in Indonesian for the terminal; counts only."""
        return (
            f"Kota contoh: {self.people:,} penduduk dalam {self.families:,} keluarga; "
            f"{self.dtks_rows:,} baris DTKS dalam {len(self.files)} berkas; "
            f"{self.aid_rows:,} baris bansos.\n{self.with_person:,} baris DTKS milik penduduk yang tercatat; "
            f"{self.expected_valid:,} orang akan VALID bila semua kasus dijawab benar."
        )


def write_city(
    home: Home,
    people: int = 20_000,
    seed: int = 1,
    period: str = "2026-10",
    defects: float = 1.0,
    with_bad_files: bool = True,
) -> CityReport:
    """Write a synthetic city into the inbox of a home, and the truth into its demo folder. Same arguments, same files.

    Args:
        people: persons in the civil registry; the welfare list has about 15.5 % as many rows.
        period: the dtks period, YYYY-MM; the registry is as of its first day.
        defects: multiplies the share of every fault in the welfare list (2.0 = doubled).
        with_bad_files: also deliver three files that must be refused.

    Raises:
        ValueError: not a period, or fewer than 500 people.
        FileExistsError: the inbox holds files of that period which no demo city wrote.
    """
    if not is_period(period):
        raise ValueError(f"bukan periode (YYYY-MM): {period}")
    if people < SMALLEST:
        raise ValueError(f"kota contoh perlu sedikitnya {SMALLEST} penduduk")
    home.prepare()
    planned = _planned(home, people, period, with_bad_files)
    _make_way(home, period, planned)
    rng = [np.random.default_rng(s) for s in np.random.SeedSequence([seed, people]).spawn(5)]
    peoples = load_peoples()
    places, origins, names = load_places(), load_origins(peoples), load_names(peoples)
    weights = np.array([p["bobot"] for p in peoples.values()], dtype=float)
    today = int(np.datetime64(f"{period}-01", "D").astype(int))
    city = make_city(people, today, places, origins, names, weights, rng[0])
    texts = Texts(city, places, origins, names)
    report = CityReport(people=people, families=len(city.families.first))
    write_registry(texts, home.inbox("dukcapil") / f"{period}-01", rng[1])
    listing = make_listing(city, places, (city.words == names.number("MUHAMMAD")).any(axis=1), defects, rng[2])
    excluded, report.aid_rows = _aid(home, texts, listing, period, people, defects, rng[3])
    truth = _welfare_files(home, texts, names, listing, period, excluded, with_bad_files, rng[4], report)
    _count(report, truth)
    return report


def _planned(home: Home, people: int, period: str, with_bad_files: bool) -> list[Path]:
    """Every inbox file that this city will deliver."""
    dtks, bansos = home.inbox("dtks") / period, home.inbox("bansos")
    deliveries = [period, _earlier(period)] if people >= EARLIER_AID_FROM else [period]
    return [
        *(home.inbox("dukcapil") / f"{period}-01" / name for name in registry_files(people)),
        *(bansos / month / file for month in deliveries for file in AID_FILES.values()),
        *(dtks / name for name in (*(office.file for office in OFFICES.values()), *(REFUSED if with_bad_files else ()))),
    ]


def _make_way(home: Home, period: str, planned: list[Path]) -> None:
    """Take away what an earlier demo city delivered for the period, by its list; other files there are an error."""
    notes = home.truth / period / DELIVERED
    if notes.is_file():
        for name in notes.read_text(encoding="utf-8").splitlines():
            (home.root / name).unlink(missing_ok=True)
    dtks, dukcapil = home.inbox("dtks") / period, home.inbox("dukcapil") / f"{period}-01"
    foreign = [path for folder in (dtks, dukcapil) if folder.is_dir() for path in folder.iterdir()]
    foreign += [path for path in planned if path.exists()]
    if foreign:
        raise FileExistsError(f"{foreign[0].parent} berisi berkas yang bukan dari kota contoh; pakai SSN_HOME lain")
    for folder in {path.parent for path in (*planned, notes)}:
        folder.mkdir(parents=True, exist_ok=True)
    notes.write_text("".join(f"{path.relative_to(home.root)}\n" for path in planned), encoding="utf-8")


def _earlier(period: str) -> str:
    return str(np.datetime64(period, "M") - 3)


def _aid(
    home: Home, texts: Texts, listing: Listing, period: str, people: int, defects: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    city = texts.city
    paid = str(np.datetime64(period, "M") - 1)
    earlier = str(np.datetime64(period, "M") - 4) if people >= EARLIER_AID_FROM else None
    listed = np.unique(city.families.family[listing.person[listing.kind < UNREGISTERED]])
    aid = make_aid(city, listed, paid, earlier, rng)
    delivered = write_aid(texts, aid, home.inbox("bansos"), {"kini": period, "dulu": _earlier(period)}, defects, rng)
    return excluded_families(city, delivered, period), len(delivered)


def _welfare_files(
    home: Home,
    texts: Texts,
    names: Names,
    listing: Listing,
    period: str,
    excluded: np.ndarray,
    with_bad_files: bool,
    rng: np.random.Generator,
    report: CityReport,
) -> pa.Table:
    folder = home.inbox("dtks") / period
    places, city = texts.places, texts.city
    found = what_operators_find(city, rng)
    kecamatan = places.kecamatan[listing.kelurahan]
    tables = []
    rows: Rows | None = None
    for number, office in OFFICES.items():
        chosen = _in_order(np.flatnonzero(kecamatan == number), listing, city, office.sorted_by_home, rng)
        if not sheet_fits(office, len(chosen)):
            raise ValueError(
                f"{office.file}: {len(chosen):,} baris tidak muat dalam satu lembar kerja; pakai kota yang lebih kecil"
            )
        rows = make_rows(texts, names, listing.take(chosen), office.rt_style, office.dressed, rng)
        baris = office.write(folder / office.file, rows, places, rng)
        tables.append(truth_of(period, office.file, baris, rows, city, places.code, found, excluded))
        report.files.append(office.file)
    if with_bad_files and rows is not None:
        write_bad_files(folder, rows)
        report.files += REFUSED
    return write_truth(home.truth / period, tables)


def _in_order(chosen: np.ndarray, listing: Listing, city: City, sorted_by_home: bool, rng: np.random.Generator) -> np.ndarray:
    """By kelurahan, RT and family, as lists are typed; or in no order, as systems export them."""
    chosen = rng.permutation(chosen)
    if not sorted_by_home:
        return chosen
    family = np.where(listing.person[chosen] >= 0, city.families.family[np.maximum(listing.person[chosen], 0)], -1)
    return chosen[np.lexsort((family, city.home.rt[np.maximum(family, 0)], listing.kelurahan[chosen]))]


def _count(report: CityReport, truth: pa.Table) -> None:
    report.dtks_rows = truth.num_rows
    report.with_person = truth.num_rows - truth["nik_benar"].null_count
    valid = truth.filter(truth["sah"])
    report.expected_valid = len(valid["nik_benar"].unique())
    report.defects = dict(sorted(Counter(truth["cacat"].combine_chunks().flatten().to_pylist()).items()))
