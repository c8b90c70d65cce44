"""`ssn serve` as a process: two workers behind one port, limits shared, stopped without dropping anybody; `ssn client`."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ssn_assets import cli
from ssn_assets.home import Home
from tests.unit.publication_city import KK, NIK, OTHERS
from tests.web.conftest import publish
from tests.web.test_api import santer_client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(log: Path, *more: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [sys.executable, "-m", "ssn_assets.cli", "serve", "--port", str(port), *more]
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stderr=out)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait(20)


def post(address: str) -> int:
    body = json.dumps({"nik": NIK, "no_kk": KK}).encode()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/v1/cek-bansos", body, method="POST"), timeout=5
        ) as response:
            return int(response.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def test_two_workers_one_count_a_signed_client_and_a_clean_stop(
    published: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "santer.seed"
    assert cli.main(["client", "add", "santer", "--key", santer_client.new_key(seed)]) == 0
    assert cli.main(["client", "list"]) == 0 and "in force" in capsys.readouterr().out
    with running(tmp_path / "log", "--workers", "2") as (address, process):
        answered = [post(address) for _ in range(24)].count(200)
        assert answered in (20, 21, 22)  # 20 at once, and what seconds give back
        found = santer_client.ask(address, "santer", bytes.fromhex(seed.read_text()), NIK, KK)
        assert found["terdaftar"] and found["keputusan"] == "VALID"
        counts = urllib.request.urlopen(f"{address}/metrics").read().decode()
        assert 'ssn_lookups_total{found="True",signed="True"} 1.0' in counts
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO(NIK))
    assert cli.main(["jejak"]) == 0  # what both workers recorded
    told = capsys.readouterr().out
    assert f"{answered} kali" in told and "lewat klien santer; data terlihat" in told
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"request", "publication ready"} <= {line["event"] for line in lines}
    assert NIK not in str(lines) and "127.0.0.1" not in str([line for line in lines if line["event"] == "request"])


def test_a_publication_under_load_is_taken_over_by_all_workers_at_once(
    published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSN_SERVE_ADDRESS_PER_MINUTE", "600000")
    monkeypatch.setenv("SSN_SERVE_NETWORK_PER_MINUTE", "600000")
    seen: list[tuple[str, str]] = []

    def read(address: str, until: str) -> None:
        began = time.monotonic()
        while not seen or seen[-1][0] != until:
            body = json.dumps({"nik": NIK, "no_kk": KK}).encode()
            request = urllib.request.Request(f"{address}/v1/cek-bansos", body, method="POST")
            with urllib.request.urlopen(request, timeout=5) as response:  # any other status raises
                answer = json.load(response)
            seen.append((answer["publikasi"]["id"], answer["kartu"]["langkah"]))
            assert time.monotonic() - began < 60

    with running(tmp_path / "log", "--workers", "2") as (address, _):
        read(address, "2026-10-0001")
        publish(published, OTHERS)
        read(address, "2026-10-0002")
        changed = len(seen)
        for _ in range(40):
            seen.append(("", ""))
            read(address, "2026-10-0002")
        assert {s for s in seen[changed:] if s[0]} == {("2026-10-0002", "DISERAHKAN")}  # no worker steps back
        assert {s for s in seen[:changed]} == {("2026-10-0001", "DIPESAN"), ("2026-10-0002", "DISERAHKAN")}


def test_wrong_use_is_said(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve"]) == 2 and "ssn run" in capsys.readouterr().err
    assert cli.main(["client", "add", "santer", "--key", "abc"]) == 2
    assert cli.main(["client", "add", "S", "--key", "0" * 64]) == 2
    assert cli.main(["client", "revoke", "tidak-ada"]) == 2
    assert "ssn client list" in capsys.readouterr().err
