"""Ways out for people: a sealed card batch is withdrawn; answers of the bank that contradict each other are settled by two.

Frozen: a later change of `bank_schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

NEW_STEPS = "'DISEGEL>DITARIK', 'DIAJUKAN>DITARIK', 'DITOLAK>DITARIK', 'DISETUJUI>DITARIK'"
STEPS = (
    "urut = 1 or (dari_keadaan || '>' || keadaan) in ('DIPESAN>DITULIS', 'DITULIS>DISEGEL', 'DISEGEL>DIAJUKAN',"
    " 'DIAJUKAN>DISETUJUI', 'DIAJUKAN>DITOLAK', 'DITOLAK>DIAJUKAN', 'DISETUJUI>DIKIRIM', 'DIKIRIM>DIAKUI'"
)
OPEN_CHECKS = (
    ("batch_kejadian", "'DIKIRIM>DIAKUI')", f"'DIKIRIM>DIAKUI', {NEW_STEPS})"),
    ("batch_kiriman", "keadaan = 'DIKIRIM'", "keadaan in ('DIKIRIM', 'DITARIK')"),
)
STAYS = "penerbitan: what is withdrawn is withdrawn for good"
NOT_WHOLE = "batch_kiriman: lines of this batch are withdrawn"
SETTLED = "putusan_jawaban"
SETTLED_STAY = f"{SETTLED}: lines are never changed or deleted"
A_GAP = "exists (select 1 from penerbitan as p where p.batch_no = new.batch_no and p.status <> 'DITULIS')"


def upgrade() -> None:
    """Let card batches end as DITARIK, keep what is withdrawn so, and make the table of what was settled."""
    op.create_table(
        SETTLED,
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("urut", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("langkah", sa.Text(), nullable=False),
        sa.Column("sampai", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("alasan", "waktu")),
        *(sa.Column(f"{w}{n}", sa.Text(), nullable=False) for n in ("", "_2") for w in ("oleh", "kunci", "tanda_tangan")),
        sa.PrimaryKeyConstraint("id_penerbitan", "urut", name=op.f(f"pk_{SETTLED}")),
        sa.ForeignKeyConstraint(
            ["id_penerbitan"], ["penerbitan.id_penerbitan"], name=op.f(f"fk_{SETTLED}_id_penerbitan")
        ),
        *(
            sa.ForeignKeyConstraint(who, ["petugas.nama", "petugas.kunci_publik"], name=f"fk_{SETTLED}_{who[0]}")
            for who in (["oleh", "kunci"], ["oleh_2", "kunci_2"])
        ),
        sa.CheckConstraint("oleh <> oleh_2 and length(trim(alasan)) >= 10", name=f"ck_{SETTLED}_dua_orang"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    # a CHECK is changed as https://www.sqlite.org/lang_altertable.html says for changes that leave the rows alone
    version = op.get_bind().exec_driver_sql("pragma schema_version").scalar()
    op.execute("pragma writable_schema = on")
    for table, before, after in OPEN_CHECKS:
        old, new = before.replace("'", "''"), after.replace("'", "''")
        op.execute(f"update sqlite_master set sql = replace(sql, '{old}', '{new}') where type = 'table' and name = '{table}'")
    op.execute(f"pragma schema_version = {int(version or 0) + 1}")
    op.execute("pragma writable_schema = off")
    for name, what, table, when, said in (
        ("penerbitan_ditarik", "update", "penerbitan", "when old.status = 'BATAL' and new.status <> 'BATAL'", STAYS),
        ("batch_kiriman_utuh", "insert", "batch_kiriman", f"when new.keadaan = 'DIKIRIM' and {A_GAP}", NOT_WHOLE),
        (f"{SETTLED}_update", "update", SETTLED, "", SETTLED_STAY),
        (f"{SETTLED}_delete", "delete", SETTLED, "", SETTLED_STAY),
        (
            f"{SETTLED}_insert",  # INSERT OR REPLACE deletes without a trigger
            "insert",
            SETTLED,
            f"when exists (select 1 from {SETTLED} where id_penerbitan = new.id_penerbitan and urut = new.urut)",
            SETTLED_STAY,
        ),
    ):
        op.execute(f"create trigger {name} before {what} on {table} {when} begin select raise(abort, '{said}'); end")


def _postgresql() -> None:
    op.drop_constraint("ck_batch_kejadian_langkah", "batch_kejadian")
    op.create_check_constraint("ck_batch_kejadian_langkah", "batch_kejadian", f"{STEPS}, {NEW_STEPS})")
    op.drop_constraint("ck_batch_kiriman_dikirim", "batch_kiriman")
    op.create_check_constraint("ck_batch_kiriman_dikirim", "batch_kiriman", "keadaan in ('DIKIRIM', 'DITARIK')")
    for name, body in (
        ("penerbitan_ditarik", f"raise exception '{STAYS}'"),
        ("batch_kiriman_utuh", f"if new.keadaan = 'DIKIRIM' and {A_GAP} then raise exception '{NOT_WHOLE}'; end if; return new"),
    ):
        quoted = f"begin {body}; end".replace("'", "''")
        op.execute(f"create function {name}() returns trigger language plpgsql as '{quoted}'")
    op.execute(
        "create trigger penerbitan_ditarik before update on penerbitan for each row"
        " when (old.status = 'BATAL' and new.status <> 'BATAL') execute function penerbitan_ditarik()"
    )
    op.execute(
        "create trigger batch_kiriman_utuh before insert on batch_kiriman for each row execute function batch_kiriman_utuh()"
    )
    op.execute(
        f"create trigger {SETTLED}_tetap before update or delete or truncate on {SETTLED}"
        " for each statement execute function tetap_begitu()"
    )


def downgrade() -> None:
    """Drop what was made. Batches may still end as DITARIK: there may be such."""
    op.drop_table(SETTLED)
    if op.get_bind().dialect.name == "sqlite":
        for name in ("penerbitan_ditarik", "batch_kiriman_utuh"):
            op.execute(f"drop trigger {name}")
        return
    for name, table in (("penerbitan_ditarik", "penerbitan"), ("batch_kiriman_utuh", "batch_kiriman")):
        op.execute(f"drop trigger {name} on {table}")
        op.execute(f"drop function {name}()")
