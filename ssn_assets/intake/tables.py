"""The raw tables as they stand in the warehouse: names and types. What fills them is in `load.py` and `registry.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

SHARED = {
    "raw.berkas": """
        jenis text, folder text, berkas text, sha256 text, ukuran bigint, diterima boolean, baris_masuk bigint,
        baris_dimuat bigint, baris_karantina bigint, alasan text, keterangan text""",
    "raw.karantina": "jenis text, folder text, berkas text, baris bigint, alasan text, keterangan text",
    "ops.kasus": "id_kasus text",
    "ops.penerbitan": "id_penerbitan text",
    "ops.pembayaran_dikenal": "id_pembayaran text, jumlah bigint",
}
"""Tables that must be there before any input is loaded; those of ops are filled by other stages."""

INPUT_TABLES = {
    "dtks": """
        dtks_id bigint, berkas text, baris bigint, berkas_sha256 text, nik_asal text, nama_asal text, no_kk_asal text,
        alamat_asal text, rt_asal text, kelurahan_asal text, kecamatan_asal text, kode_wilayah_asal text,
        kode_pos_asal text, id_dtks_asal text, tanggal_lahir_asal text, jenis_kelamin_asal text, nama_ibu_asal text,
        pekerjaan_asal text, desil_asal text, lainnya text, nik text, no_kk text, nik_kelas text, no_kk_kelas text,
        kelurahan text, kecamatan text""",
    "bansos": """
        berkas text, baris bigint, berkas_sha256 text, folder text, nik_asal text, no_kk_asal text, nama text,
        program text, kategori text, sumber text, periode text, status text, nominal text, nik text, nik_kelas text,
        no_kk text""",
    "verifikasi": """
        berkas text, baris bigint, berkas_sha256 text, id_kasus text, keputusan text, petugas text, tanggal date,
        nik_benar text, catatan text""",
    "bank": """
        berkas text, baris bigint, berkas_sha256 text, id_penerbitan text, status text, alasan text, tanggal date,
        referensi_bank text, nama text""",
    "pembayaran": """
        berkas text, baris bigint, berkas_sha256 text, id_pembayaran text, status text, alasan text, tanggal date,
        referensi_bank text""",
    "penyerahan": """
        berkas text, baris bigint, berkas_sha256 text, id_penerbitan text, status text, petugas text, tanggal date,
        cara_identifikasi text, catatan text""",
    "sampel": """
        berkas text, baris bigint, berkas_sha256 text, id_sampel text, pembaca text, putusan text, catatan text""",
}

REGISTRY_COLUMNS = (
    "nik_asal",
    "no_kk_asal",
    *("nama", "tempat_lahir", "tanggal_lahir", "jenis_kelamin", "hubungan_keluarga", "nama_ibu", "alamat", "rt"),
    *("kode_kelurahan", "kelurahan", "kecamatan", "kode_pos", "status", "tanggal_status"),
    *("nik", "nik_kelas", "no_kk"),
)
"""raw.dukcapil is a view: berkas, baris, berkas_sha256, folder and these, all text but baris (see `registry.py`)."""


def ensure_shared(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that every load writes to or looks into, where they are not there yet."""
    for table, columns in SHARED.items():
        con.execute(f"create table if not exists {table} ({columns})")


def columns_of(kind: str) -> tuple[str, ...]:
    """The columns of an input's raw table, in order."""
    return tuple(part.split()[0] for part in INPUT_TABLES[kind].split(","))
