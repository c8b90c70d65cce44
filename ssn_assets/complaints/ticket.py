"""What passes between the page and a ticket, as plain values. No SQL: the page is imported without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """What a person sent, read and checked.

    Attributes:
        jenis: a kind of aturan.yaml.
        nik, no_kk: 16 digits each, or both empty where the kind allows it.
        kode_kelurahan: as chosen; "" when the person does not know.
        submission: a random name of the form: the same thing sent twice in it is one voice.
    """

    jenis: str
    nik: str
    no_kk: str
    kode_kelurahan: str
    uraian: str
    kontak: str
    submission: str


@dataclass(frozen=True)
class Receipt:
    """What the person gets: number, secret, the day by which there is an answer (ISO)."""

    nomor: str
    rahasia: str
    tenggat: str


@dataclass(frozen=True)
class Followed:
    """What a ticket says to whoever has a secret of it: nothing of what was sent.

    Attributes:
        sent: when this voice came (not when the ticket was opened: that may have been somebody else).
        tenggat: by when this voice has an answer.
        answers: when and what since this voice, oldest first.
    """

    nomor: str
    jenis: str
    sent: str
    tenggat: str
    status: str
    answers: tuple[tuple[str, str], ...]
