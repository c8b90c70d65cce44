"""Handing out cards: appointments, and what officers reported.

Frozen: a later change of `collection_schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "janji_ambil",
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("urut", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kode_kelurahan", sa.Text(), nullable=False),
        sa.Column("tanggal", sa.Text(), nullable=False),
        sa.Column("jam", sa.Text(), nullable=False),
        sa.Column("nomor", sa.Integer(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id_penerbitan", "urut", name=op.f("pk_janji_ambil")),
        sa.UniqueConstraint(
            *("kode_kelurahan", "tanggal", "jam", "nomor"), name=op.f("uq_janji_ambil_kode_kelurahan_tanggal_jam_nomor")
        ),
        sa.ForeignKeyConstraint(["id_penerbitan"], ["penerbitan.id_penerbitan"], name=op.f("fk_janji_ambil_id_penerbitan")),
    )
    op.create_table(
        "penyerahan",
        sa.Column("penyerahan_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("berkas_sha256", sa.Text(), nullable=False),
        sa.Column("baris", sa.BigInteger(), nullable=False),
        sa.Column("berkas", sa.Text(), nullable=False),
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("petugas", sa.Text(), nullable=True),
        sa.Column("tanggal", sa.Text(), nullable=False),
        sa.Column("cara_identifikasi", sa.Text(), nullable=True),
        sa.Column("catatan", sa.Text(), nullable=True),
        sa.Column("dilihat_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("penyerahan_id", name=op.f("pk_penyerahan")),
        sa.UniqueConstraint("berkas_sha256", "baris", name=op.f("uq_penyerahan_berkas_sha256_baris")),
    )


def downgrade() -> None:
    """Back to 0004; appointments and officers' lines are lost."""
    op.drop_table("penyerahan")
    op.drop_table("janji_ambil")
