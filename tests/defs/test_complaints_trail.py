"""The assets ops/aduan and ops/jejak as Dagster runs them: what they say, that lateness stops nothing, that nobody is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from ssn_assets import trail
from ssn_assets.complaints import desk, office, rules, sealed
from ssn_assets.complaints.ticket import Sent
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.lookup.trail import Trail
from ssn_assets.oversight.assets import lookup_trail
from ssn_assets.resources import Platform
from ssn_assets.settings import trail_path
from ssn_assets.steps import PERIODS
from ssn_assets.store.engine import open_store
from ssn_assets.trail import Outcome, Purpose
from ssn_assets.verification.assets import complaint_retention, open_complaints
from ssn_assets.warehouse import open_warehouse

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
NIK, KK = "6472010101900001", "6472010101150001"


@pytest.fixture
def used(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one late complaint and two lookups."""
    monkeypatch.setenv("SSN_NOW", NOW.isoformat())
    with open_warehouse(home) as con:
        con.execute("create table int_penduduk (nik text, no_kk text, nama text, alamat text, rt text, kode_kelurahan text)")
        con.execute("insert into int_penduduk values (?, null, 'AISYAH', 'JL. MAWAR', '001', '64.72.01.1001')", [NIK])
    public = sealed.public_half(read_or_create(home, sealed.KEY_FILE))
    sent = Sent("SANGGAH_DATA", NIK, KK, "", "Saya tidak pindah.", "0812", "0" * 32)
    desk.send(open_store(home), b"k" * 32, public, rules.load().jenis["SANGGAH_DATA"], sent, NOW - timedelta(days=10))
    worker = Trail(trail_path(), read_or_create(home, trail.KEY_FILE), NOW.timestamp())
    for outcome in Outcome:
        worker.record(NIK, Purpose.PERIKSA_DI_HALAMAN, outcome, "", NOW.timestamp())
    worker.close()
    return home


def materialize(home: Home) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PERIODS.name or "", ["2026-10"])
        resources = {"platform": Platform(root=str(home.root))}
        return dg.materialize(
            [complaint_retention, open_complaints, lookup_trail],
            partition_key="2026-10",
            resources=resources,
            instance=instance,
            raise_on_error=False,
        )


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    made = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {m.asset_key.to_user_string(): m.metadata for m in made}


def test_late_complaints_are_said_and_stop_nothing(used: Home) -> None:
    result = materialize(used)
    assert result.success
    checks = {c.check_name: c for c in result.get_asset_check_evaluations()}
    late = checks["aduan_dijawab_sebelum_tenggat"]
    assert not late.passed and late.severity == dg.AssetCheckSeverity.WARN
    assert late.metadata["terukur"].value == "SANGGAH_DATA 1" and checks["jejak_utuh"].passed
    told = metadata(result)
    ages = told["ops/aduan"]["umur"].value.records
    assert [a.data for a in ages] == [
        {"jenis": "SANGGAH_DATA", "kelurahan": "64.72.01.1001", "umur_hari": "8-14", "tiket": 1, "suara": 1, "lewat_tenggat": 1}
    ]
    assert told["ops/jejak"]["pemeriksaan_baru"].value == 2 and told["ops/jejak"]["dagster/row_count"].value == 2
    assert not any(text in str(told) + str(checks) for text in (NIK, KK, "AISYAH", "MAWAR", "0812", "pindah."))
    assert [t.kode_kelurahan for t in office.tickets(open_store(used))] == ["64.72.01.1001"]


def test_a_second_run_collects_nothing_twice(used: Home) -> None:
    materialize(used)
    again = materialize(used)
    assert again.success
    counts = metadata(again)["ops/jejak"]
    assert counts["pemeriksaan_baru"].value == 0 and counts["dagster/row_count"].value == 2


def test_stories_are_deleted_in_time_when_the_run_does_not_get_far(used: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(used)
    assert materialize(used).success and list((used.outbox / "aduan").iterdir())
    (ticket,) = office.tickets(store)
    office.close(store, ticket.nomor, "Sudah.", "ani", NOW)
    with open_warehouse(used) as con:
        con.execute("drop table int_penduduk")  # as when a gate holds the registry back
    monkeypatch.setenv("SSN_NOW", (NOW + timedelta(days=31)).isoformat())
    stopped = materialize(used)
    assert not stopped.success and metadata(stopped)["ops/aduan_simpan"]["isi_dihapus"].value == 1
    assert not list((used.outbox / "aduan").iterdir())
    assert office.show(store, used, ticket.nomor, "ani", NOW).voices[0][1] is None
