"""The bank's control: people, states of a batch, hand-over, replacements, queue; triggers that keep them append-only.

Frozen: a later change of `schema.py` or `bank_schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

TRACE = ("batch_no", "urut", "keadaan", "oleh", "sha256")
APPEND_ONLY = {"batch_kejadian": ("batch_no", "urut"), "batch_kiriman": ("batch_no",), "permintaan_ganti": ("id_penerbitan",)}
"""Tables whose lines stay as they are, with their keys."""


def upgrade() -> None:
    """Make the tables, give batches that are there already their first events, and close what is append-only."""
    op.create_table(
        "petugas",
        sa.Column("kunci_publik", sa.Text(), nullable=False),
        sa.Column("nama", sa.Text(), nullable=False),
        sa.Column("dibuat_pada", sa.Text(), nullable=False),
        sa.Column("dicabut_pada", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kunci_publik", name=op.f("pk_petugas")),
        sa.UniqueConstraint("nama", "kunci_publik", name=op.f("uq_petugas_nama_kunci_publik")),
        sa.CheckConstraint("nama = lower(nama) and nama = trim(nama) and nama <> '' and nama <> 'sistem'", name="ck_petugas_nama"),
    )
    op.create_table(
        "batch_kejadian",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("urut", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("keadaan", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("oleh", sa.Text(), nullable=False),
        sa.Column("kunci", sa.Text(), nullable=True),
        sa.Column("tanda_tangan", sa.Text(), nullable=True),
        sa.Column("waktu", sa.Text(), nullable=False),
        sa.Column("alasan", sa.Text(), nullable=True),
        sa.Column("rem", sa.Text(), nullable=True),
        sa.Column("dari_urut", sa.Integer(), nullable=True),
        sa.Column("dari_keadaan", sa.Text(), nullable=True),
        sa.Column("dari_oleh", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("batch_no", "urut", name=op.f("pk_batch_kejadian")),
        sa.UniqueConstraint(*TRACE, name="uq_batch_kejadian_jejak"),
        sa.ForeignKeyConstraint(["batch_no"], ["batch.batch_no"], name=op.f("fk_batch_kejadian_batch_no")),
        sa.ForeignKeyConstraint(
            ["batch_no", "dari_urut", "dari_keadaan", "dari_oleh", "sha256"],
            [f"batch_kejadian.{c}" for c in TRACE],
            name="fk_batch_kejadian_dari",
        ),
        sa.ForeignKeyConstraint(["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name="fk_batch_kejadian_petugas"),
        sa.CheckConstraint(
            "(urut = 1 and keadaan = 'DIPESAN' and dari_urut is null and dari_keadaan is null and dari_oleh is null)"
            " or (urut > 1 and dari_urut is not null and dari_keadaan is not null and dari_oleh is not null"
            " and dari_urut = urut - 1)",
            name="ck_batch_kejadian_berantai",
        ),
        sa.CheckConstraint(
            "urut = 1 or (dari_keadaan || '>' || keadaan) in ('DIPESAN>DITULIS', 'DITULIS>DISEGEL', 'DISEGEL>DIAJUKAN',"
            " 'DIAJUKAN>DISETUJUI', 'DIAJUKAN>DITOLAK', 'DITOLAK>DIAJUKAN', 'DISETUJUI>DIKIRIM', 'DIKIRIM>DIAKUI')",
            name="ck_batch_kejadian_langkah",
        ),
        sa.CheckConstraint("keadaan <> 'DISETUJUI' or oleh <> dari_oleh", name="ck_batch_kejadian_dua_orang"),
        sa.CheckConstraint(
            "(oleh = 'SISTEM' and kunci is null and tanda_tangan is null"
            " and not keadaan in ('DIAJUKAN', 'DISETUJUI', 'DITOLAK'))"
            " or (oleh <> 'SISTEM' and kunci is not null and tanda_tangan is not null)",
            name="ck_batch_kejadian_orang",
        ),
        sa.CheckConstraint(
            "(rem is null and keadaan <> 'DITOLAK')"
            " or (oleh <> 'SISTEM' and alasan is not null and length(trim(alasan)) >= 10)",
            name="ck_batch_kejadian_alasan",
        ),
    )
    op.create_table(
        "batch_kiriman",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("urut", sa.Integer(), nullable=False),
        sa.Column("keadaan", sa.Text(), nullable=False),
        sa.Column("oleh", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("cara", sa.Text(), nullable=False),
        sa.Column("isi", sa.LargeBinary(), nullable=False),
        sa.Column("serah", sa.Text(), nullable=False),
        sa.Column("tanda_tangan", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_no", name=op.f("pk_batch_kiriman")),
        sa.ForeignKeyConstraint([*TRACE], [f"batch_kejadian.{c}" for c in TRACE], name="fk_batch_kiriman_kejadian"),
        sa.CheckConstraint("keadaan = 'DIKIRIM'", name="ck_batch_kiriman_dikirim"),
    )
    op.create_table(
        "permintaan_ganti",
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("sebab", sa.Text(), nullable=False),
        sa.Column("oleh", sa.Text(), nullable=False),
        sa.Column("kunci", sa.Text(), nullable=False),
        sa.Column("tanda_tangan", sa.Text(), nullable=False),
        sa.Column("waktu", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id_penerbitan", name=op.f("pk_permintaan_ganti")),
        sa.ForeignKeyConstraint(
            ["id_penerbitan"], ["penerbitan.id_penerbitan"], name=op.f("fk_permintaan_ganti_id_penerbitan")
        ),
        sa.ForeignKeyConstraint(["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name="fk_permintaan_ganti_petugas"),
        sa.CheckConstraint("sebab in ('HILANG', 'RUSAK')", name="ck_permintaan_ganti_sebab"),
    )
    op.create_table(
        "antrean_bank",
        sa.Column("antrean_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jenis", sa.Text(), nullable=False),
        sa.Column("id_penerbitan", sa.Text(), nullable=False),
        sa.Column("nomor_ssn", sa.Text(), nullable=False),
        sa.Column("kode_kelurahan", sa.Text(), nullable=False),
        sa.Column("keterangan", sa.Text(), nullable=False),
        sa.Column("sejak", sa.Text(), nullable=False),
        sa.Column("selesai_pada", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("antrean_id", name=op.f("pk_antrean_bank")),
    )
    op.add_column("penerbitan", sa.Column("sebab", sa.Text(), nullable=True))
    op.add_column("penerbitan", sa.Column("id_pemegang", sa.Text(), nullable=True))
    _first_events()
    _close()


def _first_events() -> None:
    """Batches made before this revision: reserved, written, and sealed where the file was on disk."""
    op.execute(
        "insert into batch_kejadian (batch_no, urut, keadaan, sha256, oleh, waktu)"
        " select batch_no, 1, 'DIPESAN', sha256, 'SISTEM', dibuat_pada from batch"
    )
    for number, before, state, which in ((2, "DIPESAN", "DITULIS", "1 = 1"), (3, "DITULIS", "DISEGEL", "status = 'DISEGEL'")):
        op.execute(
            "insert into batch_kejadian (batch_no, urut, keadaan, sha256, oleh, waktu, dari_urut, dari_keadaan, dari_oleh)"
            f" select batch_no, {number}, '{state}', sha256, 'SISTEM', dibuat_pada, {number - 1}, '{before}', 'SISTEM'"
            f" from batch where {which}"
        )


def _close() -> None:
    """No line of an append-only table is changed or deleted, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for table, key in APPEND_ONLY.items():
            same = " and ".join(f"{column} = new.{column}" for column in key)
            there = f"when exists (select 1 from {table} where {same})"  # INSERT OR REPLACE deletes without a trigger
            for what, when in (("update", ""), ("delete", ""), ("insert", there)):
                op.execute(
                    f"create trigger {table}_{what} before {what} on {table} {when}"
                    f" begin select raise(abort, '{table}: lines are never changed or deleted'); end"
                )
        return
    op.execute(
        "create function tetap_begitu() returns trigger language plpgsql as"
        " 'begin raise exception ''%: lines are never changed or deleted'', tg_table_name; end'"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_tetap before update or delete or truncate on {table}"
            " for each statement execute function tetap_begitu()"
        )


def downgrade() -> None:
    """Drop what was made."""
    for table in ("antrean_bank", "permintaan_ganti", "batch_kiriman", "batch_kejadian", "petugas"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("drop function tetap_begitu()")
    op.drop_column("penerbitan", "id_pemegang")
    op.drop_column("penerbitan", "sebab")
