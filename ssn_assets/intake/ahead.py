"""The civil registry is copied by a run's second process while the first still imports Dagster.

raw/dukcapil finds the copy by its name (`registry.py`), or makes it when there is none: nothing here decides anything.
"""

from __future__ import annotations

from ssn_assets import beside
from ssn_assets.home import Home
from ssn_assets.intake import inbox
from ssn_assets.intake.attempt import attempts
from ssn_assets.warehouse import connection_config

_under_way: list[beside.Begun] = []


def begin(home: Home, period: str) -> None:
    """Have the second process copy the registry in force; with the home claimed."""
    _under_way[:] = [beside.begin(copy_registry, home, period)]


def wait() -> None:
    """Until what was begun is done."""
    while _under_way:
        _under_way.pop().result()


def copy_registry(home: Home, period: str) -> None:
    """Copy the registry's files. What cannot be read or written is left to raw/dukcapil, which says so."""
    import duckdb

    try:
        # one thread: the other core imports Dagster
        with duckdb.connect(config={**connection_config(home), "threads": 1}) as con:
            attempts(con, home, inbox.scan(home, "dukcapil", period))
    except (duckdb.Error, OSError, MemoryError):
        return
