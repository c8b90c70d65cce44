"""What a question leaves in the trail, by the door it came through; and that without a trail nothing is answered."""

from __future__ import annotations

import json

import pytest

from ssn_assets import cli
from ssn_assets.keys import read
from ssn_assets.lookup.trail import TrailFull
from ssn_assets.oversight import trail
from ssn_assets.settings import trail_path
from ssn_assets.store.engine import open_store
from ssn_assets.trail import KEY_FILE, SUFFIX
from tests.unit.publication_city import KK, NIK
from tests.web.conftest import NOW, Asked
from tests.web.test_signed import headers, register


def told(service: Asked) -> set[tuple[str | None, str, str, int]]:
    store, key = open_store(service.home), read(service.home.keys / KEY_FILE)
    trail.collect(store, trail_path(), key, NOW)
    return {(a.klien, a.keperluan, a.hasil, a.kali) for a in trail.asked_about(store, key, NIK)}


def test_each_answered_question_leaves_who_what_for_and_outcome(service: Asked) -> None:
    register(service)
    service.ask(NIK, KK)
    service.ask(NIK, "1" * 16)
    service.client.post("/", data={"nik": NIK, "no_kk": KK})
    service.client.post("/v1/cek-bansos", content=json.dumps({"nik": NIK, "no_kk": KK}).encode(), headers=headers(service))
    assert told(service) == {
        (None, "PERIKSA_LEWAT_API", "DITEMUKAN", 1),
        (None, "PERIKSA_LEWAT_API", "TIDAK_COCOK", 1),
        (None, "PERIKSA_DI_HALAMAN", "DITEMUKAN", 1),
        ("santer", "PERIKSA_LEWAT_KLIEN", "DITEMUKAN", 1),
    }


def test_what_is_refused_shows_nobody_and_leaves_nothing(service: Asked) -> None:
    answered = [service.ask(NIK, "1" * 16).status_code for _ in range(7)].count(200)
    assert answered == 5 and told(service) == {(None, "PERIKSA_LEWAT_API", "TIDAK_COCOK", 5)}


def test_what_cannot_be_recorded_is_not_answered(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise TrailFull("no room")

    monkeypatch.setattr(service.app.state.service.trail, "record", full)
    refused = service.ask(NIK, KK)
    assert refused.status_code == 503 and refused.headers["retry-after"]


def test_nobody_asked_is_never_said_by_who_cannot_know(
    service: Asked, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service.ask(NIK, KK)
    (file,) = trail_path().iterdir()
    (trail_path() / f"0-rusak{SUFFIX}").write_bytes(b"bukan jejak")
    assert cli.main(["jejak", "1" * 16]) == 0
    said = capsys.readouterr()
    assert "Belum ada" not in said.out and "belum lengkap" in said.err and "1 berkas" in said.err
    assert cli.main(["jejak", NIK]) == 0 and "data terlihat" in capsys.readouterr().out
    with monkeypatch.context() as patch:
        patch.setenv("SSN_SERVE_TRAIL", str(service.home.root / "lain"))
        assert cli.main(["jejak", "2" * 16]) == 0
        said = capsys.readouterr()
        assert "Belum ada" not in said.out and "SSN_SERVE_TRAIL" in said.err
    (service.home.keys / KEY_FILE).unlink()
    assert cli.main(["jejak", NIK]) == 2
    said = capsys.readouterr()
    assert "cadangan" in said.err and not said.out and not (service.home.keys / KEY_FILE).exists() and file.exists()
