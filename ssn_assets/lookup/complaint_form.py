"""Reading the complaint form: what was typed, kept to be shown again, and what is wrong with it in sentences. Pure."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from urllib.parse import parse_qsl

from ssn_assets.complaints.rules import Rules
from ssn_assets.complaints.ticket import Sent
from ssn_assets.lookup.question import number_fault, without_spacers

MAX_BODY = 65_536
"""Far more than a story may be long: what is too long comes back to be shortened. deploy/nginx.conf has the same."""
MOST_STORY, MOST_CONTACT = 1000, 80
UNKNOWN_AREA = "tidak-tahu"
FIELDS = {"jenis": 40, "nik": 40, "no_kk": 40, "kelurahan": 20, "uraian": MAX_BODY, "kontak": 200, "kiriman": 64, "dari": 400}
"""Field to the longest text of it that is looked at and shown again."""

_SUBMISSION = re.compile(r"[0-9a-f]{32}")
Numbers = Callable[[str], "tuple[str, str] | None"]


class FormError(ValueError):
    """Not yet a complaint. `faults` maps a field to a sentence."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


def typed_in(body: bytes) -> dict[str, str]:
    """What was typed, cut to lengths that cannot hurt; a form that has no name yet gets one."""
    try:
        fields = dict(parse_qsl(body[:MAX_BODY].decode("ascii", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        fields = {}
    typed = {name: fields.get(name, "")[:most] for name, most in FIELDS.items()}
    if not _SUBMISSION.fullmatch(typed["kiriman"]):
        typed["kiriman"] = new_submission()
    return typed


def new_submission() -> str:
    """A random name of a form: sent twice, it is kept once."""
    return secrets.token_hex(16)


def read(typed: dict[str, str], rules: Rules, areas: set[str], numbers: Numbers) -> Sent:
    """The complaint in a form.

    Args:
        typed: of `typed_in`.
        areas: codes of the city's kelurahan.
        numbers: opens what the answer page gave the form (`dari`); then the two numbers are not typed.

    Raises:
        FormError: something is missing or cannot be right.
    """
    faults: dict[str, str] = {}
    kind = rules.jenis.get(typed["jenis"])
    if kind is None:
        faults["jenis"] = "Pilih apa yang ingin Anda sampaikan"
    known = numbers(typed["dari"]) if typed["dari"] else None
    nik, no_kk = known or (without_spacers(typed["nik"]), without_spacers(typed["no_kk"]))
    needed = kind is not None and kind.nomor == "wajib"
    if not known and (nik or no_kk or needed):
        for name, value in (("nik", nik), ("no_kk", no_kk)):
            if fault := number_fault(name, value):
                faults[name] = fault
    area = typed["kelurahan"]
    if area != UNKNOWN_AREA and area not in areas:
        faults["kelurahan"] = "Pilih kelurahan, atau pilih Saya tidak tahu"
    story, contact = _clean(typed["uraian"]), " ".join(_clean(typed["kontak"]).split())
    if not story:
        faults["uraian"] = "Ceritakan apa yang terjadi, dengan kalimat sendiri"
    elif len(story) > MOST_STORY:
        faults["uraian"] = f"Cerita paling banyak {MOST_STORY} huruf; yang tertulis {len(story)}"
    if len(contact) > MOST_CONTACT:
        faults["kontak"] = f"Kontak paling banyak {MOST_CONTACT} huruf"
    if faults:
        raise FormError(faults)
    return Sent(typed["jenis"], nik, no_kk, "" if area == UNKNOWN_AREA else area, story, contact, typed["kiriman"])


def _clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c)[0] != "C").strip()
