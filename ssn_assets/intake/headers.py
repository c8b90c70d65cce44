"""The inputs as data: which columns each office's file has, and under which names.

A new input, or another name for a column, is an entry here. Finding them in a file is `headerrow.py`.
Source of the names: README, Formats and codes, and the layouts that SIKS-NG and SIAK export.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Parts:
    """A column that some offices deliver in pieces, e.g. NO_PROP, NO_KAB, NO_KEC, NO_KEL."""

    names: tuple[str, ...]
    widths: tuple[int, ...]
    joiner: str


@dataclass(frozen=True)
class Column:
    """One column of an input.

    name: the column in the raw table. names: accepted headers, preferred first (case, blanks and signs apart).
    """

    name: str
    names: tuple[str, ...]
    required: bool = True
    parts: Parts | None = None


@dataclass(frozen=True)
class Input:
    """One office's delivery.

    key: the column whose good value alone proves that a row is a row of data.
    identity: a row with none of these and next to nothing else is a remark, not data.
    folder: the inbox folder, where it is not called as the input is. mark: the title that tells two inputs of one folder
    apart; marked: whether this is the one whose files have it.
    """

    kind: str
    columns: tuple[Column, ...]
    key: str
    identity: tuple[str, ...]
    folder: str = ""
    mark: str = ""
    marked: bool = False

    def owns(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether a file that begins like this is this input's, as far as its mark tells."""
        sought = plain(self.mark)
        return not sought or any(plain(cell) == sought for row in rows for cell in row) == self.marked

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _optional(name: str, *names: str, parts: Parts | None = None) -> Column:
    return Column(name, names, required=False, parts=parts)


DTKS = Input(
    "dtks",
    (
        Column("nik_asal", ("NIK", "Nomor NIK", "No NIK", "Nomor Induk Kependudukan")),
        Column("nama_asal", ("Nama", "Nama Lengkap", "Nama Penerima", "NAMA_LGKP")),
        Column("no_kk_asal", ("Nomor KK", "No KK", "NOKK", "Nomor Kartu Keluarga", "No Kartu Keluarga", "KK")),
        Column("alamat_asal", ("Alamat", "Alamat Lengkap")),
        Column("rt_asal", ("RT", "No RT", "RT/RW")),
        Column(
            "kelurahan_asal",
            (
                "Kelurahan",
                "Desa/Kelurahan",
                "DESA/KELUARAHAN",
                "Kelurahan/Desa",
                "Nama Kelurahan",
                "nama_desa_kelurahan",
            ),
        ),
        _optional("kecamatan_asal", "Kecamatan", "Nama Kecamatan"),
        _optional(
            "kode_wilayah_asal",
            *("Kode Wilayah", "Kode Kelurahan", "Kode Desa", "Kode Desa/Kelurahan", "bps_full_code", "Kode BPS"),
            parts=Parts(("KDPROP", "KDKAB", "KDKEC", "KDDESA"), (2, 2, 3, 3), ""),
        ),
        _optional("kode_pos_asal", "Kode Pos", "Kodepos"),
        _optional("id_dtks_asal", "ID DTKS", "IDBDT", "IDARTBDT"),
        _optional("tanggal_lahir_asal", "Tanggal Lahir", "Tgl Lahir", "TGL_LHR"),
        _optional("jenis_kelamin_asal", "Jenis Kelamin", "JK", "L/P", "JnsKel", "JENIS_KLMIN", "Kelamin"),
        _optional("nama_ibu_asal", "Nama Ibu Kandung", "Nama Ibu", "namagadis_ibukandung", "Ibu Kandung"),
        _optional("pekerjaan_asal", "Pekerjaan", "Jenis Pekerjaan"),
        _optional("desil_asal", "Desil", "desil_nasional"),
    ),
    key="nik_asal",
    identity=("nik_asal", "nama_asal", "no_kk_asal"),
)

DUKCAPIL = Input(
    "dukcapil",
    (
        Column("nik_asal", ("nik",)),
        Column("no_kk_asal", ("no_kk", "Nomor KK", "NOKK")),
        Column("nama", ("nama", "NAMA_LGKP", "Nama Lengkap")),
        Column("tempat_lahir", ("tempat_lahir", "TMPT_LHR")),
        Column("tanggal_lahir", ("tanggal_lahir", "TGL_LHR")),
        Column("jenis_kelamin", ("jenis_kelamin", "JENIS_KLMIN")),
        Column("hubungan_keluarga", ("hubungan_keluarga", "STAT_HBKEL")),
        Column("nama_ibu", ("nama_ibu", "NAMA_LGKP_IBU")),
        Column("alamat", ("alamat",)),
        Column("rt", ("rt", "NO_RT")),
        Column(
            "kode_kelurahan",
            ("kode_kelurahan",),
            parts=Parts(("NO_PROP", "NO_KAB", "NO_KEC", "NO_KEL"), (2, 2, 2, 4), "."),
        ),
        Column("kelurahan", ("kelurahan", "KEL_NAME")),
        Column("kecamatan", ("kecamatan", "KEC_NAME")),
        Column("kode_pos", ("kode_pos",)),
        Column("status", ("status",)),
        Column("tanggal_status", ("tanggal_status",)),
    ),
    key="nik_asal",
    identity=("nik_asal", "nama", "no_kk_asal"),
)

BANSOS = Input(
    "bansos",
    (
        Column("nik_asal", ("nik",)),
        Column("no_kk_asal", ("no_kk", "Nomor KK", "NOKK")),
        Column("nama", ("nama", "Nama Lengkap")),
        Column("program", ("program",)),
        Column("kategori", ("kategori",)),
        Column("sumber", ("sumber",)),
        Column("periode", ("periode",)),
        Column("status", ("status",)),
        Column("nominal", ("nominal",)),
    ),
    key="nik_asal",
    identity=("nik_asal", "nama", "no_kk_asal"),
)

VERIFIKASI = Input(
    "verifikasi",
    (
        Column("id_kasus", ("id_kasus",)),
        Column("keputusan", ("keputusan",)),
        Column("petugas", ("petugas",)),
        Column("tanggal", ("tanggal",)),
        _optional("nik_benar", "nik_benar"),
        _optional("catatan", "catatan"),
    ),
    key="id_kasus",
    identity=("id_kasus", "keputusan"),
)

BANK = Input(
    "bank",
    (
        Column("id_penerbitan", ("id_penerbitan",)),
        Column("status", ("status",)),
        _optional("alasan", "alasan"),
        Column("tanggal", ("tanggal",)),
        _optional("referensi_bank", "referensi_bank"),
        _optional("nama", "nama", "Nama Nasabah", "Nama Rekening", "Nama Pemilik Rekening", "Atas Nama"),
    ),
    key="id_penerbitan",
    identity=("id_penerbitan", "status"),
    mark="id_pembayaran",
)

PEMBAYARAN = Input(
    "pembayaran",
    (
        Column("id_pembayaran", ("id_pembayaran",)),
        Column("status", ("status",)),
        _optional("alasan", "alasan"),
        Column("tanggal", ("tanggal",)),
        _optional("referensi_bank", "referensi_bank"),
    ),
    key="id_pembayaran",
    identity=("id_pembayaran", "status"),
    folder="bank",
    mark="id_pembayaran",
    marked=True,
)

SAMPEL = Input(
    "sampel",
    (
        Column("id_sampel", ("id_sampel",)),
        Column("pembaca", ("pembaca",)),
        Column("putusan", ("putusan",)),
        _optional("catatan", "catatan"),
    ),
    key="id_sampel",
    identity=("id_sampel", "putusan"),
)

PENYERAHAN = Input(
    "penyerahan",
    (
        Column("id_penerbitan", ("id_penerbitan",)),
        Column("status", ("status",)),
        Column("petugas", ("petugas",)),
        Column("tanggal", ("tanggal",)),
        _optional("cara_identifikasi", "cara_identifikasi"),
        _optional("catatan", "catatan"),
    ),
    key="id_penerbitan",
    identity=("id_penerbitan", "status"),
)

INPUTS = {item.kind: item for item in (DTKS, DUKCAPIL, BANSOS, VERIFIKASI, BANK, PEMBAYARAN, PENYERAHAN, SAMPEL)}


@lru_cache(maxsize=4096)
def plain(title: str) -> str:
    """A header without what offices write differently: case, blanks, dots, underscores, slashes and other signs."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", title).casefold() if sign.isalnum())
