"""The inputs as data: which columns each office's file has, under which names, and where its header row stands.

A new input, or another name for a column, is an entry here. Reading files and judging rows do not belong here.
Source of the names: README, Formats and codes, and the layouts that SIKS-NG and SIAK export.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

SEARCH_ROWS = 30
"""How far down a header row is looked for."""


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


@dataclass(frozen=True)
class Match:
    """Where an input's columns stand in a file.

    row: index of the last header row. width: columns of the grid. titles: header text by position.
    places: per column the positions of its pieces (one, or several for a column in parts).
    missing: required columns that are not there (as an office writes them).
    """

    row: int
    width: int
    titles: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    missing: tuple[str, ...]

    @property
    def unknown(self) -> tuple[int, ...]:
        """Positions that no column of the input uses."""
        used = {place for places in self.places.values() for place in places}
        return tuple(i for i in range(self.width) if i not in used)


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


def find_header(spec: Input, rows: Sequence[Sequence[str]]) -> Match | None:
    """The header row among the first rows of a file.

    Args:
        rows: the first rows as text, blank cells ''.

    Returns:
        The complete header if there is one (of two like rows the lower, so that merged header cells work); a
        header spread over two lines; else the best incomplete one, `missing` saying what it lacks; None when
        no row has two of the input's columns.
    """
    head = rows[:SEARCH_ROWS]
    singles = [_match(spec, i, row) for i, row in enumerate(head)]
    complete = [m for m in singles if not m.missing]
    if complete:
        found = complete[0]
        while found.row + 1 < len(singles) and not singles[found.row + 1].missing:
            found = singles[found.row + 1]
        return found
    doubles = [_match(spec, i + 1, _joined(spec, head[i], head[i + 1])) for i in range(len(head) - 1)]
    best = max(singles + doubles, key=lambda m: (not m.missing, len(m.places), -m.row), default=None)
    return best if best is not None and len(best.places) >= 2 else None


def _match(spec: Input, row: int, titles: Sequence[str]) -> Match:
    first: dict[str, int] = {}
    for place, title in enumerate(titles):
        first.setdefault(plain(title), place)
    places: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for column in spec.columns:
        found = _places(column, first)
        if found and taken.isdisjoint(found):
            places[column.name] = found
            taken.update(found)
    missing = tuple(c.names[0] for c in spec.columns if c.required and c.name not in places)
    shown = ("".join(sign if sign.isprintable() else " " for sign in title).strip() for title in titles)
    return Match(row, len(titles), tuple(shown), places, missing)


def _places(column: Column, first: dict[str, int]) -> tuple[int, ...]:
    for name in column.names:
        if plain(name) in first:
            return (first[plain(name)],)
    if column.parts and all(plain(name) in first for name in column.parts.names):
        return tuple(first[plain(name)] for name in column.parts.names)
    return ()


@lru_cache
def _known(spec: Input) -> frozenset[str]:
    """Every header text the input knows, made plain."""
    return frozenset(plain(name) for c in spec.columns for name in (*c.names, *(c.parts.names if c.parts else ())))


def _joined(spec: Input, upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Two header lines as one: per column the line, or both together, that is a name of the input."""
    known = _known(spec)
    width = max(len(upper), len(lower))
    joined, above = [], ""
    for i in range(width):
        own = upper[i] if i < len(upper) else ""
        below = lower[i] if i < len(lower) else ""
        above = own or above
        options = (below, own, f"{own} {below}", f"{above} {below}")
        joined.append(next((o for o in options if plain(o) in known), f"{own} {below}"))
    return joined
