"""The tables of the monthly payments: orders, their batches, what the bank answered, who said that a cause is remedied.

Part of `schema.metadata`. Kept here whatever the code does: a family (by card, by its chain of replaced cards, by family
card number) has one order a month for good; another one for the same month is the only successor of the one before it,
names why, and says who or what remedied it by `urut`. Orders in a batch never change, and nothing is handed over for a
card that is blocked: triggers of revision r0006. Batches are controlled by the same tables as those of cards.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from ssn_assets.store.bank_schema import WITHDRAWN, control_tables, one_of, settlements
from ssn_assets.store.schema import metadata

FAILED = ("GAGAL", "RETUR")
"""Answers after which the money did not stay with the family."""


def _text(name: str, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


batch_pembayaran = Table(
    "batch_pembayaran",  # one payment file; numbered and chained apart from the card files
    metadata,
    Column("batch_no", Integer, primary_key=True, autoincrement=False),
    _text("periode"),
    _text("dibuat_pada"),
    _text("prev_sha256"),
    _text("sha256"),
    Column("jumlah", Integer, nullable=False),
    Column("rupiah", BigInteger, nullable=False),
    Column("hash_total", BigInteger, nullable=False),
    _text("status"),
)

batch_pembayaran_kejadian, batch_pembayaran_kiriman = control_tables("batch_pembayaran")

pembayaran = Table(
    "pembayaran",  # the payment ledger: one order a line; without a batch it is a proposal, made anew by each run
    metadata,
    Column("id_pembayaran", Text, primary_key=True),
    Column("id_penerbitan", Text, ForeignKey("penerbitan.id_penerbitan"), nullable=False),
    _text("kartu_awal"),  # the first card of the chain of replaced ones
    _text("nik_awal"),
    _text("no_kk"),  # the family card when it was ordered
    _text("nomor_ssn"),
    _text("nik"),  # NIK and name as the bank has them of the card
    _text("nama"),
    _text("kode_kelurahan", nullable=True),
    _text("bulan"),  # YYYY-MM
    Column("urut", Integer, nullable=False),  # 1; a correction has one more than the order it refers to
    Column("jumlah", BigInteger, nullable=False),  # rupiah
    _text("id_rujukan", nullable=True),
    Column("dari_urut", Integer, nullable=True),
    _text("sebab", nullable=True),  # why there is another: GAGAL, RETUR, or DITARIK (its batch was withdrawn)
    _text("periode"),
    _text("dibuat_pada"),
    Column("batch_no", Integer, ForeignKey("batch_pembayaran.batch_no"), nullable=True),
    Column("seq", Integer, nullable=True),
    UniqueConstraint("batch_no", "seq"),
    UniqueConstraint("id_penerbitan", "bulan", "urut"),
    UniqueConstraint("kartu_awal", "bulan", "urut"),
    UniqueConstraint("no_kk", "bulan", "urut"),
    UniqueConstraint("id_rujukan", name="uq_pembayaran_id_rujukan"),
    UniqueConstraint("id_pembayaran", "bulan", "urut", name="uq_pembayaran_jejak"),
    ForeignKeyConstraint(
        ["id_rujukan", "bulan", "dari_urut"],
        ["pembayaran.id_pembayaran", "pembayaran.bulan", "pembayaran.urut"],
        name="fk_pembayaran_rujukan",
    ),
    CheckConstraint("jumlah > 0", name="ck_pembayaran_jumlah"),
    CheckConstraint("length(bulan) = 7", name="ck_pembayaran_bulan"),
    CheckConstraint("(batch_no is null) = (seq is null)", name="ck_pembayaran_tempat"),
    CheckConstraint(
        "(urut = 1 and id_rujukan is null and dari_urut is null and sebab is null)"
        f" or (urut > 1 and id_rujukan is not null and dari_urut is not null and dari_urut = urut - 1"
        f" and sebab is not null and {one_of('sebab', (*FAILED, WITHDRAWN))})",
        name="ck_pembayaran_berantai",
    ),
)

jawaban_pembayaran = Table(
    "jawaban_pembayaran",  # every line of the bank about payments, as received
    metadata,
    Column("jawaban_pembayaran_id", Integer, primary_key=True, autoincrement=True),
    _text("berkas_sha256"),
    Column("baris", BigInteger, nullable=False),
    _text("berkas"),
    _text("id_pembayaran"),
    _text("status"),
    _text("alasan", nullable=True),
    _text("tanggal", nullable=True),
    _text("referensi_bank", nullable=True),
    _text("dilihat_pada"),
    UniqueConstraint("berkas_sha256", "baris"),
)

permintaan_bayar_ulang = Table(
    "permintaan_bayar_ulang",  # a registered person says that the cause of a failed payment is remedied: once each
    metadata,
    Column("id_pembayaran", Text, ForeignKey("pembayaran.id_pembayaran"), primary_key=True),
    _text("sebab"),
    _text("oleh"),
    _text("kunci"),
    _text("tanda_tangan"),
    _text("waktu"),
    ForeignKeyConstraint(["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name="fk_permintaan_bayar_ulang_petugas"),
)

putusan_pembayaran = settlements("putusan_pembayaran", "id_pembayaran", "pembayaran")

APPEND_ONLY = ("batch_pembayaran_kejadian", "batch_pembayaran_kiriman", "permintaan_bayar_ulang", "putusan_pembayaran")
"""Tables whose lines are never changed and never deleted; the database refuses it, and of `pembayaran` once in a batch."""
