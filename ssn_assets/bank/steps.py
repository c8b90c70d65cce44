"""How far a card is: the steps the bank can report, their order, and which cannot both be true. Pure; no data.

The state of an issuance is the furthest step among everything the bank ever said of it: the same in any order,
however often. The order is the card's way, not that of the list in README, Formats and codes: a card that was not collected
can still be handed over, an account whose opening failed can still be opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

RESERVED = "DIPESAN"
HANDED_OVER = "DISERAHKAN"
BLOCKED = "DIBLOKIR"

STEPS = (
    RESERVED,
    "DITERIMA",
    "DITOLAK",
    "GAGAL_BUKA",
    "REKENING_DIBUKA",
    "KARTU_DICETAK",
    "SIAP_DIAMBIL",
    "BELUM_DIAMBIL",
    "DISERAHKAN",
    "DIKEMBALIKAN",
    BLOCKED,
)
"""From first to last; DIPESAN is ours (reserved, nothing reported), all others are the bank's. DIBLOKIR is the end."""

REPORTED = STEPS[1:]
"""What the bank may report."""

FOR_A_BLOCK = ("DITERIMA", "DITOLAK", BLOCKED)
"""What the bank may report of a BLOKIR line."""

REFUSED = ("DITOLAK", "GAGAL_BUKA")
"""Steps at which a card stands still until people act."""

_AFTER_OPENING = STEPS[STEPS.index("REKENING_DIBUKA") : STEPS.index(BLOCKED)]

CONTRADICTIONS = frozenset(
    frozenset(pair)
    for pair in (
        *(("DITOLAK", step) for step in ("GAGAL_BUKA", *_AFTER_OPENING)),
        *(("GAGAL_BUKA", step) for step in _AFTER_OPENING),
        ("DISERAHKAN", "DIKEMBALIKAN"),
    )
)
"""Pairs that cannot both be true of one issuance: people have to ask the bank."""

_RANK = {step: rank for rank, step in enumerate(STEPS)}


def rank(step: str) -> int:
    """How far a step is; 0 is DIPESAN."""
    return _RANK[step]


def advance(step: str, reported: str) -> str:
    """The step after one more report: never earlier than before. A word that is no step changes nothing."""
    return max(step, reported, key=lambda s: _RANK.get(s, -1))


def furthest(reports: Iterable[str]) -> str:
    """The step after all reports, in any order."""
    step = RESERVED
    for reported in reports:
        step = advance(step, reported)
    return step


def contradict(kind: str, reports: Iterable[str]) -> bool:
    """Whether what the bank reported of an issuance cannot all be true.

    Args:
        kind: BARU, GANTI or BLOKIR: of a block it says yes or no.
    """
    known = set(reports)
    return {"DITOLAK", BLOCKED} <= known if kind == "BLOKIR" else bool(contradictions(known))


def contradictions(reports: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of reports that cannot both be true, earlier step first."""
    known = sorted({r for r in reports if r in _RANK}, key=rank)
    return [pair for pair in combinations(known, 2) if frozenset(pair) in CONTRADICTIONS]
