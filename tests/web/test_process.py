"""`ssn serve` as a process: two workers behind one port, limits shared, stopped without dropping anybody; `ssn client`."""

from __future__ import annotations

import errno
import io
import json
import os
import re
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
from fastapi.testclient import TestClient
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from ssn_assets import cli
from ssn_assets.home import Home
from ssn_assets.lookup import metrics, server
from tests.unit.publication_city import KK, NIK, OTHERS
from tests.web.conftest import NOW, publish
from tests.web.test_api import santer_client

PUBLISHED = "ssn_publication_created_seconds"
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


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
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as upgrade:
            upgrade.send(f"GET /aduan?nik={NIK} HTTP/1.1\r\nHost: x\r\n{UPGRADE}\r\n".encode())
            assert b" 101 " not in upgrade.recv(100)  # what it logs is looked at below
        counts = urllib.request.urlopen(f"{address}/metrics").read().decode()
        for _ in range(100):  # until the other worker is there as well
            made = re.search(rf"^{PUBLISHED} (\S+)$", urllib.request.urlopen(f"{address}/metrics").read().decode(), re.M)
            if made and float(made[1]) == NOW.timestamp():
                break
            time.sleep(0.1)
        else:
            pytest.fail("a worker does not say which publication it answers from")
        assert 'ssn_lookups_total{found="True",signed="True"} 1.0' in counts
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO(NIK))
    assert cli.main(["jejak"]) == 0  # what both workers recorded
    told = capsys.readouterr().out
    assert f"{answered} kali" in told and "lewat klien santer; data terlihat" in told
    assert NIK not in (tmp_path / "log").read_text()
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


def test_a_worker_that_is_gone_has_nothing_in_force_but_what_it_counted_counts(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for kind, name in (("gauge_livemin", PUBLISHED), ("counter", "ssn_gone_total")):
        for number, value in ((gone.pid, 1.0), (os.getpid(), 2.0)):
            file = MmapedDict(str(tmp_path / f"{kind}_{number}.db"))
            file.write_value(mmap_key(name, name, (), (), ""), value, 0.0)
            file.close()
    text = metrics.exposition(str(tmp_path))[0].decode()
    assert f"{PUBLISHED} 2.0" in text and "ssn_gone_total 3.0" in text


def test_a_second_start_leaves_the_metrics_of_a_service_that_runs(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for number in (gone.pid, os.getpid()):
        (tmp_path / f"counter_{number}.db").touch()
    assert [p.name for p in server.fresh(tmp_path).iterdir()] == [f"counter_{os.getpid()}.db"]


def test_a_worker_that_finds_the_disk_full_says_so_and_waits_for_room(
    published: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "AGAIN_SECONDS", 0.0)
    really, tries = os.posix_fallocate, []

    def full_at_first(*place: int) -> None:
        tries.append(place)
        if len(tries) <= 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(*place)

    monkeypatch.setattr(os, "posix_fallocate", full_at_first)
    with TestClient(server.worker()) as client:
        assert client.post("/v1/cek-bansos", json={"nik": NIK, "no_kk": KK}).status_code == 200
    said = [vars(line)["reason"] for line in caplog.records if line.message == "worker cannot start yet"]
    assert len(said) == 2 and all("No space left" in line and str(published.root) in line for line in said)


def test_what_any_command_may_meet_is_a_sentence(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    der = tmp_path / "kunci.der"
    der.write_bytes(bytes.fromhex("302a300506032b6570032100") + b"\xff" * 32)
    assert cli.main(["client", "add", "santer", "--key", str(der)]) == 2 and "PEM" in capsys.readouterr().err
    (home.keys / "aduan.key").write_text("bukan kunci")
    assert cli.main(["aduan", "list"]) == 2 and "aduan.key" in capsys.readouterr().err
    (home.keys / "jejak.key").write_text("0" * 64)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", closed)
    assert cli.main(["jejak"]) == 2 and "nothing was typed" in capsys.readouterr().err
    monkeypatch.setenv("SSN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/tiada")
    for words in (["aduan", "list"], ["client", "list"], ["rollback", "--alasan", "x"]):
        assert cli.main(words) == 2
        said = capsys.readouterr().err
        assert "SSN_DATABASE_URL" in said and "nobody" not in said


def closed(_: str) -> str:
    raise EOFError


def test_wrong_use_is_said(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve"]) == 2 and "ssn run" in capsys.readouterr().err
    assert cli.main(["client", "add", "santer", "--key", "abc"]) == 2
    assert cli.main(["client", "add", "S", "--key", "0" * 64]) == 2
    assert cli.main(["client", "revoke", "tidak-ada"]) == 2
    assert "ssn client list" in capsys.readouterr().err
