"""The civil registry: newest snapshot in force, kept as a copy that can be lost, moved and made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from ssn_assets.home import Home
from ssn_assets.intake import ahead, csvfile, load, registry
from ssn_assets.sanding.identity import compare_snapshots
from ssn_assets.store.engine import open_store, writing
from ssn_assets.store.schema import perbandingan_registri
from ssn_assets.store.transfer import read_rows
from ssn_assets.warehouse import open_warehouse
from tests.unit.intake_support import PERIOD, drop, loaded

HEADER = (
    "nik,no_kk,nama,tempat_lahir,tanggal_lahir,jenis_kelamin,hubungan_keluarga,nama_ibu,alamat,rt,kode_kelurahan,"
    "kelurahan,kecamatan,kode_pos,status,tanggal_status"
)
SIAK = (
    "NO_KK,NIK,NAMA_LGKP,TMPT_LHR,TGL_LHR,JENIS_KLMIN,STAT_HBKEL,NAMA_LGKP_IBU,ALAMAT,NO_RT,NO_PROP,NO_KAB,NO_KEC,NO_KEL,"
    "KEL_NAME,KEC_NAME,KODE_POS,STATUS,TANGGAL_STATUS"
)


def nik(serial: int) -> str:
    return f"647203170890{serial:04d}"


def resident(serial: int) -> str:
    return (
        f"{nik(serial)},647203120215{serial:04d},BUDI,SAMARINDA,1990-08-17,L,ANAK,SITI,JL. A,002,64.72.03.1005,"
        "Sidodadi,Samarinda Ulu,75123,AKTIF,2020-01-01"
    )


def register(*serials: int) -> str:
    return "\n".join([HEADER, *map(resident, serials)]) + "\n"


def test_only_the_newest_snapshot_is_in_force(home: Home) -> None:
    drop(home, "dukcapil", "p.csv", register(1), folder="2026-07-01")
    drop(home, "dukcapil", "p.csv", register(2, 3), folder="2026-10-01")
    drop(home, "dukcapil", "p.csv", register(4), folder="bukan tanggal")
    with loaded(home, "dukcapil") as it:
        assert it.rows("select folder, berkas, baris, nik from raw.dukcapil order by baris") == [
            ("2026-10-01", "p.csv", 2, nik(2)),
            ("2026-10-01", "p.csv", 3, nik(3)),
        ]
        assert it.refusals == {"p.csv": "SALAH_FOLDER"}


def test_siak_columns_are_put_together(home: Home) -> None:
    row = f"6472031202150001,{nik(1)},BUDI,SAMARINDA,17-08-1990,L,1,SITI,JL. A,2,64,72,3,1005,Sidodadi,Samarinda Ulu,75123,AKTIF,"
    drop(home, "dukcapil", "p.csv", f"{SIAK}\n{row}\n{row.replace(',72,3,', ',72,,')}\n")
    with loaded(home, "dukcapil") as it:
        assert it.rows("select nik, kode_kelurahan, tanggal_lahir, hubungan_keluarga from raw.dukcapil order by baris") == [
            (nik(1), "64.72.03.1005", "17-08-1990", "1"),
            (nik(1), None, "17-08-1990", "1"),
        ]


@pytest.mark.parametrize("fast_from", [0, 1 << 30])
def test_odd_rows_of_a_registry_are_quarantined_either_way(home: Home, monkeypatch: pytest.MonkeyPatch, fast_from: int) -> None:
    monkeypatch.setattr(csvfile, "FAST_FROM", fast_from)
    blank = "," * 15
    drop(home, "dukcapil", "p.csv", "\n".join([HEADER, resident(1), HEADER, blank, resident(2), f"TOTAL,2{blank[1:]}"]))
    with loaded(home, "dukcapil") as it:
        assert it.rows("select baris, nik from raw.dukcapil order by baris") == [(2, nik(1)), (5, nik(2))]
        assert it.quarantine == [(3, "KEPALA_BERULANG"), (6, "JUMLAH")]
        assert it.report.baris_masuk == 4


def test_a_big_registry_keeps_its_row_numbers(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "FAST_FROM", 0)
    drop(home, "dukcapil", "p.csv", "\n".join([HEADER, *(resident(n % 9999) for n in range(60_000))]))
    with loaded(home, "dukcapil") as it:
        wrong = "right(nik, 4) <> lpad(((baris - 2) % 9999)::varchar, 4, '0')"
        assert it.rows(f"select count(*), count(*) filter (where {wrong}), max(baris) from raw.dukcapil") == [(60_000, 0, 60_001)]


def test_a_lost_or_moved_copy_is_noticed_and_made_again(home: Home, tmp_path: Path) -> None:
    drop(home, "dukcapil", "p.csv", register(1))
    with loaded(home, "dukcapil") as it:
        assert load.known_ids(it.con, "dukcapil") == ""
    other = Home(tmp_path / "lain")
    shutil.copytree(home.root, other.root)
    for path in registry.folder(home).iterdir():
        path.unlink()
    for place in (home, other):
        with open_warehouse(place) as con:
            assert load.known_ids(con, "dukcapil") != ""
            load.load(con, place, "dukcapil", PERIOD)
            assert load.known_ids(con, "dukcapil") == ""
            assert con.execute("select count(*) from raw.dukcapil").fetchone() == (1,)


def test_a_copy_made_ahead_is_the_one_the_load_would_make_and_is_not_made_twice(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvfile, "FAST_FROM", 0)
    drop(home, "dukcapil", "p.csv", register(1, 2))
    with loaded(home, "dukcapil") as it:
        made_by_the_load = {path.name: path.read_bytes() for path in registry.folder(home).iterdir()}
        records = it.rows("from raw.dukcapil")
    shutil.rmtree(home.warehouse.parent)
    home.prepare()
    ahead.copy_registry(home, PERIOD)
    assert {path.name: path.read_bytes() for path in registry.folder(home).iterdir()} == made_by_the_load
    times = {path: path.stat().st_mtime_ns for path in registry.folder(home).iterdir()}
    with loaded(home, "dukcapil") as it:
        assert it.rows("from raw.dukcapil") == records
    assert {path: path.stat().st_mtime_ns for path in registry.folder(home).iterdir()} == times


@pytest.mark.parametrize("damage", [b"", b"PAR1 not so", None])
def test_a_damaged_copy_is_made_again(home: Home, monkeypatch: pytest.MonkeyPatch, damage: bytes | None) -> None:
    monkeypatch.setattr(csvfile, "FAST_FROM", 0)
    drop(home, "dukcapil", "p.csv", register(1, 2))
    ahead.copy_registry(home, PERIOD)
    (copy,) = registry.folder(home).iterdir()
    copy.write_bytes(copy.read_bytes()[:-20] if damage is None else damage)
    with loaded(home, "dukcapil") as it:
        assert it.rows("select count(*) from raw.dukcapil") == [(2,)]


def test_what_cannot_be_copied_ahead_is_left_to_the_load(home: Home) -> None:
    drop(home, "dukcapil", "p.csv", "nama saja\nA\n")
    ahead.copy_registry(home, PERIOD)
    assert not registry.folder(home).exists() or not list(registry.folder(home).glob("*.parquet"))
    with loaded(home, "dukcapil") as it:
        assert it.rows("select diterima from raw.berkas") == [(False,)]


def test_copies_that_nobody_looks_at_are_swept(home: Home) -> None:
    drop(home, "dukcapil", "p.csv", register(1))
    with loaded(home, "dukcapil"):
        pass
    drop(home, "dukcapil", "p.csv", register(2))
    with loaded(home, "dukcapil") as it:
        assert len(list(registry.folder(home).iterdir())) == 1
        assert it.column("select nik from raw.dukcapil") == [nik(2)]


def test_the_earlier_snapshot_is_there_until_the_two_are_compared(home: Home) -> None:
    drop(home, "dukcapil", "p.csv", register(1, 2), folder="2026-07-01")
    drop(home, "dukcapil", "p.csv", register(2), folder="2026-10-01")
    engine = open_store(home)
    with loaded(home, "dukcapil") as it:
        report = load.load_earlier_registry(it.con, home, engine, usable=True)
        assert report == {"registri_lama": "2026-07-01", "registri_baru": "2026-10-01", "baris_dimuat": 2}
        assert it.rows("select min(folder), count(*) from raw.dukcapil_lama") == [("2026-07-01", 2)]
        assert it.rows("select count(*) from raw.dukcapil") == [(1,)]
        with writing(engine) as store:
            store.execute(insert(perbandingan_registri).values(registri_lama="2026-07-01", registri_baru="2026-10-01"))
        assert load.load_earlier_registry(it.con, home, engine, usable=True)["baris_dimuat"] == 0
        assert it.rows("select count(*) from raw.dukcapil_lama") == [(0,)]


OLD, NEW = nik(1), nik(9001)


def snapshot(home: Home, day: str, budi: str, *others: int) -> None:
    people = [resident(1).replace(nik(1), budi), *(resident(n).replace("BUDI", f"ORANG {n}") for n in others)]
    drop(home, "dukcapil", "p.csv", "\n".join([HEADER, *people]) + "\n", folder=day)


def run(home: Home, engine: Engine, usable: bool = True) -> tuple[str, str]:
    """One run as far as comparing goes. Returns the dates it compared."""
    with loaded(home, "dukcapil") as it:
        report = load.load_earlier_registry(it.con, home, engine, usable)
        compare_snapshots(it.con, engine)
        return report["registri_lama"], report["registri_baru"]


def corrections(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as store:
        return read_rows(store, "select nik_lama, nik_baru from koreksi_nik")


def test_a_correction_in_a_snapshot_that_was_passed_over_is_found(home: Home) -> None:
    engine = open_store(home)
    snapshot(home, "2026-07-01", OLD, 2)
    assert run(home, engine) == ("", "")
    snapshot(home, "2026-08-01", NEW, 2)
    snapshot(home, "2026-09-01", NEW, 2, 3)
    assert run(home, engine) == ("2026-07-01", "2026-09-01")
    assert corrections(engine) == [(OLD, NEW)]
    assert run(home, engine) == ("", "")
    snapshot(home, "2026-10-01", NEW, 2, 3, 4)
    assert run(home, engine) == ("2026-09-01", "2026-10-01")


def test_a_snapshot_that_is_not_used_is_neither_compared_nor_remembered(home: Home) -> None:
    engine = open_store(home)
    snapshot(home, "2026-07-01", OLD, 2)
    run(home, engine)
    snapshot(home, "2026-08-01", NEW, 2)
    assert run(home, engine, usable=False) == ("", "")
    assert corrections(engine) == []
    snapshot(home, "2026-09-01", NEW, 2, 3)
    assert run(home, engine) == ("2026-07-01", "2026-09-01")
    assert corrections(engine) == [(OLD, NEW)]


def test_a_used_snapshot_that_is_gone_is_replaced_by_the_oldest_after_it_that_can_be_read(home: Home) -> None:
    engine = open_store(home)
    snapshot(home, "2026-07-01", OLD, 2)
    run(home, engine)
    shutil.rmtree(home.inbox("dukcapil") / "2026-07-01")
    drop(home, "dukcapil", "p.csv", "bukan daftar penduduk\n", folder="2026-07-15")
    snapshot(home, "2026-08-01", OLD, 2)
    snapshot(home, "2026-08-15", NEW, 2)
    snapshot(home, "2026-09-01", NEW, 2, 3)
    assert run(home, engine) == ("2026-08-01", "2026-09-01")
    assert corrections(engine) == [(OLD, NEW)]
