"""What is printed and filled in: nobody's NIK on a letter, lists that come back readable, reasons for a visit."""

from __future__ import annotations

import csv
import re
import zlib
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from ssn_assets.bank import reservation
from ssn_assets.collection import appointments, letters, lists, pdf, results, walk
from ssn_assets.collection.policy import CollectionPolicyError, load
from ssn_assets.collection.sheet import OUTCOMES
from ssn_assets.demo.handing_out import hand_out_cards
from ssn_assets.home import Home
from ssn_assets.intake.load import load as take_in
from ssn_assets.intake.tables import ensure_shared
from ssn_assets.store.engine import open_store
from ssn_assets.warehouse import open_warehouse
from tests.unit.bank_city import Person, ids, kk, nik, steps
from tests.unit.collection_city import LINES, PERIOD, TODAY, collect, moment, policy, ready, report, write

pytest_plugins = ("tests.unit.store_backends",)

YOUNG = Person(nik(1), kk(1), "KEPALA KELUARGA", nama="BUDI", alamat="JL. A NO. 1")
OLD = Person(nik(2), kk(2), "KEPALA KELUARGA", nama="=SITI & <KAWAN>", alamat="JL. B NO. 2", tanggal_lahir=date(1966, 10, 31))
ILL = Person(nik(3), kk(3), "KEPALA KELUARGA", nama="ALI", alamat="JL. C NO. 3", tanggal_lahir=date(1966, 11, 1))
LETTER = letters.Letter("SITI", "JL. A", "001", "Kelurahan B", date(2026, 11, 5), "08.00", "Kantor", "4F2A-9C01", False)


def reasons(con) -> dict[str, str]:
    return dict(con.execute("select nik_awal, alasan_jemput from ops.pengambilan").fetchall())


def test_who_cannot_come_is_known_by_age_columns_notes_and_requests(home: Home) -> None:
    store = open_store(home)
    people = [YOUNG, OLD, ILL]
    con = ready(store, home, people)
    collect(con, store, home)
    assert reasons(con) == {YOUNG.nik: "", OLD.nik: "LANJUT_USIA", ILL.nik: ""}  # sixty today, and tomorrow
    kinds = {
        p.nik: con.execute("select dtks_id from mart_keputusan_dasar where nik_awal = ?", [p.nik]).fetchone()[0] for p in people
    }
    con.execute(
        "update raw.dtks set lainnya = ? where dtks_id = ?", ['{"Jenis_Cacat":"00","PENYAKIT KRONIS":"Tidak"}', kinds[YOUNG.nik]]
    )
    con.execute("update raw.dtks set lainnya = ? where dtks_id = ?", ['{"Jenis_Cacat":"2","lain":"\\"x"}', kinds[OLD.nik]])
    con.execute(
        "insert into ops.jawaban values (?, 'Sudah stroke, terbaring'), (?, 'anaknya kesakitan, ia tidak sakit')",
        ["K" + ILL.nik, "K" + YOUNG.nik],
    )
    collect(con, store, home)
    assert reasons(con) == {YOUNG.nik: "", OLD.nik: "DISABILITAS, LANJUT_USIA", ILL.nik: "TIDAK_DAPAT_BANGUN, SAKIT"}
    con.execute("insert into ops.aduan select null, ?, unnest(?)", [YOUNG.no_kk, policy().jemput_bola.jenis_aduan])
    collect(con, store, home)
    assert reasons(con)[YOUNG.nik] == "DIMINTA"


def test_lists_are_read_back_as_the_officers_filled_them(home: Home, engine: Engine) -> None:
    con = ready(engine, home, [YOUNG, OLD, ILL])
    report(con, engine, (ids(engine)["BARU", ILL.nik], "MENOLAK", TODAY, None, None))
    collect(con, engine, home)
    folder = write(con, home)
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert [str(path.relative_to(folder)) for path in before] == [
        "belum_diambil.csv",
        *("jemput_bola/64.72.03.1005.pdf", "jemput_bola/64.72.03.1005.xlsx", "loket/64.72.03.1005.xlsx"),
        *("perhatian.csv", "surat/64.72.03.1005.pdf"),
    ]
    write(con, home)
    assert {path: path.read_bytes() for path in before} == before
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in before)
    with CalamineWorkbook.from_path(folder / "jemput_bola" / "64.72.03.1005.xlsx") as book:
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    (line,) = [dict(zip(cells[4], row, strict=True)) for row in cells[5:]]
    assert (line["nama"], line["umur"], line["nik_akhir"], line["status"]) == (OLD.nama, "60", OLD.nik[-4:], "")
    sheet = load_workbook(folder / "jemput_bola" / "64.72.03.1005.xlsx")["Daftar"]
    choices = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert choices == {'"' + ",".join(source) + '"' for source in (OUTCOMES, policy().jemput_bola.cara_identifikasi)}
    assert (sheet.freeze_panes, sheet.protection.sheet, sheet.print_title_rows) == ("C6", True, "$5:$5")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}  # n: empty; never f, a formula
    done = hand_out_cards(home, PERIOD, TODAY)
    with open_warehouse(home) as warehouse:
        ensure_shared(warehouse)
        warehouse.executemany("insert into ops.penerbitan values (?)", [[i] for i in ids(engine).values()])
        taken = take_in(warehouse, home, "penyerahan", PERIOD)
        rows = warehouse.execute(f"select {', '.join(LINES)} from raw.penyerahan").fetchall()
    assert (taken.baris_dimuat, taken.baris_karantina) == (sum(done.outcomes.values()), 1)  # the demo sends one unknown id
    assert {row[LINES.index("tanggal")] for row in rows} == {TODAY} and done.outcomes
    con.executemany(f"insert into raw.penyerahan values ({', '.join('?' * len(LINES))})", rows)
    assert results.save(con, engine, moment(TODAY)) == len(rows)


def test_the_walk_goes_from_house_to_house(home: Home) -> None:
    houses = ("JL. B GANG 5 NO. 10", "JL. B NO. 10", "JL. B NO. 2", "JL. A NO. 100", "JL. B GANG 5 NO. 9", "JL. B NO. 2A")
    store = open_store(home)
    people = [OLD.but(nik=nik(i), no_kk=kk(i), alamat=house) for i, house in enumerate(houses, start=1)]
    con = ready(store, home, people)
    collect(con, store, home)
    with CalamineWorkbook.from_path(write(con, home) / "jemput_bola" / "64.72.03.1005.xlsx") as book:
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    place = cells[4].index("alamat")
    assert [row[place].removeprefix("JL. ") for row in cells[5:]] == [
        *("A NO. 100", "B GANG 5 NO. 9", "B GANG 5 NO. 10", "B NO. 2", "B NO. 2A", "B NO. 10")
    ]


def test_tables_for_oversight_count_and_name_nobody(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, [YOUNG, OLD, ILL])
    known = {person.nik: ids(store)["BARU", person.nik] for person in (YOUNG, OLD, ILL)}
    later = date(2026, 11, 17)
    report(
        con,
        store,
        (known[ILL.nik], "MENINGGAL", TODAY, None, "istrinya"),
        (known[OLD.nik], "DISERAHKAN", date(2026, 12, 1), None, None),
        (known[OLD.nik], "MENINGGAL", TODAY, None, None),
    )
    collect(con, store, home, later)
    folder = write(con, home)
    with open(folder / "belum_diambil.csv", newline="") as handle:
        (line,) = csv.DictReader(handle)
    assert {k: line[k] for k in ("kode_kelurahan", "kartu", "hari_15_30", "terlambat", "menunggu_pemeriksaan")} == {
        **{"kode_kelurahan": "64.72.03.1005", "kartu": "2", "hari_15_30": "2", "terlambat": "2", "menunggu_pemeriksaan": "1"}
    }
    with open(folder / "perhatian.csv", newline="") as handle:
        matters = sorted((row["jenis"], row["id_penerbitan"], row["pemilik"]) for row in csv.DictReader(handle))
    assert matters == sorted(
        [
            ("MENINGGAL", known[ILL.nik], "Kelurahan"),
            ("BERTENTANGAN", known[OLD.nik], "Dinas Sosial"),
            ("CARA_TIDAK_DIIZINKAN", known[OLD.nik], "Dinas Sosial"),
            ("TANGGAL_BELUM_TIBA", known[OLD.nik], "Dinas Sosial"),
        ]
    )
    text = (folder / "belum_diambil.csv").read_text() + (folder / "perhatian.csv").read_text()
    assert not any(word in text for p in (YOUNG, OLD, ILL) for word in (p.nik, p.nama, p.alamat, str(p.no_kk)))


def test_a_card_handed_over_is_the_card_s_step_and_never_goes_back(home: Home, engine: Engine) -> None:
    con = ready(engine, home, [YOUNG, OLD])
    card = ids(engine)["BARU", YOUNG.nik]
    report(con, engine, (card, "DISERAHKAN", TODAY, "CAP_JEMPOL", None))
    assert steps(con) == {YOUNG.nik: ("DISERAHKAN", True), OLD.nik: ("SIAP_DIAMBIL", True)}
    report(con, engine, (card, "TIDAK_DI_TEMPAT", date(2026, 11, 9), None, None))
    assert steps(con)[YOUNG.nik] == ("DISERAHKAN", True)
    found = collect(con, engine, home, date(2026, 11, 10))
    assert (found["kartu"], found["perhatian"]) == (1, 0)


def test_what_was_never_ready_and_what_was_stopped_before_is_looked_at(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, [YOUNG])
    card = ids(store)["BARU", YOUNG.nik]
    with store.begin() as change:
        change.exec_driver_sql("update jawaban_bank set status = 'DITERIMA'")
        change.exec_driver_sql(
            "insert into penerbitan (id_penerbitan, kunci, jenis, nik_awal, nomor_ssn, id_rujukan, periode, dibuat_pada, status)"
            f" select 'P9', 'x', 'BLOKIR', nik_awal, nomor_ssn, '{card}', periode, '2026-10-31T09:00:00Z', 'DIPESAN'"
            " from penerbitan limit 1"
        )
    report(con, store, (card, "DISERAHKAN", TODAY, "TANDA_TANGAN", None))
    collect(con, store, home)
    kinds = con.execute("select jenis from ops.perhatian_kartu order by 1").fetchall()
    assert kinds == [("BELUM_SIAP_MENURUT_BANK",), ("KARTU_TIDAK_BERLAKU",)]


def test_a_holder_gone_from_the_registry_stands_as_on_his_card(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, [YOUNG])
    con.execute("delete from int_penduduk")
    collect(con, store, home)
    assert con.execute("select nama, alamat, kode_kelurahan from ops.pengambilan").fetchall() == [
        (YOUNG.nama, YOUNG.alamat, "64.72.03.1005")
    ]


def test_codes_are_keyed_and_differ_by_card(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, [YOUNG, OLD, ILL])
    collect(con, store, home)
    codes = dict(con.execute("select id_penerbitan, kode from ops.janji").fetchall())
    assert len(set(codes.values())) == 3 and all(len(code) == 8 for code in codes.values())
    (home.keys / appointments.KEY_FILE).write_text("ab" * 32)
    collect(con, store, home)
    assert not set(codes.values()) & {code for (code,) in con.execute("select kode from ops.janji").fetchall()}


def printed(path: Path) -> bytes:
    """Everything that the pages of a PDF draw."""
    return b" ".join(zlib.decompress(part) for part in re.findall(rb"stream\n(x.*?)\nendstream", path.read_bytes(), re.DOTALL))


def test_letters_say_when_and_where_and_no_number_of_anybody(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, [YOUNG, OLD])
    collect(con, store, home)
    assert lists.write_letters(con, home, PERIOD, policy()) == {"berkas_surat": 1, "surat": 2}
    page = printed(home.collection(PERIOD) / "surat" / "64.72.03.1005.pdf")
    assert all(word in page for word in (b"BUDI", b"=SITI & <KAWAN>", b"Kantor Kelurahan SIDODADI", b"Kamis, 5 November 2026"))
    codes = [code for (code,) in con.execute("select kode from ops.janji").fetchall()]
    assert all(f"{code[:4]}-{code[4:]}".encode() in page for code in codes)
    numbers = [n for row in con.execute("select nik_awal, nomor_ssn, id_penerbitan from ops.pengambilan").fetchall() for n in row]
    assert len(numbers) == 6
    for number in [*numbers, str(YOUNG.no_kk), str(OLD.no_kk), YOUNG.nik[-6:]]:
        assert number.encode() not in page


@pytest.mark.parametrize("some", [[], [LETTER], [LETTER] * 3])
def test_one_page_a_letter_and_the_same_bytes_again(some: list[letters.Letter]) -> None:
    made = letters.letters("Kelurahan B", some)
    assert made == letters.letters("Kelurahan B", some) and made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") == max(len(some), 0) or not some


def test_long_texts_are_broken_and_cut_never_lost() -> None:
    text = "JALAN " + "PANJANG" * 30 + " NOMOR 7"
    lines = pdf.broken(text, 50, "", 11)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "") and len(lines) > 3
    assert pdf.broken("", 50, "", 11) == ("",)
    assert pdf.latin("ŠITI ’A’ 名 é\t") == "SITI 'A' ? é "


def test_a_walking_list_of_many_goes_over_pages() -> None:
    row = (1, "NAMA " * 20, "ALAMAT " * 30, "001", 87, "SAKIT, LANJUT_USIA", "1234", "4F2A-9C01")
    made = walk.walking_list("Daftar", [row] * 40, ["CAP_JEMPOL"])
    assert made == walk.walking_list("Daftar", [row] * 40, ["CAP_JEMPOL"])
    assert made.count(b"/Type /Page\n") > 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("umur_minimal: 60", "umur_minimal: lanjut", "jemput_bola.umur_minimal"),
        ('"08.00", "09.00"', '"09.00", "08.00"', "loket.jam"),
        ("[TANDA_TANGAN, ", "[CAP_JARI, ", "cara_identifikasi"),
        ("  MENOLAK:", "  MENOLAK_LAGI:", "tindak_lanjut"),
        ("hari_terlambat: 14", "hari_telat: 14", "hari_t"),
        ("loket:", "loket: [", "bukan YAML"),
    ],
)
def test_a_wrong_policy_says_where(tmp_path, old: str, new: str, said: str) -> None:
    from ssn_assets.collection.policy import POLICIES

    source = (POLICIES / "2026-01.yaml").read_text()
    assert old in source
    (tmp_path / "2026-01.yaml").write_text(source.replace(old, new, 1))
    with pytest.raises(CollectionPolicyError, match=said):
        load(date(2026, 10, 31), tmp_path)


def test_the_policy_of_the_day_is_taken(tmp_path) -> None:
    from ssn_assets.collection.policy import POLICIES

    source = (POLICIES / "2026-01.yaml").read_text()
    (tmp_path / "a.yaml").write_text(source)
    (tmp_path / "b.yaml").write_text(source.replace('"2026-01"', '"2027-01"').replace("2026-01-01", "2027-01-01"))
    assert load(date(2026, 12, 31), tmp_path).versi == "2026-01" and load(date(2027, 1, 1), tmp_path).versi == "2027-01"
    with pytest.raises(CollectionPolicyError, match="belum ada"):
        load(date(2025, 12, 31), tmp_path)


def test_a_card_that_went_back_to_the_bank_is_not_forgotten(home: Home) -> None:
    store = open_store(home)
    con = ready(store, home, [YOUNG])
    with store.begin() as change:
        change.exec_driver_sql("update jawaban_bank set status = 'DIKEMBALIKAN'")
    report(con, store)
    con.execute("drop table ops.jawaban_bank")
    reservation.copy_cards(con, store)
    assert collect(con, store, home)["kartu"] == 0
    assert con.execute("select jenis from ops.perhatian_kartu").fetchall() == [("DIKEMBALIKAN",)]
