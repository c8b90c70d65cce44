"""A few people taken through verification and decision: the real models and the real store, matching and registry by hand.

The models are compiled by dbt once a test process and then run as plain SQL, so that a case costs milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine

from ssn_assets.decision.policy import copy_policy, load_policy
from ssn_assets.decision.schema import Policy
from ssn_assets.home import Home
from ssn_assets.intake.context import period_end
from ssn_assets.keys import case_key_pads
from ssn_assets.settings import PROJECT_ROOT
from ssn_assets.store.engine import open_store
from ssn_assets.verification import answers

STAGES = ("verification", "decision", "publication")
KELURAHAN = {"A": "64.72.01.1001", "B": "64.72.01.1002"}

TABLES = """
create schema raw; create schema ops; create schema sumber;
create table raw.dtks (dtks_id bigint, berkas text, baris bigint, nik_asal text, nama_asal text, nik text, no_kk text, nama text,
    tanggal_lahir date, jenis_kelamin text, nama_ibu text, alamat text, rt text, kode_kelurahan text,
    desil_asal text, pekerjaan_asal text);
create view stg_dtks as select * from raw.dtks;
create table raw.verifikasi (berkas text, baris bigint, berkas_sha256 text, id_kasus text, keputusan text, petugas text,
    tanggal date, nik_benar text, catatan text);
create table int_penduduk (nik text, no_kk text, nama text, hubungan_keluarga text, tanggal_lahir date,
    jenis_kelamin text, nama_ibu text, alamat text, rt text,
    kode_kelurahan text, status text);
create table int_orang (nik text, nik_awal text, nik_kini text);
create table mart_padan (dtks_id bigint, status_padan text, nik_padan text, metode_padan text, skor double, nik_calon text,
    catatan text);
create table mart_calon (dtks_id bigint, urutan integer, nik_calon text, skor double);
create table stg_bansos (nik text, no_kk text, program text, kategori text, sumber text, periode text, status text, folder text);
create table ops.nomor_ssn (nik_awal text, nomor text);
create table ops.kartu (nik_awal text, langkah text);
create table ops.pembayaran (nik_awal text, bulan text, langkah text);
"""


@lru_cache(maxsize=1)
def models() -> list[tuple[str, str, str]]:
    """Our models as (name, view or table, SQL), in the order in which they depend on each other."""
    from dbt.cli.main import dbtRunner

    project = PROJECT_ROOT / "dbt_project"
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(prefix="ssn-dbt-") as folder:
        target = Path(folder)
        patch.setenv("SSN_WAREHOUSE", str(target / "ssn.duckdb"))
        patch.setenv("SSN_SPILL", str(target))
        arguments = ["--quiet", "--log-path", str(target), "compile", "--target-path", str(target), "--threads", "1"]
        arguments += ["--project-dir", str(project), "--profiles-dir", str(project)]
        arguments += ["--select", *(f"{layer}.{stage}" for stage in STAGES for layer in ("intermediate", "marts"))]
        outcome = dbtRunner().invoke(arguments)
        assert outcome.success, outcome.exception
        manifest = json.loads((target / "manifest.json").read_text())["nodes"]
    nodes = {k: n for k, n in manifest.items() if n.get("compiled") and n["resource_type"] == "model"}
    ordered: list[str] = []
    while len(ordered) < len(nodes):
        ordered += [
            k
            for k, n in sorted(nodes.items())
            if k not in ordered and all(p in ordered or p not in nodes for p in n["depends_on"]["nodes"])
        ]
    return [
        (nodes[k]["name"], "view" if nodes[k]["config"]["materialized"] == "view" else "table", nodes[k]["compiled_code"])
        for k in ordered
    ]


@dataclass
class City:
    """The offices' side of one small city. Rows, people and aid may be changed between runs."""

    con: duckdb.DuckDBPyConnection
    store: Engine
    period: str = "2026-10"
    registry_usable: bool = True
    aid_month: str | None = "2026-10"
    policy: Policy = field(default_factory=lambda: load_policy(date(2026, 10, 31)))
    files: int = 0

    def insert(self, table: str, **values: Any) -> None:
        names = ", ".join(values)
        self.con.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(values))})", list(values.values()))

    def person(self, nik: str, nama: str = "SITI AMINAH", kel: str = "A", kk: str | None = "KK1", **more: Any) -> str:
        """Somebody in the civil registry."""
        record = {"status": "AKTIF", "rt": "001", "alamat": "JL. MERDEKA NO. 1", "kode_kelurahan": KELURAHAN.get(kel), **more}
        self.insert("int_penduduk", nik=nik, nama=nama, no_kk=kk, **record)
        return nik

    def row(
        self, nik: str | None = None, status: str = "PADAN", calon: tuple[str, ...] = (), nama: str = "SITI AMINAH", **more: Any
    ) -> int:
        """A row of the welfare list and what the matching says of it: of PADAN rows, that it is the person with this NIK."""
        number = self.con.execute("select coalesce(max(dtks_id), 0) + 1 from raw.dtks").fetchone()[0]  # type: ignore[index]
        match = {k: more.pop(k) for k in ("skor", "nik_padan", "metode_padan") if k in more}
        record = {"kode_kelurahan": KELURAHAN["A"], "no_kk": "KK1", "berkas": "a.csv", "baris": number + 1, **more}
        self.insert("raw.dtks", dtks_id=number, nik_asal=nik, nik=nik, nama_asal=nama, nama=nama, **record)
        verdict = {"skor": 1.0 if status == "PADAN" else 0.8 if status == "RAGU" else None, **match}
        if status == "PADAN":
            verdict = {"nik_padan": nik, "metode_padan": "NIK_NAMA", **verdict}
        self.insert("mart_padan", dtks_id=number, status_padan=status, nik_calon=calon[0] if calon else None, **verdict)
        for place, candidate in enumerate(calon, start=1):
            self.insert("mart_calon", dtks_id=number, urutan=place, nik_calon=candidate, skor=0.8)
        return number

    def aid(self, nik: str | None = None, kk: str | None = None, program: str = "PKH", **more: Any) -> None:
        record = {"kategori": "TUNAI", "sumber": "PUSAT", "periode": "2026-09", "status": "AKTIF", "folder": "2026-10", **more}
        self.insert("stg_bansos", nik=nik, no_kk=kk, program=program, **record)

    def answer(
        self, case: str | None, keputusan: str, tanggal: str = "2026-10-20", nik_benar: str | None = None, baris: int = 6
    ) -> None:
        """One more sheet with one answer."""
        self.files += 1
        record = {"berkas": f"isi_{self.files}.xlsx", "berkas_sha256": f"{self.files:064x}", "petugas": "ANI", "baris": baris}
        self.insert("raw.verifikasi", id_kasus=case, keputusan=keputusan, tanggal=tanggal, nik_benar=nik_benar, **record)

    def change(self, table: str, change: str, where: str = "true") -> None:
        self.con.execute(f"update {table} set {change} where {where}")

    def run(self) -> list[dict[str, Any]]:
        """One run of the period; the decisions in the order of the rows."""
        self.con.execute(
            "create or replace table ops.konteks as select ? as periode, ?::date as tanggal, ? as registri_dipakai,"
            " ?::text as bansos_pusat_terakhir",
            [self.period, period_end(self.period), self.registry_usable, self.aid_month],
        )
        copy_policy(self.con, self.policy)
        answers.copy_cases(self.con, self.store)
        answers.save_answers(self.con, self.store, datetime(2026, 11, 1, 0, 0, self.files % 60, tzinfo=UTC))
        answers.copy_answers(self.con, self.store)
        for name, kind, sql in models():
            self.con.execute(f"create or replace {kind} {name} as {sql}")
        answers.record_cases(self.con, self.store, self.period)
        return self.table("select * from mart_keputusan_dasar order by dtks_id")

    def table(self, query: str) -> list[dict[str, Any]]:
        found = self.con.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, line, strict=True)) for line in found.fetchall()]


@pytest.fixture
def city(home: Home) -> City:
    """A city without people, its store and its key."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as ssn; use ssn")
    con.execute(TABLES)
    seed = PROJECT_ROOT / "dbt_project" / "seeds" / "samarinda_kelurahan.csv"
    con.execute(f"create table samarinda_kelurahan as from read_csv('{seed}', all_varchar=true)")
    con.execute("create table ops.kunci as select ?::blob as luar, ?::blob as dalam", list(case_key_pads(home)))
    store = open_store(home)
    answers.copy_answers(con, store)
    con.execute("create view stg_jawaban as select * from ops.jawaban")
    return City(con, store)
