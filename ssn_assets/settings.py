"""The environment, typed. Read on call, never on import. No other module reads os.environ.

Does not belong here: folders below the home (`home.py`), connections (`warehouse.py`, `store/`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

WITA = timezone(timedelta(hours=8), "WITA")
"""The city's time (no summer time): days that people count are counted in it."""

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where dbt_project/, expectations/ and workspace.yaml stand."""


def home_path() -> Path:
    """SSN_HOME (default ./data): the one folder the platform reads from and writes to."""
    return Path(os.environ.get("SSN_HOME") or "data").expanduser().resolve()


def database_url() -> str | None:
    """SSN_DATABASE_URL: SQLAlchemy address of the store; None means SQLite under the home."""
    return os.environ.get("SSN_DATABASE_URL") or None


def now() -> datetime:
    """The present moment in UTC. SSN_NOW (ISO 8601) fixes it, for tests and rehearsals."""
    fixed = os.environ.get("SSN_NOW")
    if fixed:
        moment = datetime.fromisoformat(fixed)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)


def user() -> str:
    """Who runs this process, by the operating system; behind sudo also who called it."""
    import pwd

    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container a number may have no name
        name = f"uid {os.getuid()}"
    caller = os.environ.get("SUDO_USER")
    return f"{name} (sudo: {caller})" if caller and caller != name else name


def warehouse_memory() -> str:
    """SSN_MEMORY: the memory limit of DuckDB, e.g. 1500MB (default)."""
    return os.environ.get("SSN_MEMORY") or "1500MB"


def dagster_storage_path() -> Path:
    """Where Dagster keeps runs, events and schedules: in the home, so that each home has its own history."""
    return home_path() / "dagster"


def dagster_home() -> Path:
    """DAGSTER_HOME: the folder of dagster.yaml; the checkout unless set."""
    return Path(os.environ.get("DAGSTER_HOME") or PROJECT_ROOT)


def use_dagster_home() -> None:
    """Point Dagster at our dagster.yaml when nobody did; for the command line and the tests.

    Events that belong together (what a run plans to make) are handed to its storage together.
    """
    os.environ.setdefault("DAGSTER_HOME", str(dagster_home()))
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")


def point_dbt_at(warehouse: Path, spill: Path) -> None:
    """Tell dbt_project/profiles.yml where this home's warehouse is."""
    os.environ["SSN_WAREHOUSE"] = str(warehouse)
    os.environ["SSN_SPILL"] = str(spill)
    os.environ["SSN_MEMORY"] = warehouse_memory()


@dataclass(frozen=True)
class Serving:
    """Where the lookup service reads and writes, and how much it answers. Its user needs nothing else of the home.

    Attributes:
        santer: SSN_SANTER_DIR (default $SSN_HOME/outbox/santer): the publication, read only.
        keys: SSN_SERVE_KEYS (default systemd's credentials, else $SSN_HOME/kunci): layanan.key,
            jejak.key and publikasi.pub, read only.
        state: SSN_SERVE_STATE (default $SSN_HOME/layanan): counts and the key that signs answers; the service's own.
        trail: SSN_SERVE_TRAIL (default the folder jejak of state): the trail, which `ssn run` collects and removes.
        public_host: SSN_SERVE_HOST: the name clients sign as @authority; empty: whatever Host says.
        proxies: SSN_SERVE_PROXIES (default 127.0.0.1): from whom X-Forwarded-For is believed.
        address_per_minute, network_per_minute: SSN_SERVE_ADDRESS_PER_MINUTE (20), SSN_SERVE_NETWORK_PER_MINUTE (240):
            unsigned questions from one address, and from one /24 (IPv6: /64 and /48).
        stale_days: SSN_SERVE_STALE_DAYS (45): the page says so when the publication is older.
    """

    santer: Path
    keys: Path
    state: Path
    trail: Path
    public_host: str = ""
    proxies: str = "127.0.0.1"
    address_per_minute: int = 20
    network_per_minute: int = 240
    stale_days: int = 45


def serving_state() -> Path:
    """SSN_SERVE_STATE: see Serving."""
    return Path(os.environ.get("SSN_SERVE_STATE") or home_path() / "layanan")


def trail_path() -> Path:
    """SSN_SERVE_TRAIL: see Serving. The platform reads it as well."""
    return Path(os.environ.get("SSN_SERVE_TRAIL") or serving_state() / "jejak")


def serving() -> Serving:
    """The lookup service's part of the environment.

    Raises:
        ValueError: a number is not one.
    """
    home = home_path()
    keys = os.environ.get("SSN_SERVE_KEYS") or os.environ.get("CREDENTIALS_DIRECTORY") or home / "kunci"
    return Serving(
        santer=Path(os.environ.get("SSN_SANTER_DIR") or home / "outbox" / "santer"),
        keys=Path(keys),
        state=serving_state(),
        trail=trail_path(),
        public_host=os.environ.get("SSN_SERVE_HOST", ""),
        proxies=os.environ.get("SSN_SERVE_PROXIES") or "127.0.0.1",
        address_per_minute=_positive("SSN_SERVE_ADDRESS_PER_MINUTE", 20),
        network_per_minute=_positive("SSN_SERVE_NETWORK_PER_MINUTE", 240),
        stale_days=_positive("SSN_SERVE_STALE_DAYS", 45),
    )


def share_metrics_in(folder: Path) -> None:
    """Have prometheus-client add up the counts of all worker processes in a folder."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def metrics_folder() -> str | None:
    """Where all workers' counts are; None for a process that is alone."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR") or None


def _positive(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or int(text) < 1:
        raise ValueError(f"{name} must be a whole number above 0, not {text!r}")
    return int(text)
