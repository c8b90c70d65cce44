"""A thief's view: everything under outbox/santer/, no key, and every plausible NIK and Nomor KK of a small town.

From the service's files (layanan.*, berlaku.json) he learns a padded count. The files the contract fixes say more, and
the last test states what: manifest.json and penerima.* have the exact count, and each entry's decision under a key that stays
the same from release to release. Who somebody is, no file says.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from ssn_assets import keys, sealing
from ssn_assets.home import Home
from ssn_assets.publication import content
from tests.unit.publication_city import Row
from tests.web.conftest import publish

DAYS = [date(1990, 1, 1) + timedelta(days=n) for n in range(40)]
NIKS = [f"647201{day:%d%m%y}{serial:04d}" for day in DAYS for serial in range(1, 6)]
KKS = [f"64720101011500{serial:02d}" for serial in range(1, 11)]
PAIRS = list(itertools.product(NIKS, KKS))
LISTED: list[Row] = [
    (nik, KKS[n % len(KKS)], ("VALID", "MENUNGGU")[n % 2], [[], ["BELUM_DIVERIFIKASI"]][n % 2], [], None)
    for n, nik in enumerate(NIKS[::4])
]


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two releases that differ in one person."""
    home = Home(tmp_path_factory.mktemp("curian") / "home").prepare()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSN_HOME", str(home.root))
        publish(home, LISTED)
        publish(home, LISTED[1:])
    return home


def ways(secrets: Iterable[bytes]) -> Iterator[tuple[bytes, str]]:
    """What a thief may take for the key, and how he may write two numbers as one text."""
    for secret in secrets:
        for form in ("{0}{1}", "{0}\x1f{1}", "{0}|{1}", "{0}:{1}", "{0}", "{1}{0}"):
            yield secret, form


def hits(found: set[bytes], secrets: Iterable[bytes], pairs: Sequence[tuple[str, str]] = PAIRS) -> int:
    """How many pairs of numbers have an entry, by a plain SHA-256 (an empty secret) or an HMAC, whole or cut to a key's size."""
    count = 0
    for secret, form in ways(secrets):
        for nik, no_kk in pairs:
            text = form.format(nik, no_kk).encode()
            digest = hmac.digest(secret, text, "sha256") if secret else hashlib.sha256(text).digest()
            count += digest in found or digest[: sealing.KEY_SIZE] in found
    return count


def service_keys(home: Home, publication_id: str) -> dict[bytes, bytes]:
    with closing(sqlite3.connect(home.santer / publication_id / "layanan.sqlite")) as table:
        return dict(table.execute("select kunci, isi from entri"))


def entry_keys(home: Home, publication_id: str) -> dict[bytes, str]:
    lines = (home.santer / publication_id / "penerima.jsonl").read_text().splitlines()
    return {bytes.fromhex(json.loads(line)["kunci"]): json.loads(line)["keputusan"] for line in lines}


def words(home: Home) -> list[bytes]:
    """Everything in the stolen text files that could be a key: each name and value, as text and, where it is hex, as bytes."""
    found: set[bytes] = {b""}
    for path in home.santer.rglob("*.json"):
        for word in re.findall(r"[\w.:-]{8,}", path.read_text()):
            found.add(word.encode())
            if re.fullmatch("[0-9a-f]{16,}", word) and len(word) % 2 == 0:
                found.add(bytes.fromhex(word))
    found.add(bytes.fromhex((home.keys / sealing.VERIFY_KEY).read_text()))  # public: /v1 hands out its like
    return sorted(found)


def test_the_services_files_say_a_padded_count_and_nothing_else(stolen: Home) -> None:
    first, second = service_keys(stolen, "2026-10-0001"), service_keys(stolen, "2026-10-0002")
    assert len(first) == len(second) == 4096  # 50 people, 49 people, or 4,000: the same
    assert {len(record) for record in [*first.values(), *second.values()]} == {sealing.SEALED_SIZE}
    assert not first.keys() & second.keys() and not set(first.values()) & set(second.values())  # no two releases join
    sealed = b"".join(first.values())
    assert len(zlib.compress(sealed, 9)) > len(sealed)  # no pattern that a packer would find
    assert not hits({*first, *second}, [b""])


def test_every_stolen_word_as_the_key_finds_nobody(stolen: Home) -> None:
    found = {*service_keys(stolen, "2026-10-0002"), *entry_keys(stolen, "2026-10-0002")}
    listed = [(row[0], row[1]) for row in LISTED[1:6]]  # a right key would find these
    assert len(words(stolen)) > 20 and not hits(found, words(stolen), listed)
    for secret, (nik, no_kk) in itertools.product(words(stolen), listed):
        guessed = sealing.publication_keys(secret, "2026-10-0002")
        assert sealing.find_key(guessed, sealing.person(nik, no_kk)) not in found


def test_with_the_key_the_same_search_finds_everybody(stolen: Home) -> None:
    secret = keys.read(stolen.keys / sealing.SERVICE_KEY)
    find = sealing.publication_keys(secret, "2026-10-0001").find
    assert hits(set(service_keys(stolen, "2026-10-0001")), [find]) == len(LISTED)
    assert hits(set(entry_keys(stolen, "2026-10-0001")), [keys.read(stolen.keys / content.KEY_FILE)]) == len(LISTED)


def test_what_the_contracts_files_do_say(stolen: Home) -> None:
    """Fixed by contracts.md section 5; whoever hands outbox/santer/ on hands these on too."""
    first, second = entry_keys(stolen, "2026-10-0001"), entry_keys(stolen, "2026-10-0002")
    assert json.loads((stolen.santer / "2026-10-0001" / "manifest.json").read_text())["rows"] == len(first) == len(LISTED)
    assert sorted(first.values()) == sorted(row[2] for row in LISTED)  # how many of each decision, reason, kind of aid, step
    assert len(first.keys() - second.keys()) == 1  # that one left, and what was decided of him; not who
    assert not hits(set(first), [b""])


def test_nothing_else_lies_there(stolen: Home) -> None:
    files = {str(path.relative_to(stolen.santer)) for path in stolen.santer.rglob("*") if path.is_file()}
    release = {"layanan.json", "layanan.sqlite", "manifest.json", "penerima.jsonl", "penerima.sqlite"}
    wanted = {f"2026-10-000{n}/{name}" for n in (1, 2) for name in release} | {"berlaku.json", "current.json"}
    assert files == wanted
    for path in map(stolen.santer.joinpath, files):
        assert not _anybody(path)


def _anybody(path: Path) -> list[str]:
    """NIK or KK of the town in a file, in any of the usual writings."""
    raw = path.read_bytes()
    return [n for n in (*NIKS, *KKS) if n.encode() in raw or n.encode("utf-16-le") in raw or int(n).to_bytes(8, "big") in raw]
