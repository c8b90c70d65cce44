"""What a person at the terminal sees while a run goes on: a line a step, with its time. Nothing of the data."""

from __future__ import annotations

import logging
import sys
import time

import dagster as dg

from ssn_assets.steps import SKIPPED

LEVEL = logging.DEBUG
WORDS = {"STEP_SUCCESS": "selesai", "STEP_FAILURE": "BERHENTI", "STEP_SKIPPED": "tidak jalan"}


class _Lines(logging.Handler):
    """Dagster events as short lines; our own messages as they are."""

    def __init__(self) -> None:
        super().__init__(LEVEL)
        self._began: dict[str, float] = {}
        self._skipped: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {}) or {}
        step = meta.get("step_key") or ""
        event = meta.get("dagster_event")
        kind = event.event_type_value if event else ""
        if kind == "STEP_START":
            self._began[step] = time.monotonic()
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"):
            took = time.monotonic() - self._began.get(step, time.monotonic())
            word = WORDS[kind] if step not in self._skipped else "dilewati"
            self._skipped.discard(step)
            print(f"  {step[:40]:<40} {word:<11} {took:6.1f} s", file=sys.stderr, flush=True)
            if event and kind == "STEP_FAILURE" and event.step_failure_data.user_failure_data:
                print(f"    {event.step_failure_data.user_failure_data.description}", file=sys.stderr, flush=True)
        elif SKIPPED["langkah"] in (meta.get("orig_message") or ""):
            self._skipped.add(step)


@dg.logger(config_schema={}, description="One line a step")
def step_lines(_context: dg.InitLoggerContext) -> logging.Logger:
    """The console logger of every run, whoever starts it."""
    logger = logging.getLogger("ssn.progress")
    logger.setLevel(LEVEL)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(_Lines())
    return logger
