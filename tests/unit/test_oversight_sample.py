"""The sample two people read: the same for the same list, what the sheet lets them do, and what their labels come to."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator

import duckdb
import pytest
from openpyxl import load_workbook

from ssn_assets.home import Home
from ssn_assets.oversight import match_quality, sampling
from ssn_assets.oversight.reader_sheet import COLUMNS, HEADER_ROW, Line, workbook

RULES = ((10, "TEPAT", "PADAN", 5000), (41, "LEMAH", "PADAN", 50), (83, "SETARA", "RAGU", 10))
PER_RULE = 200


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A matched list: 200 rows a rule, and two that nobody fits: one has two candidates, one none."""
    with duckdb.connect() as con:
        con.execute("create schema raw; create schema ops")
        con.execute("create table aturan_padan (nomor int, aturan text, keputusan text, uji_baris int, keterangan text)")
        con.executemany("insert into aturan_padan values (?, ?, ?, ?, 'aturan')", RULES)
        con.execute(
            f"""create table mart_padan as
            select n as dtks_id, aturan.keputusan as status_padan, aturan.nomor as aturan,
                case when aturan.keputusan = 'PADAN' then (n * 7)::text end as nik_padan,
                case when aturan.keputusan = 'RAGU' then (n * 7)::text end as nik_calon
            from range({PER_RULE * 3}) t(n)
            join aturan_padan as aturan on aturan.nomor = [10, 41, 83][n // {PER_RULE} + 1]
            union all select 9998, 'TIDAK_PADAN', null, null, null union all select 9999, 'TIDAK_PADAN', null, null, null;
            create table raw.dtks as select dtks_id, 'a.csv' as berkas, dtks_id + 2 as baris from mart_padan;
            create table mart_keputusan_dasar as select *, '64.72.01.1001' as kode_kelurahan from raw.dtks;
            create table stg_dtks as select *, '=1+1' as nama_asal, '6472' as nik_asal, null::text as no_kk_asal,
                date '1990-01-31' as tanggal_lahir, 'L' as jenis_kelamin, null::text as nama_ibu, 'Bugis' as kelurahan,
                '001' as rt, 'JL. A' as alamat from raw.dtks;
            create table int_penduduk as select lpad(coalesce(nik_padan, nik_calon), 16, '0') as nik, 'KK' as no_kk,
                'SITI' as nama, date '1990-01-31' as tanggal_lahir, 'P' as jenis_kelamin, 'IBU' as nama_ibu, 'JL. B' as alamat,
                '002' as rt, '64.72.01.1001' as kode_kelurahan from mart_padan where aturan is not null;
            create table ops.kunci as select 'x'::blob as luar, 'y'::blob as dalam;
            create table raw.sampel (id_sampel text, pembaca text, putusan text, berkas text, baris bigint);
            create table mart_calon as select dtks_id, 1 as urutan, nik_calon from mart_padan where nik_calon is not null;
            create table int_calon_skor as select 9998 as dtks_id, n as urutan, n * 7 as nik_calon from range(1, 6) t(n);
            create table samarinda_kelurahan as select '64.72.01.1001' as kode_kelurahan, 'Bugis' as kelurahan"""
        )
        yield con


def label(con: duckdb.DuckDBPyConnection, reader: str, wrong: str = "false") -> None:
    """A reader says SAMA of everything but where `wrong` holds."""
    con.execute(
        f"""insert into raw.sampel
        select id_sampel, '{reader}', case when {wrong} then 'BEDA' else 'SAMA' end, 'p{reader}.csv', row_number() over ()
        from ops.sampel"""
    )


def measured(con: duckdb.DuckDBPyConnection, home: Home) -> tuple[dict[str, object], dict[tuple[str, str], tuple]]:
    found = match_quality.measure(con, home, "2026-10")
    lines = con.execute("select kelompok, ukuran, nilai, jumlah, dari, batas_atas, janji from ops.mutu_padan").fetchall()
    return found, {(group, measure): rest for group, measure, *rest in lines}


def test_each_rule_has_its_share_and_the_same_list_the_same_bytes(con, home: Home) -> None:
    report = sampling.draw_sample(con, home, "2026-10")
    plan = sampling.plan()
    sizes = dict(con.execute("select aturan, count(*) from ops.sampel group by 1").fetchall())
    assert sizes == {
        "TEPAT": plan.lines, "LEMAH": plan.weak_lines, "SETARA": plan.doubtful_lines, sampling.NOBODY: 3, sampling.NO_CANDIDATE: 1
    }  # fmt: skip
    assert report == {"aturan": 3, "dagster/row_count": sum(sizes.values()), "berkas": 2}
    files = {p.name: p.read_bytes() for p in home.samples("2026-10").iterdir()}
    assert sorted(files) == ["pembaca_1.xlsx", "pembaca_2.xlsx"]
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in home.samples("2026-10").iterdir())
    con.execute("create or replace table mart_padan as from mart_padan order by hash(dtks_id); set threads = 1")
    sampling.draw_sample(con, home, "2026-10")
    assert {p.name: p.read_bytes() for p in home.samples("2026-10").iterdir()} == files


def test_a_person_more_in_the_list_moves_few_lines(con, home: Home) -> None:
    sampling.draw_sample(con, home, "2026-10")
    before = {i for (i,) in con.execute("select id_sampel from ops.sampel").fetchall()}
    con.execute("delete from mart_padan where dtks_id = (select min(dtks_id) from ops.sampel)")
    sampling.draw_sample(con, home, "2026-10")
    after = {i for (i,) in con.execute("select id_sampel from ops.sampel").fetchall()}
    assert len(before ^ after) == 2


def test_the_sheet_says_nothing_of_the_decision_and_can_only_be_filled_in() -> None:
    line = Line("S1", "a.csv", 7, ("=1+1", "6472", None), ("SITI", "6473", "KK"))
    book = load_workbook(io.BytesIO(workbook("2026-10", 2, [line, line])))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[HEADER_ROW]]
    assert header == list(COLUMNS) and not {"aturan", "skor", "status_padan"} & set(header)
    row = {name: sheet.cell(HEADER_ROW + 1, place + 1) for place, name in enumerate(header)}
    assert row["di_dtks"].value == "=1+1\n6472\n-" and row["di_dtks"].data_type != "f"
    assert row["di_registri"].value == "SITI\n6473\nKK" and row["pembaca"].value == "2"
    assert sheet.freeze_panes == f"A{HEADER_ROW + 1}" and sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    (rule,) = sheet.data_validations.dataValidation
    assert str(rule.sqref) == "G6:G7" and rule.formula1 == '"SAMA,BEDA,ADA_LAIN,TIDAK_TAHU"'
    assert sheet.protection.sheet and row["di_dtks"].protection.locked and not row["putusan"].protection.locked
    assert "Cara membaca" in book.worksheets[1]["A1"].value


def test_without_labels_only_the_list_itself_is_counted(con, home: Home) -> None:
    sampling.ensure_sample(con)
    found, lines = measured(con, home)
    assert found["_di_bawah_janji"] == [] and found["_kesepakatan"] is None
    assert set(lines) == {("SEMUA", "bagian_ragu"), ("64.72.01.1001", "bagian_ragu")}
    assert lines["SEMUA", "bagian_ragu"][1:3] == [PER_RULE, PER_RULE * 3 + 2]


def test_labels_give_precision_by_rule_and_overall(con, home: Home) -> None:
    sampling.draw_sample(con, home, "2026-10")
    label(con, "1")
    label(con, "2")
    con.execute("insert into raw.sampel values ('S-DARI-BULAN-LALU', '1', 'BEDA', 'lama.csv', 1)")
    found, lines = measured(con, home)
    assert (found["_di_bawah_janji"], found["label_di_luar_sampel"], found["_kesepakatan"]) == ([], 1, 1.0)
    assert lines["SEMUA", "presisi"][0] == 1.0 and lines["SEMUA", "sepakat"][0] == 1.0
    assert lines["TEPAT", "presisi"][-1] == sampling.plan().promise
    assert lines["SETARA", "calon_pertama_benar"][-1] is None and ("SEMUA", "kappa") not in lines


def test_a_rule_under_its_promise_is_named(con, home: Home) -> None:
    sampling.draw_sample(con, home, "2026-10")
    for reader in "12":
        label(con, reader, wrong="aturan = 'LEMAH' and urutan % 2 = 0")
    found, lines = measured(con, home)
    (named,) = found["_di_bawah_janji"]  # type: ignore[misc]
    assert named.startswith("LEMAH ") and "pasti di bawah janji" in named
    assert 0.5 < lines["SEMUA", "presisi"][0] < 0.9


def test_readers_who_do_not_agree_settle_nothing(con, home: Home) -> None:
    sampling.draw_sample(con, home, "2026-10")
    label(con, "1")
    label(con, "2", wrong="true")
    found, lines = measured(con, home)
    assert found["_kesepakatan"] < 0 and ("TEPAT", "presisi") not in lines  # type: ignore[operator]
    assert lines["SEMUA", "belum_sepakat"][0] == 1.0 and lines["SEMUA", "presisi"][0] is None
    assert lines["SEMUA", "presisi_terburuk"][0] == 0.0


def test_lines_in_dispute_count_as_wrong_at_worst(con, home: Home) -> None:
    """What is left out of the precision, being disputed, may be the very rows that are wrong: both figures are given."""
    sampling.draw_sample(con, home, "2026-10")
    label(con, "1")
    label(con, "2", wrong="aturan = 'TEPAT' and urutan % 2 = 0")
    _, lines = measured(con, home)
    assert lines["SEMUA", "presisi"][0] == 1.0 and 0.6 < lines["SEMUA", "presisi_terburuk"][0] < 0.9


def test_a_rule_that_was_read_to_its_last_row_leaves_nothing_to_chance(con, home: Home) -> None:
    con.execute("delete from mart_padan where aturan = 10 and dtks_id >= 5")
    sampling.draw_sample(con, home, "2026-10")
    label(con, "1")
    label(con, "2")
    _, lines = measured(con, home)
    low_and_high = con.execute("select batas_bawah, batas_atas from ops.mutu_padan where kelompok = 'TEPAT'").fetchall()
    assert lines["TEPAT", "presisi"][1:3] == [5, 5] and low_and_high == [(1.0, 1.0)]


def test_one_reader_alone_is_only_a_first_look(con, home: Home) -> None:
    """Shown apart, and still good enough for an early warning; precision itself waits for the second reader."""
    sampling.draw_sample(con, home, "2026-10")
    label(con, "1", wrong="aturan = 'LEMAH' and urutan % 2 = 0")
    found, lines = measured(con, home)
    assert lines["SEMUA", "presisi"][0] is None and ("LEMAH", "presisi") not in lines
    assert lines["SEMUA", "presisi_sementara"][0] < 1 and lines["SEMUA", "recall"][0] is None
    (named,) = found["_di_bawah_janji"]  # type: ignore[misc]
    assert named.startswith("LEMAH ") and "satu pembaca" in named
    read = con.execute("select count(*) from ops.sampel").fetchone()[0]
    assert found["_dibaca"] == (read, read) and lines["SEMUA", "satu_pembaca"][0] == 1.0
    label(con, "2", wrong="aturan = 'LEMAH' and urutan % 2 = 0")
    found, lines = measured(con, home)
    assert found["_dibaca"] == (read, 0) and ("SEMUA", "presisi_sementara") not in lines


def test_the_candidates_of_a_row_stand_together_and_a_row_without_any_asks_for_a_search(con, home: Home) -> None:
    sampling.draw_sample(con, home, "2026-10")
    book = load_workbook(home.samples("2026-10") / "pembaca_1.xlsx")
    rows = list(book.worksheets[0].iter_rows(min_row=HEADER_ROW + 1, values_only=True))
    by_row = [(row[2], row[5].split("\n")[1]) for row in rows if row[2] in ("10000", "10001")]
    assert [nik.lstrip("0") for place, nik in by_row if place == "10000"] == ["7", "14", "21"]
    assert [nik for place, nik in by_row if place == "10001"] == ["Cari orang ini di aplikasi kependudukan."]
    places = [row[2] for row in rows]
    assert max(places.index("10000") + n for n in range(3)) == len(places) - 1 - places[::-1].index("10000")


def test_what_was_left_out_by_mistake_lowers_the_recall(con, home: Home) -> None:
    """Half of the doubtful rows have their person among the candidates; of the two that nobody fits one is found elsewhere."""
    sampling.draw_sample(con, home, "2026-10")
    for reader in "12":
        label(con, reader, wrong="keputusan <> 'PADAN' and (aturan <> 'SETARA' or urutan % 2 = 0)")
    _, before = measured(con, home)
    con.execute(
        "update raw.sampel set putusan = 'ADA_LAIN' where id_sampel in (select id_sampel from ops.sampel where nik is null)"
    )
    _, lines = measured(con, home)
    share, hits, of = lines["SEMUA", "recall"][:3]
    doubtful = of - hits - 1
    expected = 2 * PER_RULE / (2 * PER_RULE + PER_RULE * doubtful / sampling.plan().doubtful_lines + 1)
    assert share == pytest.approx(expected, abs=1e-6) and share < before["SEMUA", "recall"][0]


def test_a_kind_of_row_that_nobody_read_leaves_the_recall_open(con, home: Home) -> None:
    sampling.draw_sample(con, home, "2026-10")
    for reader in "12":
        label(con, reader)
    con.execute("delete from raw.sampel where id_sampel in (select id_sampel from ops.sampel where keputusan = 'RAGU')")
    _, lines = measured(con, home)
    assert lines["SEMUA", "presisi"][0] == 1.0 and lines["SEMUA", "recall"][0] is None
    con.execute("delete from ops.sampel where keputusan = 'TIDAK_PADAN'")  # as drawn before such rows were sampled
    _, lines = measured(con, home)
    assert lines["SEMUA", "recall"][0] is None
