"""One file read or refused: whatever goes wrong with it is its own refusal, but for trouble of the platform itself."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ssn_assets.home import Home
from ssn_assets.intake import registry
from ssn_assets.intake.headers import INPUTS
from ssn_assets.intake.inbox import InboxFile
from ssn_assets.intake.prepare import Gathered, gather, is_left_to_another, is_the_platforms_own
from ssn_assets.intake.reasons import OTHERS, Refused, refusal

if TYPE_CHECKING:
    import duckdb

_log = logging.getLogger(__name__)

PASSING = ("BERUBAH", "GANGGUAN")
"""Refusals that say nothing of the file: it is read again in the next run, though its content is the same."""


@dataclass(frozen=True)
class Outcome:
    """One file after reading: gathered (a registry file: copied), or refused with a code and its sentence."""

    file: InboxFile
    gathered: Gathered | None = None
    copy: registry.Copy | None = None
    code: str = ""
    because: str = ""

    def refused(self, code: str, **details: str) -> Outcome:
        """The same file, refused after all."""
        return Outcome(self.file, code=code, because=refusal(code, self.file.kind, **details))


def attempts(con: duckdb.DuckDBPyConnection, home: Home, files: Sequence[InboxFile]) -> list[Outcome]:
    """Read each of these files; no transaction open. A file of another input of the same folder is left out: that reports it."""
    tried = [_attempt(con, home, file, number) for number, file in enumerate(files)]
    return [outcome for outcome in tried if outcome is not None]


def _attempt(con: duckdb.DuckDBPyConnection, home: Home, file: InboxFile, number: int) -> Outcome | None:
    outcome = Outcome(file, code=file.refused, because=file.because)
    if file.refused:
        return None if INPUTS[file.kind].marked else outcome
    try:
        if file.kind == "dukcapil":
            made = registry.copy(con, home, file, number)
            return Outcome(file, made.gathered, made)
        return Outcome(file, gather(con, file, number))
    except Refused as verdict:
        if verdict.code == OTHERS or is_left_to_another(file):
            return None
        return outcome.refused(verdict.code, **verdict.details)
    except BaseException as error:
        if is_the_platforms_own(error):
            raise
        if is_left_to_another(file):
            return None
        if isinstance(error, OSError) and error.errno:
            return outcome.refused("GANGGUAN")
        _log.warning("%s: %s", file.kind, type(error).__name__)  # the message may hold a person's data
        return outcome.refused("TIDAK_TERBACA", galat=type(error).__name__)
