"""What assets are handed: the home, the warehouse, the store and the clock, as one Dagster resource.

Opening is lazy: nothing is touched when definitions load. What a stage does with these does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import dagster as dg

from ssn_assets import settings
from ssn_assets.home import Home
from ssn_assets.warehouse import claim, open_warehouse

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy import Engine


PATIENCE = 3600.0
"""Seconds that a run started by a sensor, the schedule or the UI waits while `ssn run` is going on in the home."""


PERIOD_HELD = "select periode from ops.konteks"
DECIDED_PERIODS = f"{PERIOD_HELD} union select periode from mart_keputusan_dasar"


class Platform(dg.ConfigurableResource):
    """The home's stores and clock. root: another home than SSN_HOME's, for tests."""

    root: str = ""

    @property
    def home(self) -> Home:
        """The home, its folders made."""
        from pathlib import Path

        return Home(Path(self.root) if self.root else settings.home_path()).prepare()

    def warehouse(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The warehouse, open for writing inside a `with`; from now on no other process runs in this home."""
        home = self.home
        claim(home, PATIENCE)
        return open_warehouse(home)

    @contextmanager
    def warehouse_of(self, period: str, decided: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse, open for a step that acts on what stands there: it must be of this period.

        Args:
            period: YYYY-MM of the step.
            decided: also the decisions; False for steps before them.

        Raises:
            dagster.Failure: another period was run since, e.g. between a failed run and its re-execution.
        """
        with self.warehouse() as con:
            held = {row[0] for row in con.execute(DECIDED_PERIODS if decided else PERIOD_HELD).fetchall()}
            if held - {period}:
                raise dg.Failure(
                    f"The warehouse holds {', '.join(sorted(held - {period}))}, this step is of {period}: nothing was done. "
                    f"Run the whole job of the period: `ssn run --period {period}`.",
                    allow_retries=False,
                )
            yield con

    def store(self) -> Engine:
        """The operational database, its schema up to date."""
        return _store(self.home)

    def now(self) -> datetime:
        """The present moment, UTC."""
        return settings.now()


@lru_cache(maxsize=4)
def _store(home: Home) -> Engine:
    from ssn_assets.store.engine import open_store

    return open_store(home)
