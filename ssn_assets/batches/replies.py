"""The bank's lines about a kind of file, kept in the store: each once, as it came. What they mean is in the stages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from ssn_assets.batches.kinds import Kind
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.transfer import copy_over, insert_from, read_rows

if TYPE_CHECKING:
    import duckdb

NEW_LINES = """
select
    berkas_sha256, baris, berkas, coalesce(trim({key}), ''), upper(trim(coalesce(status, ''))), alasan,
    tanggal, referensi_bank
from {source} as b
semi join (select berkas_sha256, min(berkas) as berkas from {source} group by berkas_sha256) using (berkas_sha256, berkas)
anti join baris_tersimpan using (berkas_sha256, baris)
"""


def keep(con: duckdb.DuckDBPyConnection, engine: Engine, kind: Kind, now: datetime) -> int:
    """Keep every line that the run loaded, once each.

    Args:
        con: the warehouse with the kind's raw table.
        now: when this run saw them.

    Returns:
        How many lines were new.
    """
    columns = ("berkas_sha256", "baris", "berkas", kind.key, "status", "alasan", "tanggal", "referensi_bank")
    with writing(engine) as transaction:
        if not _anything_new(con, transaction, kind):
            return 0
        known = {"berkas_sha256": "text", "baris": "bigint"}
        copy_over(transaction, con, "baris_tersimpan", known, kind.answers.name, temporary=True)
        new, order = NEW_LINES.format(key=kind.key, source=kind.answered_in), "berkas_sha256, baris"
        return insert_from(transaction, kind.answers, columns, con, new, order, {"dilihat_pada": timestamp(now)})


def _anything_new(con: duckdb.DuckDBPyConnection, store: Connection, kind: Kind) -> bool:
    """Whether a file has more lines than the store keeps of it: spares comparing line by line."""
    counted = f"select berkas_sha256, count(*) from {kind.answers.name} group by berkas_sha256"
    kept: dict[Any, Any] = dict(read_rows(store, counted))
    present = f"select berkas_sha256, count(*) from (select distinct berkas_sha256, baris from {kind.answered_in}) group by all"
    return any(count > kept.get(sha256, 0) for sha256, count in con.execute(present).fetchall())
