"""Counts for Prometheus, summed over all workers. Of nobody: no client's user, no address, no publication's people.

/metrics tells hits from misses in the sum; the proxy must not hand it out (deploy/nginx.conf).
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client import REGISTRY as _ONE_PROCESS

from ssn_assets import settings
from ssn_assets.home import with_room

ROOM = 1 << 16
"""Bytes of a file of counts as prometheus-client makes it; ours stay below."""
KINDS = ("counter", "histogram", "gauge_livemin", "gauge_livemax")


class Counts:
    """What is counted in this process."""

    def __init__(self, shared_folder: str | None) -> None:
        """Make them; with `shared_folder` in files that are written through memory, so their room is taken first.

        Raises:
            OSError: there is no room.
        """
        if shared_folder:
            for kind in KINDS:
                with_room(Path(shared_folder) / f"{kind}_{os.getpid()}.db", ROOM)
        seconds = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2)
        requests = Counter("ssn_requests_total", "Requests by our route and status", ["route", "status"])
        lookups = Counter("ssn_lookups_total", "Answered questions: found or not, signed or not", ["found", "signed"])
        self.request = cache(requests.labels)
        self.time = cache(Histogram("ssn_request_seconds", "Time to answer", ["route"], buckets=seconds).labels)
        self.lookup = cache(lookups.labels)
        self.refused = Counter("ssn_refused_total", "Questions refused by limit", ["limit"]).labels
        self.complaint = Counter("ssn_complaints_total", "Complaints kept, by kind", ["kind"]).labels
        self.mended = Counter("ssn_counts_mended_total", "Damaged files of counts put aside")
        made, unusable = "When the publication in force was made", "1 while berlaku.json names a release that cannot be used"
        self.published = Gauge("ssn_publication_created_seconds", made, multiprocess_mode="livemin")
        self.failing = Gauge("ssn_publication_failing", unusable, multiprocess_mode="livemax")


@cache
def begun() -> Counts:
    """The counts of this process; a worker makes them when it starts.

    Raises:
        OSError: there is no room for them; the next call tries again.
    """
    return Counts(settings.metrics_folder())


def request(route: str, status: int, seconds: float) -> None:
    """Count one request. route: our own pattern."""
    counts = begun()
    counts.request(route, status).inc()
    counts.time(route).observe(seconds)


def lookup(found: bool, signed: bool) -> None:
    """Count one answered question."""
    begun().lookup(found, signed).inc()


def refused(limit: str) -> None:
    """Count one question refused by a limit."""
    begun().refused(limit).inc()


def complaint(kind: str) -> None:
    """Count one complaint that was kept."""
    begun().complaint(kind).inc()


def mended() -> None:
    """Count one damaged file of counts that was put aside."""
    begun().mended.inc()


def in_force(created: float | None, failing: bool) -> None:
    """What this worker answers from: when it was made (seconds since 1970), whether a newer one cannot be used."""
    begun().failing.set(failing)
    if created is not None:
        begun().published.set(created)


def exposition(shared_folder: str | None) -> tuple[bytes, str]:
    """The text Prometheus reads, and its type.

    Args:
        shared_folder: where all workers' counts are; None for this process alone.
    """
    registry = _ONE_PROCESS
    if shared_folder:
        _forget_dead(Path(shared_folder))
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=shared_folder)
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _forget_dead(folder: Path) -> None:
    """A worker that is gone has no publication in force any more; what it counted still counts."""
    for number in {int(found[1]) for path in folder.glob("gauge_live*.db") if (found := re.search(r"_(\d+)\.db$", path.name))}:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(number, str(folder))
        except PermissionError:  # somebody else's process by now
            continue
