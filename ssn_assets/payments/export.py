"""Sealing the payment file: open orders get a place in a batch once. How batches and files are made is `batches/chain.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from ssn_assets.batches import chain
from ssn_assets.home import Home
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.store.engine import timestamp, writing

PLACE = chain.Place("batch_no is null")


def seal(engine: Engine, home: Home, period: str, now: datetime) -> dict[str, Any]:
    """Put the open orders into the next batch, write its file, restore lost files.

    Cut off anywhere and repeated, it leaves the same bytes; without open orders there is no new file. A line's data are
    the card's as they were sent to the bank, so there is none that cannot be written.

    Args:
        period: YYYY-MM, in the file's header.
        now: the time of a new batch; an older one keeps its own.

    Returns:
        Counts: batch (the newest, 0 when there is none), baris_baru, rupiah_baru, dipulihkan (files written again).

    Raises:
        chain.LedgerError: a sealed batch does not give the bytes it was sealed with.
    """
    made, file = timestamp(now), None
    with writing(engine) as transaction:
        lines = chain.waiting(transaction, PAYMENTS, PLACE)
        if lines:
            number, file = chain.add(transaction, PAYMENTS, period, made, lines)
            chain.place(transaction, PAYMENTS, number, PLACE)
    with writing(engine) as transaction:  # committed lines only; and one writer of files at a time
        newest, restored = chain.write_files(transaction, home, PAYMENTS, made, file)
    return {"batch": newest, "baris_baru": len(lines), "rupiah_baru": file.rupiah if file else 0, "dipulihkan": restored}


def restore(engine: Engine, home: Home, now: datetime) -> dict[str, Any]:
    """The sealed files again, without a new batch: a run of an earlier period, or one that may not order."""
    with writing(engine) as transaction:
        newest, restored = chain.write_files(transaction, home, PAYMENTS, timestamp(now))
    return {"batch": newest, "dipulihkan": restored}
