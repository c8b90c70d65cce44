"""When an input must be read again although its files are the same ones as in the last run. How is in `load.py`."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ssn_assets.intake.answers import NOT_YET
from ssn_assets.intake.context import period_end
from ssn_assets.intake.prepare import READY

if TYPE_CHECKING:
    import duckdb

A_DAY = timedelta(days=1)


def last_day(period: str, today: date) -> date:
    """The last date an answer may bear: tomorrow, or the end of the period, which counts as "now" in a rehearsal."""
    return max(today + A_DAY, period_end(period))


def day_of_next_reading(con: duckdb.DuckDBPyConnection) -> str:
    """The first day on which a row of READY that was too early may be read, in ISO; '' when there is none."""
    found = con.execute(f"select min(tanggal) from {READY} where golongan = '{NOT_YET}'").fetchone()
    return (found[0] - A_DAY).isoformat() if found and found[0] else ""


def is_due(con: duckdb.DuckDBPyConnection, step: str, today: date) -> bool:
    """Whether the day has come that a done step named as `_baca_lagi`."""
    done = con.execute("select hasil from ops.langkah where langkah = ?", [step]).fetchone()
    day = json.loads(done[0]).get("_baca_lagi") if done else ""
    return bool(day) and date.fromisoformat(day) <= today
