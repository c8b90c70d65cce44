"""A bench city of the other error model: its registry, welfare list and truth as files, laid out as the demo's.

Who is on the list is decided in `other_people.py`, what an error does in `other_errors.py`.

    write_other_city(Home(folder), people=881_225, seed=511, period="2026-10")
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssn_assets.demo.numbering import date_part, next_free
from ssn_assets.demo.people import ACTIVE, DEAD
from ssn_assets.demo.registry import STATUS, write_csv
from ssn_assets.demo.sheets import write_csv as write_text
from ssn_assets.demo.truth import write_truth
from ssn_assets.home import Home
from tests.bench import other_errors as errors
from tests.bench import other_numbers as numbers
from tests.bench.other_people import STRANGER, UNREGISTERED, Entries, Town, make_entries, make_town

CHUNK = 200_000
KIND_CODES = ("", "GANDA_NIK_SAMA", "GANDA_NIK_LAIN", "TIDAK_TERCATAT", "ORANG_ASING")
HEADER = ("NO", "NIK", "NAMA LENGKAP", "NO KK", "ALAMAT", "RT", "DESA/KELURAHAN", "KECAMATAN")
PERSONAL = ("TANGGAL LAHIR", "JENIS KELAMIN", "NAMA IBU KANDUNG")
OFFICES = (
    ("daftar_usulan_1.csv", ";", "utf-8", str.upper),
    ("daftar_usulan_2.csv", ",", "utf-8-sig", str.title),
    ("ekspor_siks_3.csv", "|", "utf-8", str.upper),
    ("rekap_4.csv", "\t", "cp1252", str.upper),
)
WITH_BIRTH = 2
"""The office whose file has birth date, sex and mother's name."""


def write_other_city(home: Home, people: int, seed: int, period: str) -> None:
    """Write registry and list into the inbox, the truth into the demo folder. Same arguments, same files."""
    home.prepare()
    rng = [np.random.default_rng(s) for s in np.random.SeedSequence([seed, people, 2]).spawn(4)]
    town = make_town(people, period, rng[0])
    folder = home.inbox("dukcapil") / f"{period}-01"
    folder.mkdir(parents=True, exist_ok=True)
    order = rng[1].permutation(people)
    write_csv(folder / "penduduk.csv", (_registry(town, order[i : i + CHUNK]) for i in range(0, people, CHUNK)))
    entries = make_entries(town, rng[2])
    names = town.language.text(entries.words).to_pylist()
    inbox = home.inbox("dtks") / period
    inbox.mkdir(parents=True, exist_ok=True)
    written = _Clerk(town, entries, names, random.Random(int(rng[3].integers(1 << 60)))).write(inbox)
    write_truth(home.truth / period, [_truth(town, entries, period, *part) for part in written])


def _registry(town: Town, who: np.ndarray) -> pa.Table:
    table = town.texts.registry(who)
    title = pc.if_else(pa.array(town.city.title[who] == 1), "H. ", pc.if_else(pa.array(town.city.title[who] == 2), "HJ. ", ""))
    name = pc.binary_join_element_wise(title, town.language.text(town.words[who]), "")
    for column, value in (("nama", name), ("nama_ibu", town.language.text(town.mother[who]))):
        table = table.set_column(table.column_names.index(column), column, value)
    return table


class _Clerk:
    """Types the rows, with the errors that entries say, and those of names, homes and dates."""

    def __init__(self, town: Town, entries: Entries, names: list[str], rnd: random.Random) -> None:
        self.town, self.entries, self.names, self.rnd = town, entries, names, rnd
        self.family = town.city.families.family[entries.person]
        self.kelurahan = town.city.home.kelurahan[entries.home]
        home = town.city.home
        self.order = np.lexsort((entries.kind, entries.home, home.rt[entries.home], self.kelurahan))
        self.next_row = np.empty_like(self.order)
        self.next_row[self.order] = np.roll(self.order, -1)
        self.address = town.texts.address(*(part[entries.home] for part in (home.street, home.alley, home.house))).to_pylist()
        self.mothers = town.language.text(town.mother[entries.person]).to_pylist()
        self.days = entries.birth.astype("datetime64[D]").astype(str).tolist()

    def write(self, folder: Path) -> Iterator[tuple[str, np.ndarray, list[int], list[list[str]]]]:
        """Write all files; gives each one's name, entries, row numbers and errors."""
        kecamatan = self.town.places.kecamatan[self.kelurahan[self.order]]
        for number, (file, separator, encoding, case) in enumerate(OFFICES):
            rows = self.order[kecamatan % len(OFFICES) == number]
            personal = number == WITH_BIRTH
            lines, cacat = [], []
            for place, row in enumerate(rows.tolist()):
                done: list[str] = []
                line = self._line(row, done)
                line[1] = case(line[1])
                lines.append([place + 1, *line, *(self._personal(row, done) if personal else ())])
                cacat.append(done)
            write_text(folder / file, (*HEADER, *(PERSONAL if personal else ())), lines, separator, encoding)
            yield file, rows, list(range(2, len(rows) + 2)), cacat

    def _line(self, row: int, done: list[str]) -> list[str]:
        places, kelurahan = self.town.places, self.kelurahan[row]
        kk = self._kk(row, done)
        if KIND_CODES[self.entries.kind[row]]:
            done.append(KIND_CODES[self.entries.kind[row]])
        if self.entries.moved[row]:
            done.append("RUMAH_LAMA")
        name = self._name(row, done)
        return [
            self._nik(row, done),
            name,
            kk,
            self._street(row),
            self._rt(row, done),
            self._place(kelurahan),
            places.kecamatan_name[kelurahan],
        ]

    def _kk(self, row: int, done: list[str]) -> str:
        kk, error = str(self.entries.kk[row]), self.entries.kk_error[row]
        if error:
            done.append(error)
        if error == "KK_KETIK":
            copied = random.Random(kk)  # the whole family has the same slip
            return numbers.changed_over(kk, copied) if copied.random() < 0.25 else numbers.wrong_digits(kk, copied)
        if error == "KK_KOSONG":
            return numbers.nothing(self.rnd)
        return kk[:15] + "0" if error == "KK_EXCEL" else kk

    def _nik(self, row: int, done: list[str]) -> str:
        nik, error, city, rnd = str(self.entries.nik[row]), self.entries.nik_error[row], self.town.city, self.rnd
        alone = self.entries.kind[row] == STRANGER or city.families.size[self.family[row]] == 1
        if error == "NIK_KELUARGA" and alone:
            error = "NIK_KETIK"
        made = {
            "": lambda: nik,
            "NIK_KETIK": lambda: numbers.wrong_digits(nik, rnd),
            "NIK_EXCEL": lambda: nik[:15] + "0",
            "NIK_KOSONG": lambda: numbers.nothing(rnd),
            "NIK_GANTI": lambda: self._another_nik(row),
            "NIK_TUKAR": lambda: numbers.changed_over(nik, rnd),
            "NIK_KELUARGA": lambda: self._relative_nik(row),
            "NIK_DARI_KK": lambda: str(self.entries.kk[row]),
            "NIK_POTONG": lambda: numbers.too_short(nik, rnd),
            "NIK_ORANG_LAIN": lambda: self._neighbour_nik(row),
        }[error]()
        if made != nik:
            done.append(error)
        return made

    def _relative_nik(self, row: int) -> str:
        """Mostly that of the head of family."""
        city, first = self.town.city, int(self.town.city.families.first[self.family[row]])
        others = [
            first + i for i in range(int(city.families.size[self.family[row]])) if city.nik[first + i] != self.entries.nik[row]
        ]
        return str(city.nik[others[0] if self.rnd.random() < 0.6 else self.rnd.choice(others)])

    def _another_nik(self, row: int) -> str:
        """Given anew elsewhere, or after the birth date was put right: nobody in the registry has it."""
        nik, rnd, city = int(self.entries.nik[row]), self.rnd, self.town.city
        if rnd.random() < 0.6:
            former = int(city.nik[rnd.randrange(len(city))]) // 10**10 * 10**10 + nik % 10**10
        else:
            day = np.array([self.entries.birth[row] + rnd.choice((-365, 365, -1, 1, -30, 31, 10, -10, 730))])
            former = (nik // 10**10 * 10**6 + int(date_part(day, self.entries.female[row])[0])) * 10**4 + rnd.randrange(1, 9)
        return str(next_free(np.array([former]), self.town.texts.sorted_nik)[0])

    def _neighbour_nik(self, row: int) -> str:
        """Of the next row of the file, or anybody's."""
        if self.rnd.random() < 0.5:
            return str(self.entries.nik[self.next_row[row]])
        return str(self.town.city.nik[self.rnd.randrange(len(self.town.city))])

    def _name(self, row: int, done: list[str]) -> str:
        rnd, name, sex = self.rnd, self.names[row], "LP"[self.entries.female[row]]
        codes, shares = list(errors.NAME_ERRORS), list(errors.NAME_ERRORS.values())
        faulty = min(0.95, sum(shares) * self.entries.care[row])
        wanted = rnd.choices(codes, shares) if rnd.random() < faulty else []
        if wanted and rnd.random() < errors.TWICE:
            wanted += rnd.choices(codes, shares)
        if "MUHAMMAD" in name and rnd.random() < errors.MUHAMMAD_SHORT:
            wanted = ["NAMA_MUHAMMAD", *(wanted if rnd.random() < errors.TWICE else ())]
        for error in wanted:
            name, became = errors.wrong_name(name, error, sex, self.names[rnd.randrange(len(self.names))], rnd)
            done.append(became)
        return name

    def _rt(self, row: int, done: list[str]) -> str:
        rt = int(self.town.city.home.rt[self.entries.home[row]])
        if self.rnd.random() < errors.RT_WRONG:
            done.append("RT_SALAH")
            return numbers.wrong_rt(rt, self.rnd)
        return numbers.written_rt(rt, self.rnd)

    def _street(self, row: int) -> str:
        way, street = self.rnd.random(), self.address[row]
        if way < 0.05:
            return "-"
        if way < 0.25:
            return street.replace("JL. ", "JLN ").replace("NO. ", "NO ").title()
        if way < 0.40:
            return street.split(" NO. ")[0]
        return street.replace("JL. ", "JALAN ") + " SAMARINDA" if way < 0.5 else street

    def _place(self, kelurahan: int) -> str:
        name, way = self.town.places.name[kelurahan].upper(), self.rnd.random()
        return f"KEL. {name}" if way < 0.02 else (errors.mistyped(name, self.rnd) or name) if way < 0.03 else name

    def _personal(self, row: int, done: list[str]) -> tuple[str, str, str]:
        rnd, (year, month, day) = self.rnd, self.days[row].split("-")
        way = rnd.random()
        if way < 0.04:
            done.append("LAHIR_SALAH")
            year, month, day = rnd.choice(
                ((year, "01", "01"), (str(int(year) - 1), month, day), (year, day, month) if day < "13" else (year, month, "01"))
            )
        mother = (
            self.mothers[row] if rnd.random() > 0.12 else rnd.choice(("", "-", errors.mistyped(self.mothers[row], rnd) or ""))
        )
        female = self.entries.female[row] ^ (rnd.random() < 0.01)
        return "" if way > 0.93 else f"{day}/{month}/{year}", "LP"[female], mother


def _truth(
    town: Town, entries: Entries, period: str, file: str, rows: np.ndarray, baris: list[int], cacat: list[list[str]]
) -> pa.Table:
    city, person = town.city, entries.person[rows]
    unknown, family = entries.kind[rows] >= UNREGISTERED, city.families.family[person]
    status = city.status[person]
    visit = np.select([unknown, status == ACTIVE, status == DEAD], ["TIDAK_DITEMUKAN", "WARGA", "MENINGGAL"], "PINDAH")
    return pa.table(
        {
            "periode": pa.array([period] * len(rows)),
            "berkas": pa.array([file] * len(rows)),
            "baris": pa.array(baris, pa.int64()),
            "nik_benar": pa.array(city.nik[person], mask=unknown).cast(pa.string()),
            "no_kk_benar": pa.array(city.home.kk[family], mask=unknown).cast(pa.string()),
            "kode_kelurahan": pa.array(town.places.code).take(pa.array(city.home.kelurahan[family], mask=unknown)),
            "cacat": pa.array(cacat, pa.list_(pa.string())),
            "kembar": pa.array(~unknown & city.families.twin[person]),
            "status_registri": pa.array(STATUS).take(pa.array(status, mask=unknown)),
            "keadaan": pa.array(visit.tolist()),
            "bansos_pusat": pa.array(np.zeros(len(rows), dtype=bool)),
            "sah": pa.array(~unknown & (status == ACTIVE)),
        }
    )
