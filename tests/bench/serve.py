"""`make bench-serve`: the lookup service against a bare ASGI app with the same stages and the tutorial stack, in one run.

Prints ratios; absolute numbers belong to the machine, whose speed drifts by half within minutes. So all are measured in turns, a
short time each, a ratio is of what stood side by side in one round, and the middle one of the rounds counts. Each is started anew
and warm before it is measured. What two workers do beside one is shown for the bare app too, with the cores that the generator
takes: all three share the machine.

The load comes from wrk (`apt-get install wrk`), without it from one process of plain sockets: then requests a second are partly
the generator's, and server CPU for a request is the sounder figure. No stack writes a log line a request. Also cold start,
memory, hit/miss timing.

    python -m tests.bench.serve [--rows 250000] [--seconds 2] [--rounds 5] [--samples 10000]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from ssn_assets.home import Home
from ssn_assets.publication.release import release
from ssn_assets.settings import PROJECT_ROOT
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import warehouse

CONNECTIONS = 32  # a worker
WARM_SECONDS = 1.0
STACKS = {
    "layanan": "ssn_assets.lookup.web:create_app",
    "bare ASGI, same stages": "tests.bench.stacks:bare",
    "tutorial (FastAPI + SQLAlchemy)": "tests.bench.stacks:tutorial",
    "tutorial that times requests too": "tests.bench.stacks:tutorial_timed",
}
TWICE = ("layanan", "bare ASGI, same stages")
"""Measured with two workers as well."""


def city(home: Home, rows: int) -> list[tuple[str, str]]:
    """Publish `rows` people; some of them, to ask about."""
    con = warehouse([])
    con.execute(
        """
        insert into mart_penerima
        select
            '6472' || lpad((i % 10 + 1)::varchar, 2, '0') || lpad(((i * 7919) % 280101)::varchar, 6, '0')
            || lpad((i % 10000)::varchar, 4, '0'),
            '64720101' || lpad((i // 3)::varchar, 8, '0'),
            ['VALID', 'MENUNGGU', 'TIDAK_VALID'][i % 3 + 1],
            case when i % 3 = 0 then [] when i % 3 = 1 then ['BELUM_DIVERIFIKASI'] else ['BANSOS_PUSAT'] end,
            ['SEMBAKO'],
            case when i % 3 = 0 then 'DISERAHKAN' end, '2026-10', case when i % 3 = 0 then '2026-10 BERHASIL' end
        from range(?) as t(i)
        """,
        [rows],
    )
    con.execute("create or replace table mart_penerima as select distinct on (nik, no_kk) * from mart_penerima")
    began = time.perf_counter()
    built = release(con, open_store(home), home, "2026-10", datetime.now(UTC))
    print(f"release of {built.rows} entries, all files: {time.perf_counter() - began:.1f} s")
    asked = con.execute("select nik, no_kk from mart_penerima order by hash(nik) limit 20000").fetchall()
    return [(nik, no_kk) for nik, no_kk in asked]


@contextmanager
def served(app: str, home: Home, workers: int = 1) -> Iterator[tuple[int, psutil.Process, float]]:
    """One stack on a port; the process, and how long it took to answer first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "SSN_HOME": str(home.root),
        "SSN_SERVE_ADDRESS_PER_MINUTE": "100000000",
        "SSN_SERVE_NETWORK_PER_MINUTE": "100000000",
    }
    for path in (home.root / "layanan").glob("hitungan-*"):  # the same questions again would be guesses
        path.unlink()
    options = {"--port": str(port), "--workers": str(workers), "--log-level": "warning", "--timeout-graceful-shutdown": "5"}
    command = [sys.executable, "-m", "uvicorn", app, "--factory", "--no-access-log", *itertools.chain(*options.items())]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT)
    try:
        while True:
            try:
                first = call(port, question("1" * 16, "1" * 16))
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{app} did not start") from None
                time.sleep(0.02)
        assert first.startswith(b"HTTP/1.1 200"), first[:300]
        yield port, psutil.Process(process.pid), time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def question(nik: str, no_kk: str) -> bytes:
    """A request as bytes, from an address of its own behind the proxy."""
    body = json.dumps({"nik": nik, "no_kk": no_kk}).encode()
    address = ".".join(str(random.randrange(1, 250)) for _ in range(4))
    head = f"POST /v1/cek-bansos HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: {address}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def call(port: int, request: bytes) -> bytes:
    """One request on a connection of its own; its answer's head and what came with it."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(request)
        return line.recv(65536)


def load(port: int, requests: list[bytes], seconds: float, connections: int = CONNECTIONS) -> int:
    """Keep so many connections busy; how many whole 200 answers came."""
    return (by_wrk if shutil.which("wrk") else by_sockets)(port, requests, seconds, connections)


WRK = """
local asked, number = {}, 0
function init(args)
  for line in io.lines(args[1]) do asked[#asked + 1] = (line:gsub("|", "\\r\\n")) end
  number = tonumber(args[2])
end
function request()
  number = number + 1
  return asked[number % #asked + 1]
end
"""


def by_wrk(port: int, requests: list[bytes], seconds: float, connections: int) -> int:
    """The load from wrk: one thread, which leaves the other core to one worker."""
    with tempfile.TemporaryDirectory(prefix="ssn-wrk-") as folder:
        script, asked = Path(folder, "ask.lua"), Path(folder, "asked")
        script.write_text(WRK)
        asked.write_bytes(b"\n".join(request.replace(b"\r\n", b"|") for request in requests))
        target = [f"-d{seconds:.0f}s", "-s", str(script), f"http://127.0.0.1:{port}", "--", str(asked)]
        begin = str(random.randrange(len(requests)))
        command = ["wrk", "-t1", f"-c{connections}", *target, begin]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    return int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]


def by_sockets(port: int, requests: list[bytes], seconds: float, connections: int) -> int:
    """The load from here."""
    import selectors

    chooser, done, number = selectors.DefaultSelector(), 0, 0
    pending: dict[socket.socket, tuple[bytearray, int]] = {}
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for line in lines:
        chooser.register(line, selectors.EVENT_READ)
        line.sendall(requests[number % len(requests)])
        pending[line], number = (bytearray(), 0), number + 1
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in chooser.select(0.5):
            line: Any = key.fileobj
            got, wanted = pending[line]
            got += line.recv(65536)
            if not wanted and (cut := got.find(b"\r\n\r\n")) >= 0:
                assert got.startswith(b"HTTP/1.1 200"), bytes(got[:400])
                place = got.lower().find(b"content-length: ")
                wanted = cut + 4 + int(got[place + 16 : got.find(b"\r\n", place)])
            if wanted and len(got) >= wanted:
                done += 1
                line.sendall(requests[number % len(requests)])
                got, wanted, number = bytearray(), 0, number + 1
            pending[line] = (got, wanted)
    for line in lines:
        line.close()
    return done


def cpu(process: psutil.Process) -> float:
    """CPU seconds of a server and its workers."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(p.cpu_times()[:2]) for p in family)


def timing(port: int, known: list[tuple[str, str]], samples: int) -> dict[str, float]:
    """AUC of telling a hit from an unknown person and from a wrong KK by time, over HTTP; 0.5 is a coin.

    Args:
        samples: of each kind, in random order.
    """
    kinds: dict[str, list[float]] = {"hit": [], "unknown": [], "wrong": []}
    order = [*kinds] * samples
    random.shuffle(order)
    # half as many as are known, of whom two kinds are: so each is asked as often. Who was asked before is found in the counts,
    # that takes longer, whoever it is. Spread as people are: numbers in a row lie in one place of the counts.
    nobody = [f"99{random.randrange(10**14):014d}" for _ in known[::2]]
    with socket.create_connection(("127.0.0.1", port)) as line:
        for number, kind in enumerate(order):
            nik, no_kk = random.choice(known)
            asked = {"hit": (nik, no_kk), "unknown": (random.choice(nobody), no_kk), "wrong": (nik, f"88{number:014d}")}[kind]
            request = question(*asked)
            began = time.perf_counter_ns()
            line.sendall(request)
            got = 0
            while got < 4096:
                got += len(line.recv(65536))
            kinds[kind].append(time.perf_counter_ns() - began)
    return {f"hit/{other}": auc(kinds["hit"], kinds[other]) for other in ("unknown", "wrong")}


def auc(first: list[float], second: list[float]) -> float:
    """Probability that a value of the second is above one of the first."""
    ranked = sorted([(v, 0) for v in first] + [(v, 1) for v in second])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which)
    return (ranks - len(second) * (len(second) + 1) / 2) / (len(first) * len(second))


@dataclass(frozen=True)
class Stretch:
    """What one stack did in one round: questions a second, server CPU for one in us; cores that the generator took."""

    rate: float
    cost: float
    generator: float


def stretch(name: str, home: Home, asked: list[bytes], seconds: float, workers: int) -> Stretch:
    """Measure a stack that has just begun, once it is warm; said on the way."""
    with served(STACKS[name], home, workers) as (port, process, cold):
        load(port, asked, WARM_SECONDS, CONNECTIONS * workers)
        before, generating = cpu(process), os.times()
        done = load(port, asked, seconds, CONNECTIONS * workers)
        spent, generated = cpu(process) - before, os.times()
        memory = max(p.memory_full_info().uss for p in [process, *process.children(recursive=True)]) / 1e6
    generator = sum(b - a for a, b in zip(generating[:4], generated[:4], strict=True)) / seconds
    found = Stretch(done / seconds, spent / done * 1e6, generator)
    of = f"{name}, {workers} workers" if workers > 1 else name
    print(f"{of}: {found.rate:.0f}/s, {found.cost:.0f} us CPU, cold {cold:.2f} s, {memory:.0f} MB", flush=True)
    return found


def compared(rounds: list[dict[tuple[str, int], Stretch]]) -> Iterator[str]:
    """The ratios, the middle one of the rounds and in brackets the least and the highest."""

    def said(ratios: Iterable[float]) -> str:
        found = sorted(ratios)
        return f"{statistics.median(found):.2f} ({found[0]:.2f}-{found[-1]:.2f})"

    ours, bare, *_ = STACKS
    for other in list(STACKS)[1:]:
        rate = said(now[ours, 1].rate / now[other, 1].rate for now in rounds)
        cost = said(now[other, 1].cost / now[ours, 1].cost for now in rounds)
        yield f"x {other}: rate {rate}, by CPU {cost}"
    two, bare_two = (said(now[name, 2].rate / now[name, 1].rate for now in rounds) for name in (ours, bare))
    taken = statistics.median(now[ours, 2].generator for now in rounds)
    yield f"two workers: x {two} of one; bare ASGI: x {bare_two}; the generator took {taken:.2f} of {os.cpu_count()} cores"


def main() -> int:
    """Run it all and print."""
    parser = argparse.ArgumentParser()
    for name, default in (("rows", 250_000), ("seconds", 2), ("rounds", 5), ("samples", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ssn-bench-") as folder:
        home = Home(Path(folder)).prepare()
        known = city(home, options.rows)
        asked = [question(*pair) for pair in known[:8000]]
        asked += [question(f"99{random.randrange(10**14):014d}", pair[1]) for pair in known[:8000]]
        random.shuffle(asked)
        turns = [(name, workers) for name in STACKS for workers in ((1, 2) if name in TWICE else (1,))]
        rounds = [
            {turn: stretch(turn[0], home, asked, options.seconds, turn[1]) for turn in turns} for _ in range(options.rounds)
        ]
        print(*compared(rounds), sep="\n")
        with served(STACKS["layanan"], home) as (port, _, _):
            print("timing AUC:", {k: round(v, 3) for k, v in timing(port, known, options.samples).items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
