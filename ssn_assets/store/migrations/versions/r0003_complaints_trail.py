"""Objections and complaints; the trail of lookups.

Frozen: a later change of `schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables aduan, aduan_suara, aduan_catatan, jejak, jejak_berkas."""
    op.create_table(
        "aduan",
        sa.Column("nomor", sa.Text(), nullable=False),
        sa.Column("jenis", sa.Text(), nullable=False),
        sa.Column("kunci_terbuka", sa.Text(), nullable=True),
        sa.Column("tujuan", sa.Text(), nullable=False),
        sa.Column("kode_kelurahan", sa.Text(), nullable=True),
        sa.Column("diterima_pada", sa.Text(), nullable=False),
        sa.Column("tenggat", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("diubah_pada", sa.Text(), nullable=False),
        sa.Column("selesai_pada", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("nomor", name=op.f("pk_aduan")),
        sa.UniqueConstraint("kunci_terbuka", name=op.f("uq_aduan_kunci_terbuka")),
    )
    op.create_table(
        "aduan_suara",
        sa.Column("suara_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("nomor", sa.Text(), nullable=False),
        sa.Column("rahasia_sha256", sa.Text(), nullable=False),
        sa.Column("diterima_pada", sa.Text(), nullable=False),
        sa.Column("isi", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["nomor"], ["aduan.nomor"], name=op.f("fk_aduan_suara_nomor")),
        sa.PrimaryKeyConstraint("suara_id", name=op.f("pk_aduan_suara")),
        sa.UniqueConstraint("rahasia_sha256", name=op.f("uq_aduan_suara_rahasia_sha256")),
    )
    op.create_index(op.f("ix_aduan_suara_nomor"), "aduan_suara", ["nomor"])
    op.create_table(
        "aduan_catatan",
        sa.Column("catatan_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("nomor", sa.Text(), nullable=False),
        sa.Column("kejadian", sa.Text(), nullable=False),
        sa.Column("teks", sa.Text(), nullable=True),
        sa.Column("petugas", sa.Text(), nullable=False),
        sa.Column("waktu", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["nomor"], ["aduan.nomor"], name=op.f("fk_aduan_catatan_nomor")),
        sa.PrimaryKeyConstraint("catatan_id", name=op.f("pk_aduan_catatan")),
    )
    op.create_index(op.f("ix_aduan_catatan_nomor"), "aduan_catatan", ["nomor"])
    op.create_table(
        "jejak",
        sa.Column("jejak_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kunci_nik", sa.Text(), nullable=False),
        sa.Column("waktu", sa.Text(), nullable=False),
        sa.Column("keperluan", sa.Text(), nullable=False),
        sa.Column("klien", sa.Text(), nullable=True),
        sa.Column("hasil", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("jejak_id", name=op.f("pk_jejak")),
    )
    op.create_index(op.f("ix_jejak_kunci_nik_waktu"), "jejak", ["kunci_nik", "waktu"])
    op.create_table(
        "jejak_berkas",
        sa.Column("berkas_id", sa.Text(), nullable=False),
        sa.Column("terkumpul", sa.BigInteger(), nullable=False),
        sa.Column("diubah_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("berkas_id", name=op.f("pk_jejak_berkas")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("jejak_berkas", "jejak", "aduan_catatan", "aduan_suara", "aduan"):
        op.drop_table(table)
