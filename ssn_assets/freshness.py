"""How old what goes out may be before Dagster says so. Lateness informs; it stops nothing.

The age of what comes in is a check of its own (intake/assets.py): every run touches those assets, also with old files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

LATE: dict[tuple[str, ...], timedelta] = {
    ("santer",): timedelta(days=2),  # the nightly run looks at it every day
    ("laporan_mutu",): timedelta(days=2),
}
"""Asset key to the age at which it is late."""


def with_freshness(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The same assets with their freshness policy; a warning comes at four fifths of the time."""

    def policy(spec: dg.AssetSpec) -> dg.AssetSpec:
        limit = LATE.get(tuple(spec.key.path))
        if limit is None:
            return spec
        return spec.replace_attributes(
            freshness_policy=dg.FreshnessPolicy.time_window(fail_window=limit, warn_window=limit * 0.8)
        )

    return [a.map_asset_specs(policy) for a in assets]
