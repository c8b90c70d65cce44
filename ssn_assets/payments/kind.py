"""Payments as a kind of file to the bank: the form, the tables, and what is looked at before a batch may leave."""

from __future__ import annotations

from ssn_assets.batches.kinds import Kind
from ssn_assets.batches.layout import Form
from ssn_assets.payments import brakes, profile
from ssn_assets.store import payment_schema

FORM = Form(
    "pembayaran",
    "PEMBAYARAN",
    ("id_pembayaran", "id_penerbitan", "nomor_ssn", "nik", "nama", "bulan", "jumlah", "id_rujukan"),
    money="jumlah",
)

PAYMENTS = Kind(
    name="pembayaran",
    title="Batch pembayaran",
    option=" --jenis pembayaran",
    form=FORM,
    lines=payment_schema.pembayaran,
    key="id_pembayaran",
    batch=payment_schema.batch_pembayaran,
    events=payment_schema.batch_pembayaran_kejadian,
    handed=payment_schema.batch_pembayaran_kiriman,
    answered_in="raw.pembayaran",
    answers=payment_schema.jawaban_pembayaran,
    settled=payment_schema.putusan_pembayaran,
    settled_as="PUTUSAN-PEMBAYARAN",
    holding=brakes.holding,
    must_not_leave=brakes.must_not_leave,
    noted=lambda con, batch_no: {},
    suite="bank_pembayaran",
    profile=profile.profile_of,
)
