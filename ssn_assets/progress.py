"""What a person at the terminal sees while a run goes on: a line a step, with its time. Nothing of the data."""

from __future__ import annotations

import logging
import sys
import time

import dagster as dg

LEVEL = logging.INFO


class _Lines(logging.Handler):
    """Dagster events as short lines; our own messages as they are."""

    def __init__(self) -> None:
        super().__init__(LEVEL)
        self._began: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {}) or {}
        step = meta.get("step_key") or ""
        event = meta.get("dagster_event")
        kind = event.event_type_value if event else ""
        if kind == "STEP_START":
            self._began[step] = time.monotonic()
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"):
            took = time.monotonic() - self._began.get(step, time.monotonic())
            word = {"STEP_SUCCESS": "selesai", "STEP_FAILURE": "BERHENTI", "STEP_SKIPPED": "tidak jalan"}[kind]
            print(f"  {step:<28} {word:<11} {took:6.1f} s", file=sys.stderr, flush=True)
        elif not kind and record.levelno >= logging.WARNING:
            print(f"  {step:<28} {meta.get('orig_message') or record.getMessage()}", file=sys.stderr, flush=True)


@dg.logger(config_schema={}, description="One line a step")
def step_lines(_context: dg.InitLoggerContext) -> logging.Logger:
    """The console logger of every run, whoever starts it."""
    logger = logging.getLogger("ssn.progress")
    logger.setLevel(LEVEL)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(_Lines())
    return logger
