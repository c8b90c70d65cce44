"""Payment orders: who gets one, once a family and month whatever happens, the file to the letter, the same after any cut."""

from __future__ import annotations

import hashlib
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from ssn_assets.bank import replacement
from ssn_assets.home import Home
from ssn_assets.payments import export, profile
from ssn_assets.payments import orders as payment_orders
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import NOW, city, ids, kk, nik, run
from tests.unit.bank_people import people
from tests.unit.cut_off import every_cut
from tests.unit.payment_city import HEADS, Person, in_hand, lines, orders, out, pay, payment_of, steps

pytest_plugins = ("tests.unit.store_backends",)


def test_the_file_to_the_letter(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:2], engine, home)
    report = pay(con, engine, home)
    assert (report["dipesan"], report["rupiah"], report["batch"]) == (2, 600_000, 1)
    head, *middle, tail = lines(home, 1)
    assert head == ["H", "1", "1", "0" * 64, "2026-10-31T09:00:00Z", "SAMARINDA-SSN", "BANKALTIMTARA", "PEMBAYARAN", "2026-10"]
    by_nik = {line[5]: line for line in middle}
    assert [line[:2] for line in middle] == [["D", "1"], ["D", "2"]]
    one = by_nik[nik(1)]
    assert one[2] == payment_of(engine, HEADS[0]) and one[3] == ids(engine)["BARU", nik(1)]
    assert one[5:] == [nik(1), "SITI 1", "2026-10", "300000", ""] and one[4].startswith("6472")
    body = "".join("|".join(line) + "\n" for line in middle).encode()
    assert tail == ["T", "1", "2", "600000", hashlib.sha256(body).hexdigest(), str(900001 + 900002)]
    assert set(steps(con).values()) == {("DIPESAN", None)}


def test_only_who_has_the_card_in_hand_and_nothing_open(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    known = [ids(engine)["BARU", p.nik] for p in HEADS]
    reports = [(known[0], "SIAP_DIAMBIL"), (known[1], "DISERAHKAN"), (known[2], "DISERAHKAN"), (known[2], "DITOLAK")]
    reports += [(known[3], "DISERAHKAN"), (known[3], "DIKEMBALIKAN")]
    con = city(HEADS, reports)
    run(con, engine, home)
    assert pay(con, engine, home)["dipesan"] == 1
    assert orders(engine) == [(nik(2), "2026-10", 1, None, 1)]


def test_a_holder_who_waits_or_is_out_is_not_paid(home: Home, engine: Engine) -> None:
    in_hand(HEADS, engine, home)
    people_now = [out(HEADS[0]), HEADS[1].but(keputusan="MENUNGGU"), HEADS[2].but(keputusan=None), HEADS[3]]
    con = city(people_now)
    run(con, engine, home)
    pay(con, engine, home)
    assert [o[0] for o in orders(engine)] == [nik(4)]


def test_a_policy_without_an_amount_pays_nothing(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:1], engine, home)
    con.execute("update ops.kebijakan set rupiah_per_bulan = null")
    assert pay(con, engine, home)["dipesan"] == 0
    assert not list(home.bank.glob("pembayaran_*"))


def test_once_a_family_and_month_also_with_another_card(home: Home, engine: Engine) -> None:
    con = in_hand(HEADS[:1], engine, home)
    pay(con, engine, home)
    pay(con, engine, home)
    who = people(engine, home)
    replacement.ask(engine, who.ani, ids(engine)["BARU", nik(1)], "HILANG", NOW)
    moved = [HEADS[0].but(no_kk=kk(77))]  # and the family card has another number by now
    run(city(moved), engine, home)
    new_card = ids(engine)["GANTI", nik(1)]
    con = city(moved, [(ids(engine)["BARU", nik(1)], "DISERAHKAN"), (new_card, "DISERAHKAN")])
    run(con, engine, home)
    assert pay(con, engine, home)["dipesan"] == 0
    assert pay(con, engine, home, "2026-11")["dipesan"] == 1
    assert [o[1] for o in orders(engine)] == ["2026-10", "2026-11"]


def test_a_new_holder_of_the_family_waits_for_the_next_month(home: Home, engine: Engine) -> None:
    pay(in_hand(HEADS[:1], engine, home), engine, home)
    wife = Person(nik(9), kk(1), "ISTRI", nama="ANI")
    con = in_hand([out(HEADS[0]), wife], engine, home)
    assert ids(engine)["BARU", nik(9)]
    assert pay(con, engine, home)["dipesan"] == 0
    assert pay(con, engine, home, "2026-11")["dipesan"] == 1
    assert [o[:2] for o in orders(engine)] == [(nik(1), "2026-10"), (nik(9), "2026-11")]


def test_the_database_keeps_it(home: Home, engine: Engine) -> None:
    pay(in_hand(HEADS[:1], engine, home), engine, home)
    columns = (
        "id_pembayaran, id_penerbitan, kartu_awal, nik_awal, no_kk, nomor_ssn, nik, nama, bulan, urut, jumlah, periode,"
        " dibuat_pada, id_rujukan, dari_urut, sebab"
    )
    for change in (
        {"id_pembayaran": "'B2'"},  # a second order of that month
        {"id_pembayaran": "'B2'", "no_kk": "'x'", "kartu_awal": "'x'"},  # the same card
        {"id_pembayaran": "'B2'", "urut": "2"},  # a second one that refers to nothing
        {"id_pembayaran": "'B2'", "bulan": "'2026-11'", "jumlah": "0"},
        {
            "id_pembayaran": "'B2'",
            "bulan": "'2026-11'",
            "urut": "2",
            "id_rujukan": "id_pembayaran",
            "dari_urut": "1",
            "sebab": "'GAGAL'",
        },
        {"id_pembayaran": "'B2'", "urut": "2", "id_rujukan": "id_pembayaran", "dari_urut": "1", "sebab": "'LAIN'"},
    ):
        values = ", ".join(change.get(c, c) for c in columns.split(", "))
        with pytest.raises(DatabaseError), engine.begin() as con:
            con.execute(text(f"insert into pembayaran ({columns}) select {values} from pembayaran"))
    for statement in ("update pembayaran set jumlah = 1", "delete from pembayaran"):
        with pytest.raises(DatabaseError), engine.begin() as con:
            con.execute(text(statement))


def test_four_runs_at_once_order_once(home: Home, engine: Engine) -> None:
    ready = [in_hand(HEADS, engine, home) for _ in range(4)]
    reports = []

    def one(con) -> None:  # type: ignore[no-untyped-def]
        payment_orders.order(con, engine, home, "2026-10", NOW)
        reports.append(export.seal(engine, home, "2026-10", NOW)["baris_baru"])

    threads = [threading.Thread(target=one, args=(con,)) for con in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(reports) == 4 and len(orders(engine)) == 4


def test_cut_off_anywhere_and_run_again(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    con = in_hand(HEADS[:1], store, home)
    pay(con, store, home)
    con = in_hand(HEADS, store, home)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)
    undisturbed = open_store(home)
    pay(con, undisturbed, home)
    wanted, kept = {p.name: p.read_bytes() for p in home.bank.glob("pembayaran_*")}, orders(undisturbed)
    assert sorted(wanted) == [f"pembayaran_000{n}.{e}" for n in (1, 2) for e in ("manifest.json", "txt")] and len(kept) == 4
    undisturbed.dispose()

    def check(moment: int) -> None:
        again = open_store(home)
        pay(con, again, home)
        assert {p.name: p.read_bytes() for p in home.bank.glob("pembayaran_*")} == wanted, moment
        assert orders(again) == kept, moment
        again.dispose()

    assert every_cut(start, home.root, lambda: pay(con, open_store(home), home), check) >= 12


def test_the_profile_sees_every_kind_of_damage(home: Home) -> None:
    store = open_store(home)
    pay(in_hand(HEADS[:1], store, home), store, home)
    pay(in_hand(HEADS[:3], store, home), store, home)
    good = profile.profile_of(home)
    agrees = [c for c in good.columns if c.endswith("_cocok")]
    faults = [c for c in good.columns if c not in (*agrees, "berkas", "baris")]
    assert len(faults) == 9 and len(agrees) == 6 and len(good) == 2
    assert not good[faults].any(axis=None) and good[agrees].all(axis=None)
    path = home.bank / "pembayaran_0002.txt"
    content = path.read_bytes()
    for place in range(len(content)):  # one byte changed anywhere
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        changed = profile.profile_of(home)
        assert changed[faults].any(axis=None) or not changed[agrees].all(axis=None), place
