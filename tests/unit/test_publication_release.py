"""A release: whole or not at all, once for the same content, nothing of anybody in clear, and a way back."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cut_off import every_cut
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from store_backends import engine, postgres_url  # noqa: F401

from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.publication import content, files, profile
from ssn_assets.publication.release import build, put_in_force, release
from ssn_assets.publication.rollback import RollbackError, rollback
from ssn_assets.store.engine import open_store

NOW = datetime(2026, 10, 31, 9, tzinfo=UTC)
NIK, KK = "6472010101900001", "6472010101150001"
Row = tuple[str, str, str, list[str], list[str], str | None]

PEOPLE: list[Row] = [
    (NIK, KK, "VALID", [], ["SEMBAKO", "BLT"], "DIPESAN"),
    ("6472014101900002", KK, "TIDAK_VALID", ["GANDA", "BANSOS_PUSAT"], [], None),
    ("6472020101900003", "6472020101150002", "MENUNGGU", ["BELUM_DIVERIFIKASI"], ['PKH "A"\\x'], None),
]
OTHERS: list[Row] = [(*PEOPLE[0][:5], "DISERAHKAN"), *PEOPLE[1:]]


def warehouse(people: Sequence[Row], period: str = "2026-10") -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"preserve_insertion_order": "false"})
    for schema in ("raw", "ops"):
        con.execute(f"create schema {schema}")
    con.execute("create table ops.kebijakan as select '2026-01' as versi")
    con.execute("create table raw.berkas as select repeat('ab', 32) as sha256, true as diterima union all select 'tolak', false")
    con.execute("create table raw.dtks (dtks_id bigint, nik text, no_kk text)")
    con.execute("create table mart_keputusan_dasar (dtks_id bigint, nik_padan text, no_kk_padan text)")
    con.execute(
        "create table mart_penerima (nik text, no_kk text, keputusan text, alasan text[], kategori_bantuan text[], kartu text, periode text)"
    )
    for i, row in enumerate(people):
        con.execute("insert into mart_penerima values (?, ?, ?, ?, ?, ?, ?)", [*row, period])
        con.execute("insert into raw.dtks values (?, ?, ?)", [i, row[0], "salah"])
        con.execute("insert into mart_keputusan_dasar values (?, ?, ?)", [i, row[0], row[1]])
    con.execute("insert into raw.dtks values (100, ?, null), (101, '6472010101900077', ?), (102, '9', '9')", [NIK, KK])
    con.execute("insert into mart_keputusan_dasar values (100, null, null), (101, null, null), (102, null, null)")
    return con


def tree(home: Home) -> dict[str, bytes]:
    return {str(p.relative_to(home.santer)): p.read_bytes() for p in sorted(home.santer.rglob("*")) if p.is_file()}


def in_force(home: Home) -> str | None:
    """What a reader sees, checked as a careful reader would."""
    current = files.read_current(home)
    if current is None:
        return None
    manifest = (home.santer / current.publication_id / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == current.manifest_sha256
    for name, sha256 in json.loads(manifest)["files"].items():
        assert hashlib.sha256((home.santer / current.publication_id / name).read_bytes()).hexdigest() == sha256
    return current.publication_id


def look_up(home: Home, nik: str, no_kk: str) -> tuple[Any, ...] | None:
    key = content.lookup_key(read_or_create(home, content.KEY_FILE), nik, no_kk)
    with sqlite3.connect(home.santer / str(in_force(home)) / "penerima.sqlite") as table:
        found: tuple[Any, ...] | None = table.execute("select * from penerima where kunci = ?", [key]).fetchone()
    return found and found[1:]


def test_first_release(home: Home, engine: Engine) -> None:
    built = release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    assert (built.publication_id, built.status, built.rows) == ("2026-10-0001", "BARU", 3)
    folder = home.santer / "2026-10-0001"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest == {
        "id": "2026-10-0001",
        "period": "2026-10",
        "created": "2026-10-31T09:00:00Z",
        "rows": 3,
        "policy_version": "2026-01",
        "input_hashes": ["ab" * 32],
        "previous_id": None,
        "excluded": {"nik_milik_orang_lain": 1, "tanpa_nik_kk_16_digit": 2},
        "sha256": hashlib.sha256((folder / "penerima.jsonl").read_bytes()).hexdigest(),
        "files": {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ("penerima.jsonl", "penerima.sqlite")},
        "format": 1,
    }
    assert in_force(home) == "2026-10-0001"
    entries = [json.loads(line) for line in (folder / "penerima.jsonl").read_text().splitlines()]
    assert [list(e) for e in entries] == [["kunci", "keputusan", "alasan", "kategori_bantuan", "kartu", "periode"]] * 3
    assert [e["kunci"] for e in entries] == sorted(e["kunci"] for e in entries)
    assert look_up(home, NIK, KK) == ("VALID", "[]", '["BLT","SEMBAKO"]', "DIPESAN", "2026-10")
    assert look_up(home, PEOPLE[2][0], PEOPLE[2][1]) == ("MENUNGGU", '["BELUM_DIVERIFIKASI"]', json.dumps(['PKH "A"\\x']), None, "2026-10")
    assert look_up(home, NIK, PEOPLE[2][1]) is None


def test_nothing_of_anybody_in_clear_and_only_this_folder_is_readable(home: Home, engine: Engine) -> None:
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    for path in home.santer.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)
        if path.is_file():
            assert profile.digit_runs(path.read_bytes()) == 0
            assert not any(value.encode() in path.read_bytes() for row in PEOPLE for value in row[:2])
    for path in (home.root, home.outbox, home.keys):
        assert path.stat().st_mode & 0o777 == 0o700
    assert (home.keys / "santer.key").stat().st_mode & 0o777 == 0o600
    with engine.connect() as con:  # what the store keeps of a release says nothing of anybody either
        kept = str([tuple(r) for table in ("publikasi", "publikasi_log") for r in con.execute(text(f"select * from {table}"))])
    assert profile.digit_runs(kept.encode()) == 0 and (home.keys / "santer.key").read_text().strip() not in kept


def test_same_content_makes_no_new_release(home: Home, engine: Engine) -> None:
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    before = tree(home)
    built = release(warehouse(PEOPLE[::-1]), engine, home, "2026-10", NOW + timedelta(days=1))
    assert (built.status, built.publication_id) == ("TETAP", "2026-10-0001")
    assert tree(home) == before
    assert release(warehouse(OTHERS), engine, home, "2026-10", NOW).publication_id == "2026-10-0002"
    later = release(warehouse(OTHERS, "2026-11"), engine, home, "2026-11", NOW)
    assert (later.publication_id, later.status) == ("2026-11-0003", "BARU")
    assert json.loads((later.folder.parent / "2026-11-0003" / "manifest.json").read_text())["previous_id"] == "2026-10-0002"


def test_lost_or_damaged_files_come_back_the_same(home: Home, engine: Engine) -> None:
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    before = tree(home)
    shutil.rmtree(home.outbox)
    built = release(warehouse(PEOPLE), engine, home, "2026-10", NOW + timedelta(days=1))
    assert built.status == "DIPULIHKAN" and tree(home) == before
    (home.santer / "2026-10-0001" / "penerima.sqlite").write_bytes(b"rusak")
    (home.santer / "current.json").unlink()
    assert release(warehouse(PEOPLE), engine, home, "2026-10", NOW).status == "DIPULIHKAN"
    assert tree(home) == before


def test_another_key_is_another_release(home: Home, engine: Engine) -> None:
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    (home.keys / "santer.key").unlink()
    assert release(warehouse(PEOPLE), engine, home, "2026-10", NOW).publication_id == "2026-10-0002"
    assert look_up(home, NIK, KK) is not None


def test_what_was_built_is_not_in_force_until_it_was_looked_at(home: Home, engine: Engine) -> None:
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    built = build(warehouse(OTHERS), engine, home, "2026-10", NOW)
    assert in_force(home) == "2026-10-0001" and not (home.santer / "2026-10-0002").exists()
    frame = profile.profile_of(home, built)
    assert frame.loc[0, ["baris", "valid", "runtunan_16_digit", "hash_cocok"]].tolist() == [3, 1, 0, 1]
    again = build(warehouse(OTHERS), engine, home, "2026-10", NOW + timedelta(days=1))  # the first was never let through
    assert (again.publication_id, again.manifest_sha256) == (built.publication_id, built.manifest_sha256)
    third = build(warehouse([PEOPLE[0]]), engine, home, "2026-10", NOW)
    assert third.publication_id == "2026-10-0003"  # 0002 is given up, not used again
    put_in_force(engine, home, third, NOW)
    assert in_force(home) == "2026-10-0003"
    assert release(warehouse(OTHERS), engine, home, "2026-10", NOW).publication_id == "2026-10-0004"


def test_rollback_keeps_the_content_out_until_it_changes(home: Home, engine: Engine) -> None:
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), engine, home, "2026-10", NOW)
    assert rollback(engine, home, None, "kartu salah", NOW) == "2026-10-0001" == in_force(home)
    built = release(warehouse(OTHERS), engine, home, "2026-10", NOW)
    assert (built.status, in_force(home)) == ("DITAHAN", "2026-10-0001")
    assert release(warehouse(PEOPLE), engine, home, "2026-10", NOW).status == "TETAP"
    fixed = release(warehouse(OTHERS[:2]), engine, home, "2026-10", NOW)
    assert (fixed.publication_id, in_force(home)) == ("2026-10-0003", "2026-10-0003")
    assert json.loads((home.santer / "2026-10-0003" / "manifest.json").read_text())["previous_id"] == "2026-10-0001"
    assert release(warehouse(OTHERS), engine, home, "2026-10", NOW).publication_id == "2026-10-0004"  # content has changed since
    with engine.connect() as con:
        log = [tuple(r) for r in con.execute(text("select publication_id, kejadian, alasan, dari from publikasi_log order by log_id"))]
    assert log[2] == ("2026-10-0001", "KEMBALI", "kartu salah", "2026-10-0002") and len(log) == 5


def test_content_comes_back_when_it_is_named(home: Home, engine: Engine) -> None:
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), engine, home, "2026-10", NOW)
    rollback(engine, home, "2026-10-0001", "salah", NOW)
    assert rollback(engine, home, "2026-10-0002", "ternyata benar", NOW) == "2026-10-0002" == in_force(home)
    assert release(warehouse(OTHERS), engine, home, "2026-10", NOW).status == "TETAP"


def test_rollback_says_why_it_cannot(home: Home, engine: Engine) -> None:
    with pytest.raises(RollbackError, match="nothing is published"):
        rollback(engine, home, None, "x", NOW)
    release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    with pytest.raises(RollbackError, match="first publication"):
        rollback(engine, home, None, "x", NOW)
    release(warehouse(OTHERS), engine, home, "2026-10", NOW)
    with pytest.raises(RollbackError, match="reason"):
        rollback(engine, home, None, "  ", NOW)
    with pytest.raises(RollbackError, match="no publication 2026-10-0009; there are: 2026-10-0001"):
        rollback(engine, home, "2026-10-0009", "x", NOW)
    with pytest.raises(RollbackError, match="in force already"):
        rollback(engine, home, "2026-10-0002", "x", NOW)
    with (home.santer / "2026-10-0001" / "penerima.jsonl").open("ab") as handle:
        handle.write(b"\n")
    with pytest.raises(RollbackError, match="damaged"):
        rollback(engine, home, None, "x", NOW)
    assert in_force(home) == "2026-10-0002"


def test_withdrawn_content_is_not_served_even_when_nothing_else_is_left(home: Home, engine: Engine) -> None:
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), engine, home, "2026-10", NOW)
    rollback(engine, home, None, "salah", NOW)
    shutil.rmtree(home.outbox)
    with pytest.raises(files.ReleaseError, match="backup"):
        release(warehouse(OTHERS), engine, home, "2026-10", NOW)
    assert files.read_current(home) is None


@pytest.mark.parametrize("row", [(*PEOPLE[0][:2], "MENUNGGU", ["PERLU_TINJAUAN"], [], None), ("123", KK, "VALID", [], [], None)])
def test_a_broken_table_is_not_published(home: Home, row: Row) -> None:
    store = open_store(home)
    release(warehouse(PEOPLE), store, home, "2026-10", NOW)
    with pytest.raises(content.ContentError) as problem:
        release(warehouse([*PEOPLE, row]), store, home, "2026-10", NOW)
    assert in_force(home) == "2026-10-0001" and row[0] not in str(problem.value)


def test_files_that_differ_from_the_table_are_not_released(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(home)
    monkeypatch.setattr(content, "lookup_key", lambda key, nik, no_kk: "0" * 64)  # SQL and Python no longer agree on the key
    with pytest.raises(files.ReleaseError):
        release(warehouse(PEOPLE), store, home, "2026-10", NOW)
    assert files.read_current(home) is None


def test_cut_off_anywhere_and_run_again(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    release(warehouse(PEOPLE), store, home, "2026-10", NOW)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)
    store = open_store(home)
    release(warehouse(OTHERS), store, home, "2026-10", NOW)
    undisturbed = tree(home)
    con = warehouse(OTHERS)

    def work() -> None:
        release(con, open_store(home), home, "2026-10", NOW)

    def check(moment: int) -> None:
        assert in_force(home) in ("2026-10-0001", "2026-10-0002")
        again = open_store(home)
        release(con, again, home, "2026-10", NOW)
        assert tree(home) == undisturbed, moment
        with again.connect() as reading:
            assert reading.execute(text("select count(*), count(distinct publication_id) from publikasi_log")).one() == (2, 2)
        again.dispose()

    assert every_cut(start, home.root, work, check) >= 20


def test_a_rollback_cut_off_is_finished_by_the_next_run(home: Home, tmp_path: Path) -> None:
    store = open_store(home)
    for people in (PEOPLE, OTHERS):
        release(warehouse(people), store, home, "2026-10", NOW)
    store.dispose()
    start = tmp_path / "awal"
    shutil.copytree(home.root, start)

    def work() -> None:
        rollback(open_store(home), home, None, "salah", NOW)

    def check(moment: int) -> None:
        assert in_force(home) in ("2026-10-0001", "2026-10-0002")
        again = open_store(home)
        built = release(warehouse(OTHERS), again, home, "2026-10", NOW)
        with again.connect() as reading:
            logged = reading.execute(text("select count(*) from publikasi_log where kejadian = 'KEMBALI'")).scalar()
        assert in_force(home) == ("2026-10-0001" if logged else "2026-10-0002")
        assert built.status == ("DITAHAN" if logged else "TETAP")
        again.dispose()

    assert every_cut(start, home.root, work, check) >= 4


@given(st.lists(st.sampled_from(["6472010101900001", "a", "1", " ", "-", "64720101019000016472010101150001", "\n", "f00d"]), max_size=8))
def test_digit_runs_are_what_a_plain_search_finds(parts: list[str]) -> None:
    import re

    written = "".join(parts)
    assert profile.digit_runs(written.encode()) == len(re.findall(r"(?<![0-9A-Za-z])[0-9]{16,}(?![0-9A-Za-z])", written))
