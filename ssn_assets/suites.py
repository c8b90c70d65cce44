"""The suites of expectations/*.json and how a batch's profile fares. The only file that imports Great Expectations.

A suite looks at a batch's profile (potret): one line per file with counts and shares, made by SQL. So a result names the file at
fault, costs the same at any size, and cannot carry a person's data. Rules about single rows are dbt tests. Dagster does not
belong here (`expectations.py`): the import of either takes over a second, and a run has them in two processes (`beside.py`).
"""

from __future__ import annotations

import importlib
import json
import sys
import types
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ssn_assets.settings import PROJECT_ROOT

if TYPE_CHECKING:
    import pandas as pd

SUITES = PROJECT_ROOT / "expectations"


@lru_cache
def suite(name: str) -> dict[str, Any]:
    """One suite as committed, e.g. "dtks"."""
    loaded: dict[str, Any] = json.loads((SUITES / f"{name}.json").read_text())
    return loaded


def check_name(expectation: Mapping[str, Any]) -> str:
    """The check's name in Dagster: the column and the kind of expectation; unique within a suite."""
    kwargs = expectation["kwargs"]
    kind = expectation["type"].removeprefix("expect_").removeprefix("column_").removeprefix("values_to_").removeprefix("to_")
    return f"{kwargs.get('column', 'tabel')}__{kind}"


def threshold(expectation: Mapping[str, Any]) -> str:
    """The bound in a few characters: "0,95 s.d. 1", "dalam {...}"."""
    kwargs = expectation["kwargs"]
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None or high is not None:
        return " dan ".join(
            part
            for part in (
                f"paling sedikit {low}" if low is not None else "",
                f"paling banyak {high}" if high is not None else "",
            )
            if part
        )
    if "value_set" in kwargs:
        return "salah satu dari " + ", ".join(map(str, kwargs["value_set"]))
    return "; ".join(f"{k} {v}" for k, v in kwargs.items() if k != "column") or "harus terisi"


def critical(expectation: Mapping[str, Any]) -> bool:
    """Whether failing it is an error; else it is a warning."""
    return bool(expectation.get("severity", "critical") == "critical")


def validate(name: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Run a suite on a profile.

    Returns:
        Per expectation: name, passed, critical, measured (worst value seen, as text), note (in words). Plain data, so that a
        skipped step can show them again. An expectation that could not run is not passed and says so.
    """
    if frame.empty:
        needed = bool((suite(name).get("meta") or {}).get("wajib_ada"))
        return [_result(e, not needed, "tidak ada yang diperiksa", "") for e in suite(name)["expectations"]]
    gx = load()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    loaded = context.suites.add(gx.ExpectationSuite(name=name, expectations=_plain(name)))
    batch = (
        context.data_sources.add_pandas("potret")
        .add_dataframe_asset("potret")
        .add_batch_definition_whole_dataframe("potret")
        .get_batch({"dataframe": frame})
    )
    outcome = batch.validate(loaded, result_format="BASIC")
    by_name = {r.expectation_config.meta["nama"]: r for r in outcome.results}  # GX may answer in another order
    results = []
    for e in suite(name)["expectations"]:
        found = by_name[check_name(e)]
        failed_to_run = bool((found.exception_info or {}).get("raised_exception"))
        note = "pemeriksaan tidak dapat dijalankan" if failed_to_run else ""
        results.append(_result(e, bool(found.success), _measured(frame, e), note))
    return results


def _plain(name: str) -> list[dict[str, Any]]:
    return [{"type": e["type"], "kwargs": e["kwargs"], "meta": {"nama": check_name(e)}} for e in suite(name)["expectations"]]


def _measured(frame: pd.DataFrame, expectation: Mapping[str, Any]) -> str:
    column = expectation["kwargs"].get("column")
    if column not in frame:
        return f"{len(frame)} berkas"
    values = frame[column].dropna()
    if values.empty:
        return "kosong"
    if values.dtype.kind in "iufb":
        low, high = float(values.min()), float(values.max())
        return f"{low:.6g}" if low == high else f"{low:.6g} s.d. {high:.6g}"
    return f"{values.nunique()} nilai berbeda"


def _result(expectation: Mapping[str, Any], passed: bool, measured: str, note: str) -> dict[str, Any]:
    return {
        "name": check_name(expectation),
        "passed": passed,
        "critical": critical(expectation),
        "measured": measured,
        "threshold": threshold(expectation),
        "note": note,
    }


def failed_critical(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the critical expectations that did not hold."""
    return [r["name"] for r in results if r["critical"] and not r["passed"]]


def warm_up() -> None:
    """Import Great Expectations, so that the first suite need not wait for it."""
    load()


def load() -> Any:
    """Great Expectations, imported on first use."""
    if "great_expectations" not in sys.modules:
        late = [name for name in ("scipy.stats", "altair") if name not in sys.modules]
        for name in late:  # half of the import's time, for expectations and pictures that no suite uses
            sys.modules[name] = _OnFirstUse(name)
        import great_expectations

        for name in late:
            sys.modules.pop(name, None)
    import great_expectations

    return great_expectations


class _OnFirstUse(types.ModuleType):
    """Stands for a module until somebody uses a name of it. importlib's LazyLoader would load it for anybody who looks through
    sys.modules, as `inspect` does for dbt."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)
