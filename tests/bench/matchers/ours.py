"""The platform's own matching on loaded inputs, alone in its process: dbt from its start to mart_padan, with all data tests.

.venv/bin/python -m tests.bench.matchers.ours HOME [EXCLUDED MODELS]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ssn_assets.dbt import DbtRun
from ssn_assets.home import Home
from ssn_assets.warehouse import open_warehouse

PAIRS = """
select
    (select count(*) from (select dtks_id, nik_angka from int_calon_dekat union select dtks_id, nik_angka from int_calon_luas))
    + (select count(*) from int_dtks inner join int_penduduk_kunci using (nik_angka))
"""
"""Every row with every person that a block, or its NIK, finds: as recordlinkage counts."""


def main(home: Home, exclude: list[str]) -> None:
    """Match, and say what each model took."""
    run = DbtRun(home, ["+mart_padan"], exclude)
    run.build()
    if run.error:
        raise SystemExit(run.error)
    took = {m["data"]["node_info"]["unique_id"]: m["data"].get("execution_time", 0.0) for m in run.messages}
    seconds = {name.split(".")[2]: round(took[name], 3) for name in took if name.startswith("model.")}
    others = sum(took[name] for name in took if not name.startswith("model."))
    with open_warehouse(home) as con:
        pairs = con.execute(PAIRS).fetchone() or (0,)
    print(json.dumps({"seconds": {**seconds, "tests and seeds": round(others, 3)}, "pairs": pairs[0]}))


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), sys.argv[2:])
