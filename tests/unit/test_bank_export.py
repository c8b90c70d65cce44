"""The bank file: the layout to the letter, chained, sealed once, the same after any cut, nothing changed silently."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from ssn_assets import suites
from ssn_assets.bank import export, profile
from ssn_assets.bank import lines as card_lines
from ssn_assets.bank.kind import FORM
from ssn_assets.batches import chain, layout
from ssn_assets.batches.kinds import LEDGER_KEY
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import NOW, Person, city, exceptions, ids, kk, ledger, lines, nik, reserve, run
from tests.unit.bank_people import checker
from tests.unit.cut_off import every_cut

pytest_plugins = ("tests.unit.store_backends",)

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 4)]


def tree(home: Home) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(home.bank.iterdir())}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def out(person: Person) -> Person:
    return person.but(keputusan="TIDAK_VALID")


def test_the_layout_to_the_letter(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    head, *middle, tail = (home.bank / "penerbitan_0001.txt").read_text().split("\n")[:-1]
    assert head == f"H|1|1|{'0' * 64}|2026-10-31T09:00:00Z|SAMARINDA-SSN|BANKALTIMTARA|PENERBITAN|2026-10"
    by_nik = {line.split("|")[5]: line.split("|") for line in middle}
    fields = by_nik[nik(1)]
    personal = [
        "SITI",
        "SAMARINDA",
        "1980-01-01",
        "P",
        "IBU",
        "JL. MERDEKA NO. 1",
        "001",
        "SIDODADI",
        "SAMARINDA ULU",
        "75123",
        "",
    ]
    assert fields[3] == "BARU" and fields[5:] == [nik(1), kk(1), *personal] and len(fields) == 18
    assert [line.split("|")[:2] for line in middle] == [["D", "1"], ["D", "2"], ["D", "3"]]
    assert tail == f"T|1|3|{sha256(''.join(line + chr(10) for line in middle).encode())}|{900001 + 900002 + 900003}"
    content = (home.bank / "penerbitan_0001.txt").read_bytes()
    assert json.loads((home.bank / "penerbitan_0001.manifest.json").read_text()) == {
        "batch_no": 1,
        "file": "penerbitan_0001.txt",
        "sha256": sha256(content),
        "count": 3,
        "hash_total": 2700006,
        "prev_batch_sha256": "0" * 64,
        "period": "2026-10",
        "created": "2026-10-31T09:00:00Z",
    }
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in home.bank.iterdir())


def test_batches_are_chained_and_only_made_when_there_is_something(home: Home, engine: Engine) -> None:
    assert run(city([]), engine, home)["batch"] == 0
    assert list(tree(home)) == ["pengecualian.csv"]
    run(city(HEADS[:1]), engine, home)
    before = tree(home)
    assert run(city(HEADS[:1]), engine, home)["baris_baru"] == 0
    assert tree(home) == before
    run(city([out(HEADS[0]), *HEADS[1:]]), engine, home)
    assert (home.bank / "penerbitan_0002.txt").read_text().split("|")[3] == sha256(before["penerbitan_0001.txt"])
    assert [line[3] for line in lines(home, 2)] == ["BLOKIR", "BARU", "BARU"]
    assert {n: c for n, c in tree(home).items() if "0001" in n} == {n: c for n, c in before.items() if "0001" in n}


def test_a_lost_outbox_comes_back_the_same(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    run(city(HEADS), engine, home)
    before = tree(home)
    shutil.rmtree(home.outbox)
    home.prepare()
    assert run(city(HEADS), engine, home)["dipulihkan"] == 2
    assert tree(home) == before
    (home.bank / "penerbitan_0002.txt").write_text("rusak")
    run(city(HEADS), engine, home)
    assert tree(home) == before


def test_a_changed_ledger_is_not_exported(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    (home.bank / "penerbitan_0001.txt").unlink()
    with engine.begin() as con:
        con.execute(text("update penerbitan set alamat = 'JL. LAIN'"))
    with pytest.raises(chain.LedgerError, match="Batch 1"):
        run(city(HEADS), engine, home)
    assert not (home.bank / "penerbitan_0001.txt").exists()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("JL. A|B", "KARAKTER_TERLARANG"),
        ("JL. A\nB", "KARAKTER_TERLARANG"),
        ("JL. A\u2028B", "KARAKTER_TERLARANG"),
        ("JL. \x85", "KARAKTER_TERLARANG"),
    ],
)
def test_what_does_not_fit_is_held_back_not_changed(home: Home, address: str, why: str) -> None:
    store = open_store(home)
    bad = HEADS[0].but(alamat=address)
    run(city([bad, HEADS[1]]), store, home)
    assert [line[5] for line in lines(home, 1)] == [nik(2)]
    assert [line[0] for line in exceptions(home)] == [why]
    run(city([HEADS[0].but(alamat="JL. A/B é"), HEADS[1]]), store, home)  # the registry was corrected
    assert [line[12] for line in lines(home, 2)] == ["JL. A/B é"] and exceptions(home) == []


def test_a_new_card_waits_for_its_family_s_block(home: Home) -> None:
    store = open_store(home)
    wife = Person(nik(9), kk(1), "ISTRI")
    run(city([HEADS[0], wife]), store, home)
    run(city([out(HEADS[0]).but(nama="A|B"), wife]), store, home)
    assert sorted(line[0] for line in exceptions(home)) == ["KARAKTER_TERLARANG", "MENUNGGU_BLOKIR"]
    assert len(tree(home)) == 3
    run(city([out(HEADS[0]), wife]), store, home)
    assert [line[3] for line in lines(home, 2)] == ["BLOKIR", "BARU"]


@pytest.mark.parametrize("moved", [{"no_kk": kk(5), "alamat": "JL. A|B"}, {"no_kk": None}])
def test_a_new_card_waits_for_the_block_of_a_holder_who_moved(home: Home, moved: dict[str, str | None]) -> None:
    """His block cannot be written, and his family card of now is another one, or none."""
    store = open_store(home)
    wife = Person(nik(9), kk(1), "ISTRI")
    run(city([HEADS[0], wife]), store, home)
    assert run(city([out(HEADS[0]).but(**moved), wife]), store, home)["baris_baru"] == 0
    assert "MENUNGGU_BLOKIR" in {line[0] for line in exceptions(home)}
    run(city([out(HEADS[0]).but(no_kk=kk(5)), wife]), store, home)  # the registry was corrected
    assert [line[3] for line in lines(home, 2)] == ["BLOKIR", "BARU"]


def test_a_registry_number_that_is_none_is_held_back() -> None:
    row = FITS | {"nik": "647201010190000"}
    assert card_lines.fault(tuple(row.values())) == "NIK_KK_TIDAK_SAH"
    assert card_lines.fault(tuple((row | {"nik": nik(1)}).values())) is None
    assert card_lines.fault(tuple((row | {"nik": "６４７２０１０１０１９００００１"}).values())) == "NIK_KK_TIDAK_SAH"


FITS = dict.fromkeys(card_lines.FIELDS, "x") | {
    "jenis": "BARU",
    "id_penerbitan": "P0123456789ABCDEF",
    "nomor_ssn": "647200000001",
    "nik": nik(1),
    "no_kk": kk(1),
    "tanggal_lahir": "1980-01-01",
    "id_rujukan": "",
}
ODD = {
    "nomor_ssn": ["647200000001", "64720000000", "657200000001", ""],
    "nik": [nik(1), "647201010190000", ""],
    "no_kk": [kk(1), "-", ""],
    "nama": ["SITI", " ", "", "A|B"],
    "tanggal_lahir": ["1980-01-01", "00-00-1950", "19800101", "1980-02-30", ""],
    "alamat": ["", "JL. A\nB", "JL. A\x85"],
}


@given(
    kind=st.sampled_from(["BARU", "GANTI", "BLOKIR"]), odd=st.fixed_dictionaries({f: st.sampled_from(v) for f, v in ODD.items()})
)
def test_the_seal_the_suite_and_the_bank_s_checker_agree(tmp_path_factory: pytest.TempPathFactory, kind: str, odd) -> None:  # type: ignore[no-untyped-def]
    """What the seal lets pass, both others let pass; what it holds back, one of them would refuse."""
    row = FITS | odd | {"jenis": kind, "id_rujukan": "" if kind == "BARU" else "P0123456789ABCDE0"}
    home = Home(tmp_path_factory.mktemp("segel")).prepare()
    digits = row["nik"].rjust(6, "0")
    line = "|".join((row | {"nik": digits}).values())
    file = layout.render(1, layout.NO_PREVIOUS, "2026-10-31T09:00:00Z", "2026-10", [line], FORM)
    path = home.bank / "penerbitan_0001.txt"
    path.write_bytes(file.content)
    counts = profile.profile_file(path, 1, layout.NO_PREVIOUS, set())
    refused = [c for c, n in counts.items() if n and c.endswith(("_salah", "_digit", "_kosong", "_lf"))]
    told = checker().check_file(file.content, 1, layout.NO_PREVIOUS)
    why = card_lines.fault(tuple(row.values()))
    assert bool(why) == bool(refused or told)
    assert card_lines.faults(["|".join(row.values())]) == ({row["id_penerbitan"]: why} if why else {})
    assert bool(told) or not refused


def test_a_dead_holder_s_card_is_stopped_whatever_the_registry_lacks(home: Home, engine: Engine) -> None:
    run(city(HEADS), engine, home)
    gone = out(HEADS[0]).but(tanggal_lahir=None, nama="")
    run(city([gone, *HEADS[1:]]), engine, home)
    assert [line[3] for line in lines(home, 2)] == ["BLOKIR"]
    frame = profile.profile_of(home)
    assert suites.failed_critical(suites.validate("bank_penerbitan", frame)) == []
    previous = sha256((home.bank / "penerbitan_0001.txt").read_bytes())
    assert checker().check_file((home.bank / "penerbitan_0002.txt").read_bytes(), 2, previous) == []


def test_a_new_card_without_a_name_waits(home: Home) -> None:
    store = open_store(home)
    run(city([HEADS[0].but(nama=" "), HEADS[1]]), store, home)
    assert [line[5] for line in lines(home, 1)] == [nik(2)]
    assert [line[0] for line in exceptions(home)] == ["NAMA_KOSONG"]


def test_cut_off_anywhere_and_run_again(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    read_or_create(home, LEDGER_KEY)
    run(city(HEADS[:1]), store, home)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)
    con = city([out(HEADS[0]), *HEADS[1:]])
    undisturbed = open_store(home)
    run(con, undisturbed, home)
    wanted, kept = tree(home), ledger(undisturbed)
    undisturbed.dispose()

    def check(moment: int) -> None:
        again = open_store(home)
        run(con, again, home)
        assert tree(home) == wanted and ledger(again) == kept, moment
        again.dispose()

    assert every_cut(start, home.root, lambda: run(con, open_store(home), home), check) >= 20


def test_two_seals_at_once_make_one_batch(home: Home, engine: Engine) -> None:
    reserve(city(HEADS), engine, home)
    reports = []
    ready = [city(HEADS) for _ in range(4)]
    for con in ready:
        columns = ", ".join(f"{c} text" for c in ("jenis", "id_penerbitan", "nomor_ssn", "kode_kelurahan", "keterangan"))
        con.execute(f"create table ops.pengecualian_kartu ({columns})")

    def one(con: duckdb.DuckDBPyConnection) -> None:
        reports.append(export.seal(con, engine, home, "2026-10", NOW))

    threads = [threading.Thread(target=one, args=(con,)) for con in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r["baris_baru"] for r in reports) == [0, 0, 0, 3]
    assert [line[3] for line in ledger(engine)] == [1, 1, 1]


def test_the_profile_sees_every_kind_of_damage(home: Home) -> None:
    store = open_store(home)
    run(city(HEADS[:1]), store, home)
    run(city([out(HEADS[0]), *HEADS[1:]]), store, home)
    good = profile.profile_of(home)
    faults = [c for c in good.columns if c.endswith(("_salah", "_ganda", "_kosong", "_digit", "_lf", "_dikenal", "_sekeluarga"))]
    agrees = [c for c in good.columns if c.endswith("_cocok")]
    assert len(faults) == 14 and len(agrees) == 5 and len(good) == 2
    assert not good[faults].any(axis=None) and good[agrees].all(axis=None)
    path = home.bank / "penerbitan_0002.txt"
    content = path.read_bytes()
    for place in range(len(content)):  # one byte changed anywhere
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        changed = profile.profile_of(home)
        assert changed[faults].any(axis=None) or not changed[agrees].all(axis=None), place
    path.write_bytes(content)
    first = home.bank / "penerbitan_0001.txt"
    first.rename(home.bank / "penerbitan_0003.txt")  # order of the chain
    assert not profile.profile_of(home)[agrees].all(axis=None)
    assert ids(store)
