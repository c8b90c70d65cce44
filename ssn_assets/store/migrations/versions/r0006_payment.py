"""Monthly payments: orders, batches and their control, answers; triggers that keep what is ordered and never pay the blocked.

Frozen: a later change of `payment_schema.py` is a new revision, never an edit here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

TRACE = ("batch_no", "urut", "keadaan", "oleh", "sha256")
EVENTS, HANDED = "batch_pembayaran_kejadian", "batch_pembayaran_kiriman"
APPEND_ONLY = {EVENTS: ("batch_no", "urut"), HANDED: ("batch_no",), "permintaan_bayar_ulang": ("id_pembayaran",)}
"""Tables whose lines stay as they are, with their keys."""

ORDERED = "pembayaran: an order in a batch is never changed or deleted"
BLOCKED_NOW = "pembayaran: a card of this batch is blocked"
A_BLOCK = (
    "exists (select 1 from pembayaran as p"
    " inner join penerbitan as b on b.id_rujukan = p.id_penerbitan and b.jenis = 'BLOKIR' and b.status <> 'BATAL'"
    " where p.batch_no = new.batch_no)"
)


def upgrade() -> None:
    """Make the tables and close what is append-only."""
    op.create_table(
        "batch_pembayaran",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("periode", "dibuat_pada", "prev_sha256", "sha256")),
        sa.Column("jumlah", sa.Integer(), nullable=False),
        sa.Column("rupiah", sa.BigInteger(), nullable=False),
        sa.Column("hash_total", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_no", name=op.f("pk_batch_pembayaran")),
    )
    _control()
    _orders()
    op.create_table(
        "jawaban_pembayaran",
        sa.Column("jawaban_pembayaran_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("berkas_sha256", sa.Text(), nullable=False),
        sa.Column("baris", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("berkas", "id_pembayaran", "status")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("alasan", "tanggal", "referensi_bank")),
        sa.Column("dilihat_pada", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("jawaban_pembayaran_id", name=op.f("pk_jawaban_pembayaran")),
        sa.UniqueConstraint("berkas_sha256", "baris", name=op.f("uq_jawaban_pembayaran_berkas_sha256_baris")),
    )
    op.create_table(
        "permintaan_bayar_ulang",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id_pembayaran", "sebab", "oleh", "kunci", "tanda_tangan", "waktu")
        ),
        sa.PrimaryKeyConstraint("id_pembayaran", name=op.f("pk_permintaan_bayar_ulang")),
        sa.ForeignKeyConstraint(
            ["id_pembayaran"], ["pembayaran.id_pembayaran"], name=op.f("fk_permintaan_bayar_ulang_id_pembayaran")
        ),
        sa.ForeignKeyConstraint(
            ["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name="fk_permintaan_bayar_ulang_petugas"
        ),
    )
    _close()


def _control() -> None:
    op.create_table(
        EVENTS,
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("urut", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("keadaan", "sha256", "oleh")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("kunci", "tanda_tangan")),
        sa.Column("waktu", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("alasan", "rem")),
        sa.Column("dari_urut", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("dari_keadaan", "dari_oleh")),
        sa.PrimaryKeyConstraint("batch_no", "urut", name=op.f(f"pk_{EVENTS}")),
        sa.UniqueConstraint("batch_no", "urut", "keadaan", "oleh", "sha256", name=f"uq_{EVENTS}_jejak"),
        sa.ForeignKeyConstraint(["batch_no"], ["batch_pembayaran.batch_no"], name=op.f(f"fk_{EVENTS}_batch_no")),
        sa.ForeignKeyConstraint(
            ["batch_no", "dari_urut", "dari_keadaan", "dari_oleh", "sha256"],
            [f"{EVENTS}.{c}" for c in TRACE],
            name=f"fk_{EVENTS}_dari",
        ),
        sa.ForeignKeyConstraint(["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name=f"fk_{EVENTS}_petugas"),
        sa.CheckConstraint(
            "(urut = 1 and keadaan = 'DIPESAN' and dari_urut is null and dari_keadaan is null and dari_oleh is null)"
            " or (urut > 1 and dari_urut is not null and dari_keadaan is not null and dari_oleh is not null"
            " and dari_urut = urut - 1)",
            name=f"ck_{EVENTS}_berantai",
        ),
        sa.CheckConstraint(
            "urut = 1 or (dari_keadaan || '>' || keadaan) in ('DIPESAN>DITULIS', 'DITULIS>DISEGEL', 'DISEGEL>DIAJUKAN',"
            " 'DIAJUKAN>DISETUJUI', 'DIAJUKAN>DITOLAK', 'DITOLAK>DIAJUKAN', 'DISETUJUI>DIKIRIM', 'DIKIRIM>DIAKUI',"
            " 'DISEGEL>DITARIK', 'DIAJUKAN>DITARIK', 'DITOLAK>DITARIK', 'DISETUJUI>DITARIK')",
            name=f"ck_{EVENTS}_langkah",
        ),
        sa.CheckConstraint("keadaan <> 'DISETUJUI' or oleh <> dari_oleh", name=f"ck_{EVENTS}_dua_orang"),
        sa.CheckConstraint(
            "(oleh = 'SISTEM' and kunci is null and tanda_tangan is null"
            " and not keadaan in ('DIAJUKAN', 'DISETUJUI', 'DITOLAK'))"
            " or (oleh <> 'SISTEM' and kunci is not null and tanda_tangan is not null)",
            name=f"ck_{EVENTS}_orang",
        ),
        sa.CheckConstraint(
            "(rem is null and keadaan <> 'DITOLAK')"
            " or (oleh <> 'SISTEM' and alasan is not null and length(trim(alasan)) >= 10)",
            name=f"ck_{EVENTS}_alasan",
        ),
    )
    op.create_table(
        HANDED,
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("urut", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("keadaan", "oleh", "sha256", "cara")),
        sa.Column("isi", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("serah", "tanda_tangan")),
        sa.PrimaryKeyConstraint("batch_no", name=op.f(f"pk_{HANDED}")),
        sa.ForeignKeyConstraint([*TRACE], [f"{EVENTS}.{c}" for c in TRACE], name=f"fk_{HANDED}_kejadian"),
        sa.CheckConstraint("keadaan in ('DIKIRIM', 'DITARIK')", name=f"ck_{HANDED}_dikirim"),
    )


def _orders() -> None:
    op.create_table(
        "pembayaran",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id_pembayaran", "id_penerbitan", "kartu_awal", "nik_awal", "no_kk", "nomor_ssn", "nik", "nama")
        ),
        sa.Column("kode_kelurahan", sa.Text(), nullable=True),
        sa.Column("bulan", sa.Text(), nullable=False),
        sa.Column("urut", sa.Integer(), nullable=False),
        sa.Column("jumlah", sa.BigInteger(), nullable=False),
        sa.Column("id_rujukan", sa.Text(), nullable=True),
        sa.Column("dari_urut", sa.Integer(), nullable=True),
        sa.Column("sebab", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("periode", "dibuat_pada")),
        sa.Column("batch_no", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id_pembayaran", name=op.f("pk_pembayaran")),
        sa.ForeignKeyConstraint(["id_penerbitan"], ["penerbitan.id_penerbitan"], name=op.f("fk_pembayaran_id_penerbitan")),
        sa.ForeignKeyConstraint(["batch_no"], ["batch_pembayaran.batch_no"], name=op.f("fk_pembayaran_batch_no")),
        sa.UniqueConstraint("batch_no", "seq", name=op.f("uq_pembayaran_batch_no_seq")),
        sa.UniqueConstraint("id_penerbitan", "bulan", "urut", name=op.f("uq_pembayaran_id_penerbitan_bulan_urut")),
        sa.UniqueConstraint("kartu_awal", "bulan", "urut", name=op.f("uq_pembayaran_kartu_awal_bulan_urut")),
        sa.UniqueConstraint("no_kk", "bulan", "urut", name=op.f("uq_pembayaran_no_kk_bulan_urut")),
        sa.UniqueConstraint("id_rujukan", name="uq_pembayaran_id_rujukan"),
        sa.UniqueConstraint("id_pembayaran", "bulan", "urut", name="uq_pembayaran_jejak"),
        sa.ForeignKeyConstraint(
            ["id_rujukan", "bulan", "dari_urut"],
            ["pembayaran.id_pembayaran", "pembayaran.bulan", "pembayaran.urut"],
            name="fk_pembayaran_rujukan",
        ),
        sa.CheckConstraint("jumlah > 0", name="ck_pembayaran_jumlah"),
        sa.CheckConstraint("length(bulan) = 7", name="ck_pembayaran_bulan"),
        sa.CheckConstraint("(batch_no is null) = (seq is null)", name="ck_pembayaran_tempat"),
        sa.CheckConstraint(
            "(urut = 1 and id_rujukan is null and dari_urut is null and sebab is null)"
            " or (urut > 1 and id_rujukan is not null and dari_urut is not null and dari_urut = urut - 1"
            " and sebab is not null and sebab in ('GAGAL', 'RETUR', 'DITARIK'))",
            name="ck_pembayaran_berantai",
        ),
    )


def _close() -> None:
    """No line of an append-only table, and no order in a batch, is changed or deleted; no file leaves for a blocked card."""
    if op.get_bind().dialect.name == "sqlite":
        for table, key in APPEND_ONLY.items():
            same = " and ".join(f"{column} = new.{column}" for column in key)
            there = f"when exists (select 1 from {table} where {same})"  # INSERT OR REPLACE deletes without a trigger
            for what, when in (("update", ""), ("delete", ""), ("insert", there)):
                op.execute(
                    f"create trigger {table}_{what} before {what} on {table} {when}"
                    f" begin select raise(abort, '{table}: lines are never changed or deleted'); end"
                )
        there = "when exists (select 1 from pembayaran where id_pembayaran = new.id_pembayaran and batch_no is not null)"
        in_batch = "when old.batch_no is not null"
        for what, when in (("update", in_batch), ("delete", in_batch), ("insert", there)):
            op.execute(
                f"create trigger pembayaran_{what} before {what} on pembayaran {when} begin select raise(abort, '{ORDERED}'); end"
            )
        op.execute(
            f"create trigger pembayaran_terblokir before insert on {HANDED} when new.keadaan = 'DIKIRIM' and {A_BLOCK}"
            f" begin select raise(abort, '{BLOCKED_NOW}'); end"
        )
        return
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_tetap before update or delete or truncate on {table}"
            " for each statement execute function tetap_begitu()"
        )
    op.execute(
        "create function pembayaran_tetap() returns trigger language plpgsql as"
        f" 'begin raise exception ''{ORDERED}''; end'"
    )
    op.execute(
        "create trigger pembayaran_tetap before update or delete on pembayaran for each row"
        " when (old.batch_no is not null) execute function pembayaran_tetap()"
    )
    op.execute("create trigger pembayaran_isi before truncate on pembayaran execute function pembayaran_tetap()")
    body = f"begin if new.keadaan = 'DIKIRIM' and {A_BLOCK} then raise exception '{BLOCKED_NOW}'; end if; return new; end"
    quoted = body.replace("'", "''")
    op.execute(f"create function pembayaran_terblokir() returns trigger language plpgsql as '{quoted}'")
    op.execute(
        f"create trigger pembayaran_terblokir before insert on {HANDED} for each row execute function pembayaran_terblokir()"
    )


def downgrade() -> None:
    """Drop what was made."""
    for table in ("permintaan_bayar_ulang", "jawaban_pembayaran", "pembayaran", HANDED, EVENTS, "batch_pembayaran"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for function in ("pembayaran_tetap", "pembayaran_terblokir"):
            op.execute(f"drop function {function}()")
