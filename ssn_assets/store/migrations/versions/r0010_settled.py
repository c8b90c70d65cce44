"""Ways out for people, continued: contradicting answers about a payment are settled by two; two say whose an account is; a card
refused for a cause that is remedied is asked for again. And an index for the release of payments.

Frozen: a later change of `bank_schema.py` or `payment_schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

PAYMENT, ACCOUNT = "putusan_pembayaran", "putusan_rekening"
KEYS = {PAYMENT: ("id_pembayaran", "urut"), ACCOUNT: ("id_penerbitan", "referensi_bank")}
"""Tables made here, with their keys."""

ASKED_FOR = ("permintaan_ganti", "sebab in ('HILANG', 'RUSAK')", "sebab in ('HILANG', 'RUSAK', 'DIATASI')")
CHECK = "ck_permintaan_ganti_sebab"
INDEX = "ix_penerbitan_id_rujukan"
"""Releasing payments asked of each card, by reading all others, whether it was blocked."""


def upgrade() -> None:
    """Make both tables, closed, and let a replacement be asked for DIATASI."""
    integer, long, text = sa.Integer(), sa.BigInteger(), sa.Text()
    said = [sa.Column("urut", integer, autoincrement=False, nullable=False), sa.Column("langkah", text, nullable=False)]
    _make(PAYMENT, "id_pembayaran", "pembayaran", *said, sa.Column("sampai", long, nullable=False))
    _make(ACCOUNT, "id_penerbitan", "penerbitan", sa.Column("referensi_bank", text, nullable=False))
    _check(*ASKED_FOR)
    refers = sa.text("id_rujukan is not null")
    op.create_index(INDEX, "penerbitan", ["id_rujukan"], sqlite_where=refers, postgresql_where=refers)


def _make(table: str, key: str, of: str, *said: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column(key, sa.Text(), nullable=False),
        *said,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("alasan", "waktu")),
        *(sa.Column(f"{w}{n}", sa.Text(), nullable=False) for n in ("", "_2") for w in ("oleh", "kunci", "tanda_tangan")),
        sa.PrimaryKeyConstraint(*KEYS[table], name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint([key], [f"{of}.{key}"], name=op.f(f"fk_{table}_{key}")),
        *(
            sa.ForeignKeyConstraint(who, ["petugas.nama", "petugas.kunci_publik"], name=f"fk_{table}_{who[0]}")
            for who in (["oleh", "kunci"], ["oleh_2", "kunci_2"])
        ),
        sa.CheckConstraint("oleh <> oleh_2 and length(trim(alasan)) >= 10", name=f"ck_{table}_dua_orang"),
    )
    if op.get_bind().dialect.name == "sqlite":
        same = " and ".join(f"{column} = new.{column}" for column in KEYS[table])
        there = f"when exists (select 1 from {table} where {same})"  # INSERT OR REPLACE deletes without a trigger
        for what, when in (("update", ""), ("delete", ""), ("insert", there)):
            op.execute(
                f"create trigger {table}_{what} before {what} on {table} {when}"
                f" begin select raise(abort, '{table}: lines are never changed or deleted'); end"
            )
    else:
        op.execute(
            f"create trigger {table}_tetap before update or delete or truncate on {table}"
            " for each statement execute function tetap_begitu()"
        )


def _check(table: str, before: str, after: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(CHECK, table)
        op.create_check_constraint(CHECK, table, after)
        return
    # as https://www.sqlite.org/lang_altertable.html says for changes that leave the rows alone
    version = op.get_bind().exec_driver_sql("pragma schema_version").scalar()
    op.execute("pragma writable_schema = on")
    old, new = before.replace("'", "''"), after.replace("'", "''")
    op.execute(f"update sqlite_master set sql = replace(sql, '{old}', '{new}') where type = 'table' and name = '{table}'")
    op.execute(f"pragma schema_version = {int(version or 0) + 1}")
    op.execute("pragma writable_schema = off")


def downgrade() -> None:
    """Drop what was made. Replacements may still be asked for DIATASI: there may be such."""
    op.drop_index(INDEX, "penerbitan")
    for table in KEYS:
        op.drop_table(table)
