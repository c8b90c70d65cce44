"""The demo city: same seed, same files; the truth fits what was delivered; nothing foreign is touched."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from ssn_assets.demo.aid import excluded_families
from ssn_assets.demo.bad_files import REFUSED
from ssn_assets.demo.city import CityReport, write_city
from ssn_assets.demo.delivery import OFFICES
from ssn_assets.demo.truth import TRUTH_FILE
from ssn_assets.home import Home

PERIOD = "2026-10"
PEOPLE = 4_000


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, CityReport]:
    home = Home(tmp_path_factory.mktemp("kota"))
    return home, write_city(home, PEOPLE, seed=5)


@pytest.fixture(scope="module")
def registry(city: tuple[Home, CityReport]) -> pd.DataFrame:
    return pd.read_csv(city[0].inbox("dukcapil") / "2026-10-01" / "penduduk.csv", dtype=str)


@pytest.fixture(scope="module")
def truth(city: tuple[Home, CityReport]) -> pd.DataFrame:
    return pq.read_table(city[0].truth / PERIOD / TRUTH_FILE).to_pandas()


def cells(path: Path) -> list[list[str]]:
    """Rows of a welfare file as a person sees them, numbers of number cells in full."""
    if path.suffix == ".xlsx":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        return [[str(int(v)) if isinstance(v, float) else str(v) for v in row] for row in rows]
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path).fillna("")
        return [list(frame.columns), *frame.astype(str).to_numpy().tolist()]
    encoding = {"dtks_samarinda_kota.csv": "utf-16", "dtks_loa_janan_ilir.csv": "cp1252"}.get(path.name, "utf-8-sig")
    text = path.read_bytes().decode(encoding)
    separator = max(",;|\t", key=text[:80].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def content(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in root.rglob("*") if p.is_file()}


def test_same_arguments_give_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_city(Home(tmp_path / name), 500, seed=seed)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a") != content(tmp_path / "c")


def test_the_registry_has_everybody_once_with_a_niks_structure(registry: pd.DataFrame) -> None:
    assert len(registry) == PEOPLE
    assert registry["nik"].is_unique
    assert registry["nik"].str.fullmatch(r"[1-9][0-9]{15}").all()
    assert registry["no_kk"].str.fullmatch(r"6472(0[1-9]|10)[0-9]{10}").all()
    day = registry["nik"].str[6:8].astype(int) - 40 * (registry["jenis_kelamin"] == "P")
    assert (day == registry["tanggal_lahir"].str[8:].astype(int)).mean() > 0.98
    assert (registry["nik"].str[12:] != "0000").all()
    assert (registry["tanggal_lahir"] <= "2026-10-01").all()
    assert set(registry["status"]) == {"AKTIF", "MENINGGAL", "PINDAH"}


def test_families_have_one_head_and_a_likely_size(registry: pd.DataFrame) -> None:
    families = registry.groupby("no_kk")
    assert 3.2 < families.size().mean() < 3.9
    heads = families["hubungan_keluarga"].apply(lambda roles: (roles == "KEPALA KELUARGA").sum())
    assert (heads == 1).all()
    assert (families["alamat"].nunique() == 1).all()


def test_old_residents_of_new_kecamatan_have_niks_of_the_old_ones(registry: pd.DataFrame) -> None:
    new = registry["kode_kelurahan"].str[6:8].isin(["07", "08", "09", "10"])
    local = registry["nik"].str.startswith("6472")
    old = registry[new & local & (registry["tanggal_lahir"] < "2005")]
    assert (old["nik"].str[4:6].astype(int) <= 6).mean() > 0.85
    assert 0.10 < 1 - local.mean() < 0.30


def test_every_file_holds_the_rows_that_the_truth_says_where_it_says(city: tuple[Home, CityReport], truth: pd.DataFrame) -> None:
    folder = city[0].inbox("dtks") / PERIOD
    assert sorted(p.name for p in folder.iterdir()) == sorted([*(o.file for o in OFFICES.values()), *REFUSED])
    for file, rows in truth.groupby("berkas"):
        seen = cells(folder / str(file))
        header = next(row for row in seen if "NIK" in [c.upper() for c in row])
        column = [c.upper() for c in header].index("NIK")
        for row in rows.itertuples():
            received = "".join(c for c in seen[row.baris - 1][column].removesuffix(".0") if c.isdigit())
            damaged = any(code.startswith("NIK_") or code == "TIDAK_TERCATAT" for code in row.cacat)
            if not damaged and isinstance(row.nik_benar, str):
                assert received == row.nik_benar, (file, row.baris)


def test_the_faults_have_about_the_shares_of_the_notes(city: tuple[Home, CityReport], truth: pd.DataFrame) -> None:
    report = city[1]
    assert report.dtks_rows == len(truth)
    assert 0.14 < len(truth) / PEOPLE < 0.175
    known = truth[truth["nik_benar"].notna()]
    bad_nik = known["cacat"].map(lambda codes: any(c.startswith("NIK_") for c in codes)).mean()
    assert 0.05 < bad_nik < 0.13
    assert 0.005 < truth["nik_benar"].isna().mean() < 0.04
    assert (known["status_registri"] == "AKTIF").mean() > 0.9


def test_valid_are_exactly_living_residents_outside_central_aid(truth: pd.DataFrame) -> None:
    known = truth["nik_benar"].notna()
    expected = known & (truth["status_registri"] == "AKTIF") & (truth["keadaan"] == "WARGA") & ~truth["bansos_pusat"]
    assert (truth["sah"] == expected).all()
    assert not truth[~known]["keadaan"].eq("WARGA").any()
    assert truth[truth["duplikat"]]["berulang"].all()
    assert (truth[known].groupby("nik_benar")["duplikat"].apply(lambda d: (~d).sum()) == 1).all()


def test_doubled_defects_double_the_faults(tmp_path: Path) -> None:
    usual, doubled = (write_city(Home(tmp_path / str(d)), 3_000, seed=2, defects=d) for d in (1.0, 2.0))

    def faults(report: CityReport) -> int:
        return sum(count for code, count in report.defects.items() if code.startswith("NIK_"))

    assert 1.5 < faults(doubled) / faults(usual) < 2.6


def test_a_new_city_replaces_an_old_one_but_never_foreign_files(tmp_path: Path) -> None:
    home = Home(tmp_path / "rumah")
    write_city(home, 500, seed=1)
    write_city(home, 500, seed=2, with_bad_files=False)
    folder = home.inbox("dtks") / PERIOD
    assert not (folder / REFUSED[0]).exists()
    own = folder / "dari dinsos.csv"
    own.write_text("NIK\n")
    with pytest.raises(FileExistsError):
        write_city(home, 500, seed=3)
    assert own.read_text() == "NIK\n"


@pytest.mark.parametrize(("people", "period"), [(10, PERIOD), (500, "2026-13"), (500, "Oktober")])
def test_impossible_arguments_are_refused(tmp_path: Path, people: int, period: str) -> None:
    with pytest.raises(ValueError):
        write_city(Home(tmp_path), people, period=period)


@pytest.mark.parametrize(
    ("rows", "excluded"),
    [
        ([("11", "900", "PKH", "PUSAT", "2026-09", "AKTIF")], [True, False]),
        ([("11", "900", "PBI-JKN", "PUSAT", "2026-09", "AKTIF")], [False, False]),
        ([("11", "900", "BLT-DBHCHT", "DAERAH", "2026-09", "AKTIF")], [False, False]),
        (
            [("11", "900", "PKH", "PUSAT", "2026-06", "AKTIF"), ("12", "9", "PKH", "PUSAT", "2026-09", "BERHENTI")],
            [False, False],
        ),
        (
            [("11", "900", "PKH", "PUSAT", "2026-09", "BERHENTI"), ("11", "9", "PKH", "PUSAT", "2026-11", "AKTIF")],
            [False, False],
        ),
        ([("99", "901", "SEMBAKO", "PUSAT", "2026-09", "AKTIF")], [False, True]),  # unknown NIK: its KK counts
        ([("11", "901", "SEMBAKO", "PUSAT", "2026-09", "AKTIF")], [True, False]),  # known NIK: his own KK counts
        ([("99", "999", "SEMBAKO", "PUSAT", "2026-09", "AKTIF")], [False, False]),
    ],
)
def test_central_aid_excludes_as_the_contract_says(rows: list[tuple[str, ...]], excluded: list[bool]) -> None:
    families = SimpleNamespace(family=np.array([0, 0, 1]), first=np.array([0, 2]))
    city = SimpleNamespace(nik=np.array([11, 12, 21]), families=families, home=SimpleNamespace(kk=np.array([900, 901])))
    aid = pd.DataFrame(rows, columns=["nik", "no_kk", "program", "sumber", "periode", "status"])
    assert excluded_families(city, aid, PERIOD).tolist() == excluded  # type: ignore[arg-type]
