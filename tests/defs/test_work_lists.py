"""The work lists as Dagster writes them: once for the same cases, and again when one of the files is gone."""

from __future__ import annotations

import dagster as dg

from ssn_assets.home import Home
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS
from ssn_assets.verification.assets import work_lists
from ssn_assets.warehouse import open_warehouse
from tests.unit.decision_city import City, city  # noqa: F401

PERIOD = "2026-10"
HERE, THERE = "6472010101900001", "6472010101900002"


def written(home: Home) -> bool:
    """Run the asset. Returns whether it wrote anything."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PERIODS.name or "", [PERIOD])
        resources = {"platform": Platform(root=str(home.root))}
        result = dg.materialize([work_lists], partition_key=PERIOD, resources=resources, instance=instance)
    [made] = result.get_asset_materialization_events()
    return "langkah" not in made.step_materialization_data.materialization.metadata


def test_one_deleted_list_is_written_again(home: Home, city: City) -> None:
    city.person(HERE, nama="AISYAH")
    city.person(THERE, nama="BUDI", kk="KK2", kode_kelurahan=None)
    city.row(HERE, nama="AISYAH")
    city.row(THERE, nama="BUDI", no_kk="KK2", kode_kelurahan=None)
    city.run()
    with open_warehouse(home) as con:
        for table in ("mart_kasus", "mart_keputusan_dasar", "ops.konteks"):
            con.register("isi", city.con.execute(f"select * from {table}").to_arrow_table())
            con.execute(f"create table {table} as select * from isi")
    lists = home.worklists(PERIOD)
    assert (written(home), written(home)) == (True, False)
    before = {path.name: path.read_bytes() for path in lists.iterdir()}
    (lists / "64.72.01.1001.xlsx").unlink()
    assert (written(home), written(home)) == (True, False)
    assert {path.name: path.read_bytes() for path in lists.iterdir()} == before and len(before) == 2
