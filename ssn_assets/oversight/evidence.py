"""What the warehouse says about a run, in counts: files, quarantine, policy, funnel. No rows, no names, no drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ssn_assets.oversight import journey
from ssn_assets.oversight.facts import Evidence, FileFact, HolderFact, QualityFact

if TYPE_CHECKING:
    import duckdb

FILES = """
    select jenis, folder, berkas, diterima,
           coalesce(baris_masuk, 0), coalesce(baris_dimuat, 0), coalesce(baris_karantina, 0),
           case when diterima then '' else coalesce(keterangan, alasan, '') end
    from raw.berkas order by jenis, folder, berkas
"""
QUARANTINE = """
    select jenis, min(keterangan), count(*) from raw.karantina where baris is not null
    group by jenis, alasan order by jenis, count(*) desc, alasan
"""
DECIDED = """
    select count(*), count(*) filter (where status_padan = 'PADAN'),
           count(distinct nik_padan) filter (where status_padan = 'PADAN' and duplikat_dari is null),
           count(distinct nik_padan) filter (where verifikasi = 'WARGA' and status_padan = 'PADAN'),
           count(distinct nik_padan) filter (where keputusan = 'VALID')
    from mart_keputusan
"""
DECIDED_WORDS = (
    "Baris DTKS yang dimuat",
    "Baris yang padan dengan data kependudukan",
    "Orang berbeda di antaranya",
    "Orang yang dinyatakan warga oleh kelurahan",
    "Orang yang VALID",
)
CARDS = """
    select count(distinct no_kk) filter (where kartu <> 'DIBLOKIR'),
           count(distinct no_kk) filter (where kartu = 'DISERAHKAN')
    from mart_penerima
"""
CARD_WORDS = ("Keluarga dengan kartu dipesan atau lebih jauh", "Keluarga yang sudah memegang kartu")
REASONS = """
    select alasan, count(*) from (select unnest(alasan) as alasan from mart_keputusan)
    group by all order by count(*) desc, alasan
"""
QUALITY = """
    select sumber, jenis_kelompok, kelompok, keterangan, ukuran, nilai, jumlah, dari, batas_bawah, batas_atas, janji
    from ops.mutu_padan order by sumber, jenis_kelompok, kelompok, ukuran
"""
HOLDERS = f"""
    select tahap, penahan, menunggu, kartu, umur_median_hari, umur_p90_hari, umur_tidak_diketahui
    from ops.penahan_kartu where kode_kelurahan = '{journey.sql.CITY}'
    order by tahap, sum(kartu) over (partition by tahap, penahan) desc, penahan, menunggu <> 'SEMUA', kartu desc, menunggu
"""


def collect(con: duckdb.DuckDBPyConnection, made: Callable[[str], object]) -> Evidence:
    """Read the counts of the run that has just worked on this warehouse.

    Args:
        made: says whether the run made an asset; tables left by an earlier run are not evidence of this one.
    """
    policy = _row(con, "select versi, dasar_hukum from ops.kebijakan") if made("ops/kebijakan") else None
    context = (
        _row(con, "select tanggal, registri_dipakai, registri_tanggal, bansos_pusat_terakhir from ops.konteks")
        if made("ops/konteks")
        else None
    )
    funnel: list[tuple[str, int]] = []
    reasons: list[tuple[str, int]] = []
    if made("marts/mart_keputusan"):
        funnel += zip(DECIDED_WORDS, _row(con, DECIDED) or (), strict=True)
        reasons = [(code, count) for code, count in con.execute(REASONS).fetchall()]
    if made("marts/mart_penerima"):
        funnel += zip(CARD_WORDS, _row(con, CARDS) or (), strict=True)
    read, followed = made("raw/dtks"), made("perjalanan_kartu")
    return Evidence(
        policy=policy[0] if policy else "",
        legal_basis=policy[1] if policy else "",
        reference_date=context[0] if context else None,
        registry_used=context[1] if context else None,
        registry_date=(context[2] if context else "") or "",
        aid_period=(context[3] if context else "") or "",
        files=tuple(FileFact(*line) for line in con.execute(FILES).fetchall()) if read else (),
        quarantine=tuple(con.execute(QUARANTINE).fetchall()) if read else (),
        funnel=tuple(funnel),
        reasons=tuple(reasons),
        quality=tuple(QualityFact(*line) for line in con.execute(QUALITY).fetchall()) if made("mutu_padan") else (),
        journey=journey.city(con) if followed else {},
        holders=tuple(HolderFact(*line) for line in con.execute(HOLDERS).fetchall()) if followed else (),
    )


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...] | None:
    return con.execute(query).fetchone()
