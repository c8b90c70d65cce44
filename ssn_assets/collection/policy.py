"""What the office laid down about handing out cards: `kebijakan/*.yaml`, read and checked. No rule stands in code."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

POLICIES = Path(__file__).with_name("kebijakan")

Weekday = Literal["SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "MINGGU"]
WEEKDAYS: tuple[Weekday, ...] = ("SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "MINGGU")
Way = Literal["TANDA_TANGAN", "CAP_JEMPOL", "BIOMETRIK_PENARIKAN_PERTAMA"]

ATTENTION = (
    *("MENINGGAL", "PINDAH", "MENOLAK", "TIDAK_DITEMUKAN", "BERTENTANGAN", "KARTU_TIDAK_BERLAKU"),
    *("BELUM_SIAP_MENURUT_BANK", "CARA_TIDAK_DIIZINKAN", "TANGGAL_BELUM_TIBA", "TANPA_KELURAHAN", "DIKEMBALIKAN"),
)
"""Kinds of matters that wait for people; each needs an owner and an action."""


class CollectionPolicyError(ValueError):
    """A policy file cannot be used; the message names it and the place."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Special(_Part):
    """What is otherwise in one kelurahan."""

    kartu_per_jam: int | None = Field(None, ge=1)
    tempat: str | None = Field(None, min_length=1)


class Counter(_Part):
    """When and where cards are handed out, and how many in an hour."""

    hari_buka: list[Weekday] = Field(min_length=1)
    tutup: list[date]
    jam: list[str] = Field(min_length=1)
    kartu_per_jam: int = Field(ge=1)
    tempat: str = Field(min_length=1)
    khusus: dict[str, Special]
    hari_persiapan: int = Field(ge=0, le=60)

    @field_validator("jam")
    @classmethod
    def _hours(cls, hours: list[str]) -> list[str]:
        for hour in hours:
            if len(hour) != 5 or hour[2] != "." or not (hour[:2] + hour[3:]).isdigit() or hour[:2] > "23" or hour[3:] > "59":
                raise ValueError(f"jam harus seperti 08.00, bukan {hour}")
        if sorted(set(hours)) != hours:
            raise ValueError("jam harus berurutan dan tidak berulang")
        return hours

    def open_days(self, first: date, count: int) -> list[date]:
        """The first days on which counters are open, from a day on."""
        days: list[date] = []
        day = first
        while len(days) < count:
            if self.is_open(day):
                days.append(day)
            day += timedelta(days=1)
        return days

    def is_open(self, day: date) -> bool:
        """Whether counters are open on a day."""
        return WEEKDAYS[day.weekday()] in self.hari_buka and day not in self.tutup

    def first_day(self, today: date) -> date:
        """The earliest day of a new appointment: letters are printed and brought first."""
        return today + timedelta(days=self.hari_persiapan)

    def where(self, kelurahan: str, name: str) -> str:
        """Where the counter of a kelurahan is. name: as a person calls the kelurahan."""
        special = self.khusus.get(kelurahan)
        return special.tempat if special and special.tempat else f"{self.tempat} {name}"

    def per_hour(self, kelurahan: str) -> int:
        """How many cards a counter hands out in an hour."""
        special = self.khusus.get(kelurahan)
        return special.kartu_per_jam if special and special.kartu_per_jam else self.kartu_per_jam


class HomeVisits(_Part):
    """Who is visited at home, how that is known, and how the holder says that he got the card."""

    umur_minimal: int = Field(ge=17, le=120)
    cara_identifikasi: list[Way] = Field(min_length=1)
    kolom_dtks: dict[str, list[str]]
    nilai_tidak: list[str]
    kata_catatan: dict[str, list[str]]
    jenis_aduan: list[str]


class Remedy(_Part):
    """Whose turn it is, and what is to be done."""

    pemilik: str = Field(min_length=1)
    tindakan: str = Field(min_length=1)


class CollectionPolicy(_Part):
    """One file."""

    versi: str = Field(min_length=1)
    berlaku_mulai: date
    loket: Counter
    hari_terlambat: int = Field(ge=1)
    jemput_bola: HomeVisits
    tindak_lanjut: dict[str, Remedy]

    @model_validator(mode="after")
    def _every_matter_has_an_owner(self) -> CollectionPolicy:
        if set(self.tindak_lanjut) != set(ATTENTION):
            differing = ", ".join(sorted(set(self.tindak_lanjut) ^ set(ATTENTION)))
            raise ValueError(f"tindak_lanjut: kurang atau tidak dikenal: {differing}")
        return self


@cache
def load(on: date, folder: Path = POLICIES) -> CollectionPolicy:
    """The policy in force on a day; all files are checked, so that a mistake shows on the day it is made.

    Args:
        on: the last day of the period.

    Raises:
        CollectionPolicyError: a file is wrong, two begin on one day, or none has begun.
    """
    policies = sorted((_read(path) for path in folder.glob("*.yaml")), key=lambda policy: policy.berlaku_mulai)
    starts = [policy.berlaku_mulai for policy in policies]
    if len(set(starts)) != len(starts):
        raise CollectionPolicyError(f"{folder.name}: dua kebijakan mulai pada hari yang sama. Ubah berlaku_mulai salah satunya.")
    begun = [policy for policy in policies if policy.berlaku_mulai <= on]
    if not begun:
        raise CollectionPolicyError(f"{folder.name}: belum ada kebijakan yang berlaku pada {on}. Tambahkan berkas kebijakan.")
    return begun[-1]


def _read(path: Path) -> CollectionPolicy:
    try:
        return CollectionPolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise CollectionPolicyError(f"{path.name}: bukan YAML yang benar. Periksa titik dua, spasi dan tanda kutip.") from None
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "berkas"
        raise CollectionPolicyError(f"{path.name}, {place}: {first['msg']}. Betulkan nilainya.") from None
