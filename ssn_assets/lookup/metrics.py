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
if (_folder := settings.metrics_folder()) is not None:  # before the first count: these files are written through memory
    for _kind in ("counter", "histogram", "gauge_livemin", "gauge_livemax"):
        with_room(Path(_folder) / f"{_kind}_{os.getpid()}.db", ROOM)

REQUESTS = Counter("ssn_requests_total", "Requests by our route and status", ["route", "status"])
SECONDS = Histogram(
    "ssn_request_seconds", "Time to answer", ["route"], buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2)
)
LOOKUPS = Counter("ssn_lookups_total", "Answered questions: found or not, signed or not", ["found", "signed"])
REFUSED = Counter("ssn_refused_total", "Questions refused by limit", ["limit"])
COMPLAINTS = Counter("ssn_complaints_total", "Complaints kept, by kind", ["kind"])
PUBLISHED = Gauge("ssn_publication_created_seconds", "When the publication in force was made", multiprocess_mode="livemin")
FAILING = Gauge(
    "ssn_publication_failing", "1 while berlaku.json names a release that cannot be used", multiprocess_mode="livemax"
)


_counting = cache(REQUESTS.labels)
_timing = cache(SECONDS.labels)
_looking_up = cache(LOOKUPS.labels)


def request(route: str, status: int, seconds: float) -> None:
    """Count one request. route: our own pattern."""
    _counting(route, status).inc()
    _timing(route).observe(seconds)


def lookup(found: bool, signed: bool) -> None:
    """Count one answered question."""
    _looking_up(found, signed).inc()


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
