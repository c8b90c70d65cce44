"""ops.kartu_terhalang: cards about which something is open. No money is ordered to them; what is open: `exceptions.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ssn_assets.bank import accounts, exceptions
from ssn_assets.store.transfer import fill

if TYPE_CHECKING:
    import duckdb

FAMILIES = "select id_penerbitan from ops.pengecualian_kartu where id_penerbitan is not null"


def work_out(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Make ops.kartu_terhalang(id_penerbitan); after `answers.load_steps` and `needs.work_out`."""
    odd = [line[1] for line in exceptions.from_answers(con, store)]
    families = [issuance for (issuance,) in con.execute(FAMILIES).fetchall()]
    cards = sorted({*odd, *accounts.twice(store), *families})
    fill(con, "ops.kartu_terhalang", {"id_penerbitan": "text"}, [(card,) for card in cards])
