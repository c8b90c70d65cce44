"""An issuance is unique per family, programme and cycle.

Frozen: a later change of `schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

OPEN = "jenis = 'BARU' and status <> 'BATAL'"


def upgrade() -> None:
    """Count the cards each family was issued so far, then let no two have the same place."""
    op.add_column("penerbitan", sa.Column("program", sa.Text(), nullable=False, server_default="SSN"))
    op.add_column("penerbitan", sa.Column("siklus", sa.Integer(), nullable=True))
    op.execute(
        "update penerbitan set siklus = semua.urutan from (select id_penerbitan, row_number() over (partition by no_kk"
        f" order by status = 'DIPESAN', batch_no, seq, id_penerbitan) as urutan from penerbitan where {OPEN}) as semua"
        " where semua.id_penerbitan = penerbitan.id_penerbitan"
    )
    op.create_index(
        "uq_penerbitan_keluarga_program_siklus",
        "penerbitan",
        ["no_kk", "program", "siklus"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    """Drop what was made."""
    op.drop_index("uq_penerbitan_keluarga_program_siklus", "penerbitan")
    op.drop_column("penerbitan", "siklus")
    op.drop_column("penerbitan", "program")
