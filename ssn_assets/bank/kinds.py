"""The two kinds of files that go to the bank, with their tables: cards and payments. Numbering, chain and control are the same.

What a kind alone has (its lines, brakes, review) is in the modules of that kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

from ssn_assets.bank import brakes, layout, payment_checks, payment_profile, profile
from ssn_assets.bank.brakes import Brake
from ssn_assets.bank.layout import Form
from ssn_assets.home import Home
from ssn_assets.store import bank_schema, payment_schema, schema

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes:
        name: what people call it, at the command line too.
        form: what the file looks like.
        lines: the ledger with its D lines; key: their id there.
        batch, events, handed: its batches, what happened to them, what was handed over.
        holding: (con, batch, limits, now): the brakes that hold a batch for a person.
        suite, profile: the border suite of its files, and (home): each file read back as a line of counts.
        must_not_leave: (con, batch): why a batch may never be handed over any more, whoever asks; None when it may.
    """

    name: str
    form: Form
    lines: Table
    key: str
    batch: Table
    events: Table
    handed: Table
    holding: Callable[[Connection, int, Any, datetime], list[Brake]]
    must_not_leave: Callable[[Connection, int], str | None]
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
        return f"Batch {batch_no}" if self is CARDS else f"Batch {self.name} {batch_no}"


CARDS = Kind(
    "kartu",
    layout.CARDS,
    schema.penerbitan,
    "id_penerbitan",
    schema.batch,
    bank_schema.batch_kejadian,
    bank_schema.batch_kiriman,
    brakes.holding,
    lambda con, batch_no: None,
    "bank_penerbitan",
    profile.profile_of,
)
PAYMENTS = Kind(
    "pembayaran",
    layout.PAYMENTS,
    payment_schema.pembayaran,
    "id_pembayaran",
    payment_schema.batch_pembayaran,
    payment_schema.batch_pembayaran_kejadian,
    payment_schema.batch_pembayaran_kiriman,
    payment_checks.holding,
    payment_checks.must_not_leave,
    "bank_pembayaran",
    payment_profile.profile_of,
)
KINDS = {kind.name: kind for kind in (CARDS, PAYMENTS)}
"""In the order in which they leave: a block is at the bank before the money."""
