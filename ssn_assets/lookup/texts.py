"""The wording of answers, from `texts/*.yaml`. No wording in code; how an answer is put together is `answer.py`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "texts"
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


class TextError(ValueError):
    """A text file lacks something; the message names the file and the entry."""


@dataclass(frozen=True)
class Reason:
    """Why, said to a person: kode, teks, kantor (whose record), lakukan (what to do), tempat (where)."""

    kode: str
    teks: str
    kantor: str
    lakukan: str
    tempat: str

    def as_json(self) -> dict[str, str]:
        """As the API gives it."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Step:
    """How far the card is: langkah (code), teks, tempat."""

    langkah: str
    teks: str
    tempat: str

    def as_json(self) -> dict[str, str]:
        """As the API gives it."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Payment:
    """The newest month's payment: bulan (YYYY-MM), langkah (code), teks; bulan and langkah are empty when there is none."""

    bulan: str
    langkah: str
    teks: str

    def as_json(self) -> dict[str, str]:
        """As the API gives it."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Texts:
    """Everything of alasan.yaml and halaman.yaml."""

    keputusan: dict[str, str]
    reasons: dict[str, Reason]
    nobody: Reason
    other: dict[str, str]
    steps: dict[str, Step]
    other_step: dict[str, str]
    payments: dict[str, str]
    other_payment: str
    help: dict[str, str]
    other_way: str
    complaints: dict[str, str]

    def reason(self, code: str) -> Reason:
        """The wording of a reason; a code of a newer policy gets the general one."""
        return self.reasons.get(code) or Reason(kode=code, **self.other)

    def step(self, code: str) -> Step:
        """The wording of a card's step."""
        return self.steps.get(code) or Step(langkah=code, **self.other_step)

    def payment(self, published: str) -> Payment:
        """The wording of a payment as it is published: "2026-10 BERHASIL", or empty."""
        month, _, code = published.partition(" ")
        said = self.payments.get(code, self.other_payment)
        return Payment(month, code, said.replace("{bulan}", long_period(month)) if month else said)


@cache
def load(folder: Path = FOLDER) -> Texts:
    """Read the texts.

    Raises:
        TextError: an entry is missing or misspelt.
    """
    said, page = _yaml(folder / "alasan.yaml"), _yaml(folder / "halaman.yaml")
    try:
        return Texts(
            keputusan=said["keputusan"],
            reasons={code: Reason(kode=code, **entry) for code, entry in said["alasan"].items()},
            nobody=Reason(**said["tidak_ada"]),
            other=said["lain"],
            steps={code: Step(langkah=code, **entry) for code, entry in said["kartu"].items()},
            other_step=said["kartu_lain"],
            payments={"": said["pembayaran"][""], **said["pembayaran"]},
            other_payment=said["pembayaran_lain"],
            help=page["bantuan"],
            other_way=page["jalan_lain"],
            complaints=page["aduan"],
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise TextError(f"{folder}: {problem} (every entry needs teks, kantor, lakukan and tempat)") from problem


def long_period(period: str) -> str:
    """Oktober 2026."""
    return f"{MONTHS[int(period[5:7]) - 1]} {period[:4]}"


def _yaml(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TextError(f"{path} holds no entries")
    return content
