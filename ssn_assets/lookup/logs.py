"""The service's log: one JSON object a line, from a closed list of fields. No address, no body, no path as asked."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ssn_assets.privacy import masked

FIELDS = ("method", "route", "status", "ms", "client", "limit", "publication", "reason", "worker")
"""What a line may say beyond time, level and event. `route` is our own path, never the one asked for."""


class JsonLine(logging.Formatter):
    """A record as JSON; texts that come from elsewhere are masked."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        second, part = divmod(record.created, 1)
        line: dict[str, Any] = {
            "time": f"{_second(int(second))}.{int(part * 1000):03d}+00:00",
            "level": record.levelname,
            "event": masked(record.getMessage()),
        }
        said = record.__dict__
        for field in FIELDS:
            if field in said and (value := said[field]) is not None:
                line[field] = masked(value) if field == "reason" else value
        if record.exc_info and record.exc_info[1] is not None:
            problem = record.exc_info[1]
            line["error"] = f"{type(problem).__name__}: {masked(str(problem))}"
            line["at"] = _place(problem)
        return _AS_JSON(line)


_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(maxsize=2)
def _second(since_1970: int) -> str:
    """A moment as ISO 8601 says it, up to the second: there are thousands of lines in one."""
    return datetime.fromtimestamp(since_1970, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def config() -> dict[str, Any]:
    """For logging.config.dictConfig and uvicorn."""
    quiet = {"handlers": ["out"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "ssn_assets.lookup.logs.JsonLine"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "loggers": {"ssn": quiet, "uvicorn": quiet, "uvicorn.error": quiet, "asyncio": quiet},
        "root": {"handlers": ["out"], "level": "WARNING"},
    }


def _place(problem: BaseException) -> str:
    trace, place = problem.__traceback__, ""
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
