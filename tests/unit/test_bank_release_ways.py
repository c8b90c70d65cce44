"""The ways to release: command line, Dagster job, age and GnuPG; cut off anywhere it happens once."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from ssn_assets import cli, cli_bank, policy_limits
from ssn_assets.bank import assets, brakes
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import control, encryption, events, handover, officers
from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS
from ssn_assets.store.engine import open_store
from tests.unit.bank_city import NOW, Person, city, kk, nik, run
from tests.unit.bank_people import REASON, agree, opened, people, release
from tests.unit.cut_off import every_cut

HEADS = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 4)]

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """`ssn bank ...`: code, what it printed, what it complained of."""
    monkeypatch.setattr("getpass.getpass", lambda prompt: "kata sandi")
    monkeypatch.setenv("SSN_NOW", "2026-10-31T10:00:00+00:00")

    def ssn_bank(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["bank", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return ssn_bank


def test_two_people_at_the_command_line(home: Home, say: Say, tmp_path: Path) -> None:
    assert "Belum ada batch" in say("status")[1]
    run(city(HEADS[:1]), open_store(home), home)
    keys = {name: tmp_path / f"{name}.pem" for name in ("ani", "budi")}
    for name, path in keys.items():
        public = say("officer", "key", str(path))[1].strip()
        assert path.read_text().startswith("-----BEGIN ENCRYPTED") and path.stat().st_mode & 0o777 == 0o600
        assert name in say("officer", "add", name, "--key", public)[1]
    assert "sudah ada" in say("officer", "key", str(keys["ani"]))[2]
    ani, budi = str(keys["ani"]), str(keys["budi"])
    assert "belum diajukan" in say("status")[1]
    assert "BARU           1" in say("review")[1]
    code, said, _ = say("prepare", "--key", ani)
    assert code == 0 and "orang lain menjalankan ssn bank approve 1" in said
    code, _, complaint = say("approve", "--key", ani)
    assert code == 2 and "orang lain harus menyetujuinya" in complaint
    assert "dikembalikan" in say("approve", "--key", budi, "--tolak", "periksa kelurahan Sidodadi")[1]
    say("prepare", "--key", ani)
    assert say("approve", "--key", budi)[0] == 0
    code, _, complaint = say("release")
    assert code == 2 and "bank.age" in complaint
    import pyrage

    (home.keys / "bank.age").write_text(str(pyrage.x25519.Identity.generate().to_public()))
    code, said, _ = say("release")
    assert code == 0 and "DIKIRIM" in said and len(list(home.outgoing.iterdir())) == 3
    assert len(say("key")[1].strip()) == 64
    assert "sebut nomornya" in say("review")[2] and "DIKIRIM" in say("review", "1")[1]
    assert "Tidak ada batch 9" in say("review", "9")[2]
    assert "Tidak ada kartu" in say("replace", "P1", "--sebab", "HILANG", "--key", ani)[2]
    assert "dicabut" in say("officer", "revoke", "budi", "--by", ani)[1]
    assert "DISETUJUI oleh budi, terdaftar 2026-10-31T10:00:00Z, dicabut" in say("review", "1")[1]


def test_what_goes_wrong_is_a_sentence(home: Home, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("99999999999999999999", "-1", "0", "satu", "٣"):
        with pytest.raises(SystemExit) as refused:
            say("review", number)
        assert refused.value.code == 2
    binary = tmp_path / "kunci.bin"
    binary.write_bytes(bytes(range(256)))
    assert "bukan kunci publik" in say("officer", "add", "ani", "--key", str(binary))[2]
    (home.keys / handover.SIGNING_KEY).write_text("rusak")
    assert say("key")[0] == 2 and "is not a key file" in say("key")[2]
    officers.new_key(tmp_path / "ani.pem", "kata sandi")

    def nobody_there(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody_there)
    assert "terminal" in say("prepare", "--key", str(tmp_path / "ani.pem"))[2]
    with open_store(home).begin() as con:
        con.execute(text("update alembic_version set version_num = '9999'"))
    assert say("status")[0] == 2 and "9999" in say("status")[2]
    monkeypatch.setenv("SSN_DATABASE_URL", "postgresql://ssn@127.0.0.1:1/ssn")
    code, _, complaint = say("status")
    assert code == 2 and "basis data tidak dapat dipakai" in complaint and len(complaint.splitlines()) == 1


def test_a_brake_stops_the_command_with_1(home: Home, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(home)
    run(city(HEADS), store, home)
    who = people(store, home)
    agree(store, home, who)
    monkeypatch.setattr(cli_bank, "limits_of", lambda period: brakes.Limits(2, 0.05, 14))
    code, said, _ = say("release")
    assert code == 1 and "DITAHAN" in said and "3 kartu baru dalam sehari" in said
    assert "REM: 3 kartu baru" in say("review")[1]
    assert "ssn bank release 1 --key BERKAS" in said
    code, said, _ = say("release", "1", "--key", str(tmp_path / "tidak-ada.pem"), "--alasan", REASON)
    assert code == 2
    key = tmp_path / "ani.pem"
    key.write_bytes(who.ani.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    code, _, complaint = say("release", "--key", str(key), "--alasan", REASON)
    assert code == 2 and "satu batch" in complaint
    code, said, _ = say("release", "1", "--key", str(key), "--alasan", REASON)
    assert code == 0 and "rem dilepas" in said


def test_the_limits_are_the_policy_s() -> None:
    limits = policy_limits.limits_of("2026-10")
    assert (limits.new_cards_per_day, limits.share_of_blocks, limits.silent_days) == (2000, 0.05, 14)


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    wrong = tmp_path / "kunci.pem"
    wrong.write_text("bukan kunci")
    for path in (wrong, tmp_path / "tidak-ada"):
        with pytest.raises(ControlError, match=path.name):
            officers.load_key(path, lambda: "")
    officers.new_key(tmp_path / "ani.pem", "benar")
    with pytest.raises(ControlError, match="kata sandinya salah"):
        officers.load_key(tmp_path / "ani.pem", lambda: "salah")


def dagster_run(home: Home) -> dg.ExecuteInProcessResult:
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions(PERIODS.name or "", ["2026-10"])
        both = [assets.batch_states, assets.sent_batches]
        resources = {"platform": Platform(root=str(home.root))}
        return dg.materialize(both, instance=instance, partition_key="2026-10", resources=resources, raise_on_error=False)


def test_dagster_releases_what_no_brake_of_the_batch_s_own_policy_holds(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever period the warehouse holds: there is not even a warehouse here."""
    monkeypatch.setenv("SSN_NOW", "2026-10-31T10:00:00+00:00")
    store = open_store(home)
    run(city(HEADS), store, home, "2026-09")
    agree(store, home, people(store, home))
    for limit, passes in ((2, False), (3, True)):
        of_period = {"2026-09": limit, "2026-10": 5 - limit}
        monkeypatch.setattr(policy_limits, "limits_of", lambda period, of=of_period: brakes.Limits(of[period], 0.05, 14))
        done = dagster_run(home)
        found = {e.check_name: e.passed for e in done.get_asset_check_evaluations()}
        assert found == {"rem_kartu_baru_per_hari": passes, "rem_bagian_blokir": True}
        with store.connect() as con:
            assert events.newest(con, CARDS)[1].keadaan == ("DIKIRIM" if passes else "DISETUJUI")


def test_cut_off_anywhere_and_released_again(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    run(city(HEADS), store, home)
    who = people(store, home)
    handover.verify_key(home)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)

    def whole_way() -> None:
        again = open_store(home)
        with again.connect() as con:
            state = events.newest(con, CARDS)[1].keadaan
        if state == "DISEGEL":
            control.prepare(again, home, CARDS, who.ani, NOW)
        if state in ("DISEGEL", "DIAJUKAN"):
            control.approve(again, home, CARDS, who.budi, NOW)
        release(again, home)
        again.dispose()

    sealed = (home.bank / "penerbitan_0001.txt").read_bytes()

    def check(moment: int) -> None:
        lay = {p.name: p.read_bytes() for p in home.outgoing.glob("penerbitan_*")} if home.outgoing.exists() else {}
        whole_way()
        assert opened(home, who, 1)[0] == sealed, moment
        assert all((home.outgoing / name).read_bytes() == content for name, content in lay.items()), moment
        again = open_store(home)
        with again.connect() as con:
            assert [e.keadaan for e in events.of_batch(con, 1, CARDS)][3:] == ["DIAJUKAN", "DISETUJUI", "DIKIRIM"], moment
        again.dispose()

    assert every_cut(start, home.root, whole_way, check) >= 12


@pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed")
def test_a_bank_with_gnupg(home: Home, tmp_path: Path) -> None:
    ring = tmp_path / "ring"
    ring.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(ring), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    try:
        subprocess.run(
            [*gpg, "--quick-generate-key", "bank@contoh.id", "rsa2048", "encrypt", "never"], check=True, capture_output=True
        )
        exported = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True).stdout
        (home.keys / encryption.GPG_KEY).write_bytes(exported)
        closed = encryption.bank_recipient(home).encrypt(b"isi")
        assert b"isi" not in closed
        assert subprocess.run([*gpg, "--decrypt"], input=closed, check=True, capture_output=True).stdout == b"isi"
        (home.keys / encryption.GPG_KEY).write_bytes(b"bukan kunci")
        with pytest.raises(ControlError, match="gpg tidak dapat"):
            encryption.bank_recipient(home).encrypt(b"isi")
    finally:
        subprocess.run(["gpgconf", "--homedir", str(ring), "--kill", "all"], check=False, capture_output=True)
    (home.keys / encryption.AGE_KEY).write_text("age1salah")
    with pytest.raises(ControlError, match="dua kunci"):
        encryption.bank_recipient(home)
    (home.keys / encryption.GPG_KEY).unlink()
    with pytest.raises(ControlError, match="bukan kunci publik age"):
        encryption.bank_recipient(home)
