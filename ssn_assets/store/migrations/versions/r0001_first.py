"""The first schema of the store.

Frozen: a later change of `schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "batch",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("periode", sa.Text(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.Column("prev_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("jumlah", sa.Integer(), nullable=False),
        sa.Column("hash_total", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_no", name=op.f("pk_batch")),
    )
    op.create_table(
        "jawaban",
        sa.Column("jawaban_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("berkas_sha256", sa.Text(), nullable=False),
        sa.Column("baris", sa.BigInteger(), nullable=False),
        sa.Column("berkas", sa.Text(), nullable=False),
        sa.Column("id_kasus", sa.Text(), nullable=False),
        sa.Column("keputusan", sa.Text(), nullable=False),
        sa.Column("petugas", sa.Text(), nullable=True),
        sa.Column("tanggal", sa.Text(), nullable=False),
        sa.Column("nik_benar", sa.Text(), nullable=True),
        sa.Column("catatan", sa.Text(), nullable=True),
        sa.Column("dilihat_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("jawaban_id", name=op.f("pk_jawaban")),
        sa.UniqueConstraint("berkas_sha256", "baris", name=op.f("uq_jawaban_berkas_sha256_baris")),
    )
    op.create_table(
        "jawaban_bank",
        sa.Column("jawaban_bank_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("berkas_sha256", sa.Text(), nullable=False),
        sa.Column("baris", sa.BigInteger(), nullable=False),
        sa.Column("berkas", sa.Text(), nullable=False),
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("alasan", sa.Text(), nullable=True),
        sa.Column("tanggal", sa.Text(), nullable=True),
        sa.Column("referensi_bank", sa.Text(), nullable=True),
        sa.Column("dilihat_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("jawaban_bank_id", name=op.f("pk_jawaban_bank")),
        sa.UniqueConstraint("berkas_sha256", "baris", name=op.f("uq_jawaban_bank_berkas_sha256_baris")),
    )
    op.create_table(
        "kasus",
        sa.Column("id_kasus", sa.Text(), nullable=False),
        sa.Column("kode_kelurahan", sa.Text(), nullable=True),
        sa.Column("periode_pertama", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id_kasus", name=op.f("pk_kasus")),
    )
    op.create_table(
        "koreksi_nik",
        sa.Column("nik_lama", sa.Text(), nullable=False),
        sa.Column("nik_baru", sa.Text(), nullable=False),
        sa.Column("registri_lama", sa.Text(), nullable=False),
        sa.Column("registri_baru", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("nik_lama", name=op.f("pk_koreksi_nik")),
        sa.UniqueConstraint("nik_baru", name=op.f("uq_koreksi_nik_nik_baru")),
    )
    op.create_table(
        "nomor_ssn",
        sa.Column("nik_awal", sa.Text(), nullable=False),
        sa.Column("urut", sa.Integer(), nullable=False),
        sa.Column("nomor", sa.Text(), nullable=False),
        sa.Column("periode", sa.Text(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("nik_awal", name=op.f("pk_nomor_ssn")),
        sa.UniqueConstraint("nomor", name=op.f("uq_nomor_ssn_nomor")),
        sa.UniqueConstraint("urut", name=op.f("uq_nomor_ssn_urut")),
    )
    op.create_table(
        "perbandingan_registri",
        sa.Column("registri_lama", sa.Text(), nullable=False),
        sa.Column("registri_baru", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("registri_lama", "registri_baru", name=op.f("pk_perbandingan_registri")),
    )
    op.create_table(
        "publikasi",
        sa.Column("publication_id", sa.Text(), nullable=False),
        sa.Column("urut", sa.Integer(), nullable=False),
        sa.Column("periode", sa.Text(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.Column("isi_hmac", sa.Text(), nullable=False),
        sa.Column("baris", sa.BigInteger(), nullable=False),
        sa.Column("versi_kebijakan", sa.Text(), nullable=False),
        sa.Column("masukan", sa.Text(), nullable=False),
        sa.Column("tanpa_entri", sa.Text(), nullable=False),
        sa.Column("sebelumnya", sa.Text(), nullable=True),
        sa.Column("manifest_sha256", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publikasi")),
        sa.UniqueConstraint("urut", name=op.f("uq_publikasi_urut")),
    )
    op.create_table(
        "publikasi_log",
        sa.Column("log_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("publication_id", sa.Text(), nullable=False),
        sa.Column("kejadian", sa.Text(), nullable=False),
        sa.Column("alasan", sa.Text(), nullable=True),
        sa.Column("dari", sa.Text(), nullable=True),
        sa.Column("waktu", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_publikasi_log")),
    )
    op.create_table(
        "jawaban_keadaan",
        sa.Column("jawaban_id", sa.Integer(), nullable=False),
        sa.Column("nik_awal", sa.Text(), nullable=False),
        sa.Column("kode_kelurahan", sa.Text(), nullable=True),
        sa.Column("no_kk", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["jawaban_id"], ["jawaban.jawaban_id"], name=op.f("fk_jawaban_keadaan_jawaban_id")),
        sa.PrimaryKeyConstraint("jawaban_id", name=op.f("pk_jawaban_keadaan")),
    )
    op.create_table(
        "penerbitan",
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("kunci", sa.Text(), nullable=False),
        sa.Column("jenis", sa.Text(), nullable=False),
        sa.Column("nik_awal", sa.Text(), nullable=False),
        sa.Column("nomor_ssn", sa.Text(), nullable=False),
        sa.Column("nik", sa.Text(), nullable=True),
        sa.Column("no_kk", sa.Text(), nullable=True),
        sa.Column("nama", sa.Text(), nullable=True),
        sa.Column("tempat_lahir", sa.Text(), nullable=True),
        sa.Column("tanggal_lahir", sa.Text(), nullable=True),
        sa.Column("jenis_kelamin", sa.Text(), nullable=True),
        sa.Column("nama_ibu", sa.Text(), nullable=True),
        sa.Column("alamat", sa.Text(), nullable=True),
        sa.Column("rt", sa.Text(), nullable=True),
        sa.Column("kelurahan", sa.Text(), nullable=True),
        sa.Column("kecamatan", sa.Text(), nullable=True),
        sa.Column("kode_pos", sa.Text(), nullable=True),
        sa.Column("kode_kelurahan", sa.Text(), nullable=True),
        sa.Column("id_rujukan", sa.Text(), nullable=True),
        sa.Column("periode", sa.Text(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_no"], ["batch.batch_no"], name=op.f("fk_penerbitan_batch_no")),
        sa.PrimaryKeyConstraint("id_penerbitan", name=op.f("pk_penerbitan")),
        sa.UniqueConstraint("batch_no", "seq", name=op.f("uq_penerbitan_batch_no_seq")),
        sa.UniqueConstraint("kunci", name=op.f("uq_penerbitan_kunci")),
    )


def downgrade() -> None:
    """Drop all tables."""
    op.drop_table("penerbitan")
    op.drop_table("jawaban_keadaan")
    op.drop_table("publikasi_log")
    op.drop_table("publikasi")
    op.drop_table("perbandingan_registri")
    op.drop_table("nomor_ssn")
    op.drop_table("koreksi_nik")
    op.drop_table("kasus")
    op.drop_table("jawaban_bank")
    op.drop_table("jawaban")
    op.drop_table("batch")
