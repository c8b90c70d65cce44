"""From the offices' files to the bank's answers on one small city: what each user relies on."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import duckdb
import pytest

from ssn_assets.decision.publish import COLUMNS
from ssn_assets.numbering.digits import is_valid
from tests.dbt.matching_city import run_unit_tests
from tests.lineage.conftest import PERIOD, City


def decisions(city: City, query: str) -> list[tuple]:
    path = city.home.period(PERIOD) / "keputusan.parquet"
    return duckdb.sql(query.replace("KEPUTUSAN", f"read_parquet('{path}')")).fetchall()


def test_every_run_ends_well(city: City) -> None:
    assert [o.stopped for o in city.outcomes] == [False] * 5


def test_matching_is_as_good_as_promised(city: City) -> None:
    first = city.scores[0]
    assert first.precision >= 0.9985  # a few hundred rows: one mistake may happen, three may not
    assert first.recall >= 0.985
    assert first.ragu_share <= 0.025


def test_operators_settle_what_was_open(city: City) -> None:
    last = city.scores[-1]
    assert last.valid > 0
    assert last.wrong_valid <= 1 and last.missing_valid <= 2


def test_every_loaded_row_has_one_decision(city: City) -> None:
    with duckdb.connect(str(city.home.warehouse), read_only=True) as con:
        loaded = con.execute("select sum(baris_dimuat) from raw.berkas where jenis = 'dtks'").fetchone()
    assert decisions(city, "select count(*), count(distinct (berkas, baris)) from KEPUTUSAN") == [(loaded[0], loaded[0])]


def test_decision_columns_are_the_contract(city: City) -> None:
    found = {name: kind for name, kind, *_ in decisions(city, "describe select * from KEPUTUSAN")}
    assert list(found) == COLUMNS
    numbers = {
        "baris": "BIGINT",
        "skor": "DOUBLE",
        "pernah_menerima": "BOOLEAN",
        "alasan": "VARCHAR[]",
        "kategori_bantuan": "VARCHAR[]",
    }
    assert found == {name: numbers.get(name, "VARCHAR") for name in COLUMNS}


def test_decisions_follow_from_reasons(city: City) -> None:
    assert not decisions(city, "select 1 from KEPUTUSAN where (keputusan = 'VALID') <> (len(alasan) = 0)")
    pending = "['PERLU_TINJAUAN', 'BELUM_DIPADANKAN', 'BANSOS_BELUM_DIPERIKSA', 'BELUM_DIVERIFIKASI']"
    assert not decisions(
        city,
        f"select 1 from KEPUTUSAN where (keputusan = 'MENUNGGU') <> (len(alasan) > 0 and list_has_all({pending}, alasan))",
    )


def test_numbers_are_unique_and_checkable(city: City) -> None:
    numbers = [n for (n,) in decisions(city, "select nomor_ssn from KEPUTUSAN where keputusan = 'VALID'")]
    assert len(numbers) == len(set(numbers)) > 0
    assert all(is_valid(n) and n.startswith("6472") for n in numbers)


def test_a_run_without_news_changes_nothing(city: City) -> None:
    assert city.files[1] == city.files[0]
    assert city.current[1] == city.current[0]


def test_work_lists_hold_open_cases_only(city: City) -> None:
    import python_calamine

    listed = set()
    for path in city.home.worklists(PERIOD).glob("*.xlsx"):
        rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        top = next(i for i, row in enumerate(rows) if row and row[0] == "id_kasus")
        given = ["id_kasus", "nama", "alamat", "rt", "nik_akhir", "catatan_sistem"]
        assert rows[top][:11] == [*given, "keputusan", "petugas", "tanggal", "nik_benar", "catatan"]
        listed |= {row[0] for row in rows[top + 1 :] if row[0]}
    asked = "select distinct id_kasus from KEPUTUSAN where list_has_any(alasan, ['PERLU_TINJAUAN', 'BELUM_DIVERIFIKASI'])"
    assert listed == {i for (i,) in decisions(city, asked)}


def test_release_is_whole_and_says_nothing_of_anybody(city: City) -> None:
    santer = city.home.santer
    current = json.loads((santer / "current.json").read_text())
    folder = santer / current["publication_id"]
    manifest = json.loads((folder / "manifest.json").read_text())
    lines = [json.loads(line) for line in (folder / "penerima.jsonl").read_text().splitlines()]
    assert len(lines) == manifest["rows"] > 0
    with sqlite3.connect(folder / "penerima.sqlite") as table:
        assert table.execute("select count(*) from penerima").fetchone() == (len(lines),)
    for path in santer.rglob("*"):
        if path.is_file():
            assert not re.search(rb"(?<![0-9a-f])\d{16}(?![0-9a-f])", path.read_bytes()), path.name
    assert {line["kartu"] for line in lines} - {None} >= {"DISERAHKAN"}  # the bank's answers came back


def test_each_change_of_content_is_one_release(city: City) -> None:
    ids = [c["publication_id"] for c in city.current]
    assert ids[0] == ids[1] and len({ids[1], ids[2], ids[3]}) == 3


def test_bank_file_is_chained_and_each_family_has_one_card(city: City) -> None:
    (path,) = sorted(city.home.bank.glob("penerbitan_*.txt"))
    lines = path.read_text().splitlines()
    new = [line.split("|") for line in lines if line.startswith("D|") and line.split("|")[3] == "BARU"]
    assert len(new) == len({d[6] for d in new}) == len({d[2] for d in new}) > 0
    assert lines[0].split("|")[3] == "0" * 64
    assert int(lines[-1].split("|")[2]) == len(lines) - 2


def test_each_family_with_a_card_in_hand_is_paid_once(city: City) -> None:
    paid: list[list[str]] = []
    files = sorted(city.home.bank.glob("pembayaran_*.txt"))
    for path in files:  # the bank's own hand-overs, then those of our officers
        head, *middle, tail = (line.split("|") for line in path.read_text().splitlines())
        assert head[7] == "PEMBAYARAN" and {d[7] for d in middle} == {PERIOD} and {d[8] for d in middle} == {"300000"}
        assert tail[2:4] == [str(len(middle)), str(300_000 * len(middle))]
        paid += middle
    assert len(files) == 2
    with duckdb.connect(str(city.home.warehouse), read_only=True) as con:
        in_hand = con.execute("select id_penerbitan from ops.kartu where aktif and langkah = 'DISERAHKAN'").fetchall()
        known = con.execute(
            "select langkah, count(*), count(distinct id_penerbitan) from ops.pembayaran group by langkah"
        ).fetchall()
    assert len(paid) == len({d[3] for d in paid}) and {d[3] for d in paid} <= {i for (i,) in in_hand}
    assert known == [("DIPESAN", len(paid), len(paid))]


def test_bad_files_are_refused_and_the_good_ones_go_on(city: City) -> None:
    report = (city.home.period(PERIOD) / "karantina.csv").read_text()
    for name in ("revisi_excel.csv", "rekap kosong.csv", "unduhan_portal.xlsx"):
        assert name in report


def test_folders_are_private(city: City) -> None:
    home = city.home
    for path in [
        home.root,
        home.outbox,
        home.period(PERIOD),
        home.bank,
        home.keys,
        home.warehouse.parent,
        home.store.parent,
    ]:
        assert oct(path.stat().st_mode)[-3:] == "700", path.name
    for path in [
        *home.period(PERIOD).rglob("*"),
        *home.keys.iterdir(),
        *home.bank.iterdir(),
        home.warehouse,
        home.store,
    ]:
        if path.is_file():
            assert oct(path.stat().st_mode)[-3:] == "600", path.name


def test_no_identity_number_in_logs_metadata_or_report(city: City) -> None:
    """The demo's NIKs are 16 digits from 1 to 9; nothing Dagster keeps may hold one."""
    number = re.compile(rb"(?<![0-9a-f.])[1-9]\d{15}(?![0-9a-f])")
    page = (city.home.period(PERIOD) / "laporan_mutu.html").read_bytes()
    assert not number.search(page)
    for database in city.home.dagster.rglob("*.db"):
        with sqlite3.connect(database) as con:
            for (table,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in con.execute(f'select * from "{table}"'):
                    text = " ".join(v for v in row if isinstance(v, str)).encode()
                    assert not [n for n in number.findall(text) if not n.startswith(b"17")], (
                        table
                    )  # 17...: microseconds since 1970


@pytest.mark.parametrize(
    "name", ["keputusan.parquet", "karantina.csv", "ringkasan.csv", "mutu_padan.csv", "perjalanan_kartu.csv", "laporan_mutu.html"]
)
def test_outputs_are_where_the_contract_says(city: City, name: str) -> None:
    assert (Path(city.home.period(PERIOD)) / name).stat().st_size > 0


def test_dbt_unit_tests_pass(city: City, use_home) -> None:
    """The unit tests beside the models; a run of the lineage leaves them out, for they say nothing about the data."""
    run_unit_tests(use_home(city.home.root), ["test_type:unit"])


def test_every_card_is_in_one_place_and_every_open_one_has_one_holder(city: City) -> None:
    home = city.home
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        (cards,) = con.execute("select count(*) from ops.kartu").fetchone()
        (unpaid,) = con.execute(
            "select count(*) from ops.kartu as k where k.aktif and k.langkah = 'DISERAHKAN' and not exists"
            " (select 1 from ops.pembayaran as b where b.nik_awal = k.nik_awal and b.langkah = 'BERHASIL')"
        ).fetchone()
        (waiting,) = con.execute("select count(*) from ops.kartu where aktif and langkah <> 'DISERAHKAN'").fetchone()
    way = f"read_csv('{home.period(PERIOD) / 'perjalanan_kartu.csv'}', all_varchar = false)"
    held = f"read_csv('{home.period(PERIOD) / 'penahan.csv'}')"
    funnel = f"read_csv('{home.period(PERIOD) / 'ringkasan.csv'}')"
    columns = "sum(kartu_dipesan), sum(terbuka + di_tangan + ditutup), sum(disegel), sum(diserahkan), sum(di_tangan)"
    whole = duckdb.sql(f"select {columns} from {way} where kode_kelurahan = '64.72'").fetchone()
    parts = duckdb.sql(f"select {columns} from {way} where kode_kelurahan is distinct from '64.72'").fetchone()
    assert whole == parts and whole[:3] == (cards, cards, cards) and cards >= whole[3] >= whole[4] > 0
    same = f"select count(*) from {way} as a inner join {funnel} as b using (kelurahan) where a.di_tangan <> b.kartu_diserahkan"
    assert duckdb.sql(same).fetchone() == (0,)  # both count a card where its holder lives; nobody is blocked here
    for stage, expected in (("KARTU", waiting), ("UANG", unpaid)):
        for lines in ("menunggu = 'SEMUA'", "menunggu <> 'SEMUA'"):
            for place in ("kode_kelurahan = '64.72'", "kode_kelurahan is distinct from '64.72'"):
                asked = f"select coalesce(sum(kartu), 0) from {held} where tahap = '{stage}' and {lines} and {place}"
                assert duckdb.sql(asked).fetchone() == (expected,), asked
    page = (home.period(PERIOD) / "laporan_mutu.html").read_text()
    assert "Dari VALID sampai kartu di tangan: " in page and "Warga, atau petugas yang mengantar" in page


def test_match_quality_is_published_from_the_truth_and_from_the_readers(city: City) -> None:
    path = city.home.period(PERIOD) / "mutu_padan.csv"
    found = {
        (source, group, measure): (share, hits, of)
        for source, group, measure, share, hits, of in duckdb.sql(
            f"select sumber, kelompok, ukuran, nilai, jumlah, dari from read_csv('{path}')"
        ).fetchall()
    }
    interval = duckdb.sql(f"select batas_bawah, batas_atas from read_csv('{path}') where sumber = 'SAMPEL' and ukuran = 'recall'")
    low, high = interval.fetchone() or (1, 0)
    first = city.scores[0]
    assert found["KEBENARAN", "SEMUA", "presisi"][1:] == (first.padan_right, first.padan)
    assert found["KEBENARAN", "SEMUA", "recall"][1:] == (first.padan_right, first.with_person)
    assert found["HITUNGAN", "SEMUA", "bagian_ragu"][1:] == (first.ragu, first.rows)
    assert found["KEBENARAN", "SEMUA", "calon_tiga_benar"][1] >= found["KEBENARAN", "SEMUA", "calon_pertama_benar"][1]
    assert found["SAMPEL", "SEMUA", "presisi"][0] >= 0.99 and found["SAMPEL", "SEMUA", "ac1"][0] >= 0.8
    assert low <= found["SAMPEL", "SEMUA", "recall"][0] <= high and ("SAMPEL", "SEMUA", "presisi_sementara") not in found
    page = (city.home.period(PERIOD) / "laporan_mutu.html").read_text()
    assert "Mutu pemadanan" in page and "sampel terbaca" in page and "KK_NAMA" in page


def test_readers_sheets_stay_the_same_whatever_comes_back(city: City) -> None:
    sheets = {n: b for n, b in city.files[0].items() if "/sampel/" in n}
    assert len(sheets) == 2
    assert all({n: b for n, b in files.items() if "/sampel/" in n} == sheets for files in city.files)


def test_cards_not_collected_get_appointments_and_what_officers_hand_out_is_a_step(city: City) -> None:
    """After the bank's answers lists and letters are there; what the officers report becomes the card's step everywhere."""
    folder = f"{PERIOD}/penyerahan/"
    waiting, handed = ({n: b for n, b in files.items() if n.startswith(folder)} for files in city.files[-2:])
    assert any("/loket/" in name for name in waiting) and any("/surat/" in name for name in waiting)
    number = re.compile(rb"(?<!\d)[1-9]\d{15}(?!\d)")
    assert not [name for name, content in waiting.items() if name.endswith((".csv", ".pdf")) and number.search(content)]
    with duckdb.connect(str(city.home.warehouse), read_only=True) as con:
        reported, quarantined = con.execute(
            "select (select count(*) from raw.penyerahan), (select count(*) from raw.karantina where jenis = 'penyerahan')"
        ).fetchone()
        left = con.execute(
            "select count(*) from ops.kartu inner join ops.penyerahan using (id_penerbitan)"
            " where status = 'DISERAHKAN' and langkah <> 'DISERAHKAN'"
        ).fetchone()
    assert reported > 0 and quarantined == 1 and left == (0,)
    before, after = (
        content.decode().count("\n") for content in (waiting[f"{folder}belum_diambil.csv"], handed[f"{folder}belum_diambil.csv"])
    )
    assert after <= before
    assert city.current[-1] != city.current[-2]  # the same day in the publication
