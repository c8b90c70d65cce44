"""Who does what about a refusal or an oddity: `tindak_lanjut.yaml`, read and checked. What is odd is found elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("tindak_lanjut.yaml")


class RemedyError(ValueError):
    """tindak_lanjut.yaml cannot be used; the message says where."""


@dataclass(frozen=True)
class Remedy:
    """The cause of a matter (empty when its kind says it all), whose turn it is, and what is to be done."""

    penyebab: str
    pemilik: str
    tindakan: str


@dataclass(frozen=True)
class Remedies:
    """The whole file: (words, remedy) in order, of cards and of payments; the remedy for other words; remedies by kind."""

    by_words: tuple[tuple[tuple[str, ...], Remedy], ...]
    by_payment_words: tuple[tuple[tuple[str, ...], Remedy], ...]
    other_words: Remedy
    by_kind: dict[str, Remedy]
    other_kind: Remedy

    def of_reason(self, reason: str | None) -> Remedy:
        """What the bank's words for a refusal mean."""
        return self._meaning(self.by_words, reason)

    def of_payment(self, reason: str | None) -> Remedy:
        """What the bank's words for a payment that failed or came back mean."""
        return self._meaning(self.by_payment_words, reason)

    def _meaning(self, known: tuple[tuple[tuple[str, ...], Remedy], ...], reason: str | None) -> Remedy:
        said = " ".join((reason or "").lower().split())
        return next((remedy for words, remedy in known if any(w in said for w in words)), self.other_words)

    def of_kind(self, kind: str) -> Remedy:
        """What a kind of exception means."""
        return self.by_kind.get(kind, self.other_kind)


@lru_cache(maxsize=2)
def load(path: Path = FILE) -> Remedies:
    """The remedies of a file.

    Raises:
        RemedyError: a part is missing.
    """
    try:
        said: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Remedies(
            _by_words(said["alasan_bank"]),
            _by_words(said["alasan_pembayaran"]),
            _remedy(said["alasan_lain"]),
            {kind: _remedy(line) for kind, line in said["jenis"].items()},
            _remedy(said["jenis_lain"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
        raise RemedyError(f"{path.name} tidak dapat dipakai: {problem}. Bandingkan dengan berkas dari rilis.") from None


def _by_words(lines: list[dict[str, Any]]) -> tuple[tuple[tuple[str, ...], Remedy], ...]:
    return tuple((tuple(str(w).lower() for w in line["kata"]), _remedy(line)) for line in lines)


def _remedy(line: dict[str, Any]) -> Remedy:
    return Remedy(str(line.get("penyebab", "")), str(line["pemilik"]), str(line["tindakan"]))
