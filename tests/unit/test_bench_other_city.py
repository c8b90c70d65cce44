"""The second error model of the matching benchmark: its truth fits its files, and its errors are as frequent as they say."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pandas as pd
import pytest

from ssn_assets.home import Home
from tests.bench import other_errors as errors
from tests.bench import other_numbers as numbers
from tests.bench.other_city import OFFICES, write_other_city

PERIOD = "2026-10"
PEOPLE = 12_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("lain"))
    write_other_city(home, PEOPLE, 7, PERIOD)
    return home


@pytest.fixture(scope="module")
def registry(home: Home) -> pd.DataFrame:
    return pd.read_csv(home.inbox("dukcapil") / f"{PERIOD}-01" / "penduduk.csv", dtype=str).set_index("nik")


@pytest.fixture(scope="module")
def rows(home: Home) -> pd.DataFrame:
    """Each row of the list with what is true of it."""
    tables = []
    for file, separator, encoding, _ in OFFICES:
        table = pd.read_csv(
            home.inbox("dtks") / PERIOD / file, sep=separator, encoding=encoding, dtype=str, keep_default_na=False
        )
        tables.append(table.assign(berkas=file, baris=range(2, len(table) + 2)))
    truth = pd.read_parquet(home.truth / PERIOD / "truth.parquet")
    joined = truth.merge(pd.concat(tables), on=["berkas", "baris"], how="outer", indicator=True, validate="1:1")
    assert (joined["_merge"] == "both").all()
    return joined.assign(cacat=joined["cacat"].map(set))


def having(rows: pd.DataFrame, *codes: str) -> pd.Series:
    return rows["cacat"].map(lambda done: not done.isdisjoint(codes))


def test_the_true_person_is_registered_or_there_is_none(rows: pd.DataFrame, registry: pd.DataFrame) -> None:
    """Strangers and unrecorded members have no true NIK, all others one of the registry, with its KK."""
    unknown = having(rows, "ORANG_ASING", "TIDAK_TERCATAT")
    assert rows.loc[unknown, "nik_benar"].isna().all()
    known = rows[~unknown]
    assert (registry.loc[known["nik_benar"], "no_kk"].to_numpy() == known["no_kk_benar"].to_numpy()).all()


def test_a_row_without_errors_is_as_in_the_registry(rows: pd.DataFrame, registry: pd.DataFrame) -> None:
    """Nothing is damaged that the truth does not tell of."""
    clean = rows[rows["cacat"].map(len) == 0]
    person = registry.loc[clean["NIK"]]
    assert (clean["NIK"] == clean["nik_benar"]).all()
    assert (clean["NO KK"].to_numpy() == person["no_kk"].to_numpy()).all()
    plain = person["nama"].str.replace(r"^HJ?\. ", "", regex=True)
    assert (clean["NAMA LENGKAP"].str.upper().to_numpy() == plain.to_numpy()).all()
    assert len(clean) > 0.25 * len(rows)


def test_strangers_look_like_everybody(rows: pd.DataFrame, registry: pd.DataFrame) -> None:
    """Those without an error of the NIK have one of 16 digits that nobody has."""
    stranger = rows[having(rows, "ORANG_ASING") & ~having(rows, *errors.NIK_ERRORS)]
    assert len(stranger) > 10
    assert stranger["NIK"].str.fullmatch(r"[1-9][0-9]{11}000[1-9]").all()
    assert not stranger["NIK"].isin(registry.index).any()


@pytest.mark.parametrize(
    ("codes", "share"),
    [
        (tuple(errors.NIK_ERRORS), sum(errors.NIK_ERRORS.values()) + errors.OTHER_NIK_AGAIN),
        ((*errors.NAME_ERRORS, "NAMA_MUHAMMAD"), sum(errors.NAME_ERRORS.values()) + 0.015),
        (("KK_LAMA", "KK_KETIK", "KK_KOSONG"), errors.KK_OLD + errors.KK_TYPED + errors.KK_MISSING),
        (("RUMAH_LAMA",), errors.MOVED_FAMILIES + errors.MOVED_ALONE),
        (("RT_SALAH",), errors.RT_WRONG),
        (("ORANG_ASING",), errors.STRANGERS),
        (("GANDA_NIK_SAMA",), errors.SAME_AGAIN),
    ],
)
def test_errors_are_as_frequent_as_they_say(rows: pd.DataFrame, codes: tuple[str, ...], share: float) -> None:
    """Within a fifth, and what chance does to some 1,900 rows."""
    assert having(rows, *codes).mean() == pytest.approx(share, rel=0.2, abs=0.006)


def test_a_relative_has_the_number_that_is_written(rows: pd.DataFrame, registry: pd.DataFrame) -> None:
    """Another member's NIK is of the true family, or of the family an unrecorded member lives in."""
    known = rows[having(rows, "NIK_KELUARGA") & rows["nik_benar"].notna()]
    assert len(known) > 3
    assert (registry.loc[known["NIK"], "no_kk"].to_numpy() == known["no_kk_benar"].to_numpy()).all()
    assert (known["NIK"] != known["nik_benar"]).all()


def test_same_seed_same_city(home: Home, tmp_path: Path) -> None:
    """The cache of the benchmark may be thrown away."""
    again = Home(tmp_path / "lagi")
    write_other_city(again, PEOPLE, 7, PERIOD)
    for file, *_ in OFFICES:
        assert (again.inbox("dtks") / PERIOD / file).read_bytes() == (home.inbox("dtks") / PERIOD / file).read_bytes()


@pytest.mark.parametrize("error", [*errors.NAME_ERRORS, "NAMA_MUHAMMAD"])
def test_an_error_of_the_name_changes_it(error: str) -> None:
    """Whatever the name, and it says what it became."""
    rnd = random.Random(1)
    for name in ("EKO", "SITI NUR", "MUHAMMAD YUSUF CAHYADI", "DJ", "OBBY"):
        damaged, became = errors.wrong_name(name, error, "L", "BUDI SANTOSO", rnd)
        assert damaged != name and damaged
        assert became in (error, "NAMA_KETIK")


def test_old_spelling_is_that_of_1947() -> None:
    """In the whole name, each letter once."""
    spelt = {errors.dutch("YUSUF CAHYADI NYOMAN SYUKUR", random.Random(seed)) for seed in range(20)}
    assert "JOESOEF TJAHJADI NJOMAN SJOEKOER" in spelt


def test_wrong_numbers_differ() -> None:
    """Keypad, eyes and haste: 16 digits stay 16, short ones get shorter."""
    rnd, nik = random.Random(2), "6472014805260003"
    for _ in range(200):
        assert len(numbers.changed_over(nik, rnd)) == 16
        assert len(numbers.wrong_digits(nik, rnd)) == 16
        assert 12 <= len(numbers.too_short(nik, rnd)) <= 15


def test_every_file_can_be_read(home: Home) -> None:
    """Plain tables: a header, and as many cells in each row."""
    for file, separator, encoding, _ in OFFICES:
        with (home.inbox("dtks") / PERIOD / file).open(encoding=encoding, newline="") as handle:
            widths = {len(row) for row in csv.reader(handle, delimiter=separator)}
        assert len(widths) == 1
