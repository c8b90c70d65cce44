"""A small registry and welfare list written by hand, and dbt run on them: what the matching tests share.

The background people only make words common or rare; nobody in a test is one of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from ssn_assets.dbt import PROJECT_DIR, DbtRun, compiled_path, manifest
from ssn_assets.home import Home
from ssn_assets.settings import point_dbt_at
from ssn_assets.warehouse import open_warehouse

KELURAHAN = {"64.72.03.1005": ("Sidodadi", "Samarinda Ulu"), "64.72.09.1004": ("Bugis", "Samarinda Kota")}
FIRST = """
    AHMAD SITI MUHAMMAD CITRA KEVIN BAYU MARIA NORLIANI JUHRI HERNI AMBO TIARA NURAINI PUTRI NGAU REZA BUDI
    HUSAIN EKO BASO DEWI INDAH DINDA RUSDI SUGENG KARTINI RIZKY RUSNANI ALVIN INDO LAODE SUNARYO LIDIA SAMUEL
    BESSE KHADIJAH ALI GALIH ANISA LUKAS IBRAHIM ENDANG
"""
LAST = """
    SARI NOOR NINGSIH LATIF EFFENDI RAHMAWATI SETIAWAN HANDAYANI SANTOSO GANI PRASETYO JALIL HIDAYAT KARIM
    RAMADHAN FITRIANI LESTARI RAHMAN RAZAK DJAMAL ASTUTI ARDIANSYAH DAMAYANTI OKTAVIANI SAPUTRA AZIZ PRATAMA
    FIRMANSYAH HAKIM NUGROHO SAMAD SUSANTO MAHARANI
"""

REGISTRY_COLUMNS = """
    nik no_kk nama tempat_lahir tanggal_lahir jenis_kelamin hubungan_keluarga nama_ibu alamat rt kode_kelurahan
    kelurahan kecamatan kode_pos status tanggal_status
"""
LIST_COLUMNS = """
    nik_asal nama_asal no_kk_asal alamat_asal rt_asal kelurahan_asal kecamatan_asal kode_wilayah_asal
    kode_pos_asal id_dtks_asal tanggal_lahir_asal jenis_kelamin_asal nama_ibu_asal pekerjaan_asal desil_asal
    lainnya
"""


@dataclass(frozen=True)
class Person:
    """Somebody in the civil registry."""

    nik: str
    nama: str
    no_kk: str = "6472030505150001"
    alamat: str = "JL. MERDEKA GG. 5 NO. 52"
    rt: str = "003"
    kode_kelurahan: str = "64.72.03.1005"
    tanggal_lahir: str = "1990-01-01"
    nama_ibu: str = "FATIMAH"
    status: str = "AKTIF"

    def record(self) -> dict[str, str | None]:
        """The row of raw.dukcapil."""
        place, district = KELURAHAN[self.kode_kelurahan]
        sex = "P" if int(self.nik[6:8]) > 40 else "L"
        return {**vars(self), "kelurahan": place, "kecamatan": district, "jenis_kelamin": sex, "tanggal_status": "2024-01-01"}


@dataclass(frozen=True)
class Row:
    """A row of the welfare list, as written. Where it is not said, the home is Person's."""

    nama: str
    nik: str = ""
    no_kk: str = ""
    alamat: str = "JALAN MERDEKA GANG 5 NO. 52"
    rt: str = "3"
    kelurahan: str = "Sidodadi"
    tanggal_lahir: str | None = None
    jenis_kelamin: str | None = None
    nama_ibu: str | None = None

    def record(self) -> dict[str, str | None]:
        """The row of raw.dtks, as received."""
        return {
            "nik_asal": self.nik,
            "nama_asal": self.nama,
            "no_kk_asal": self.no_kk,
            "alamat_asal": self.alamat,
            "rt_asal": self.rt,
            "kelurahan_asal": self.kelurahan,
            "tanggal_lahir_asal": self.tanggal_lahir,
            "jenis_kelamin_asal": self.jenis_kelamin,
            "nama_ibu_asal": self.nama_ibu,
        }


def background(people: int = 4000) -> list[Person]:
    """People of other families, each with a NIK of another province, to make words as common as they are in a city."""
    chance, first, last = random.Random(7), FIRST.split(), LAST.split()
    return [
        Person(
            nik=f"357801{chance.randint(1, 28):02d}{chance.randint(1, 12):02d}{chance.randint(50, 99)}{n:04d}",
            nama=f"{chance.choice(first)} {chance.choice(first)} {chance.choice(last)}"
            if chance.random() < 0.3
            else f"{chance.choice(first)} {chance.choice(last)}",
            no_kk=f"35780101{chance.randint(10, 25)}{n // 3 + 1:06d}",
            alamat=f"JL. CENDANA NO. {n}",
            rt=f"{chance.randint(10, 60):03d}",
            kode_kelurahan="64.72.09.1004",
        )
        for n in range(1, people + 1)
    ]


def fill(
    home: Home, people: Iterable[Person], rows: Iterable[Row], corrected: Mapping[str, str] | None = None, usable: bool = True
) -> None:
    """Write raw.dukcapil, raw.dtks and what the run hands to SQL."""
    with open_warehouse(home) as con:
        _table(con, "raw.dukcapil", REGISTRY_COLUMNS.split(), [p.record() for p in people])
        con.execute(
            """create or replace table raw.dukcapil as
            select 'penduduk.csv' as berkas, urut + 1 as baris, nik as nik_asal, no_kk as no_kk_asal, 'BAIK' as nik_kelas,
                * exclude (urut) from raw.dukcapil"""
        )
        _table(con, "raw.dtks", LIST_COLUMNS.split(), [r.record() for r in rows])
        con.execute(
            """create or replace table raw.dtks as
            with angka as (
                select *, regexp_replace(nik_asal, '[^0-9]', '', 'g') as n, regexp_replace(no_kk_asal, '[^0-9]', '', 'g') as k
                from raw.dtks
            )
            select urut as dtks_id, 'dtks.csv' as berkas, urut + 1 as baris, * exclude (urut, n, k), kelurahan_asal as kelurahan,
                nullif(n, '') as nik, nullif(k, '') as no_kk,
                case when n = '' then 'KOSONG' when regexp_matches(nik_asal, '[A-Z]') then 'HURUF'
                    when length(n) <> 16 then 'PANJANG' else 'BAIK' end as nik_kelas,
                case when k = '' then 'KOSONG' else 'BAIK' end as no_kk_kelas
            from angka"""
        )
        con.execute(f"create or replace table ops.konteks as select '2026-10' as periode, {usable} as registri_dipakai")
        con.execute("create or replace table ops.koreksi_nik (nik_lama text, nik_baru text)")
        if corrected:
            con.executemany("insert into ops.koreksi_nik values (?, ?)", list(corrected.items()))


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: list[str], records: list[dict[str, str | None]]) -> None:
    con.execute(f"create or replace table {name} (urut bigint, {', '.join(f'{c} text' for c in columns)})")
    values = [[n, *(record.get(c) for c in columns)] for n, record in enumerate(records, 1)]
    if values:
        import pyarrow as pa

        columns_of_values = zip(*values, strict=True)
        con.register("baris_baris", pa.table(dict(zip(["urut", *columns], map(list, columns_of_values), strict=True))))
        con.execute(f"insert into {name} by name select * from baris_baris")
        con.unregister("baris_baris")


def match(home: Home) -> dict[int, dict[str, Any]]:
    """Run the matching with its data tests; mart_padan by dtks_id.

    Raises:
        AssertionError: dbt failed, or one of the tests that guard the models.
    """
    run = DbtRun(home, ["+mart_padan", "+mart_calon"])
    run.build()
    assert run.error is None, run.error
    return decisions(home)


def run_unit_tests(home: Home, select: list[str]) -> None:
    """Run dbt unit tests in a warehouse where their models stand.

    Raises:
        AssertionError: one of them failed, or none was found.
    """
    arguments = [
        "--quiet",
        "--log-level-file",
        "none",
        "test",
        "--project-dir",
        str(PROJECT_DIR),
        "--profiles-dir",
        str(PROJECT_DIR),
    ]
    arguments += ["--target-path", str(home.dbt_target), "--threads", "1", "--select", *select]
    point_dbt_at(home.warehouse, home.spill)
    try:
        outcome = dbtRunner().invoke(arguments)
    finally:
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager._ENV = None
    results = getattr(outcome.result, "results", None) or []
    assert results and outcome.success, [r.node.name for r in results if r.status != "pass"] or outcome.exception


def rebuild_with_threads(home: Home, threads: int) -> None:
    """Run the SQL of the last dbt run again, table by table, with so many threads of DuckDB."""
    nodes = manifest()["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    order = TopologicalSorter({name: node["depends_on"]["nodes"] for name, node in models.items()}).static_order()
    with open_warehouse(home) as con:
        con.execute(f"set threads = {threads}")
        tables = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
        for node in (models[name] for name in order if name in models and models[name]["name"] in tables):
            compiled = compiled_path(home) / node["package_name"] / node["original_file_path"]
            con.execute(f"create or replace table {node['name']} as {compiled.read_text()}")


def decisions(home: Home) -> dict[int, dict[str, Any]]:
    """mart_padan by dtks_id."""
    with open_warehouse(home) as con:
        cursor = con.execute("select * from mart_padan order by dtks_id")
        names = [d[0] for d in cursor.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
