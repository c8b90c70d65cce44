"""The bank's answers: kept line by line, once; what they leave open goes to people."""

from __future__ import annotations

from sqlalchemy import Engine, text

from ssn_assets.bank import answers, reservation
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import replies
from ssn_assets.home import Home
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import NOW, Person, city, exceptions, ids, kk, nik, reserve, run, steps

pytest_plugins = ("tests.unit.store_backends",)

HEAD = Person(nik(1), kk(1), "KEPALA KELUARGA")
WIFE = Person(nik(2), kk(1), "ISTRI")


def test_lines_are_kept_once_whatever_comes_again(home: Home, engine: Engine) -> None:
    run(city([HEAD]), engine, home)
    card = ids(engine)["BARU", HEAD.nik]
    con = city([HEAD], [(card, "diterima "), (card, "DITERIMA"), (card, "KARTU_DICETAK")])
    assert [replies.keep(con, engine, CARDS, NOW) for _ in range(2)] == [3, 0]
    con.execute(
        "insert into raw.bank by name select berkas, baris + 10 as baris, berkas_sha256, id_penerbitan, 'SIAP_DIAMBIL' as status,"
        " tanggal from raw.bank limit 1"
    )
    con.execute(
        "insert into raw.bank by name select 'lain.csv' as berkas, baris, repeat('cd', 32) as berkas_sha256, id_penerbitan,"
        " 'DITERIMA' as status, 'x' as alasan"
        " from raw.bank limit 1"
    )
    assert replies.keep(con, engine, CARDS, NOW) == 2
    assert answers.copy_issuances(con, engine) == 1
    reservation.copy_cards(con, engine)
    assert steps(con) == {HEAD.nik: ("SIAP_DIAMBIL", True)}
    reservation.copy_cards(con, engine)  # unchanged: nothing is copied
    con.execute("update raw.bank set baris = baris + 100, status = 'DISERAHKAN' where status = 'SIAP_DIAMBIL'")
    con.execute("delete from raw.bank where status <> 'DISERAHKAN'")
    con.execute("update raw.bank set berkas_sha256 = repeat('ef', 32)")
    assert replies.keep(con, engine, CARDS, NOW) == 1
    reservation.copy_cards(con, engine)
    assert steps(con) == {HEAD.nik: ("DISERAHKAN", True)}
    empty = city([HEAD])  # the inbox was emptied by mistake: the store remembers
    reserve(empty, engine, home)
    assert steps(empty) == {HEAD.nik: ("DISERAHKAN", True)}
    with engine.connect() as con2:
        assert con2.execute(text("select count(*) from jawaban_bank where status = 'DITERIMA'")).scalar() == 3


def test_a_block_the_bank_confirms_is_the_card_s(home: Home, engine: Engine) -> None:
    run(city([HEAD, WIFE]), engine, home)
    run(city([HEAD.but(keputusan="TIDAK_VALID"), WIFE]), engine, home)
    known = ids(engine)
    reports = [(known["BARU", HEAD.nik], "DISERAHKAN"), (known["BLOKIR", HEAD.nik], "DITERIMA")]
    con = city([HEAD.but(keputusan="TIDAK_VALID"), WIFE], reports)
    run(con, engine, home)
    assert steps(con)[HEAD.nik] == ("DISERAHKAN", False)
    later = city([HEAD.but(keputusan="TIDAK_VALID"), WIFE], [*reports, (known["BLOKIR", HEAD.nik], "DIBLOKIR")])
    run(later, engine, home)
    assert steps(later) == {HEAD.nik: ("DIBLOKIR", False), WIFE.nik: ("DIPESAN", True)}
    assert exceptions(home) == []


def test_what_the_answers_leave_open(home: Home) -> None:
    store = open_store(home)
    two = Person(nik(3), kk(3), "KEPALA KELUARGA")
    run(city([HEAD, WIFE, two]), store, home)
    run(city([HEAD.but(keputusan="TIDAK_VALID"), WIFE, two]), store, home)
    known = ids(store)
    con = city(
        [HEAD.but(keputusan="TIDAK_VALID"), WIFE, two],
        [
            ("=P0000000000000000", "DITERIMA"),
            (known["BARU", two.nik], "REKENING_DIBUKA"),
            (known["BARU", two.nik], "DITOLAK"),
            (known["BARU", WIFE.nik], "GAGAL_BUKA"),
            (known["BARU", WIFE.nik], "HILANG"),
            (known["BLOKIR", HEAD.nik], "KARTU_DICETAK"),
            (known["BLOKIR", HEAD.nik], "DITOLAK"),
        ],
    )
    con.execute(
        "insert into raw.karantina values"
        " ('bank', '', 'b.csv', 9, 'TANPA_ID', 'baris tanpa id'), ('dtks', '', 'd.csv', 1, 'X', 'x')"
    )
    run(con, store, home)
    found = sorted((line[0], line[1]) for line in exceptions(home))
    assert found == [
        ("BERTENTANGAN", known["BARU", two.nik]),
        ("BLOKIR_DITOLAK", known["BLOKIR", HEAD.nik]),
        ("DITOLAK_BANK", known["BARU", WIFE.nik]),
        ("ID_PENERBITAN_TIDAK_DIKENAL", "'=P0000000000000000"),
        *sorted([("STATUS_TIDAK_DIKENAL", known["BARU", WIFE.nik]), ("STATUS_TIDAK_DIKENAL", known["BLOKIR", HEAD.nik])]),
        ("TANPA_ID", ""),
    ]
    text_of = (home.bank / "pengecualian.csv").read_text()
    assert not any(p.nik in text_of or p.no_kk in text_of for p in (HEAD, WIFE, two) if p.no_kk)
    assert steps(con)[two.nik] == ("REKENING_DIBUKA", True) and steps(con)[HEAD.nik] == ("DIPESAN", False)


def test_answers_to_what_was_never_sent_move_nothing(home: Home) -> None:
    store = open_store(home)
    reserve(city([HEAD]), store, home)
    con = city([HEAD], [(ids(store)["BARU", HEAD.nik], "DISERAHKAN")])
    reserve(con, store, home)
    assert steps(con) == {HEAD.nik: ("DIPESAN", True)}


def test_a_number_whose_nik_is_gone_is_listed_by_its_number(home: Home) -> None:
    con = city([])
    con.execute("create table ops.identitas_pengecualian as select '647212345678' as nomor_ssn")
    run(con, open_store(home), home)
    assert [line[:3] for line in exceptions(home)] == [["NIK_HILANG", "", "647212345678"]]
