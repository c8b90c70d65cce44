"""The trail of lookups: nothing recorded is lost or counted twice, and a person gets to know who asked."""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from ssn_assets import cli, trail
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.lookup.trail import Trail, TrailFull
from ssn_assets.oversight import trail as office
from ssn_assets.store.engine import open_store
from ssn_assets.store.schema import jejak, koreksi_nik
from ssn_assets.trail import Outcome, Purpose
from tests.unit.publication_city import NIK

pytest_plugins = ("tests.unit.store_backends",)
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
AT = NOW.timestamp()
KEY = b"j" * 32
OTHER = "6472014101900002"
SMALL = 8
"""Slots a file, the head among them."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "jejak"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "SLOTS", SMALL)


def ask(worker: Trail, times: int, nik: str = NIK, client: str = "", at: float = AT) -> None:
    for i in range(times):
        purpose = Purpose.PERIKSA_LEWAT_KLIEN if client else Purpose.PERIKSA_DI_HALAMAN
        worker.record(nik, purpose, Outcome.DITEMUKAN if i == 0 else Outcome.TIDAK_COCOK, client, at + i)


def stored(engine: Engine) -> int:
    return office.kept(engine)


def test_who_asked_about_me(engine: Engine, folder: Path) -> None:
    worker = Trail(folder, KEY, AT)
    ask(worker, 3, client="santer")
    ask(worker, 1, OTHER)
    worker.close()
    assert office.collect(engine, folder, KEY, NOW) == office.Collected(4, 1, 1)
    assert office.asked_about(engine, KEY, NIK) == [
        office.Asked("santer", "PERIKSA_LEWAT_KLIEN", "TIDAK_COCOK", 2, "2026-11-01T09:00:01Z", "2026-11-01T09:00:02Z"),
        office.Asked("santer", "PERIKSA_LEWAT_KLIEN", "DITEMUKAN", 1, "2026-11-01T09:00:00Z", "2026-11-01T09:00:00Z"),
    ]
    assert [a.klien for a in office.asked_about(engine, KEY, OTHER)] == [None]
    assert office.asked_about(engine, KEY, "1" * 16) == [] == office.asked_about(engine, b"x" * 32, NIK)


def test_a_corrected_nik_is_the_same_person(engine: Engine, folder: Path) -> None:
    worker = Trail(folder, KEY, AT)
    for nik in (NIK, OTHER, "3" * 16):
        ask(worker, 1, nik)
    worker.close()
    office.collect(engine, folder, KEY, NOW)
    with engine.begin() as con:
        for before, after in ((NIK, OTHER), (OTHER, "3" * 16)):
            con.execute(insert(koreksi_nik).values(nik_lama=before, nik_baru=after, registri_lama="a", registri_baru=before[:3]))
    assert [sum(a.kali for a in office.asked_about(engine, KEY, n)) for n in (NIK, OTHER, "3" * 16, "4" * 16)] == [3, 3, 3, 0]


def test_a_file_in_use_is_read_as_far_as_it_is_and_once(engine: Engine, folder: Path, small: None) -> None:
    worker = Trail(folder, KEY, AT)
    for times, new in ((3, 3), (0, 0), (2, 2), (SMALL * 2, SMALL * 2)):
        ask(worker, times)
        assert office.collect(engine, folder, KEY, NOW).lookups == new
        worker.sync(AT)
    worker.close()
    assert office.collect(engine, folder, KEY, NOW).lookups == 0
    assert stored(engine) == 5 + SMALL * 2 and not list(folder.iterdir())


def test_a_file_collected_twice_or_under_another_name_counts_once(engine: Engine, tmp_path: Path) -> None:
    worker = Trail(tmp_path / "a", KEY, AT)
    ask(worker, 5)
    worker.close()
    (path,) = (tmp_path / "a").iterdir()
    (tmp_path / "b").mkdir()
    for copy in (path.name, f"lain{trail.SUFFIX}"):
        shutil.copy(path, tmp_path / "b" / copy)
    assert office.collect(engine, tmp_path / "a", KEY, NOW).lookups == 5
    assert office.collect(engine, tmp_path / "b", KEY, NOW) == office.Collected(0, 2, 2)
    assert stored(engine) == 5


def test_a_collector_killed_before_the_file_is_gone_changes_nothing(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Trail(folder, KEY, AT)
    ask(worker, 5)
    worker.close()
    for place in ("insert_rows", "timestamp"):
        with monkeypatch.context() as patch:
            patch.setattr(office, place, _killed)
            with pytest.raises(KeyboardInterrupt):
                office.collect(engine, folder, KEY, NOW)
        assert stored(engine) == 0
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", _killed)
        with pytest.raises(KeyboardInterrupt):
            office.collect(engine, folder, KEY, NOW)
    assert stored(engine) == 5
    assert office.collect(engine, folder, KEY, NOW) == office.Collected(0, 1, 1)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _work(folder: str, at_least: int) -> None:
    worker = Trail(Path(folder), KEY, AT)
    for i in range(10**9):
        worker.record(NIK, Purpose.PERIKSA_LEWAT_API, Outcome.DITEMUKAN, "", AT)
        if i + 1 >= at_least and i % 100 == 0:  # renamed: the kill may come while it is written
            Path(folder, "hitung.baru").write_text(str(i + 1))
            Path(folder, "hitung.baru").rename(Path(folder, "hitung"))


def test_a_worker_killed_loses_nothing_of_what_it_recorded(engine: Engine, folder: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(str(folder), trail.SLOTS + 100))
    process.start()
    count = folder / "hitung"
    until = time.monotonic() + 60
    while not count.exists() and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    written = int(count.read_text())
    found = office.collect(engine, folder, KEY, NOW)
    assert found.lookups >= written > trail.SLOTS and not found.damaged
    assert found.removed == found.files >= 2
    assert stored(engine) == found.lookups


def test_a_torn_slot_is_counted_and_the_others_kept(engine: Engine, folder: Path) -> None:
    worker = Trail(folder, KEY, AT)
    ask(worker, 5)
    worker.close()
    (path,) = folder.iterdir()
    content = bytearray(path.read_bytes())
    content[3 * trail.SLOT + 10] ^= 1
    content[4 * trail.SLOT : 5 * trail.SLOT] = bytes(trail.SLOT)
    path.write_bytes(content)
    (folder / f"x{trail.SUFFIX}").write_bytes(b"bukan")
    assert office.collect(engine, folder, KEY, NOW) == office.Collected(3, 1, 1, 1, 1)


def test_no_nik_in_the_files(folder: Path) -> None:
    worker = Trail(folder, KEY, AT)
    ask(worker, 2, client="santer")
    worker.close()
    (path,) = folder.iterdir()
    assert NIK.encode() not in path.read_bytes() and path.stat().st_mode & 0o777 == 0o640
    assert trail.person(KEY, NIK) in path.read_bytes()


def test_without_room_nothing_is_answered(folder: Path, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Trail(folder, KEY, AT)
    ask(worker, SMALL - 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", _full)
        with pytest.raises(TrailFull):
            ask(worker, 1)
    ask(worker, 1)
    worker.close()
    assert len(list(folder.iterdir())) == 2


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_retention_and_that_an_officer_looked(engine: Engine, folder: Path) -> None:
    worker = Trail(folder, KEY, AT)
    ask(worker, 2)
    worker.close()
    office.collect(engine, folder, KEY, NOW)
    office.record_shown(engine, KEY, NIK, "ani", NOW + timedelta(days=1))
    assert office.asked_about(engine, KEY, NIK)[0].klien == "ani"
    assert office.apply_retention(engine, NOW + timedelta(days=730)) == 0
    assert office.apply_retention(engine, NOW + timedelta(days=730, hours=1)) == 2
    assert office.apply_retention(engine, NOW + timedelta(days=730, hours=1)) == 0
    with engine.connect() as con:
        assert con.execute(select(jejak.c.keperluan)).scalars().all() == ["PERMINTAAN_JEJAK"]


@given(
    st.floats(0, 4e9),
    st.text("0123456789", min_size=16, max_size=16),
    st.sampled_from(Purpose),
    st.sampled_from(Outcome),
    st.from_regex(r"[a-z0-9-]{0,40}", fullmatch=True),
)
def test_what_is_written_is_read(at: float, nik: str, purpose: Purpose, outcome: Outcome, client: str) -> None:
    who = trail.person(KEY, nik)
    raw = trail.slot(at, who, purpose, outcome, client.encode())
    content = trail.head(b"f" * 16, KEY, at) + bytes(trail.SLOT) + raw
    assert trail.read_head(content) == trail.Head("66" * 16, trail.key_id(KEY))
    ((number, found),) = trail.read_slots(content, 0)
    assert number == 2 and found == trail.Lookup(int(at * 1000) / 1000, who.hex(), purpose, outcome, client)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(trail.TrailFileError):
        trail.read_head(content)
    assert all(lookup is None for _, lookup in trail.read_slots(content, 0))


def test_the_command_asks_for_the_nik(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    worker = Trail(home.root / "layanan" / "jejak", read_or_create(home, trail.KEY_FILE), AT)
    ask(worker, 3, client="santer")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NIK[:4]} {NIK[4:]}\n"))
    assert cli.main(["jejak"]) == 0
    told = capsys.readouterr()
    assert "2 kali" in told.out and "lewat klien santer; data terlihat" in told.out and not told.err
    assert NIK not in told.out
    assert cli.main(["jejak", OTHER]) == 0
    told = capsys.readouterr()
    assert "Belum ada" in told.out and "riwayat" in told.err
    assert cli.main(["jejak", "123"]) == 2
    assert stored(open_store(home)) == 5
    worker.close()
