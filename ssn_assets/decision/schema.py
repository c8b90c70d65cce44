"""What a policy file may say, checked field by field. Finding and reading the files is in `policy.py`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

REASONS = [
    "TIDAK_TERDAFTAR",
    "MENINGGAL",
    "PINDAH",
    "GANDA",
    "BANSOS_PUSAT",
    "BUKAN_WARGA",
    "TIDAK_DITEMUKAN",
    "MAMPU",
    "MENOLAK",
    "PERLU_TINJAUAN",
    "BELUM_DIPADANKAN",
    "BANSOS_BELUM_DIPERIKSA",
    "BELUM_DIVERIFIKASI",
]
"""Reason codes, in the order in which a decision names them (README, Formats and codes)."""

YES_NO = frozenset({"YA", "TIDAK"})
FACTS: dict[str, frozenset[str] | None] = {
    "status_padan": frozenset({"PADAN", "RAGU", "TIDAK_PADAN", "BELUM"}),
    "status_registri": frozenset({"AKTIF", "MENINGGAL", "PINDAH"}),
    "duplikat": YES_NO,
    "jawaban": frozenset({"WARGA", "BUKAN_WARGA", "MENINGGAL", "PINDAH", "TIDAK_DITEMUKAN", "MAMPU", "MENOLAK"}),
    "tinjauan": frozenset({"PERLU"}),
    "verifikasi_berlaku": YES_NO,
    "bansos_diperiksa": YES_NO,
    "bansos_pusat": YES_NO,
    "pernah_menerima": YES_NO,
    "program_aktif": None,
    "kategori_bantuan": None,
    "hubungan_keluarga": None,
    "desil": None,
    "pekerjaan": None,
}
"""The facts of dbt model int_fakta that a criterion may ask for, with their values (None: any text)."""

INDISPENSABLE = {
    "TIDAK_TERDAFTAR": ("status_padan", "TIDAK_PADAN"),
    "GANDA": ("duplikat", "YA"),
    "PERLU_TINJAUAN": ("tinjauan", "PERLU"),
    "BELUM_DIPADANKAN": ("status_padan", "BELUM"),
}
"""Without these somebody unknown, or one person twice, would come out VALID: no policy may leave them out."""


def _as_text(value: object) -> object:
    """`desil: [8, 9]` is meant as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, Field(min_length=1)]
Value = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]
Months = Annotated[int, Field(ge=1, le=120)]


class Part(BaseModel):
    """Unknown keys and other types than asked for are errors: a misspelt rule must not be silently no rule."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Criterion(Part):
    """One reason and when it holds: any of the facts has any of the values written with it."""

    alasan: Text
    jenis: Literal["gagal", "tunda"]
    bila: dict[str, Annotated[list[Value], Field(min_length=1)]] = Field(min_length=1)
    hanya_bila_lolos: bool = False

    @field_validator("alasan")
    @classmethod
    def _known_reason(cls, value: str) -> str:
        if value not in REASONS:
            raise ValueError(f"alasan '{value}' tidak dikenal; pakai salah satu dari {', '.join(REASONS)}")
        return value

    @field_validator("bila")
    @classmethod
    def _known_facts(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for fact, wanted in value.items():
            if fact not in FACTS:
                raise ValueError(f"fakta '{fact}' tidak dikenal; pakai salah satu dari {', '.join(FACTS)}")
            allowed = FACTS[fact]
            odd = sorted(set(wanted) - allowed) if allowed else []
            if allowed and odd:
                raise ValueError(
                    f"nilai '{odd[0]}' tidak mungkin bagi fakta '{fact}'; pakai salah satu dari {', '.join(sorted(allowed))}"
                )
        return value

    @model_validator(mode="after")
    def _only_pending_can_wait(self) -> Criterion:
        if self.hanya_bila_lolos and self.jenis == "gagal":
            raise ValueError("hanya_bila_lolos hanya untuk jenis tunda")
        return self


class Brakes(Part):
    """What makes a batch wait for a human before it goes to the bank, and how long the bank may be silent afterwards."""

    kartu_baru_per_hari: Annotated[int, Field(ge=1)]
    bagian_blokir: Annotated[float, Field(ge=0, le=1, strict=False)]
    hari_diam: Annotated[int, Field(ge=1, le=365)] = 14


class Payments(Part):
    """The monthly payment of a family, in whole rupiah, and what makes its batch wait for a human."""

    rupiah_per_bulan: Annotated[int, Field(ge=1, le=100_000_000)]
    rupiah_per_hari: Annotated[int, Field(ge=1)]
    kenaikan_keluarga: Annotated[float, Field(ge=0, strict=False)]


class Policy(Part):
    """One dated policy."""

    versi: Text
    berlaku_mulai: date
    berlaku_sampai: date | None = None
    dasar_hukum: Annotated[list[Text], Field(min_length=1)]
    bulan_verifikasi: Months
    bulan_bansos: Months
    umur_minimal_pemegang: Annotated[int, Field(ge=0, le=120)]
    program_pusat: dict[str, Annotated[list[Text], Field(min_length=1)]]
    rem: Brakes
    pembayaran: Payments | None = None
    kriteria: Annotated[list[Criterion], Field(min_length=1)]

    @model_validator(mode="after")
    def _dates_in_order(self) -> Policy:
        if self.berlaku_sampai and self.berlaku_sampai < self.berlaku_mulai:
            raise ValueError("berlaku_sampai lebih awal daripada berlaku_mulai")
        return self

    @model_validator(mode="after")
    def _reasons_once(self) -> Policy:
        named = [c.alasan for c in self.kriteria]
        twice = sorted({r for r in named if named.count(r) > 1})
        if twice:
            raise ValueError(f"kriteria {twice[0]} ditulis dua kali; gabungkan faktanya dalam satu 'bila'")
        return self

    @model_validator(mode="after")
    def _indispensable(self) -> Policy:
        found = {(c.alasan, fact, value) for c in self.kriteria for fact, values in c.bila.items() for value in values}
        for reason, (fact, value) in INDISPENSABLE.items():
            if (reason, fact, value) not in found:
                raise ValueError(f"kriteria {reason} dengan 'bila: {{{fact}: [{value}]}}' wajib ada")
        return self
