"""The tables of handing out cards: appointments once given, and what officers reported. Part of `schema.metadata`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from ssn_assets.store.schema import metadata


def _text(name: str, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


janji_ambil = Table(
    "janji_ambil",  # appointments; a card's newest is in force until its day has passed
    metadata,
    Column("id_penerbitan", Text, ForeignKey("penerbitan.id_penerbitan"), primary_key=True),
    Column("urut", Integer, primary_key=True, autoincrement=False),
    _text("kode_kelurahan"),  # whose counter; '' where nobody knows the kelurahan
    _text("tanggal"),  # ISO date
    _text("jam"),
    Column("nomor", Integer, nullable=False),  # which of the hour's places
    _text("dibuat_pada"),
    UniqueConstraint("kode_kelurahan", "tanggal", "jam", "nomor"),  # a place is given once: no hour holds more than it has
)

penyerahan = Table(
    "penyerahan",  # every line of the officers who hand out cards, as received
    metadata,
    Column("penyerahan_id", Integer, primary_key=True, autoincrement=True),
    _text("berkas_sha256"),
    Column("baris", BigInteger, nullable=False),
    _text("berkas"),
    _text("id_penerbitan"),
    _text("status"),
    _text("petugas", nullable=True),
    _text("tanggal"),  # ISO date
    _text("cara_identifikasi", nullable=True),
    _text("catatan", nullable=True),
    _text("dilihat_pada"),
    UniqueConstraint("berkas_sha256", "baris"),
)
