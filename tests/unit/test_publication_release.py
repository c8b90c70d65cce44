"""A release: whole or not at all, once for the same content, nothing of anybody in clear, and a way back."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from ssn_assets.home import Home
from ssn_assets.publication import content, files, profile
from ssn_assets.publication.release import build, put_in_force, release
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import KK, NIK, NOW, OTHERS, PEOPLE, Row, in_force, look_up, tree, warehouse

pytest_plugins = ("tests.unit.store_backends",)


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
        "excluded": {"nik_orang_lain": 1, "tanpa_nik_atau_kk": 2},
        "sha256": hashlib.sha256((folder / "penerima.jsonl").read_bytes()).hexdigest(),
        "files": {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ("penerima.jsonl", "penerima.sqlite")},
        "format": 1,
    }
    assert in_force(home) == "2026-10-0001"
    entries = [json.loads(line) for line in (folder / "penerima.jsonl").read_text().splitlines()]
    assert [list(e) for e in entries] == [["kunci", "keputusan", "alasan", "kategori_bantuan", "kartu", "periode"]] * 3
    assert [e["kunci"] for e in entries] == sorted(e["kunci"] for e in entries)
    assert look_up(home, NIK, KK) == ("VALID", "[]", '["BLT","SEMBAKO"]', "DIPESAN", "2026-10")
    assert look_up(home, PEOPLE[2][0], PEOPLE[2][1]) == (
        "MENUNGGU",
        '["BELUM_DIVERIFIKASI"]',
        json.dumps(['PKH "A"\\x']),
        None,
        "2026-10",
    )
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


def test_another_payment_step_is_another_content(home: Home, engine: Engine) -> None:
    first = release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    lines = (first.folder.parent / first.publication_id / "penerima.jsonl").read_bytes()
    seen = []
    for step in ("DIPESAN", "DIPESAN", "BERHASIL", "BERHASIL"):
        built = release(warehouse(PEOPLE, payments={NIK: f"2026-10 {step}"}), engine, home, "2026-10", NOW)
        seen.append((built.publication_id, built.status))
        assert (home.santer / built.publication_id / "penerima.jsonl").read_bytes() == lines  # the contract's fields, no more
    assert seen == [("2026-10-0002", "BARU"), ("2026-10-0002", "TETAP"), ("2026-10-0003", "BARU"), ("2026-10-0003", "TETAP")]
    other = release(warehouse(PEOPLE, payments={PEOPLE[2][0]: "2026-10 BERHASIL"}), engine, home, "2026-10", NOW)
    assert other.publication_id == "2026-10-0004"  # the same step of somebody else
    assert release(warehouse(PEOPLE), engine, home, "2026-10", NOW).publication_id == "2026-10-0005"


def test_without_payments_the_content_is_known_as_before_there_were_any(home: Home, engine: Engine) -> None:
    built = release(warehouse(PEOPLE), engine, home, "2026-10", NOW)
    lines = (home.santer / built.publication_id / "penerima.jsonl").read_bytes()
    with engine.connect() as con:
        assert con.execute(text("select isi_hmac from publikasi")).scalars().all() == [hashlib.sha256(lines).hexdigest()]
        release(warehouse(PEOPLE, payments={NIK: "2026-10 BERHASIL"}), engine, home, "2026-10", NOW)
    with engine.connect() as con:
        assert con.execute(text("select count(distinct isi_hmac) from publikasi")).scalar() == 2


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


@given(
    st.lists(
        st.sampled_from(["6472010101900001", "a", "1", " ", "-", "64720101019000016472010101150001", "\n", "f00d"]),
        max_size=8,
    )
)
def test_digit_runs_are_what_a_plain_search_finds(parts: list[str]) -> None:
    import re

    written = "".join(parts)
    assert profile.digit_runs(written.encode()) == len(re.findall(r"(?<![0-9A-Za-z])[0-9]{16,}(?![0-9A-Za-z])", written))
