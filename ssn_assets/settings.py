"""The environment, typed. Read on call, never on import. No other module reads os.environ.

Does not belong here: folders below the home (`home.py`), connections (`warehouse.py`, `store/`).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

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
    """Point Dagster at our dagster.yaml when nobody did; for the command line and the tests."""
    os.environ.setdefault("DAGSTER_HOME", str(dagster_home()))


def point_dbt_at(warehouse: Path, spill: Path) -> None:
    """Tell dbt_project/profiles.yml where this home's warehouse is."""
    os.environ["SSN_WAREHOUSE"] = str(warehouse)
    os.environ["SSN_SPILL"] = str(spill)
    os.environ["SSN_MEMORY"] = warehouse_memory()
