"""Clients of the lookup service.

Frozen: a later change of `schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table klien."""
    op.create_table(
        "klien",
        sa.Column("nama", sa.Text(), nullable=False),
        sa.Column("kunci_publik", sa.Text(), nullable=False),
        sa.Column("kuota_per_menit", sa.Integer(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.Column("dicabut_pada", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("nama", name=op.f("pk_klien")),
        sa.UniqueConstraint("kunci_publik", name=op.f("uq_klien_kunci_publik")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("klien")
