"""The work lists as Dagster writes them: once for the same cases and tickets, and again when one of the files is gone."""

from __future__ import annotations

import dagster as dg

from ssn_assets.home import Home
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS
from ssn_assets.verification import complaints
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


def test_lists_are_written_again_for_a_deleted_one_and_for_a_new_ticket(home: Home, city: City) -> None:
    city.person(HERE, nama="AISYAH")
    city.person(THERE, nama="BUDI", kk="KK2", kode_kelurahan=None)
    city.row(HERE, nama="AISYAH")
    city.row(THERE, nama="BUDI", no_kk="KK2", kode_kelurahan=None)
    city.run()
    with open_warehouse(home) as con:
        for table in ("mart_kasus", "mart_keputusan_dasar", "ops.konteks"):
            con.register("isi", city.con.execute(f"select * from {table}").to_arrow_table())
            con.execute(f"create table {table} as select * from isi")
        columns = ", ".join(f"{name} {kind}" for name, kind in complaints.TICKET.items())
        con.execute(f"create table ops.aduan ({columns})")
    lists = home.worklists(PERIOD)
    assert (written(home), written(home)) == (True, False)
    before = {path.name: path.read_bytes() for path in lists.iterdir()}
    (lists / "64.72.01.1001.xlsx").unlink()
    assert (written(home), written(home)) == (True, False)
    assert {path.name: path.read_bytes() for path in lists.iterdir()} == before and len(before) == 2
    with open_warehouse(home) as con:
        con.execute(
            "insert into ops.aduan by name select 'ABCDEFGH' as nomor, 'SANGGAH_DATA' as jenis, 'kelurahan' as tujuan,"
            " '64.72.01.1001' as kode_kelurahan, '2026-10-30' as diterima, '2026-11-02' as tenggat, 'BARU' as status, 1 as suara"
        )
    assert (written(home), written(home)) == (True, False)
    assert sorted(name for name, content in before.items() if (lists / name).read_bytes() != content) == ["64.72.01.1001.xlsx"]
