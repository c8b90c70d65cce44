"""One list and one registry have one answer: however many threads work, and however the offices cut and order their files.

tests/dbt/test_matching.py says how right the answer is.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from ssn_assets.demo.city import write_city
from ssn_assets.home import Home
from ssn_assets.intake.load import load
from ssn_assets.warehouse import open_warehouse
from tests.dbt.matching_city import match, rebuild_with_threads

PERIOD = "2026-10"
ASKED = """
select
    nik_asal, nama_asal, no_kk_asal, alamat_asal, rt_asal, kelurahan_asal, tanggal_lahir_asal,
    status_padan, nik_padan, metode_padan, aturan, padan.skor, jarak, padan.bukti, padan.nik_calon, catatan, calon.semua
from mart_padan as padan
inner join raw.dtks using (dtks_id)
left join (
    select dtks_id, list((urutan, nik_calon, skor, bukti) order by urutan)::text as semua from mart_calon group by dtks_id
) as calon using (dtks_id)
"""
"""What a row says and what became of it, with the candidates that an operator sees: not where it stood, for that changes."""

Answer = Counter[tuple[object, ...]]


def matched(home: Home) -> Answer:
    """Load the inbox and match; each row's content and answer, with how often it comes."""
    with open_warehouse(home) as con:
        for kind in ("dtks", "dukcapil"):
            load(con, home, kind, PERIOD)
        con.execute(f"create or replace table ops.konteks as select '{PERIOD}' as periode, true as registri_dipakai")
        con.execute("create or replace table ops.koreksi_nik (nik_lama text, nik_baru text)")
    match(home)
    return answer(home)


def answer(home: Home) -> Answer:
    """The answer as it stands."""
    with open_warehouse(home) as con:
        return Counter(con.execute(ASKED).fetchall())


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small city with twice the usual faults: many doubtful rows, where a tie could fall either way."""
    home = Home(tmp_path_factory.mktemp("kota")).prepare()
    write_city(home, people=6_000, seed=611, period=PERIOD, defects=2.0, with_bad_files=False)
    return home


@pytest.fixture(scope="module")
def expected(city: Home) -> Answer:
    """The answer for the files as they came."""
    return matched(city)


def copy_of(city: Home, folder: Path) -> Home:
    """The same inbox in a new home."""
    home = Home(folder / "lain")
    shutil.copytree(city.inbox("dtks").parent, home.inbox("dtks").parent)
    return home.prepare()


class Table:
    """A text file as rows; what stands above its header stays where it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        content = path.read_bytes()
        self.encoding = "utf-16" if content.startswith(b"\xff\xfe") else "utf-8" if _is_utf8(content) else "cp1252"
        text = content.decode(self.encoding)
        header = next(line for line in text.splitlines() if "nik" in line.lower())
        self.separator = max(",;|\t", key=header.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.separator))
        top = next(n for n, row in enumerate(rows) if "nik" in " ".join(row).lower()) + 1
        self.head, self.rows = rows[:top], rows[top:]

    @property
    def plain(self) -> bool:
        """Whether every row is as long as the header: no totals below, so that rows may be moved."""
        return all(len(row) == len(self.head[-1]) for row in self.rows)

    def write(self, name: str, rows: list[list[str]]) -> None:
        """A file beside this one with the same header."""
        with (self.path.parent / name).open("w", encoding=self.encoding, newline="") as handle:
            csv.writer(handle, delimiter=self.separator).writerows([*self.head, *rows])


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def tables(home: Home, *kinds: str) -> list[Table]:
    """The text files whose rows may be moved; there are some of each kind."""
    found = []
    for kind in kinds:
        own = [table for table in map(Table, sorted(home.inbox(kind).rglob("*.csv"))) if table.plain]
        assert own, kind
        found += own
    return found


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads(city: Home, expected: Answer, threads: int) -> None:
    """The SQL of the run again with another number of threads."""
    rebuild_with_threads(city, threads)
    assert answer(city) == expected


def test_rows_in_another_order(city: Home, expected: Answer, tmp_path: Path) -> None:
    """Every text file upside down."""
    home = copy_of(city, tmp_path)
    for table in tables(home, "dtks", "dukcapil"):
        table.write(table.path.name, table.rows[::-1])
    assert matched(home) == expected


def test_files_in_another_order(city: Home, expected: Answer, tmp_path: Path) -> None:
    """Names that sort the other way round."""
    home = copy_of(city, tmp_path)
    for kind in ("dtks", "dukcapil"):
        paths = sorted(p for p in home.inbox(kind).rglob("*") if p.is_file())
        for n, path in enumerate(paths):
            path.rename(path.with_name(f"{len(paths) - n:02d}_{path.name}"))
    assert matched(home) == expected


def test_files_cut_in_parts(city: Home, expected: Answer, tmp_path: Path) -> None:
    """Offices that send three files instead of one, the rows dealt out by chance."""
    home = copy_of(city, tmp_path)
    chance = random.Random(3)
    for table in tables(home, "dtks", "dukcapil"):
        table.path.unlink()
        hands: list[list[list[str]]] = [[], [], []]
        for row in table.rows:
            chance.choice(hands).append(row)
        for n, rows in enumerate(hands):
            table.write(f"{table.path.stem}_bagian_{n}.csv", rows)
    assert matched(home) == expected


def test_rows_that_come_twice_change_nobodys_answer(city: Home, expected: Answer, tmp_path: Path) -> None:
    """Some rows delivered again in a file of their own: they get the same answer, and so does everybody else."""
    home = copy_of(city, tmp_path)
    table = tables(home, "dtks")[0]
    table.write("susulan.csv", table.rows[20:60])
    found = matched(home)
    assert found.total() == expected.total() + 40
    assert set(found) == set(expected)
