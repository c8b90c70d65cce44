"""The offices' sample delivery loads whole; each sample to be refused is refused, and stops nobody else."""

from __future__ import annotations

import shutil

import pytest

from ssn_assets.home import Home
from tests.unit.intake_support import PERIOD, SAMPLES, drop, loaded

ROWS = {
    "DTKS Palaran.csv": (25, 2, 26),
    "DTKS_samarinda_seberang.xlsx": (67, 5, 71),
    "DTKS_samarinda_ulu.xlsx": (63, 5, 67),
    "DTKS_samarinda_utara.xlsx": (67, 2, 68),
    "DTKS_sungai_kunjang.xlsx": (85, 2, 86),
    "dtks_loa_janan_ilir.csv": (41, 2, 42),
    "dtks_samarinda_ilir.csv": (36, 2, 37),
    "dtks_samarinda_kota.csv": (35, 2, 36),
    "dtks_sungai_pinang.csv": (70, 2, 71),
    "export_sambutan.csv": (82, 2, 83),
}
REFUSED = {
    "biner.csv": "BUKAN_CSV",
    "html_bernama.xlsx": "BUKAN_XLSX",
    "kosong.csv": "KOSONG",
    "lima_belas_digit.csv": "EXCEL15",
    "notasi_ilmiah.csv": "NOTASI_ILMIAH",
    "tanpa_kepala.csv": "TANPA_KEPALA",
}


@pytest.fixture
def delivered(home: Home) -> Home:
    shutil.copytree(SAMPLES / "inbox", home.root / "inbox", dirs_exist_ok=True)
    return home


def test_every_dtks_row_is_loaded_under_the_number_a_person_sees(delivered: Home) -> None:
    with loaded(delivered) as it:
        found = it.rows("select berkas, count(*), min(baris), max(baris) from raw.dtks group by berkas")
        assert {name: tuple(rest) for name, *rest in found} == ROWS
        assert it.report.as_dict() | {"berkas_diterima": 10, "berkas_ditolak": 0} == it.report.as_dict()
        assert it.rows("select count(*), min(dtks_id), max(dtks_id), count(distinct dtks_id) from raw.dtks") == [
            (571, 1, 571, 571)
        ]
        assert it.rows("select count(*) from raw.dtks where nik_asal is null and nik_kelas <> 'KOSONG'") == [(0,)]


def test_ids_follow_file_and_row(delivered: Home) -> None:
    with loaded(delivered) as it:
        ids = "row_number() over (order by berkas, baris)"
        assert it.rows(f"select count(*) from (select dtks_id, {ids} as urut from raw.dtks) where dtks_id <> urut") == [(0,)]


def test_a_kelurahan_written_once_per_block_is_filled_down(delivered: Home) -> None:
    with loaded(delivered) as it:
        rows = it.rows(
            "select count(*), count(kelurahan_asal), count(kelurahan) from raw.dtks where berkas = 'DTKS_samarinda_utara.xlsx'"
        )
        assert rows == [(67, 8, 67)]
        assert it.column("select kelurahan from raw.dtks where berkas = 'DTKS_samarinda_utara.xlsx' and baris = 9") == ["Lempake"]


def test_registry_and_aid_load_whole(delivered: Home) -> None:
    with loaded(delivered, "dukcapil") as it:
        assert it.report.baris_dimuat == 3926
        assert it.rows("select min(baris), max(baris), count(distinct nik), min(nik_kelas) from raw.dukcapil") == [
            (2, 3927, 3926, "BAIK")
        ]
    with loaded(delivered, "bansos") as it:
        assert it.rows("select berkas, folder, count(*) from raw.bansos group by all order by 1") == [
            ("daerah.csv", PERIOD, 9),
            ("pusat.csv", PERIOD, 121),
        ]


@pytest.mark.parametrize("kind", ["verifikasi", "bank", "pembayaran", "penyerahan", "sampel", "bansos", "dukcapil", "dtks"])
def test_without_files_the_table_is_there_and_empty(home: Home, kind: str) -> None:
    with loaded(home, kind) as it:
        assert it.rows(f"select count(*) from raw.{kind}") == [(0,)]
        assert it.rows("select count(*) from raw.berkas") == it.rows("select count(*) from raw.karantina") == [(0,)]


def test_refused_files_are_refused_with_a_reason_and_the_rest_loads(delivered: Home) -> None:
    for name in REFUSED:
        drop(delivered, "dtks", name, (SAMPLES / "refused" / name).read_bytes())
    with loaded(delivered) as it:
        assert it.refusals == REFUSED
        assert it.report.baris_dimuat == 571
        assert sorted(it.column("select alasan from raw.karantina where baris is null")) == sorted(REFUSED.values())
        assert min(it.column("select length(keterangan) from raw.karantina")) > 40


def test_loading_again_changes_nothing(delivered: Home) -> None:
    with loaded(delivered) as it:
        before = it.rows("select * from raw.dtks order by dtks_id")
    with loaded(delivered) as it:
        assert it.rows("select * from raw.dtks order by dtks_id") == before
        assert it.rows("select count(*) from raw.berkas") == [(10,)]
