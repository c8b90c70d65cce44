"""Reading a question: strict JSON from machines, a forgiving form from people. Nothing typed ever comes back in an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_BODY = 1024
_SPACERS = re.compile(r"[\s.\-\u00a0\u2010-\u2015]+")
_DIGITS = re.compile(r"[0-9]{16}")


class Question(BaseModel):
    """What POST /v1/cek-bansos takes."""

    model_config = ConfigDict(strict=True, extra="forbid", json_schema_extra={"additionalProperties": False})

    nik: str = Field(pattern=r"^[0-9]{16}$", description="NIK, 16 angka", examples=["6472010101900001"])
    no_kk: str = Field(pattern=r"^[0-9]{16}$", description="Nomor Kartu Keluarga, 16 angka", examples=["6472010101150001"])
    nonce: str | None = Field(
        default=None, max_length=64, description="Dikembalikan apa adanya; mengikat jawaban pada pertanyaan", examples=["a1b2c3"]
    )


class QuestionError(ValueError):
    """Not a question. `faults` maps a field to what is wrong with it, without what was sent."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


@dataclass(frozen=True)
class Form:
    """A filled-in form: the numbers cleaned of spaces and dots, and all fields as typed (to show again beside an error)."""

    nik: str
    no_kk: str
    typed: dict[str, str]


def read_json(body: bytes) -> Question:
    """The question in a request body.

    Raises:
        QuestionError: not JSON of the described shape, or longer than MAX_BODY.
    """
    if len(body) > MAX_BODY:
        raise QuestionError({"body": f"paling banyak {MAX_BODY} bita"})
    try:
        return Question.model_validate_json(body)
    except ValidationError as problem:
        raise QuestionError(
            {_field(error["loc"]): _fault(error["type"]) for error in problem.errors(include_input=False, include_url=False)}
        ) from None


def read_form(body: bytes) -> Form:
    """The numbers of a posted form (application/x-www-form-urlencoded).

    Raises:
        QuestionError: a number is missing or is not 16 digits; `faults` holds sentences for the page.
    """
    typed = typed_in(body)
    cleaned = {name: without_spacers(typed[name]) for name in ("nik", "no_kk")}
    faults = {name: fault for name, value in cleaned.items() if (fault := number_fault(name, value))}
    if faults:
        raise QuestionError(faults)
    return Form(cleaned["nik"], cleaned["no_kk"], typed)


def typed_in(body: bytes) -> dict[str, str]:
    """What was typed into the two fields, and the place that the page itself filled in, cut to a length that cannot hurt."""
    try:
        fields = dict(parse_qsl(body[:MAX_BODY].decode("ascii", "replace"), keep_blank_values=True, max_num_fields=8))
    except ValueError:
        fields = {}
    return {name: fields.get(name, "")[:40] for name in ("nik", "no_kk", "antre")}


def without_spacers(text: str) -> str:
    """A number as typed, without the spaces, dots and dashes that make it readable."""
    return _SPACERS.sub("", text)


def number_fault(name: str, value: str) -> str | None:
    """What is wrong with a NIK or Nomor KK (`nik`, `no_kk`), as a sentence for the page; None when nothing is."""
    label = {"nik": "NIK", "no_kk": "Nomor KK"}[name]
    if not value:
        return f"Isilah {label}"
    if not value.isascii() or not value.isdigit():
        return f"{label} hanya berisi angka"
    if not _DIGITS.fullmatch(value):
        return f"{label} harus 16 angka; yang tertulis {len(value)} angka"
    return None


def _field(place: tuple[int | str, ...]) -> str:
    """The name of one of our fields; a name that somebody invented could itself be a NIK."""
    return str(place[0]) if place and place[0] in Question.model_fields else "body"


def _fault(kind: str) -> str:
    return {
        "missing": "wajib diisi",
        "string_pattern_mismatch": "harus 16 angka",
        "string_type": "harus teks",
        "string_too_long": "paling banyak 64 huruf",
        "extra_forbidden": "ada isian yang tidak dikenal",
        "json_invalid": "bukan JSON yang benar",
    }.get(kind, "tidak dapat dibaca")
