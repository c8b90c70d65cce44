"""A reader of the lookup service as a process of its own: asks without pause, remembers what it was told and what failed.

python -m tests.prove.readers ADDRESS     (until its standard input closes; then one line of JSON)
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from tests.unit.publication_city import KK, NIK

PAUSE = 0.01
PER_CONNECTION, IDLE = 20, 15.0
"""Questions on one connection, thus to one worker; seconds after which it is not used again: the service closes it at 30."""


@dataclass
class Told:
    """What one reader was told: each change of (publication, mark), how many answers, what failed."""

    changes: list[tuple[str, str]] = field(default_factory=list)
    answers: int = 0
    failures: list[str] = field(default_factory=list)


class Reader:
    """A running reader."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-m", "tests.prove.readers", address]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self) -> Told:
        """End it and hear what it was told."""
        said, _ = self._process.communicate(timeout=60)
        told = json.loads(said)
        return Told([(i, mark) for i, mark in told["changes"]], told["answers"], told["failures"])


def read(host: str, stop: threading.Event) -> Told:
    """Ask until told to stop."""
    told, body = Told(), json.dumps({"nik": NIK, "no_kk": KK})
    connection = http.client.HTTPConnection(host, timeout=10)
    used = time.monotonic()
    while not stop.is_set():
        if time.monotonic() - used > IDLE:  # the machine stood still
            connection.close()
        used = time.monotonic()
        try:
            connection.request("POST", "/v1/cek-bansos", body)
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            seen = (answer["publikasi"]["id"], " ".join(answer["kategori_bantuan"]))
            told.answers += 1
            if not told.changes or told.changes[-1] != seen:
                told.changes.append(seen)
        except (OSError, ValueError, KeyError, http.client.HTTPException) as problem:
            told.failures.append(f"{type(problem).__name__}: {problem}")
        if told.answers % PER_CONNECTION == 0 or told.failures:
            connection.close()
        time.sleep(PAUSE)
    return told


def main() -> None:
    """Entry point."""
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    print(json.dumps(vars(read(sys.argv[1].removeprefix("http://"), stop))))


if __name__ == "__main__":
    main()
