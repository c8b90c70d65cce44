"""expectations/*.json as Dagster asset checks: their specs and results. What a suite says of a batch is `suites.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from ssn_assets import beside, suites
from ssn_assets.suites import check_name, critical, suite, threshold

if TYPE_CHECKING:
    import pandas as pd


def check_specs(name: str, key: Sequence[str], blocking: bool = True) -> list[dg.AssetCheckSpec]:
    """The suite's expectations as check specs of an asset.

    Args:
        name: the suite.
        key: the asset's key.
        blocking: whether a critical one stops what lies downstream; False where a stage answers with BELUM instead.
    """
    return [
        dg.AssetCheckSpec(
            name=check_name(e),
            asset=dg.AssetKey(list(key)),
            description=e["meta"]["notes"],
            blocking=blocking and critical(e),
            metadata={"ambang": threshold(e)},
        )
        for e in suite(name)["expectations"]
    ]


def validate(name: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """`suites.validate`, in the run's second process where there is one."""
    return beside.call(suites.validate, name, frame)


def as_check_results(
    key: Sequence[str], results: Sequence[Mapping[str, Any]], note: Mapping[str, Any]
) -> Iterator[dg.AssetCheckResult]:
    """Plain results as Dagster check results of an asset."""
    for r in results:
        yield dg.AssetCheckResult(
            check_name=r["name"],
            asset_key=dg.AssetKey(list(key)),
            passed=r["passed"],
            severity=dg.AssetCheckSeverity.ERROR if r["critical"] else dg.AssetCheckSeverity.WARN,
            metadata={
                "terukur": r["measured"],
                "ambang": r["threshold"],
                **({"catatan": r["note"]} if r["note"] else {}),
                **note,
            },
        )
