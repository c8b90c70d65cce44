"""What a kind of file to the bank is: its form, its tables, and what that kind alone knows. The kinds are with their stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

from ssn_assets.batches import layout
from ssn_assets.batches.brakes import Brake
from ssn_assets.batches.layout import Form
from ssn_assets.home import Home

if TYPE_CHECKING:
    import pandas as pd

LEDGER_KEY = "penerbitan.key"
"""The home's key that makes the ids in the files opaque, of every kind."""


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes:
        name: what people call it, at the command line too.
        title: a batch of it, in a sentence; its number follows.
        option: what `ssn bank` wants to hear to mean this kind; it is after the batch's number.
        form: what the file looks like.
        lines: the ledger with its D lines; key: their id there.
        batch, events, handed: its batches, what happened to them, what was handed over.
        answered_in, answers: where a run has the bank's lines about it, and where they are kept.
        settled, settled_as: what two people said of answers that contradict each other, and what they signed it as.
        holding: (con, batch, limits, now): the brakes that hold a batch for a person.
        must_not_leave: (con, batch): why a batch may never be handed over any more, whoever asks; None when it may.
        noted: (con, batch): what the hand-over note says beyond the totals.
        suite, profile: the border suite of its files, and (home): each file read back as a line of counts.
    """

    name: str
    title: str
    option: str
    form: Form
    lines: Table
    key: str
    batch: Table
    events: Table
    handed: Table
    answered_in: str
    answers: Table
    settled: Table
    settled_as: str
    holding: Callable[[Connection, int, Any, datetime], list[Brake]]
    must_not_leave: Callable[[Connection, int], str | None]
    noted: Callable[[Connection, int], dict[str, Any]]
    suite: str
    profile: Callable[[Home], pd.DataFrame]

    def totals(self, batch: Any) -> dict[str, Any]:
        """The control totals of a batch, as people sign them."""
        found = {"jumlah": batch.jumlah, "hash_total": batch.hash_total}
        return found | ({"berkas": self.file_name(batch.batch_no), "rupiah": batch.rupiah} if self.form.money else {})

    def file_name(self, batch_no: int) -> str:
        """The name of the sealed file."""
        return layout.file_name(batch_no, self.form)

    def said(self, batch_no: int) -> str:
        """The batch in a sentence."""
        return f"{self.title} {batch_no}"
