"""Files that are the same as in the last run, yet are read again: what was too early, what could not be read for a moment."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest

from ssn_assets.home import Home
from ssn_assets.intake import csvfile
from ssn_assets.intake.assets import kelurahan_files, welfare_files
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS
from ssn_assets.warehouse import open_warehouse

PERIOD = "2026-10"


def skipped(home: Home, asset: dg.AssetsDefinition) -> bool:
    """Run one asset. Returns whether it says that it had nothing to do."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PERIODS.name or "", [PERIOD])
        resources = {"platform": Platform(root=str(home.root))}
        result = dg.materialize([asset], partition_key=PERIOD, resources=resources, instance=instance, raise_on_error=False)
    [made] = result.get_asset_materialization_events()
    return "langkah" in made.step_materialization_data.materialization.metadata


def rows(home: Home, table: str) -> int:
    with open_warehouse(home) as con:
        found = con.execute(f"select count(*) from {table}").fetchone()
    return found[0] if found else 0


def test_an_answer_that_was_too_early_is_read_again_on_its_day_and_not_before(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_warehouse(home) as con:
        con.execute("create table ops.kasus as select 'K01AB' as id_kasus")
    lines = ["id_kasus,keputusan,petugas,tanggal", "K01AB,WARGA,SRI,2026-11-10", "K01AB,WARGA,SRI,2062-11-01"]
    (home.inbox("verifikasi") / "jawaban.csv").write_text("\n".join(lines))
    seen = []
    for day in ("2026-11-01", "2026-11-08", "2026-11-09", "2026-11-09", "2026-11-20"):
        monkeypatch.setenv("SSN_NOW", f"{day}T01:00:00+00:00")
        seen.append((skipped(home, kelurahan_files), rows(home, "raw.verifikasi")))
    assert seen == [(False, 0), (True, 0), (False, 1), (True, 1), (True, 1)]


@pytest.fixture
def welfare(home: Home) -> Path:
    place = home.inbox("dtks") / PERIOD
    place.mkdir()
    path = place / "a.csv"
    path.write_text("NIK,Nama,Nomor KK,Alamat,RT,Kelurahan\n6472031708900001,BUDI,6472031202150001,JL. A,002,Bugis\n")
    return path


@pytest.mark.parametrize("trouble", ["touched", "disk"])
def test_a_file_that_could_not_be_read_for_a_moment_is_read_in_the_next_run(
    home: Home, welfare: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    read = csvfile.read_csv

    def once_in_trouble(*args: object) -> object:
        monkeypatch.setattr(csvfile, "read_csv", read)
        if trouble == "disk":
            raise OSError(5, "Input/output error")
        os.utime(welfare, (1, 1))  # as cp -p and rsync do, after the data
        return read(*args)

    monkeypatch.setattr(csvfile, "read_csv", once_in_trouble)
    seen = [(skipped(home, welfare_files), rows(home, "raw.dtks")) for _ in range(3)]
    assert seen == [(False, 0), (False, 1), (True, 1)]
