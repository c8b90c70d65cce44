"""The rules of complaints, from `aturan.yaml`: kinds, deadlines, retention, limits. No rule stands in code."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ssn_assets.settings import PROJECT_ROOT

FILE = Path(__file__).with_name("aturan.yaml")
KELURAHAN_CSV = PROJECT_ROOT / "dbt_project" / "seeds" / "samarinda_kelurahan.csv"


class RulesError(ValueError):
    """aturan.yaml cannot be used; the message says where."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Kind(_Part):
    """One kind of complaint: wording, whether NIK and Nomor KK are asked, who answers, in how many days."""

    judul: str = Field(min_length=1)
    petunjuk: str
    nomor: Literal["wajib", "boleh"]
    tujuan: Literal["kelurahan", "dinsos"]
    tenggat_hari: int = Field(ge=1, le=60)

    @property
    def merged(self) -> bool:
        """Whether a person's open ticket takes what he sends again. Not where an officer may be meant, who knows both numbers."""
        return self.nomor == "wajib"

    def deadline(self, received: date) -> date:
        """The last day on which an answer is in time."""
        return received + timedelta(days=self.tenggat_hari)


class Keep(_Part):
    """How long, in days: until an answered ticket counts as done; after that, its texts; after that, the ticket."""

    selesai_otomatis_hari: int = Field(ge=1)
    isi_hari: int = Field(ge=0)
    tiket_hari: int = Field(ge=1)


class Burst(_Part):
    """So many at once, then one more in so many minutes."""

    sekaligus: int = Field(ge=1)
    menit: int = Field(ge=1)


class Limits(_Part):
    """Of one address, of one network."""

    alamat: Burst
    jaringan: Burst


class Rules(_Part):
    """Everything of aturan.yaml."""

    versi: str
    jenis: dict[str, Kind] = Field(min_length=1)
    simpan: Keep
    batas: Limits


@cache
def load(path: Path = FILE) -> Rules:
    """Read the rules.

    Raises:
        RulesError: an entry is missing, misspelt or impossible.
    """
    try:
        return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as problem:
        raise RulesError(f"{path}: {problem}") from problem


@cache
def kelurahan() -> dict[str, dict[str, str]]:
    """Kecamatan to its kelurahan, code to name, both by name."""
    found: dict[str, dict[str, str]] = {}
    with open(KELURAHAN_CSV, encoding="utf-8", newline="") as handle:
        for row in sorted(csv.DictReader(handle), key=lambda r: (r["kecamatan"], r["kelurahan"])):
            found.setdefault(row["kecamatan"], {})[row["kode_kelurahan"]] = row["kelurahan"]
    return found


@cache
def kelurahan_names() -> dict[str, str]:
    """Code to name of every kelurahan of the city."""
    return {code: name for names in kelurahan().values() for code, name in names.items()}
