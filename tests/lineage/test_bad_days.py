"""Days when something is missing or wrong: the run says so, and what is in force stays."""

from __future__ import annotations

import csv
import json
import shutil

import duckdb
import pytest

from ssn_assets.launch import run_period
from ssn_assets.publication.rollback import RollbackError, rollback
from ssn_assets.settings import now
from ssn_assets.store.engine import open_store
from tests.lineage.conftest import PERIOD, SAMPLES, City, outbox_files


@pytest.fixture
def copied(city: City, use_home):
    """A home like the city's after its last run, to break."""
    return use_home(city.home.root)


def statuses(home, period: str = PERIOD) -> dict[str, int]:
    path = home.period(period) / "keputusan.parquet"
    return dict(duckdb.sql(f"select status_padan, count(*) from read_parquet('{path}') group by 1").fetchall())


def test_sample_inbox_loads_whole_and_bad_samples_are_refused(use_home) -> None:
    home = use_home(None)
    shutil.copytree(SAMPLES / "inbox", home.root / "inbox", dirs_exist_ok=True)
    for path in (SAMPLES / "refused").iterdir():
        shutil.copy(path, home.inbox("dtks") / PERIOD / path.name)
    assert not run_period(home, PERIOD).stopped
    assert sum(statuses(home).values()) == 571
    report = (home.period(PERIOD) / "karantina.csv").read_text()
    assert all(path.name in report for path in (SAMPLES / "refused").iterdir())


def test_without_registry_nobody_is_called_unknown_and_the_release_stays(copied) -> None:
    before = (copied.santer / "current.json").read_bytes()
    batches = sorted(p.name for p in copied.bank.iterdir())
    sheets = sorted(p.name for p in copied.worklists(PERIOD).iterdir())
    shutil.rmtree(copied.inbox("dukcapil"))
    copied.inbox("dukcapil").mkdir()
    outcome = run_period(copied, PERIOD)
    assert outcome.stopped and "kependudukan" in " ".join(outcome.reasons)
    assert set(statuses(copied)) == {"BELUM"}
    assert (copied.santer / "current.json").read_bytes() == before
    assert sorted(p.name for p in copied.bank.iterdir()) == batches
    assert sorted(p.name for p in copied.worklists(PERIOD).iterdir()) == sheets
    assert "dihentikan" in (copied.period(PERIOD) / "laporan_mutu.html").read_text()


def no_registry(home) -> str:
    shutil.rmtree(home.inbox("dukcapil"))
    home.inbox("dukcapil").mkdir()
    return PERIOD


def no_usable_list(home) -> str:
    folder = home.inbox("dtks") / "2026-11"
    folder.mkdir()
    (folder / "daftar.csv").write_text("NIK,Nama,Nomor KK,Alamat,RT,Kelurahan\n" + "?,SITI,?,JL. MAWAR,1,SIDODADI\n" * 50)
    return "2026-11"


@pytest.mark.parametrize("trouble", [no_registry, no_usable_list])
def test_what_the_bank_answered_is_booked_when_a_gate_stops_the_run(copied, trouble) -> None:
    period = trouble(copied)
    with duckdb.connect(str(copied.warehouse), read_only=True) as con:
        card = con.execute("select id_penerbitan from ops.kartu where langkah = 'DITERIMA' order by all").fetchall()[0][0]
        payment = con.execute("select id_pembayaran from ops.pembayaran order by all").fetchall()[0][0]
    day = now().date().isoformat()
    for name, key, line in (
        ("malam_kartu.csv", "id_penerbitan", f"{card},DITOLAK,nama berbeda"),
        ("malam_bayar.csv", "id_pembayaran", f"{payment},GAGAL,rekening pasif"),
    ):
        (copied.inbox("bank") / name).write_text(f"{key},status,alasan,tanggal,referensi_bank\n{line},{day},R1\n")
    names = ("rekonsiliasi.csv", "rekonsiliasi_pembayaran.csv", "antrean.csv")
    before = {name: table(copied, name) for name in names}
    assert run_period(copied, period).stopped
    after = {name: table(copied, name) for name in names}
    for name, column in (("rekonsiliasi.csv", "ditolak"), ("rekonsiliasi_pembayaran.csv", "gagal")):
        assert sum(int(x[column]) for x in after[name]) == sum(int(x[column]) for x in before[name]) + 1
    added = [x for x in after["antrean.csv"] if x["id_penerbitan"] == card or payment in x["keterangan"]]
    assert {(x["jenis"], x["penyebab"], x["pemilik"]) for x in added} >= {
        ("DITOLAK_BANK", "NAMA_BERBEDA", "Kelurahan"),
        ("PEMBAYARAN_GAGAL", "REKENING_PASIF", "Kelurahan"),
    }
    decided = [x for x in before["antrean.csv"] if x["jenis"] in ("TANPA_PEMEGANG", "PEMEGANG_MENUNGGU", "DUA_KARTU")]
    assert decided and all(x in after["antrean.csv"] for x in decided)  # only decisions end what decisions found


def table(home, name: str) -> list[dict[str, str]]:
    with open(home.bank / name, newline="") as handle:
        return list(csv.DictReader(handle))


def test_a_registry_that_fails_its_suite_is_not_asked(copied) -> None:
    newer = copied.inbox("dukcapil") / "2026-10-20"
    newer.mkdir()
    header = (copied.inbox("dukcapil") / "2026-10-01" / "penduduk.csv").read_text().partition("\n")[0]
    rows = [f"rusak{i},rusak,NAMA,X,bukan tanggal,?,?,,,,,,,,TIDAK ADA," for i in range(50)]
    (newer / "penduduk.csv").write_text("\n".join([header, *rows]))
    before = (copied.santer / "current.json").read_bytes()
    assert run_period(copied, PERIOD).stopped
    assert set(statuses(copied)) == {"BELUM"}
    assert (copied.santer / "current.json").read_bytes() == before


def test_outbox_and_warehouse_may_be_thrown_away(copied, city: City) -> None:
    shutil.rmtree(copied.outbox)
    shutil.rmtree(copied.warehouse.parent)
    assert not run_period(copied, PERIOD).stopped
    rebuilt, last = outbox_files(copied), city.files[-1]
    current = json.loads((copied.santer / "current.json").read_text())["publication_id"]
    same = {name for name in last if not name.startswith("santer/") or current in name}
    assert {name: rebuilt.get(name) for name in same} == {name: last[name] for name in same}


def test_rollback_puts_the_earlier_release_back_until_content_changes(copied, city: City) -> None:
    earlier = city.current[-2]["publication_id"]
    engine = open_store(copied)
    with pytest.raises(RollbackError):
        rollback(engine, copied, None, " ", now())
    assert rollback(engine, copied, None, "latihan", now()) == earlier
    assert not run_period(copied, PERIOD).stopped
    assert json.loads((copied.santer / "current.json").read_text())["publication_id"] == earlier


def test_an_older_period_is_rewritten_without_release_or_bank_line(copied) -> None:
    shutil.copytree(copied.inbox("dtks") / PERIOD, copied.inbox("dtks") / "2026-11")
    before = (copied.santer / "current.json").read_bytes(), sorted(p.name for p in copied.bank.iterdir())
    assert not run_period(copied, PERIOD).stopped
    assert ((copied.santer / "current.json").read_bytes(), sorted(p.name for p in copied.bank.iterdir())) == before
    # a step of the newest period alone, as re-executed in the UI, does not act on the older period's decisions
    before = outbox_files(copied)
    for step in ("ops/nomor_ssn", "ops/kartu", "santer", "berkas_bank", "keputusan", "daftar_kerja"):
        assert not execute([step], "2026-11")
    assert execute(["rekonsiliasi_bank"], "2026-11")  # asks nothing of the decisions
    assert outbox_files(copied) == before


def execute(assets: list[str], period: str) -> bool:
    """Do one step alone; whether it went well."""
    import dagster as dg

    from ssn_assets.definitions import defs

    with dg.DagsterInstance.get() as instance:
        job = defs.resolve_job_def("ssn")
        result = job.execute_in_process(
            instance=instance,
            partition_key=period,
            asset_selection=[dg.AssetKey(asset.split("/")) for asset in assets],
            raise_on_error=False,
        )
    return bool(result.success)


def test_next_month_keeps_numbers_and_cards(copied) -> None:
    shutil.copytree(copied.inbox("dtks") / PERIOD, copied.inbox("dtks") / "2026-11")
    assert not run_period(copied, "2026-11").stopped
    query = "select nik_padan, nomor_ssn from read_parquet('{}') where keputusan = 'VALID'"
    old, new = (dict(duckdb.sql(query.format(copied.period(p) / "keputusan.parquet")).fetchall()) for p in (PERIOD, "2026-11"))
    assert old.keys() & new.keys() and all(new[k] == old[k] for k in old.keys() & new.keys())
    assert len(list(copied.bank.glob("penerbitan_*.txt"))) == 1  # nobody gets a second card
