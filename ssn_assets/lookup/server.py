"""Running the service: uvicorn, its workers and their stop. The application is `web.py`."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ssn_assets import settings
from ssn_assets.home import private_dir
from ssn_assets.lookup import logs
from ssn_assets.lookup.service import Service, SetupError

APP = "ssn_assets.lookup.server:worker"
STOP_SECONDS = 15
AGAIN_SECONDS = 5.0
log = logging.getLogger("ssn.lookup")


def worker() -> ASGIApp:
    """The application of one worker, as soon as it can be made.

    A worker that takes the place of a killed one while the disk is full would else end at once, be started again, and so on.
    """
    from ssn_assets.lookup.web import create_app  # here: the process over the workers does without

    while True:
        try:
            return create_app()
        except (SetupError, OSError) as problem:
            told = f"{problem.filename}: {problem.strerror}" if isinstance(problem, OSError) else str(problem)
            log.error("worker cannot start yet", extra={"reason": told})
        time.sleep(AGAIN_SECONDS)


def fresh(folder: Path) -> Path:
    """The folder of the workers' metrics without those of workers that are gone; a service that runs keeps its own."""
    for path in private_dir(folder).glob("*.db"):
        if not Path("/proc", path.stem.rpartition("_")[2]).exists():
            path.unlink(missing_ok=True)
    return folder


def run(serving: settings.Serving, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; running requests are finished first.

    Raises:
        SetupError: a key is missing.
        OSError: the state folder cannot be written.
    """
    Service(serving).close()  # what is missing is said once, here, and not by every worker
    if workers > 1:
        settings.share_metrics_in(fresh(serving.state / "metrik"))
    uvicorn.run(
        APP,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=logs.config(),
        access_log=False,  # it would write addresses; `guard.py` writes our line
        ws="none",  # nobody needs it, and uvicorn logs what was asked for
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=serving.proxies,
        limit_concurrency=1000,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
