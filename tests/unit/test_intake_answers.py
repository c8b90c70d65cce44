"""Answers of kelurahan and bank: what can be attached is loaded, what cannot stands in quarantine by row and column."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from ssn_assets.home import Home
from ssn_assets.intake import load
from ssn_assets.warehouse import open_warehouse
from tests.unit.intake_support import Loaded, drop, loaded, workbook

NIK = "6472031708900001"
DAY = datetime.date(2026, 10, 31)


@pytest.fixture
def city(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose warehouse knows two cases and two issuances, on the fifth of November."""
    monkeypatch.setenv("SSN_NOW", "2026-11-04T16:30:00+00:00")
    with open_warehouse(home) as con:
        load.known_ids(con, "verifikasi")
        con.execute("insert into ops.kasus values ('K01AB'), ('K02CD')")
        con.execute("insert into ops.penerbitan values ('P-0001'), ('P-0002')")
    return home


@pytest.fixture
def answered(city: Home) -> Iterator[Loaded]:
    lines = [
        "id_kasus,keputusan,petugas,tanggal,nik_benar,catatan",
        "K01AB,WARGA,SRI,2026-10-31,,",
        " k02cd ,Bukan warga,SRI,31/10/2026,-,pindah rumah",
        "K01AB,,,,,",
        ",,,,,",
        f"K01AB,WARGA,SRI,31-10-2026,'{NIK},",
        "K01AB,WARGA,SRI,2026-10-31,647203170890001,",
        "K99,WARGA,SRI,2026-10-31,,",
        ",WARGA,SRI,2026-10-31,,",
        "K01AB,MUNGKIN,SRI,2026-10-31,,",
        "K01AB,WARGA,SRI,31 Oktober,,",
        "K01AB,WARGA,SRI,2026-13-45,,",
        "K01AB,WARGA,SRI,,,",
        "K01AB,MAMPU,,46326,,",
        "id_kasus,keputusan,petugas,tanggal,nik_benar,catatan",
    ]
    drop(city, "verifikasi", "jawaban.csv", "\n".join(lines))
    with loaded(city, "verifikasi") as it:
        yield it


def test_answers_are_loaded_tidied(answered: Loaded) -> None:
    rows = answered.rows(
        "select baris, id_kasus, keputusan, petugas, tanggal, nik_benar, catatan from raw.verifikasi order by baris"
    )
    assert rows == [
        (2, "K01AB", "WARGA", "SRI", DAY, None, None),
        (3, "K02CD", "BUKAN_WARGA", "SRI", DAY, None, "pindah rumah"),
        (6, "K01AB", "WARGA", "SRI", DAY, NIK, None),
        (14, "K01AB", "MAMPU", None, DAY, None, None),
    ]


def test_what_cannot_be_attached_is_quarantined_by_column(answered: Loaded) -> None:
    assert answered.quarantine == [
        (7, "NIK_BENAR_TIDAK_SAH"),
        (8, "ID_KASUS_TIDAK_DIKENAL"),
        (9, "ID_KASUS_TIDAK_DIKENAL"),
        (10, "KEPUTUSAN_TIDAK_DIKENAL"),
        (11, "TANGGAL_TIDAK_TERBACA"),
        (12, "TANGGAL_TIDAK_TERBACA"),
        (13, "TANGGAL_TIDAK_TERBACA"),
        (15, "KEPALA_BERULANG"),
    ]
    texts = " ".join(answered.column("select keterangan from raw.karantina"))
    assert "647203170890001" not in texts and "K99" not in texts


def test_unanswered_rows_are_not_counted(answered: Loaded) -> None:
    assert (answered.report.baris_masuk, answered.report.baris_dimuat, answered.report.baris_karantina) == (12, 4, 8)


def test_a_filled_work_list_under_any_name_in_any_folder(city: Home) -> None:
    titles = [
        "id_kasus",
        "nama",
        "alamat",
        "rt",
        "nik_akhir",
        "catatan_sistem",
        "keputusan",
        "petugas",
        "tanggal",
        "nik_benar",
        "catatan",
    ]
    rows = [
        ["Daftar kerja kelurahan"],
        titles,
        ["K01AB", "BUDI", "JL. A", "001", "0001", "", "WARGA", "SRI", "31-10-2026", int(NIK), ""],
        ["K02CD", "ANI", "JL. B", "002", "0002", "ragu", "", "", "", "", ""],
    ]
    workbook(city.inbox("verifikasi") / "kirim" / "Salinan dari (2).xlsx", {"Petunjuk": [["isi"]], "Daftar": rows})
    with loaded(city, "verifikasi") as it:
        assert it.rows("select baris, id_kasus, keputusan, nik_benar from raw.verifikasi") == [(3, "K01AB", "WARGA", NIK)]
        assert it.report.baris_masuk == 1 and it.quarantine == []


def test_bank_answers(city: Home) -> None:
    lines = [
        "id_penerbitan;status;alasan;tanggal;referensi_bank",
        "P-0001;diterima;;2026-11-02;B1",
        "P-0001;KARTU DICETAK;;03/11/2026;B2",
        "P-0001;KARTU DICETAK;;03/11/2026;B2",
        "P-0009;DITERIMA;;2026-11-02;B3",
        "P-0002;HILANG;;2026-11-02;B4",
        "P-0002;DITOLAK;data beda;kemarin;B5",
        "Jumlah 6 baris;;;;",
        ";;;;",
    ]
    drop(city, "bank", "balasan.csv", "\n".join(lines))
    with loaded(city, "bank") as it:
        assert it.rows("select baris, id_penerbitan, status, tanggal from raw.bank order by baris") == [
            (2, "P-0001", "DITERIMA", datetime.date(2026, 11, 2)),
            (3, "P-0001", "KARTU_DICETAK", datetime.date(2026, 11, 3)),
            (4, "P-0001", "KARTU_DICETAK", datetime.date(2026, 11, 3)),
        ]
        assert it.quarantine == [
            (5, "ID_PENERBITAN_TIDAK_DIKENAL"),
            (6, "STATUS_TIDAK_DIKENAL"),
            (7, "TANGGAL_TIDAK_TERBACA"),
            (8, "JUMLAH"),
        ]
        assert it.report.baris_masuk == 7


def test_a_bank_may_send_the_name_of_the_account_too(city: Home) -> None:
    lines = ["id_penerbitan;Nama Nasabah;status;tanggal", "P-0001; SITI ;DITERIMA;2026-11-02", "P-0002;;DITERIMA;2026-11-02"]
    drop(city, "bank", "a.csv", "\n".join(lines))
    drop(city, "bank", "b.csv", "id_penerbitan;status;tanggal\nP-0002;DITERIMA;2026-11-03\n")
    with loaded(city, "bank") as it:
        assert it.rows("select nama from raw.bank order by all nulls last") == [("SITI",), (None,), (None,)]


def test_hand_overs_and_what_is_refused_of_them(city: Home) -> None:
    lines = [
        "no;nama;id_penerbitan;status;petugas;tanggal;cara_identifikasi;catatan",
        "1;A;P-0001;diserahkan;ANI;2026-11-02;cap jempol;",
        "2;B;p-0002 ;Tidak di tempat;ANI;02/11/2026;;ke kebun",
        "3;C;P-0002;;;;;",
        "4;D;P-0009;DISERAHKAN;ANI;2026-11-02;TANDA_TANGAN;",
        "5;E;;DISERAHKAN;ANI;2026-11-02;TANDA_TANGAN;",
        "6;F;P-0001;DITITIPKAN;ANI;2026-11-02;;",
        "7;G;P-0001;DISERAHKAN;ANI;besok;TANDA_TANGAN;",
        "8;H;P-0001;DISERAHKAN;ANI;2026-11-02;titip tetangga;",
        "9;I;P-0002;DISERAHKAN;;2026-11-03;;",
        "no;nama;id_penerbitan;status;petugas;tanggal;cara_identifikasi;catatan",
    ]
    drop(city, "penyerahan", "loket.csv", "\n".join(lines))
    drop(city, "penyerahan", "tanpa_kolom.csv", "id_penerbitan;catatan\nP-0001;x\n")
    with loaded(city, "penyerahan") as it:
        assert it.rows(
            "select baris, id_penerbitan, status, tanggal, cara_identifikasi, catatan from raw.penyerahan order by 1"
        ) == [
            (2, "P-0001", "DISERAHKAN", datetime.date(2026, 11, 2), "CAP_JEMPOL", None),
            (3, "P-0002", "TIDAK_DI_TEMPAT", datetime.date(2026, 11, 2), None, "ke kebun"),
            (10, "P-0002", "DISERAHKAN", datetime.date(2026, 11, 3), None, None),
        ]
        assert [found for found in it.quarantine if found[0]] == [
            (5, "ID_PENERBITAN_TIDAK_DIKENAL"),
            (6, "ID_PENERBITAN_TIDAK_DIKENAL"),
            (7, "HASIL_TIDAK_DIKENAL"),
            (8, "TANGGAL_TIDAK_TERBACA"),
            (9, "CARA_TIDAK_DIKENAL"),
            (11, "KEPALA_BERULANG"),
        ]
        assert it.refusals == {"tanpa_kolom.csv": "TANPA_KEPALA"}
        assert (it.report.baris_masuk, it.report.baris_dimuat, it.report.baris_karantina) == (9, 3, 6)


@pytest.mark.parametrize(
    ("kind", "line"),
    [("verifikasi", "K01AB,WARGA,SRI,{},,"), ("bank", "P-0001,DITERIMA,,{},B1,")],
)
def test_an_answer_from_the_future_does_not_count_yet(city: Home, kind: str, line: str) -> None:
    header = {
        "verifikasi": "id_kasus,keputusan,petugas,tanggal,nik_benar,catatan",
        "bank": "id_penerbitan,status,alasan,tanggal,referensi_bank,lain",
    }[kind]
    days = ["2062-10-05", "2026-11-08", "07/11/2026", "06-11-2026", "2026-11-05", "2016-10-05"]
    drop(city, kind, "jawaban.csv", "\n".join([header, *map(line.format, days)]))
    with loaded(city, kind) as it:
        assert it.column(f"select tanggal from raw.{kind} order by baris") == [
            datetime.date(2026, 11, 6),
            datetime.date(2026, 11, 5),
            datetime.date(2016, 10, 5),
        ]
        assert it.quarantine == [(2, "TANGGAL_BELUM_TIBA"), (3, "TANGGAL_BELUM_TIBA"), (4, "TANGGAL_BELUM_TIBA")]
        assert it.report.baca_lagi == "2026-11-06"


def test_a_rehearsal_of_a_later_period_takes_the_answers_of_that_month(city: Home) -> None:
    lines = ["id_kasus,keputusan,petugas,tanggal", "K01AB,WARGA,SRI,2026-12-31", "K02CD,WARGA,SRI,2027-01-01"]
    drop(city, "verifikasi", "jawaban.csv", "\n".join(lines))
    with loaded(city, "verifikasi", period="2026-12") as it:
        assert it.column("select tanggal from raw.verifikasi") == [datetime.date(2026, 12, 31)]


def test_known_ids_are_part_of_what_decides_the_result(city: Home) -> None:
    with open_warehouse(city) as con:
        before = load.known_ids(con, "verifikasi")
        assert load.known_ids(con, "verifikasi") == before
        con.execute("insert into ops.kasus values ('K03')")
        assert load.known_ids(con, "verifikasi") != before


def test_labels_of_a_sample_and_what_is_refused(home: Home) -> None:
    good = "S" + "0A" * 10
    lines = [
        "id_sampel;putusan;catatan;pembaca",
        f"{good};sama;;1",
        f"{good.lower()};Tidak tahu;kurang data;2",
        f"{good};;;2",
        f"{good};MUNGKIN;;2",
        f"{good};BEDA;;",
        "S99;BEDA;;1",
    ]
    drop(home, "sampel", "terisi.csv", "\n".join(lines))
    drop(home, "sampel", "surat.docx", "bukan tabel")
    drop(home, "sampel", "lain.csv", "nama;alamat\nA;B\n")
    with loaded(home, "sampel") as it:
        assert it.rows("select id_sampel, putusan, pembaca, catatan from raw.sampel order by baris") == [
            (good, "SAMA", "1", None),
            (good, "TIDAK_TAHU", "2", "kurang data"),
        ]
        assert [code for row, code in it.quarantine if row] == ["PUTUSAN_TIDAK_DIKENAL", "PEMBACA_KOSONG", "ID_SAMPEL_TIDAK_SAH"]
        assert it.refusals == {"surat.docx": "FORMAT_TIDAK_DIKENAL", "lain.csv": "TANPA_KEPALA"}
        assert it.report.baris_masuk == 5


def test_one_folder_for_cards_and_payments_each_file_read_once(city: Home) -> None:
    """Recognised by the column id_pembayaran; what nobody can read is told once."""
    ids = ("B1", "P-0001")
    drop(city, "bank", "kartu.csv", "id_penerbitan;status;tanggal\nP-0001;DITERIMA;2026-11-02\n")
    drop(
        city,
        "bank",
        "bayar.csv",
        "id_pembayaran;id_penerbitan;status;tanggal;alasan\nB1;P-0001;berhasil;2026-11-02;\nB9;;RETUR;2026-11-02;\n",
    )
    drop(city, "bank", "bayar tanpa tanggal.csv", "id_pembayaran;status\nB1;GAGAL\n")
    drop(city, "bank", "catatan.csv", "Yth. Dinas Sosial\nTerlampir jawaban kami\n")
    drop(city, "bank", "rusak.xlsx", b"PK\x03\x04 bukan buku kerja")
    drop(city, "bank", "gambar.png", b"x")
    rows = [
        ["Jawaban"],
        ["id_pembayaran", "status", "alasan", "tanggal", "referensi_bank"],
        ["B1", "RETUR", "tutup", "02-11-2026", "R"],
    ]
    workbook(city.inbox("bank") / "retur.xlsx", {"Ringkas": [["isi"]], "Pembayaran": rows})
    with open_warehouse(city) as con:
        con.execute("create or replace table ops.pembayaran_dikenal as select ? as id_pembayaran, 300000 as jumlah", [ids[0]])
    with loaded(city, "pembayaran") as it:
        assert it.rows("select id_pembayaran, status from raw.pembayaran order by status") == [
            ("B1", "BERHASIL"),
            ("B1", "RETUR"),
        ]
        assert it.quarantine == [(None, "TANPA_KEPALA"), (3, "ID_PEMBAYARAN_TIDAK_DIKENAL")]
        assert it.refusals == {"bayar tanpa tanggal.csv": "TANPA_KEPALA"}
        assert it.report.baris_masuk == it.report.baris_dimuat + it.report.baris_karantina == 3
    with loaded(city, "bank") as it:
        assert it.rows("select id_penerbitan from raw.bank") == [(ids[1],)]
        refused = it.rows("select berkas from raw.berkas where jenis = 'bank' and not diterima order by berkas")
        assert refused == [("catatan.csv",), ("gambar.png",), ("rusak.xlsx",)]
        assert it.report.baris_masuk == 1
