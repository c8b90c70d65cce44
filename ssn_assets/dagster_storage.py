"""Dagster's SQLite storage under the home, with database engines kept open between events, and what never changes asked once.

The stock class makes an engine and a connection per statement: 594 of them in a run of 117 events. The files stay in the stock
format. Relies on private methods (`_connect`, `_store_asset_event`, `_has_asset_key_col_on_connection`):
tests/defs/test_dagster_internals.py fails when an upgrade changes them.

A storage is made beside its place and renamed into it: the stock classes take a file that is there for one that is whole, so a
process killed while it made one left a home no later run could open.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dagster import AssetKey, AssetRecordsFilter, EventLogEntry, EventLogRecord
from dagster._core.event_api import EventLogCursor, EventRecordsResult
from dagster._core.storage.event_log.schema import AssetKeyTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from ssn_assets.home import private_dir
from ssn_assets.settings import dagster_storage_path

KEPT_ENGINES = 8
"""One per run looked at lately; a web server that shows many runs must not keep them all open."""


class KeptEngineEventLog(SqliteEventLogStorage):
    """The event log, one engine a shard (run), the least recently used ones closed."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._partitions_seen: set[tuple[str, str]] = set()
        self._there: set[str] = set()
        self._newest: dict[tuple[AssetKey, str] | None, EventLogRecord] = {}
        self._batch: dict[str, Connection] | None = None
        self._batch_ends, self._batch_of = ExitStack(), 0
        super().__init__(base_dir, inst_data)

    def _engine(self, shard: str) -> Engine:
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        engine = create_engine(
            self.conn_string_for_shard(shard),
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", lambda con, _: con.execute("PRAGMA synchronous=NORMAL"))
        self._initdb(engine)
        self._engines[shard] = engine
        if len(self._engines) > KEPT_ENGINES:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if self._batch is not None and self._batch_of == threading.get_ident():
            if shard not in self._batch:
                self._batch[shard] = self._batch_ends.enter_context(self._engine(shard).begin())
            yield self._batch[shard]
            return
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events together: one transaction a shard, where the stock class takes three an event."""
        with self._db_lock, ExitStack() as self._batch_ends:
            self._batch, self._batch_of = {}, threading.get_ident()
            try:
                for event in events:
                    self.store_event(event)
            finally:
                self._batch = None

    def has_table(self, table_name: str) -> bool:
        """Whether the schema has a table; a "yes" is remembered: each check of a run asks, the stock class with a new engine."""
        if table_name not in self._there and super().has_table(table_name):
            self._there.add(table_name)
        return table_name in self._there

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        column = f"{AssetKeyTable.name}.{column_name}"
        if column not in self._there and super()._has_asset_key_col_on_connection(conn, column_name):
            self._there.add(column)
        return column in self._there

    def _store_asset_event(self, conn: Connection, event: EventLogEntry, event_id: int) -> None:
        super()._store_asset_event(conn, event, event_id)
        done = event.dagster_event
        if event.run_id and done and done.is_step_materialization and done.asset_key and done.partition:
            self._newest[done.asset_key, done.partition] = EventLogRecord(event_id, event)

    def fetch_materializations(
        self, records_filter: AssetKey | AssetRecordsFilter, limit: int, cursor: str | None = None, ascending: bool = False
    ) -> EventRecordsResult:
        """As the stock class; the newest one of a period that this process itself stored for its run is remembered.

        Every check asks for it, and while a run holds the home no other process makes a newer one. What somebody reports in the
        UI, outside a run, is not remembered: a web server lives on while runs come and go.
        """
        known = self._newest.get(_one_period(records_filter)) if limit == 1 and not ascending and cursor is None else None
        if known is None:
            return super().fetch_materializations(records_filter, limit, cursor, ascending)
        return EventRecordsResult([known], EventLogCursor.from_storage_id(known.storage_id).to_string(), has_more=True)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a period is known; a "yes" is remembered, since every event of a run asks again and we never take one away."""
        asked = (partitions_def_name, partition_key)
        if asked not in self._partitions_seen and super().has_dynamic_partition(*asked):
            self._partitions_seen.add(asked)
        return asked in self._partitions_seen

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Somebody took a period away in the UI."""
        self._partitions_seen.discard((partitions_def_name, partition_key))
        super().delete_dynamic_partition(partitions_def_name, partition_key)

    def dispose(self) -> None:
        """Close what is open; called when the instance ends."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _one_period(wanted: AssetKey | AssetRecordsFilter) -> tuple[AssetKey, str] | None:
    """What a question for an asset's materializations of one period, and nothing else, asks for."""
    if not isinstance(wanted, AssetRecordsFilter) or not wanted.asset_partitions:
        return None
    period = wanted.asset_partitions[0]
    return (wanted.asset_key, period) if wanted == AssetRecordsFilter(wanted.asset_key, [period]) else None


class HomeStorage(DagsterSqliteStorage):
    """Runs, events and schedules in `$SSN_HOME/dagster`; named in dagster.yaml, no configuration of its own."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = KeptEngineEventLog(self._event_log_storage._base_dir)

    @classmethod
    def config_type(cls) -> Any:
        """No options: the home decides."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> HomeStorage:
        """Called by Dagster when it reads dagster.yaml."""
        place = dagster_storage_path()
        make_whole(place)
        return cls(str(place), inst_data=inst_data)


def make_whole(place: Path) -> None:
    """Make the storage of a new home, all of it or nothing; one that another process made meanwhile stays.

    Args:
        place: the folder of the storage. It may be there, empty.

    Raises:
        OSError: the folder cannot be written.
    """
    if place.exists() and any(place.iterdir()):
        return
    beside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=private_dir(place.parent)))
    try:
        DagsterSqliteStorage(str(beside)).dispose()
        beside.rename(place)  # takes the place of an empty folder, never of one with files
    except OSError:
        if not (place.exists() and any(place.iterdir())):
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
