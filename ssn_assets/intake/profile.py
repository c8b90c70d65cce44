"""The potret of an input: one line per accepted file with counts and shares, for the suites in expectations/.

No personal data. A share of fewer than FEW rows says nothing and is null, so that a short file fails no threshold.
Columns that begin with `semua_` are of all files together, the same on every line. Thresholds do not belong here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ssn_assets.intake.answers import CARD_STEPS, DECISIONS, HAND_OVERS, LABELS, PAYMENT_STEPS

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

FEW = 20
REQUIRED = ("dtks", "dukcapil")
"""Inputs without which there is no run: their potret has a line of zeros when no file was accepted."""

DATE = r"^\s*([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4})"
MONTH = r"^\s*([0-9]{4}[-/.]?(0[1-9]|1[0-2])([^0-9].*)?|(0[1-9]|1[0-2])[-/.][0-9]{4}\s*)$"
SEXES = ("L", "P", "LK", "PR", "LAKI-LAKI", "LAKI LAKI", "PEREMPUAN", "PRIA", "WANITA", "M", "F", "1", "2")


def _blank(column: str) -> str:
    return f"coalesce(trim({column}), '') = ''"


def _one_of(column: str, codes: tuple[str, ...]) -> str:
    return f"upper(trim({column})) in {codes}"


SHARES = {
    "dtks": {
        "nik_baik": "nik_kelas = 'BAIK'",
        "nik_kosong": "nik_kelas in ('KOSONG', 'TIRUAN')",
        "kk_baik": "no_kk_kelas = 'BAIK'",
        "nama_kosong": _blank("nama_asal"),
        "rt_kosong": _blank("rt_asal"),
        "kelurahan_kosong": _blank("kelurahan"),
    },
    "dukcapil": {
        "nik_baik": "nik_kelas = 'BAIK'",
        "nama_kosong": _blank("nama"),
        "kk_terisi": "length(no_kk) = 16",
        "status_dikenal": _one_of("status", ("AKTIF", "MENINGGAL", "PINDAH")),
        "jenis_kelamin_dikenal": _one_of("jenis_kelamin", SEXES),
        "tanggal_lahir_terbaca": f"regexp_matches(tanggal_lahir, '{DATE}')",
        "kelurahan_samarinda": "regexp_matches(kode_kelurahan, '^64\\.?72')",
    },
    "bansos": {
        "nik_baik": "nik_kelas = 'BAIK'",
        "tanpa_nik_dan_kk": "nik is null and no_kk is null",
        "program_kosong": _blank("program"),
        "sumber_dikenal": _one_of("sumber", ("PUSAT", "DAERAH")),
        "status_dikenal": _one_of("status", ("AKTIF", "BERHENTI")),
        "periode_terbaca": f"regexp_matches(periode, '{MONTH}')",
        "nominal_negatif": "regexp_matches(nominal, '^\\s*-')",
    },
    "verifikasi": {
        "keputusan_tidak_dikenal": f"keputusan not in {DECISIONS}",
        "tanggal_kosong": "tanggal is null",
        "tanpa_petugas": _blank("petugas"),
        "warga": "keputusan = 'WARGA'",
    },
    "bank": {
        "status_tidak_dikenal": f"status not in {CARD_STEPS}",
        "tanggal_kosong": "tanggal is null",
        "tanpa_referensi": _blank("referensi_bank"),
    },
    "pembayaran": {
        "status_tidak_dikenal": f"status not in {PAYMENT_STEPS}",
        "tanggal_kosong": "tanggal is null",
        "tanpa_referensi": _blank("referensi_bank"),
        "tidak_sampai": "status <> 'BERHASIL'",
    },
    "penyerahan": {
        "hasil_tidak_dikenal": f"status not in {HAND_OVERS}",
        "tanpa_petugas": _blank("petugas"),
        "diserahkan_tanpa_cara": "status = 'DISERAHKAN' and cara_identifikasi is null",
    },
    "sampel": {
        "putusan_tidak_dikenal": f"putusan not in {LABELS}",
        "tidak_tahu": "putusan = 'TIDAK_TAHU'",
    },
}
"""Per input: what is counted, as SQL over its raw table. bagian_<name> is its share of the loaded rows."""

REPEATS = ("dtks", "dukcapil")
"""Inputs of which it matters how many NIKs of all files repeat another (semua_bagian_nik_ganda)."""


def profile(con: duckdb.DuckDBPyConnection, kind: str) -> pd.DataFrame:
    """The potret of one input as it stands in the warehouse.

    Args:
        con: the warehouse.
        kind: dtks, dukcapil, bansos, verifikasi, bank, pembayaran, penyerahan or sampel.

    Returns:
        Columns berkas, folder, baris_masuk, baris_dimuat, baris_karantina, bagian_karantina, bagian_<name> of SHARES,
        semua_baris_dimuat and semua_bagian_<name>.
    """
    return con.execute(profile_sql(kind)).df()


def profile_sql(kind: str) -> str:
    """SQL of `profile`."""
    names = list(SHARES[kind])
    counted = ", ".join(f"count(*) filter (where {condition}) as {name}" for name, condition in SHARES[kind].items())
    summed = ", ".join(f"coalesce(sum({name}), 0) as {name}" for name in names)
    of_file = ", ".join(f"{_share(f'b.{name}', 'f.baris_dimuat')} as bagian_{name}" for name in names)
    of_all = ", ".join(f"{_share(f's.{name}', 's.baris')} as semua_bagian_{name}" for name in names)
    if kind in REPEATS:
        repeated = f"(select count(nik) - count(distinct nik) from raw.{kind})"
        of_all += f", {_share(repeated, 's.baris')} as semua_bagian_nik_ganda"
    placeholder = "union all select '(tidak ada)', '', '', 0, 0, 0 where not exists (select 1 from diterima)"
    folder, same_folder = ("folder", "and b.folder = f.folder") if kind == "bansos" else ("''", "")
    return f"""
        with hitung as (
            select berkas_sha256, {folder} as folder, count(*) as baris, {counted} from raw.{kind} group by all
        ),
        diterima as (
            select berkas, folder, sha256, baris_masuk, baris_dimuat, baris_karantina
            from raw.berkas where jenis = '{kind}' and diterima
        ),
        f as (select * from diterima {placeholder if kind in REQUIRED else ""})
        select
            f.berkas, f.folder, f.baris_masuk, f.baris_dimuat, f.baris_karantina,
            {_share("f.baris_karantina", "f.baris_masuk")} as bagian_karantina, {of_file},
            s.baris as semua_baris_dimuat, {of_all}
        from f
        left join hitung as b on b.berkas_sha256 = f.sha256 {same_folder}
        cross join (select coalesce(sum(baris), 0) as baris, {summed} from hitung) as s
        order by f.folder, f.berkas"""


def _share(part: str, whole: str) -> str:
    return f"case when {whole} >= {FEW} then {part} / {whole} end"
