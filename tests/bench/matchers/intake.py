"""Reading the two inputs of the matching as the platform does, alone in its process: what the floor also does and rivals do not.

.venv/bin/python -m tests.bench.matchers.intake HOME PERIOD
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ssn_assets.home import Home
from ssn_assets.intake.load import load
from ssn_assets.warehouse import open_warehouse


def main(home: Home, period: str) -> None:
    """Load list and registry, and put down what the run would hand to SQL."""
    home.prepare()
    with open_warehouse(home) as con:
        for kind in ("dtks", "dukcapil"):
            load(con, home, kind, period)
        con.execute(f"create or replace table ops.konteks as select '{period}' as periode, true as registri_dipakai")
        con.execute("create or replace table ops.koreksi_nik (nik_lama text, nik_baru text)")


if __name__ == "__main__":
    began = time.perf_counter()
    main(Home(Path(sys.argv[1])), sys.argv[2])
    print(json.dumps({"seconds": {"intake": round(time.perf_counter() - began, 3)}, "pairs": 0}))
