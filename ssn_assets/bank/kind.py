"""Cards as a kind of file to the bank: the form, the tables, and what is looked at before a batch may leave."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ssn_assets.bank import brakes, profile
from ssn_assets.bank.lines import FIELDS
from ssn_assets.batches.kinds import Kind
from ssn_assets.batches.layout import Form
from ssn_assets.store import bank_schema, schema
from ssn_assets.store.transfer import read_rows

FORM = Form("penerbitan", "PENERBITAN", FIELDS)


def _old_cards(con: Connection, batch_no: int) -> dict[str, Any]:
    """For each BLOKIR and GANTI of a batch: which card, why, and (BLOKIR) the family's card from now on. Opaque ids only."""
    columns = ("id_penerbitan", "jenis", "id_rujukan", "sebab", "id_pemegang")
    rows = read_rows(
        con, f"select {', '.join(columns)} from penerbitan where batch_no = {int(batch_no)} and jenis <> 'BARU' order by seq"
    )
    names = ("id_penerbitan", "jenis", "kartu", "sebab", "kartu_sekarang")
    return {"kartu_lama": [dict(zip(names, (value or "" for value in row), strict=True)) for row in rows]}


CARDS = Kind(
    name="kartu",
    title="Batch",
    option="",
    form=FORM,
    lines=schema.penerbitan,
    key="id_penerbitan",
    batch=schema.batch,
    events=bank_schema.batch_kejadian,
    handed=bank_schema.batch_kiriman,
    answered_in="raw.bank",
    answers=schema.jawaban_bank,
    settled=bank_schema.putusan_jawaban,
    settled_as="PUTUSAN-JAWABAN",
    holding=brakes.holding,
    must_not_leave=lambda con, batch_no: None,
    noted=_old_cards,
    suite="bank_penerbitan",
    profile=profile.profile_of,
)
