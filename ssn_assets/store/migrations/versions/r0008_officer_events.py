"""Who registered and revoked whom is kept, append-only; a registered person is changed by revoking only.

Frozen: a later change of `bank_schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

CHANGED = (
    "new.kunci_publik <> old.kunci_publik or new.nama <> old.nama or new.dibuat_pada <> old.dibuat_pada"
    " or old.dicabut_pada is not null or new.dicabut_pada is null"
)
SAID = "petugas: people are only registered and revoked"
LATE = "petugas_kejadian: LAMA is what was registered before this table"
EVENTS_STAY = "petugas_kejadian: lines are never changed or deleted"


def upgrade() -> None:
    """Make the table, put in who is registered already, and close both tables."""
    op.create_table(
        "petugas_kejadian",
        sa.Column("urut", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tindakan", "nama", "kunci_publik", "waktu")),
        *(sa.Column(f"{w}{n}", sa.Text(), nullable=True) for n in ("", "_2") for w in ("oleh", "kunci", "tanda_tangan")),
        sa.PrimaryKeyConstraint("urut", name=op.f("pk_petugas_kejadian")),
        sa.UniqueConstraint("tindakan", "kunci_publik", name="uq_petugas_kejadian_sekali"),
        *(
            sa.ForeignKeyConstraint(who, ["petugas.nama", "petugas.kunci_publik"], name=f"fk_petugas_kejadian_{name}")
            for name, who in (("orang", ["nama", "kunci_publik"]), ("oleh", ["oleh", "kunci"]), ("oleh_2", ["oleh_2", "kunci_2"]))
        ),
        sa.CheckConstraint(
            "(tindakan = 'LAMA' and oleh is null and oleh_2 is null)"
            " or (tindakan = 'DAFTAR' and urut <= 2 and oleh is null and oleh_2 is null)"
            " or (tindakan = 'DAFTAR' and oleh is not null and kunci is not null and tanda_tangan is not null"
            " and oleh_2 is not null and kunci_2 is not null and tanda_tangan_2 is not null and oleh <> oleh_2)"
            " or (tindakan = 'CABUT' and oleh is not null and kunci is not null and tanda_tangan is not null"
            " and oleh_2 is null)",
            name="ck_petugas_kejadian_tanda_tangan",
        ),
    )
    op.execute(
        "insert into petugas_kejadian (urut, tindakan, nama, kunci_publik, waktu)"
        " select row_number() over (order by dibuat_pada, kunci_publik), 'LAMA', nama, kunci_publik, dibuat_pada from petugas"
    )
    if op.get_bind().dialect.name == "sqlite":
        _close_sqlite()
    else:
        _close_postgresql()


def _close_sqlite() -> None:
    there = "when exists (select 1 from {0} where {1} = new.{1})"  # INSERT OR REPLACE deletes without a trigger
    for name, what, table, when, said in (
        ("petugas_update", "update", "petugas", f"when {CHANGED}", SAID),
        ("petugas_delete", "delete", "petugas", "", SAID),
        ("petugas_insert", "insert", "petugas", there.format("petugas", "kunci_publik"), SAID),
        ("petugas_kejadian_update", "update", "petugas_kejadian", "", EVENTS_STAY),
        ("petugas_kejadian_delete", "delete", "petugas_kejadian", "", EVENTS_STAY),
        ("petugas_kejadian_insert", "insert", "petugas_kejadian", there.format("petugas_kejadian", "urut"), EVENTS_STAY),
        ("petugas_kejadian_lama", "insert", "petugas_kejadian", "when new.tindakan = 'LAMA'", LATE),
    ):
        op.execute(f"create trigger {name} before {what} on {table} {when} begin select raise(abort, '{said}'); end")


def _close_postgresql() -> None:
    for name, said in (("petugas_tetap", SAID), ("petugas_kejadian_lama", LATE)):
        op.execute(f"create function {name}() returns trigger language plpgsql as 'begin raise exception ''{said}''; end'")
    op.execute(
        f"create trigger petugas_ubah before update on petugas for each row when ({CHANGED}) execute function petugas_tetap()"
    )
    op.execute(
        "create trigger petugas_hapus before delete or truncate on petugas for each statement execute function petugas_tetap()"
    )
    op.execute(
        "create trigger petugas_kejadian_tetap before update or delete or truncate on petugas_kejadian"
        " for each statement execute function tetap_begitu()"
    )
    op.execute(
        "create trigger petugas_kejadian_lama before insert on petugas_kejadian for each row when (new.tindakan = 'LAMA')"
        " execute function petugas_kejadian_lama()"
    )


def downgrade() -> None:
    """Drop what was made."""
    op.drop_table("petugas_kejadian")
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete", "insert"):
            op.execute(f"drop trigger petugas_{what}")
        return
    for trigger in ("petugas_ubah", "petugas_hapus"):
        op.execute(f"drop trigger {trigger} on petugas")
    for function in ("petugas_tetap", "petugas_kejadian_lama"):
        op.execute(f"drop function {function}()")
