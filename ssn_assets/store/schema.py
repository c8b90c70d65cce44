"""The tables of the store: what cannot be rebuilt from the inbox. SQLAlchemy Core only.

Every write that must happen once has a unique key here that makes it so. Queries do not belong here.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)


def _text(name: str, *args: object, **kwargs: object) -> Column:
    return Column(name, Text, *args, nullable=kwargs.pop("nullable", False), **kwargs)  # type: ignore[arg-type]


kasus = Table(
    "kasus",  # every case that was ever on a work list
    metadata,
    _text("id_kasus", primary_key=True),
    _text("kode_kelurahan", nullable=True),
    _text("periode_pertama"),
)

jawaban = Table(
    "jawaban",  # every answer of a kelurahan, as received; jawaban_id is the order of first sight
    metadata,
    Column("jawaban_id", Integer, primary_key=True, autoincrement=True),
    _text("berkas_sha256"),
    Column("baris", BigInteger, nullable=False),
    _text("berkas"),
    _text("id_kasus"),
    _text("keputusan"),
    _text("petugas", nullable=True),
    _text("tanggal"),  # ISO date
    _text("nik_benar", nullable=True),
    _text("catatan", nullable=True),
    _text("dilihat_pada"),  # ISO time of the run that saw it first; equal for all files of one run
    UniqueConstraint("berkas_sha256", "baris"),
)

jawaban_keadaan = Table(
    "jawaban_keadaan",  # the person as the registry had him when the answer first took effect
    metadata,
    Column("jawaban_id", Integer, ForeignKey("jawaban.jawaban_id"), primary_key=True),
    _text("nik_awal"),
    _text("kode_kelurahan", nullable=True),
    _text("no_kk", nullable=True),
    _text("status", nullable=True),
)

koreksi_nik = Table(
    "koreksi_nik",  # same person, corrected NIK: found by comparing two registry snapshots
    metadata,
    _text("nik_lama", primary_key=True),
    _text("nik_baru", unique=True),
    _text("registri_lama"),
    _text("registri_baru"),
)

perbandingan_registri = Table(
    "perbandingan_registri",  # pairs of snapshots already compared; the first one ever used stands beside itself
    metadata,
    _text("registri_lama", primary_key=True),
    _text("registri_baru", primary_key=True),
)

nomor_ssn = Table(
    "nomor_ssn",  # one number a person, for life; nik_awal is the first NIK known of the person
    metadata,
    _text("nik_awal", primary_key=True),
    Column("urut", Integer, nullable=False, unique=True),
    _text("nomor", unique=True),
    _text("periode"),
    _text("dibuat_pada"),
)

batch = Table(
    "batch",  # one bank file: DITULIS (lines and hash fixed, file may be missing) -> DISEGEL (file was on disk)
    metadata,
    Column("batch_no", Integer, primary_key=True, autoincrement=False),
    _text("periode"),
    _text("dibuat_pada"),
    _text("prev_sha256"),
    _text("sha256"),  # of the whole file, fixed with its lines: a lost file is rebuilt to these very bytes
    Column("jumlah", Integer, nullable=False),
    Column("hash_total", BigInteger, nullable=False),
    _text("status"),
)

PERSON_FIELDS = (
    "nik",
    "no_kk",
    "nama",
    "tempat_lahir",
    "tanggal_lahir",
    "jenis_kelamin",
    "nama_ibu",
    "alamat",
    "rt",
    "kelurahan",
    "kecamatan",
    "kode_pos",
)
"""What a card says of its holder, as the registry had it when the card was asked for; the bank's file has it in this order."""

REFERS = "id_rujukan is not null"
NEW_CARD = "jenis = 'BARU' and status <> 'BATAL'"
"""Of which there is one per family, programme and cycle."""

penerbitan = Table(
    "penerbitan",  # the issuance ledger: one row a D line, personal fields as the registry had them
    metadata,
    _text("id_penerbitan", primary_key=True),
    _text("kunci", unique=True),  # what may happen only once: BARU|<nik_awal>|<ordinal>, BLOKIR|<id_rujukan>|<ordinal>
    _text("jenis"),  # BARU, BLOKIR, GANTI
    _text("nik_awal"),
    _text("nomor_ssn"),
    *(_text(name, nullable=True) for name in PERSON_FIELDS),
    _text("kode_kelurahan", nullable=True),
    _text("id_rujukan", nullable=True),
    _text("periode"),
    _text("dibuat_pada"),
    _text("status"),  # DIPESAN (reserved), DITULIS (in a batch), BATAL (withdrawn: before any batch, or with its batch)
    Column("batch_no", Integer, ForeignKey("batch.batch_no"), nullable=True),
    Column("seq", Integer, nullable=True),
    UniqueConstraint("batch_no", "seq"),
    _text("sebab", nullable=True),  # of a BLOKIR the decision's reasons, of a GANTI HILANG, RUSAK, DIATASI, DATA_DIBETULKAN
    _text("id_pemegang", nullable=True),  # of a BLOKIR: the issuance of the card that the family holds from now on
    _text("program", server_default="SSN"),
    Column("siklus", Integer, nullable=True),  # of a BARU: which of the family's cards it is, counted from 1
    Index(
        "uq_penerbitan_keluarga_program_siklus",
        "no_kk",
        "program",
        "siklus",
        unique=True,
        sqlite_where=text(NEW_CARD),
        postgresql_where=text(NEW_CARD),
    ),
    Index(
        "ix_penerbitan_id_rujukan",  # a release asks of every card whether it was blocked or replaced
        "id_rujukan",
        sqlite_where=text(REFERS),
        postgresql_where=text(REFERS),
    ),
)

jawaban_bank = Table(
    "jawaban_bank",  # every line of the bank, as received
    metadata,
    Column("jawaban_bank_id", Integer, primary_key=True, autoincrement=True),
    _text("berkas_sha256"),
    Column("baris", BigInteger, nullable=False),
    _text("berkas"),
    _text("id_penerbitan"),
    _text("status"),
    _text("alasan", nullable=True),
    _text("tanggal", nullable=True),
    _text("referensi_bank", nullable=True),
    _text("dilihat_pada"),
    UniqueConstraint("berkas_sha256", "baris"),
)

publikasi = Table(
    "publikasi",  # releases: DIBANGUN (id taken, never in force yet) -> TERBIT, or BATAL (given up, the id stays used)
    metadata,
    _text("publication_id", primary_key=True),
    Column("urut", Integer, nullable=False, unique=True),
    _text("periode"),
    _text("dibuat_pada"),
    _text("isi_hmac"),  # SHA-256 of penerima.jsonl, whose keys are HMACs, and of payments: same content, no new release
    Column("baris", BigInteger, nullable=False),
    _text("versi_kebijakan"),
    _text("masukan"),  # JSON: hashes of the input files
    _text("tanpa_entri"),  # JSON: rows without an entry, by reason
    _text("sebelumnya", nullable=True),  # the release in force when this one was built
    _text("manifest_sha256", nullable=True),
    _text("status"),
)

publikasi_log = Table(
    "publikasi_log",  # which release came into force when, and why
    metadata,
    Column("log_id", Integer, primary_key=True, autoincrement=True),
    _text("publication_id"),
    _text("kejadian"),  # TERBIT, KEMBALI
    _text("alasan", nullable=True),
    _text("dari", nullable=True),  # the release in force before
    _text("waktu"),
)

klien = Table(
    "klien",  # who may ask the lookup service with a signature; a name and a key are never used twice
    metadata,
    _text("nama", primary_key=True),
    _text("kunci_publik", unique=True),  # Ed25519, 64 hex digits
    Column("kuota_per_menit", Integer, nullable=False),
    _text("dibuat_pada"),
    _text("dicabut_pada", nullable=True),  # null: in force
)

aduan = Table(
    "aduan",  # one objection or complaint: BARU (waits for the office) -> DIJAWAB -> SELESAI; a new voice makes it BARU again
    metadata,
    _text("nomor", primary_key=True),
    _text("jenis"),
    _text("kunci_terbuka", unique=True, nullable=True),  # HMAC of person and kind while it is open: one open ticket each
    _text("tujuan"),  # kelurahan, dinsos
    _text("kode_kelurahan", nullable=True),
    _text("diterima_pada"),
    _text("tenggat"),  # ISO date
    _text("status"),
    _text("diubah_pada"),
    _text("selesai_pada", nullable=True),
)

aduan_suara = Table(
    "aduan_suara",  # each time somebody sent it, with a secret of its own
    metadata,
    Column("suara_id", Integer, primary_key=True, autoincrement=True),
    _text("nomor", ForeignKey("aduan.nomor"), index=True),
    _text("rahasia_sha256", unique=True),
    _text("diterima_pada"),
    _text("isi", nullable=True),  # sealed: NIK, contact, story; null once its time is over
)

aduan_catatan = Table(
    "aduan_catatan",  # what the office did: DIJAWAB, SELESAI (texts the citizen reads), DIBUKA, DIALIHKAN
    metadata,
    Column("catatan_id", Integer, primary_key=True, autoincrement=True),
    _text("nomor", ForeignKey("aduan.nomor"), index=True),
    _text("kejadian"),
    _text("teks", nullable=True),
    _text("petugas"),
    _text("waktu"),
)

jejak = Table(
    "jejak",  # who asked about whom: one row an answered lookup, collected from the service's own files
    metadata,
    Column("jejak_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _text("kunci_nik"),  # HMAC of the NIK under kunci/jejak.key
    _text("waktu"),
    _text("keperluan"),
    _text("klien", nullable=True),
    _text("hasil"),
    Index("ix_jejak_kunci_nik_waktu", "kunci_nik", "waktu"),
)

jejak_berkas = Table(
    "jejak_berkas",  # how far each of the service's trail files is collected
    metadata,
    _text("berkas_id", primary_key=True),  # from the file's own head: a copy under another name is the same file
    Column("terkumpul", BigInteger, nullable=False),  # slots of it that were dealt with
    _text("diubah_pada"),
)
from ssn_assets.store import bank_schema as bank_schema  # noqa: E402 - the bank's control: the same metadata, a file of its own
from ssn_assets.store import collection_schema as collection_schema  # noqa: E402 - handing out cards
