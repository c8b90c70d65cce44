"""What every rival gets and gives back, so that only the matching differs between them.

Gets: dtks.parquet and dukcapil.parquet in one folder, the same rows for all, with our cleaned columns: names in capitals (nama)
and in their comparable form (nama_norm), kelurahan as a code, RT as a number, the address tidied. Rivals do not pay for that.
Gives: <name>.parquet with dtks_id, nik and peluang (how sure, 0 to 1), at most one line a row of the list; and as its last
printed line seconds by part and pairs compared, in JSON. Runs in both environments: pandas only.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

TIDY_ADDRESS = """trim(regexp_replace(replace(replace(replace(replace(
    ' ' || regexp_replace(upper(alamat), '[^A-Z0-9]+', ' ', 'g') || ' ', ' JALAN ', ' JL '), ' JLN ', ' JL '), ' GANG ', ' GG '),
    ' NOMOR ', ' NO '), ' R[TW] ?[0-9]+', '', 'g'))"""


class Work:
    """One rival at work: where its files are, and how long each part took."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.seconds: dict[str, float] = {}
        self.pairs = 0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a part; the same name twice adds up."""
        began = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - began, 3)

    def read(self, dtks: list[str], dukcapil: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The list and the registry, only these columns."""
        with self.part("read"):
            return tuple(  # type: ignore[return-value]
                pd.read_parquet(self.folder / f"{name}.parquet", columns=columns)
                for name, columns in (("dtks", dtks), ("dukcapil", dukcapil))
            )

    def give(self, answer: pd.DataFrame) -> None:
        """Write the answer and say what it took."""
        with self.part("write"):
            answer[["dtks_id", "nik", "peluang"]].to_parquet(self.folder / f"{self.name}.parquet", index=False)
        print(json.dumps({"seconds": self.seconds, "pairs": self.pairs}))
