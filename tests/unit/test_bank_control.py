"""Two people before anything leaves: said in words, and kept by the database itself on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DatabaseError

from ssn_assets.bank import export
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, events, handover, officers
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.store.bank_schema import APPEND_ONLY, batch_kejadian, petugas, petugas_kejadian
from tests.unit.bank_city import NOW, Person, city, kk, nik, run
from tests.unit.bank_people import LIMITS, REASON, agree, checker, opened, people, release, states

pytest_plugins = ("tests.unit.store_backends",)

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 5)]


def test_the_whole_way_and_every_step_again(home: Home, engine: Engine) -> None:
    run(city(HEADS[:2]), engine, home)
    who = people(engine, home)
    sealed = ["DIPESAN:SISTEM", "DITULIS:SISTEM", "DISEGEL:SISTEM"]
    assert states(engine) == sealed
    assert release(engine, home) == [(1, "MENUNGGU")]
    with pytest.raises(ControlError, match="prepare"):
        control.approve(engine, home, CARDS, who.budi, NOW, 1)
    for _ in range(2):
        assert control.prepare(engine, home, CARDS, who.ani, NOW, 1) == 1
    assert release(engine, home) == [(1, "MENUNGGU")]
    assert not home.outgoing.exists()
    for _ in range(2):
        assert control.approve(engine, home, CARDS, who.budi, NOW, 1) == 1
    assert release(engine, home) == [(1, "DIKIRIM")]
    before = {p.name: p.read_bytes() for p in home.outgoing.iterdir()}
    assert release(engine, home) == [(1, "SUDAH")]
    assert states(engine) == [*sealed, "DIAJUKAN:ani", "DISETUJUI:budi", "DIKIRIM:SISTEM"]
    for path in home.outgoing.iterdir():
        path.unlink()
    assert handover.restore(engine, home, CARDS) == 3
    assert {p.name: p.read_bytes() for p in home.outgoing.iterdir()} == before
    content, note, signature = opened(home, who, 1)
    assert content == (home.bank / "penerbitan_0001.txt").read_bytes()
    public = bytes.fromhex(handover.verify_key(home))
    assert checker().check_batch(content, note, signature, public, 1, "0" * 64) == []


def test_one_person_cannot_be_both(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    control.prepare(engine, home, CARDS, who.ani, NOW)
    with pytest.raises(ControlError, match="orang lain"):
        control.approve(engine, home, CARDS, who.ani, NOW)
    another_key = Ed25519PrivateKey.generate()
    officers.add(engine, "ani", another_key.public_key().public_bytes_raw().hex(), NOW, [who.ani, who.budi])
    with pytest.raises(ControlError, match="orang lain"):
        control.approve(engine, home, CARDS, another_key, NOW)
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(ControlError, match="tidak terdaftar"):
        control.approve(engine, home, CARDS, stranger, NOW)
    officers.revoke(engine, "budi", NOW, who.ani)
    with pytest.raises(ControlError, match="dicabut"):
        control.approve(engine, home, CARDS, who.budi, NOW)
    with pytest.raises(ControlError, match="milik"):
        officers.add(engine, "cici", who.ani.public_key().public_bytes_raw().hex(), NOW)
    with pytest.raises(ControlError, match="nama petugas"):
        officers.add(engine, "sistem", stranger.public_key().public_bytes_raw().hex(), NOW)


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def test_nobody_brings_in_a_second_self(home: Home, engine: Engine) -> None:
    """After the first two, two registered people sign for another; a line put into the table by hand is nobody."""
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    joko = Ed25519PrivateKey.generate()
    for signers in ([], [who.ani], [who.ani, who.ani], [who.ani, who.budi, who.ani]):
        with pytest.raises(ControlError, match="dua petugas lain"):
            officers.add(engine, "joko.a", public(joko), NOW, signers)
    with pytest.raises(ControlError, match="tidak terdaftar"):
        officers.add(engine, "joko.a", public(joko), NOW, [who.ani, joko])
    with engine.begin() as con:
        con.execute(insert(petugas).values(kunci_publik=public(joko), nama="joko.a", dibuat_pada="2026-10-31T09:00:00Z"))
    event = {"urut": 3, "nama": "joko.a", "kunci_publik": public(joko), "waktu": "2026-10-31T09:00:00Z"}
    ani, budi = ({"oleh": "ani", "kunci": public(who.ani)}, {"oleh_2": "budi", "kunci_2": public(who.budi)})
    for wrong in (
        {"tindakan": "DAFTAR"},  # unsigned
        {"tindakan": "LAMA"},  # pretending it was before
        {"tindakan": "DAFTAR", **ani, "tanda_tangan": "00"},  # by one
        {"tindakan": "DAFTAR", **ani, "oleh_2": "ani", "kunci_2": public(who.ani), "tanda_tangan": "00", "tanda_tangan_2": "00"},
    ):
        with pytest.raises(DatabaseError), engine.begin() as con:
            con.execute(insert(petugas_kejadian).values(**(event | wrong)))
    with engine.begin() as con:
        forged = {"tindakan": "DAFTAR", "tanda_tangan": "00", "tanda_tangan_2": "00"} | ani | budi
        con.execute(insert(petugas_kejadian).values(**(event | forged)))
    with pytest.raises(ControlError, match="tidak terdaftar"):
        control.prepare(engine, home, CARDS, joko, NOW)
    cici = Ed25519PrivateKey.generate()
    officers.add(engine, "cici", public(cici), NOW, [who.budi, who.ani])
    assert [(name, a.by) for name, _, a in officers.registered(engine)] == [("ani", ()), ("budi", ()), ("cici", ("budi", "ani"))]
    control.prepare(engine, home, CARDS, cici, NOW)


def test_a_person_is_only_ever_revoked(home: Home, engine: Engine) -> None:
    who = people(engine, home)
    when = "'2026-10-31T10:00:00Z'"
    for statement in (
        "update petugas set nama = 'zz' where nama = 'ani'",
        f"update petugas set dibuat_pada = {when}, dicabut_pada = {when}",
        "update petugas set dicabut_pada = null",
        "delete from petugas",
    ):
        with pytest.raises(DatabaseError), engine.begin() as con:
            con.execute(text(statement))
    with pytest.raises(ControlError, match="Tidak ada petugas cici"):
        officers.revoke(engine, "cici", NOW, who.ani)
    officers.revoke(engine, "budi", NOW, who.ani)
    with pytest.raises(DatabaseError), engine.begin() as con:
        con.execute(text("update petugas set dicabut_pada = null where nama = 'budi'"))
    with pytest.raises(ControlError, match="dicabut"):
        officers.revoke(engine, "ani", NOW, who.budi)


def test_a_batch_of_somebody_revoked_since_waits_for_another(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    cici = Ed25519PrivateKey.generate()
    officers.add(engine, "cici", public(cici), NOW, [who.ani, who.budi])
    agree(engine, home, who)
    officers.revoke(engine, "budi", NOW, who.ani)
    (held,) = handover.release(engine, home, CARDS, lambda p: LIMITS, NOW)
    assert held.result == "DITAHAN" and "budi (DISETUJUI) dicabut pada 2026-10-31" in held.words
    with pytest.raises(ControlError, match="bukan ani"):
        release(engine, home, key=who.ani, reason=REASON, batch_no=1)
    assert states(engine)[-1] == "DISETUJUI:budi" and not home.outgoing.exists()
    assert release(engine, home, key=cici, reason=REASON, batch_no=1) == [(1, "DIKIRIM")]
    with engine.connect() as con:
        assert (events.newest(con, CARDS)[1].oleh, events.newest(con, CARDS)[1].rem) == ("cici", control.REVOKED_SINCE)


def raw_event(engine: Engine, **values: object) -> None:
    with engine.begin() as con:
        con.execute(insert(batch_kejadian).values(batch_no=1, waktu="2026-10-31T09:00:00Z", **values))


def test_the_database_refuses_what_the_code_would_not_do(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    control.prepare(engine, home, CARDS, who.ani, NOW)
    with engine.connect() as con:
        prepared = events.newest(con, CARDS)[1]
    ani = {"oleh": "ani", "kunci": who.ani.public_key().public_bytes_raw().hex(), "tanda_tangan": "00"}
    budi = {"oleh": "budi", "kunci": who.budi.public_key().public_bytes_raw().hex(), "tanda_tangan": "00"}
    after = {"urut": 5, "sha256": prepared.sha256, "dari_urut": 4, "dari_keadaan": "DIAJUKAN", "dari_oleh": "ani"}
    for wrong in (
        after | ani | {"keadaan": "DISETUJUI"},  # the maker himself
        after | ani | {"keadaan": "DISETUJUI", "dari_oleh": "budi"},  # pretending somebody else had prepared it
        after | budi | {"keadaan": "DISETUJUI", "sha256": "0" * 64},  # other bytes
        after | budi | {"keadaan": "DISETUJUI", "kunci": ani["kunci"]},  # another's key
        after | budi | {"keadaan": "DISETUJUI", "tanda_tangan": None},  # unsigned
        after | {"keadaan": "DISETUJUI", "oleh": "SISTEM"},  # nobody
        after | {"keadaan": "DIKIRIM", "oleh": "SISTEM"},  # not approved
        after | {"keadaan": "DIKIRIM", "oleh": "SISTEM", "dari_keadaan": "DISETUJUI"},
        after | {"urut": 6, "keadaan": "DISETUJUI"} | budi,  # a gap
        after | {"urut": 1, "keadaan": "DIPESAN", "oleh": "SISTEM"},
        after | budi | {"keadaan": "DITOLAK"},  # without a reason
    ):
        with pytest.raises(DatabaseError):
            raw_event(engine, **wrong)
    raw_event(engine, **(after | budi | {"keadaan": "DISETUJUI"}))  # well-formed, but the signature is forged
    with pytest.raises(ControlError, match="tanda tangan DISETUJUI"):
        release(engine, home)
    assert not home.outgoing.exists()
    sent = {"urut": 6, "sha256": prepared.sha256, "dari_urut": 5, "dari_keadaan": "DISETUJUI", "dari_oleh": "budi"}
    for wrong in ({"oleh": "SISTEM", "rem": "X"}, budi | {"rem": "X"}, budi | {"rem": "X", "alasan": "  ya     "}):
        with pytest.raises(DatabaseError):
            raw_event(engine, keadaan="DIKIRIM", **(sent | wrong))


def test_what_happened_stays(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    agree(engine, home, people(engine, home))
    release(engine, home)
    not_used = dict.fromkeys(("permintaan_ganti", "putusan_jawaban", "putusan_rekening"), "id_penerbitan")
    for table in APPEND_ONLY:
        key = (not_used | {"petugas_kejadian": "urut"}).get(table, "batch_no")
        for statement in (f"update {table} set {key} = {key}", f"delete from {table}"):
            if engine.dialect.name == "sqlite" and table in not_used:
                continue  # a trigger for each row, and there is none
            with pytest.raises(DatabaseError), engine.begin() as con:
                con.execute(text(statement))
    if engine.dialect.name == "sqlite":
        with pytest.raises(DatabaseError), engine.begin() as con:
            con.execute(text("insert or replace into batch_kejadian select * from batch_kejadian"))


def test_the_checker_says_no_and_the_maker_tries_again(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    control.prepare(engine, home, CARDS, who.ani, NOW)
    with pytest.raises(ControlError, match="alasannya"):
        control.give_back(engine, CARDS, who.budi, NOW, "tidak")
    assert control.give_back(engine, CARDS, who.budi, NOW, "jumlah kelurahan Sidodadi aneh") == 1
    assert release(engine, home) == [(1, "MENUNGGU")]
    control.prepare(engine, home, CARDS, who.budi, NOW)  # the other way round now
    with pytest.raises(ControlError, match="orang lain"):
        control.approve(engine, home, CARDS, who.budi, NOW)
    control.approve(engine, home, CARDS, who.ani, NOW)
    assert release(engine, home) == [(1, "DIKIRIM")]


def test_a_changed_file_is_not_agreed_to_and_not_sent(home: Home, engine: Engine) -> None:
    run(city(HEADS[:1]), engine, home)
    who = people(engine, home)
    path = home.bank / "penerbitan_0001.txt"
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    with pytest.raises(ControlError, match="berubah"):
        control.prepare(engine, home, CARDS, who.ani, NOW)
    path.write_bytes(content)
    agree(engine, home, who)
    path.unlink()
    with pytest.raises(ControlError, match="hilang"):
        release(engine, home)
    path.write_bytes(content)
    (home.keys / "bank.age").unlink()
    with pytest.raises(ControlError, match=r"bank\.age"):
        release(engine, home)
    assert states(engine)[-1] == "DISETUJUI:budi"


def test_what_the_border_suite_refuses_is_not_agreed_to(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed by an earlier version, say: the file is as it was sealed, but the bank would refuse it."""
    who = people(engine, home)
    with monkeypatch.context() as patch:
        patch.setattr(export, "faults", lambda rows: {})
        run(city([HEADS[0].but(nama=""), HEADS[1]]), engine, home)
    run(city(HEADS), engine, home)
    for number in (1, None):
        with pytest.raises(ControlError, match=r"penerbitan_0001\.txt tidak lolos .*nama_kosong"):
            control.prepare(engine, home, CARDS, who.ani, NOW, number)
    assert control.prepare(engine, home, CARDS, who.ani, NOW, 2) == 2
    with monkeypatch.context() as patch:
        patch.setattr(control, "_faults", lambda *_: [])
        agree(engine, home, who)
    with pytest.raises(ControlError, match="nama_kosong"):
        release(engine, home)
    assert not home.outgoing.exists()
