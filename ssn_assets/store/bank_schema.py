"""The tables of the bank's control: people, the states of a batch, what was handed over, what people have to look at.

Part of `schema.metadata`. The rules that must hold whatever the code does are constraints here: an event has exactly one
predecessor and at most one successor, a batch is approved by another person than the one who prepared it, nothing is
handed over that was not approved with these very bytes, a brake is only passed by a person with a reason, another person
is registered by two who are, and two settle what the bank contradicts. Triggers (revisions r0004, r0008 to r0010) refuse every
change and deletion; to a person only the revocation is added.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from ssn_assets.store.schema import metadata

SYSTEM = "SISTEM"
"""Who did what no person had to do."""

RESERVED, WRITTEN, SEALED = "DIPESAN", "DITULIS", "DISEGEL"
PREPARED, APPROVED, RETURNED = "DIAJUKAN", "DISETUJUI", "DITOLAK"
SENT, ACKNOWLEDGED = "DIKIRIM", "DIAKUI"
WITHDRAWN = "DITARIK"
STATES = (RESERVED, WRITTEN, SEALED, PREPARED, RETURNED, APPROVED, SENT, ACKNOWLEDGED, WITHDRAWN)
"""The states of a batch, in order; DITOLAK (the checker said no) leads back to DIAJUKAN. DITARIK is the end of a batch that must
not be sent: the bank gets a signed note of it instead of the file."""

NOT_SENT = (SEALED, PREPARED, RETURNED, APPROVED)
"""States in which a batch can still be withdrawn."""

STEPS = (
    (RESERVED, WRITTEN),
    (WRITTEN, SEALED),
    (SEALED, PREPARED),
    (PREPARED, APPROVED),
    (PREPARED, RETURNED),
    (RETURNED, PREPARED),
    (APPROVED, SENT),
    (SENT, ACKNOWLEDGED),
    *((state, WITHDRAWN) for state in NOT_SENT),
)
"""Which state may follow which."""

TRACE = ("batch_no", "urut", "keadaan", "oleh", "sha256")
"""What a hand-over and the next event refer to."""

LEAST_REASON = 10
"""Letters that a reason for passing a brake has at least."""


def _text(name: str, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable, primary_key=primary_key)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL: a column holds one of these codes."""
    return f"{column} in ({', '.join(repr(v) for v in values)})"


petugas = Table(
    "petugas",  # who may prepare and approve; a key belongs to one person for good, a person may have had several
    metadata,
    _text("kunci_publik", primary_key=True),  # Ed25519, 64 hex digits
    _text("nama"),
    _text("dibuat_pada"),
    _text("dicabut_pada", nullable=True),
    UniqueConstraint("nama", "kunci_publik"),
    CheckConstraint(
        f"nama = lower(nama) and nama = trim(nama) and nama <> '' and nama <> '{SYSTEM.lower()}'", name="ck_petugas_nama"
    ),
)

REGISTERED, REVOKED, BEFORE = "DAFTAR", "CABUT", "LAMA"
"""What happens to a person's key; LAMA: registered before this was kept, which only the migration writes."""

FIRST_PEOPLE = 2
"""So many are registered without a signature; from then on two registered people sign for another."""

petugas_kejadian = Table(
    "petugas_kejadian",  # who was registered and revoked, when and by whom, append-only
    metadata,
    Column("urut", Integer, primary_key=True, autoincrement=False),
    _text("tindakan"),
    _text("nama"),
    _text("kunci_publik"),
    _text("waktu"),
    *(_text(f"{what}{which}", nullable=True) for which in ("", "_2") for what in ("oleh", "kunci", "tanda_tangan")),
    UniqueConstraint("tindakan", "kunci_publik", name="uq_petugas_kejadian_sekali"),
    *(
        ForeignKeyConstraint(who, ["petugas.nama", "petugas.kunci_publik"], name=f"fk_petugas_kejadian_{name}")
        for name, who in (("orang", ["nama", "kunci_publik"]), ("oleh", ["oleh", "kunci"]), ("oleh_2", ["oleh_2", "kunci_2"]))
    ),
    CheckConstraint(
        f"(tindakan = '{BEFORE}' and oleh is null and oleh_2 is null)"
        f" or (tindakan = '{REGISTERED}' and urut <= {FIRST_PEOPLE} and oleh is null and oleh_2 is null)"
        f" or (tindakan = '{REGISTERED}' and oleh is not null and kunci is not null and tanda_tangan is not null"
        " and oleh_2 is not null and kunci_2 is not null and tanda_tangan_2 is not null and oleh <> oleh_2)"
        f" or (tindakan = '{REVOKED}' and oleh is not null and kunci is not null and tanda_tangan is not null"
        " and oleh_2 is null)",
        name="ck_petugas_kejadian_tanda_tangan",
    ),
)


def _events(name: str, batch: str) -> Table:
    """What happened to the batches of one kind of file, append-only; the newest line is a batch's state."""
    return Table(
        name,
        metadata,
        Column("batch_no", Integer, ForeignKey(f"{batch}.batch_no"), primary_key=True, autoincrement=False),
        Column("urut", Integer, primary_key=True, autoincrement=False),
        _text("keadaan"),
        _text("sha256"),  # of the sealed file it is about
        _text("oleh"),
        _text("kunci", nullable=True),  # the key that signed, of a person
        _text("tanda_tangan", nullable=True),  # Ed25519 over what the person agreed to (batches/officers.py), hex
        _text("waktu"),
        _text("alasan", nullable=True),
        _text("rem", nullable=True),  # the brakes that were passed
        Column("dari_urut", Integer, nullable=True),
        _text("dari_keadaan", nullable=True),
        _text("dari_oleh", nullable=True),
        UniqueConstraint("batch_no", "urut", "keadaan", "oleh", "sha256", name=f"uq_{name}_jejak"),
        ForeignKeyConstraint(
            ["batch_no", "dari_urut", "dari_keadaan", "dari_oleh", "sha256"],
            [f"{name}.{c}" for c in TRACE],
            name=f"fk_{name}_dari",
        ),
        ForeignKeyConstraint(["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name=f"fk_{name}_petugas"),
        CheckConstraint(
            f"(urut = 1 and keadaan = '{RESERVED}' and dari_urut is null and dari_keadaan is null and dari_oleh is null)"
            " or (urut > 1 and dari_urut is not null and dari_keadaan is not null and dari_oleh is not null"
            " and dari_urut = urut - 1)",
            name=f"ck_{name}_berantai",
        ),
        CheckConstraint(
            "urut = 1 or " + one_of("(dari_keadaan || '>' || keadaan)", tuple(">".join(step) for step in STEPS)),
            name=f"ck_{name}_langkah",
        ),
        CheckConstraint(f"keadaan <> '{APPROVED}' or oleh <> dari_oleh", name=f"ck_{name}_dua_orang"),
        CheckConstraint(
            f"(oleh = '{SYSTEM}' and kunci is null and tanda_tangan is null"
            f" and not {one_of('keadaan', (PREPARED, APPROVED, RETURNED))})"
            f" or (oleh <> '{SYSTEM}' and kunci is not null and tanda_tangan is not null)",
            name=f"ck_{name}_orang",
        ),
        CheckConstraint(
            f"(rem is null and keadaan <> '{RETURNED}')"
            f" or (oleh <> '{SYSTEM}' and alasan is not null and length(trim(alasan)) >= {LEAST_REASON})",
            name=f"ck_{name}_alasan",
        ),
    )


def _handed_over(name: str, events: str) -> Table:
    """The bytes that were handed over; a lost outbox/bank/kirim/ comes back the same."""
    return Table(
        name,
        metadata,
        Column("batch_no", Integer, primary_key=True, autoincrement=False),
        Column("urut", Integer, nullable=False),
        _text("keadaan"),
        _text("oleh"),
        _text("sha256"),
        _text("cara"),  # age or gpg
        Column("isi", LargeBinary, nullable=False),  # the sealed file, encrypted to the bank's key
        _text("serah"),  # the hand-over note (JSON)
        _text("tanda_tangan"),  # over the sealed file and the note
        ForeignKeyConstraint(list(TRACE), [f"{events}.{c}" for c in TRACE], name=f"fk_{name}_kejadian"),
        CheckConstraint(one_of("keadaan", (SENT, WITHDRAWN)), name=f"ck_{name}_dikirim"),
    )


def control_tables(batch: str) -> tuple[Table, Table]:
    """The tables that control one kind of file, whose batches are in the table `batch`: <batch>_kejadian and <batch>_kiriman."""
    return _events(f"{batch}_kejadian", batch), _handed_over(f"{batch}_kiriman", f"{batch}_kejadian")


batch_kejadian, batch_kiriman = control_tables("batch")

REMEDIED = "DIATASI"
REPLACED_FOR = ("HILANG", "RUSAK", REMEDIED)
"""Why a registered person asks for another card; DIATASI: why the bank refused it is remedied."""

permintaan_ganti = Table(
    "permintaan_ganti",  # cards lost, damaged, or refused for a cause that is remedied: the next run orders another
    metadata,
    Column("id_penerbitan", Text, ForeignKey("penerbitan.id_penerbitan"), primary_key=True),
    _text("sebab"),
    _text("oleh"),
    _text("kunci"),
    _text("tanda_tangan"),
    _text("waktu"),
    ForeignKeyConstraint(["oleh", "kunci"], ["petugas.nama", "petugas.kunci_publik"], name="fk_permintaan_ganti_petugas"),
    CheckConstraint(one_of("sebab", REPLACED_FOR), name="ck_permintaan_ganti_sebab"),
)


def said_by_two(name: str, key: str, of: str, *more: Column[Any]) -> Table:
    """What two registered people said of a line of a ledger, append-only.

    Args:
        key: the column with the line's id; of: the ledger.
        more: what they said.
    """
    return Table(
        name,
        metadata,
        Column(key, Text, ForeignKey(f"{of}.{key}"), primary_key=True),
        *more,
        _text("alasan"),
        _text("waktu"),
        *(_text(f"{what}{which}") for which in ("", "_2") for what in ("oleh", "kunci", "tanda_tangan")),
        *(
            ForeignKeyConstraint(who, ["petugas.nama", "petugas.kunci_publik"], name=f"fk_{name}_{who[0]}")
            for who in (["oleh", "kunci"], ["oleh_2", "kunci_2"])
        ),
        CheckConstraint(f"oleh <> oleh_2 and length(trim(alasan)) >= {LEAST_REASON}", name=f"ck_{name}_dua_orang"),
    )


def settlements(name: str, key: str, of: str) -> Table:
    """Which of the bank's answers about a line is true, where they contradict each other."""
    return said_by_two(
        name,
        key,
        of,
        Column("urut", Integer, primary_key=True, autoincrement=False),
        _text("langkah"),
        Column("sampai", BigInteger, nullable=False),  # the newest answer they knew; later ones count again
    )


putusan_jawaban = settlements("putusan_jawaban", "id_penerbitan", "penerbitan")

putusan_rekening = said_by_two(  # whose an account is that the bank reported for several people
    "putusan_rekening", "id_penerbitan", "penerbitan", _text("referensi_bank", primary_key=True)
)

antrean_bank = Table(
    "antrean_bank",  # what people have to look at, since when, until when; a matter that comes back is a new line
    metadata,
    Column("antrean_id", Integer, primary_key=True, autoincrement=True),
    _text("jenis"),
    _text("id_penerbitan"),
    _text("nomor_ssn"),
    _text("kode_kelurahan"),
    _text("keterangan"),
    _text("sejak"),
    _text("selesai_pada", nullable=True),
)

APPEND_ONLY = ("petugas_kejadian", "batch_kejadian", "batch_kiriman", "permintaan_ganti", "putusan_jawaban", "putusan_rekening")
"""Tables whose lines are never changed and never deleted; the database refuses it."""

from ssn_assets.store import payment_schema as payment_schema  # noqa: E402 - the monthly payments: controlled in the same way
