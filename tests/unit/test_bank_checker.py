"""The bank's checker: finds every changed byte of what it is handed, says in words what is wrong, verifies Ed25519."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets.batches import handover
from ssn_assets.home import Home
from ssn_assets.settings import PROJECT_ROOT
from ssn_assets.store.engine import open_store
from tests.prove.checker import Handed, damages, large, missed, small
from tests.unit.bank_city import Person, city, kk, nik, run
from tests.unit.bank_people import LIMITS, agree, checker, opened, people, release

RANDOM_ON_LARGE = 60


@pytest.fixture(scope="module")
def handed() -> Handed:
    return small()


def test_what_was_handed_over_is_right(handed: Handed) -> None:
    assert handed.problems(handed.content, handed.note, handed.signature) == []


def test_every_damage_of_every_byte_of_a_small_file_is_found(handed: Handed) -> None:
    """All positions of file, note and signature; `make prove` damages each in four ways."""
    assert missed(handed, damages(handed, kinds=1, seed=1)) == []


def test_random_damage_of_a_large_file_is_found() -> None:
    big = large(lines=2_000)
    assert big.problems(big.content, big.note, big.signature) == []
    assert missed(big, damages(big, count=RANDOM_ON_LARGE, seed=2)) == []


def test_lines_removed_swapped_or_doubled_are_told_in_words(handed: Handed) -> None:
    head, one, two, *rest = handed.content.split(b"\n")
    swapped = b"\n".join((head, two, one, *rest))
    without = b"\n".join((head, two, *rest))
    doubled = b"\n".join((head, one, one, two, *rest))
    for content, words in (
        (swapped, "nomor urut 2, seharusnya 1"),
        (without, "baris T menyebut 2 baris, ada 1"),
        (doubled, "sudah ada"),
    ):
        said = handed.problems(content, handed.note, handed.signature)
        assert any(words in sentence for sentence in said), said
    cut = handed.problems(handed.content[:-40], handed.note, handed.signature)
    assert any("terpotong" in sentence for sentence in cut)


def test_a_forger_who_makes_everything_fit_lacks_the_key(handed: Handed) -> None:
    forged = Handed(handed.content, handed.note, handed.signature, handed.public)
    other = Ed25519PrivateKey.generate()
    signature = other.sign(handover.signed_text(handover.layout.sha256(forged.content), forged.note)).hex().encode() + b"\n"
    assert any("tanda tangan" in s for s in handed.problems(forged.content, forged.note, signature))


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.integers(0, 511))
def test_our_ed25519_agrees_with_the_library(message: bytes, seed: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert checker().ed25519_verify(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not checker().ed25519_verify(public, message, bytes(flipped))
    higher = int.from_bytes(signature[32:], "little") + checker().L  # the same signature in another spelling
    if higher < 2**256:
        assert not checker().ed25519_verify(public, message, signature[:32] + higher.to_bytes(32, "little"))


def test_the_folder_the_bank_has(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    heads = [Person(nik(i), kk(i), "KEPALA KELUARGA") for i in range(1, 4)]
    run(city(heads[:1]), store, home)
    run(city([heads[0].but(keputusan="TIDAK_VALID"), *heads[1:]]), store, home)
    who = people(store, home)
    agree(store, home, who)
    agree(store, home, who)
    release(store, home, replace(LIMITS, share_of_blocks=1.0))
    key = handover.verify_key(home)
    folder = tmp_path / "diterima"
    folder.mkdir()
    for path in home.outgoing.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    code, said = ask(folder, key)
    assert code == 1 and "age -d -i KUNCI_BANK -o penerbitan_0001.txt penerbitan_0001.txt.age" in said
    for number in (1, 2):
        (folder / f"penerbitan_{number:04d}.txt").write_bytes(opened(home, who, number)[0])
    assert ask(folder, key) == (0, "penerbitan_0001: BENAR\npenerbitan_0002: BENAR\n")
    for path in folder.glob("penerbitan_0001.*"):
        path.rename(tmp_path / path.name)
    assert "pakai --sebelum" in ask(folder, key)[1]
    first = (tmp_path / "penerbitan_0001.txt").read_bytes()
    assert ask(folder, key, "--sebelum", handover.layout.sha256(first))[0] == 0
    assert "rantai putus" in ask(folder, key, "--sebelum", "0" * 64)[1]
    assert ask(folder, "bukan kunci")[0] == 2
    assert ask(tmp_path / "tidak-ada", key)[0] == 2
    closed = folder / "penerbitan_0002.txt.age"
    closed.write_bytes(closed.read_bytes()[:-1])
    assert "tersandi bukan yang disebut" in ask(folder, key, "--sebelum", handover.layout.sha256(first))[1]


def ask(folder: Path, key: str, *more: str) -> tuple[int, str]:
    """Run it as the bank does: plain Python, isolated from our packages."""
    program = PROJECT_ROOT / "deploy" / "periksa_berkas_bank.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), "--kunci", key, str(folder), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_rubbish_gives_sentences_not_a_traceback(handed: Handed) -> None:
    rnd = random.Random(3)
    for note in (b"", b"[]", b"{}", b"null", b'{"sandi": 1}', b"[" * 100_000, rnd.randbytes(300)):
        assert handed.problems(handed.content, note, handed.signature)
    for content in (
        b"",
        b"\n",
        b"H\nD\nT\n",
        rnd.randbytes(300),
        handed.content.replace(b"|", b"\n"),
        b"T|1|0||" + b"9" * 5000 + b"\n",
    ):
        assert handed.problems(content, handed.note, handed.signature)
