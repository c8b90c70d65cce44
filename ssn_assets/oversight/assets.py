"""Oversight as Dagster assets: trail of lookups, quarantine, funnel, the cards' way, readers' sample, match quality, the page.

Counting and drawing are in the other modules.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets.keys import read_or_create
from ssn_assets.oversight import files, journey, sampling, trail
from ssn_assets.oversight import match_quality as quality
from ssn_assets.resources import Platform
from ssn_assets.run_history import write_report
from ssn_assets.settings import trail_path
from ssn_assets.steps import PERIODS, POOL, counts, once
from ssn_assets.trail import KEY_FILE
from ssn_assets.warehouse import Steps

COMMON: dict[str, Any] = {
    "group_name": "oversight",
    "owners": ["team:dinsos"],
    "tags": {"pii": "false"},
    "partitions_def": PERIODS,
    "pool": POOL,
}


WHOLE = "jejak_utuh"


@dg.asset(
    key=["ops", "jejak"],
    description="Jejak pemeriksaan (UU PDP ps. 31-32): dikumpulkan dari berkas layanan, tanpa NIK; dihapus menurut aturan.",
    kinds={"python", "sqlalchemy"},
    check_specs=[
        dg.AssetCheckSpec(
            WHOLE,
            asset=dg.AssetKey(["ops", "jejak"]),
            description="Setiap berkas jejak dari layanan dapat dibaca, utuh, dan memakai kunci yang berlaku",
            metadata={"ambang": "0 rusak"},
        )
    ],
    **{**COMMON, "owners": ["team:diskominfo"]},
)
def lookup_trail(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Collect what the service recorded, then apply the retention rule."""
    store, now = platform.store(), platform.now()
    found = trail.collect(store, trail_path(), read_or_create(platform.home, KEY_FILE), now)
    deleted = trail.apply_retention(store, now)
    counted = {"pemeriksaan_baru": found.lookups, "berkas": found.files, "dihapus_menurut_aturan": deleted}
    yield dg.MaterializeResult(metadata={**counted, "dagster/row_count": trail.kept(store)})
    yield dg.AssetCheckResult(
        check_name=WHOLE,
        passed=not (found.damaged or found.unusable),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"terukur": f"{found.damaged} catatan rusak, {found.unusable} berkas tidak terpakai", "ambang": "0 rusak"},
    )


@dg.asset(
    key=["karantina"],
    description="karantina.csv: baris dan berkas yang tidak dapat dibaca, dengan alasan yang dapat ditindaklanjuti.",
    kinds={"csv"},
    deps=[
        dg.AssetKey(["raw", kind])
        for kind in ("dtks", "dukcapil", "bansos", "verifikasi", "bank", "pembayaran", "penyerahan", "sampel")
    ],
    **COMMON,
)
def quarantine(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """What was left out, by file and row."""
    with platform.warehouse() as con:
        lines = files.write_quarantine(con, platform.home.period(context.partition_key) / "karantina.csv")
    return dg.MaterializeResult(metadata={"dagster/row_count": lines})


@dg.asset(
    key=["ringkasan"],
    description="ringkasan.csv: corong per kelurahan yang dilihat bersama oleh Dinsos, Diskominfo dan bank.",
    kinds={"csv"},
    deps=[dg.AssetKey(["marts", "mart_ringkasan"])],
    **COMMON,
)
def funnel(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The funnel per kelurahan."""
    with platform.warehouse_of(context.partition_key) as con:
        lines = files.write_funnel(con, platform.home.period(context.partition_key) / "ringkasan.csv")
    return dg.MaterializeResult(metadata={"dagster/row_count": lines})


ADDS_UP, DATES_KNOWN = "setiap_kartu_di_satu_tempat", "hari_serah_dan_hari_bayar_diketahui"
_OF_FILES: dict[str, Any] = {name: COMMON[name] for name in ("group_name", "owners", "tags")}


@dg.multi_asset(
    name="perjalanan_kartu",  # one step for both: they are counted from the same cards
    specs=[
        dg.AssetSpec(
            ["perjalanan_kartu"],
            description="perjalanan_kartu.csv: dari VALID sampai kartu di tangan dan uang pertama, per kelurahan dan kota,"
            " dengan hari median dan persentil ke-90.",
            kinds={"csv", "duckdb"},
            deps=[
                *(["ops", name] for name in ("kartu", "pembayaran", "nomor_ssn", "penerbitan")),
                ["marts", "mart_keputusan_dasar"],
                ["seeds", "samarinda_kelurahan"],
                ["berkas_bank"],
                ["rekonsiliasi_bank"],
            ],
            **_OF_FILES,
        ),
        dg.AssetSpec(
            ["penahan"],
            description="penahan.csv: siapa yang sekarang memegang setiap kartu yang belum sampai, berapa dan sudah berapa hari.",
            kinds={"csv", "duckdb"},
            deps=[
                *(["ops", "kartu"], ["ops", "pembayaran"], ["marts", "mart_keputusan_dasar"]),
                *(["berkas_bank"], ["rekonsiliasi_bank"]),
            ],
            **_OF_FILES,
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            ADDS_UP, asset=["perjalanan_kartu"], description="Setiap kartu ada di tepat satu tempat dan satu penahan"
        ),
        dg.AssetCheckSpec(
            DATES_KNOWN,
            asset=["perjalanan_kartu"],
            description="Tanggal dari bank ada dan mungkin, untuk setiap kartu di tangan dan pembayaran pertama",
        ),
    ],
    partitions_def=PERIODS,
    pool=POOL,
)
def card_journey(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Measure anew in each run: what people do between runs, and the days that pass, are no input of a step before."""
    home, period = platform.home, context.partition_key
    with platform.warehouse_of(period) as con:
        found = journey.measure(con, platform.store(), home, period, platform.now())
        lines = files.write_journey(con, home.period(period) / "perjalanan_kartu.csv")
        held = files.write_holders(con, home.period(period) / "penahan.csv")
    yield dg.MaterializeResult(asset_key=["perjalanan_kartu"], metadata={**counts(found), "dagster/row_count": lines})
    yield dg.MaterializeResult(asset_key=["penahan"], metadata={"dagster/row_count": held})
    unknown = found["hari_ke_kartu_tidak_diketahui"] + found["hari_ke_uang_tidak_diketahui"]
    yield dg.AssetCheckResult(
        check_name=ADDS_UP,
        asset_key=["perjalanan_kartu"],
        passed=not found["_selisih"],
        metadata={"terukur": "; ".join(found["_selisih"]) or "semua jumlah sama", "ambang": "semua jumlah sama"},
    )
    yield dg.AssetCheckResult(
        check_name=DATES_KNOWN,
        asset_key=["perjalanan_kartu"],
        passed=not unknown,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"terukur": f"{unknown} tanggal tidak ada atau tidak mungkin", "ambang": "0 tanggal"},
    )


@dg.asset(
    key=["sampel_baca"],
    description="Sampel acak baris yang dipadankan, berlapis menurut aturan, sebagai lembar XLSX untuk dua pembaca.",
    kinds={"xlsx"},
    deps=[
        dg.AssetKey(["marts", "mart_padan"]),
        dg.AssetKey(["staging", "stg_dtks"]),
        dg.AssetKey(["intermediate", "int_penduduk"]),
        dg.AssetKey(["intermediate", "int_calon_skor"]),
        dg.AssetKey(["marts", "mart_calon"]),
        dg.AssetKey(["ops", "kunci"]),
    ],
    **{**COMMON, "tags": {"pii": "true"}},
)
def reader_sample(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Draw the sample and write the sheets; without a usable registry those of the last run stay."""
    home, period = platform.home, context.partition_key
    with platform.warehouse_of(period) as con:
        sampling.ensure_sample(con)
        usable = con.execute("select registri_dipakai from ops.konteks").fetchone()
        if not usable or not usable[0]:
            return dg.MaterializeResult(metadata={"langkah": "sampel tidak diubah: data kependudukan tidak dapat dipakai"})
        inputs = Steps(con).fingerprint_of("dbt/keputusan")
        outcome = once(
            context,
            con,
            "oversight/sampel_baca",
            inputs,
            lambda: sampling.draw_sample(con, home, period),
            [home.samples(period)],
        )
    return dg.MaterializeResult(metadata={**counts(outcome.result), **outcome.note})


PROMISE, AGREEMENT, TWO_READERS = "presisi_aturan_sesuai_janji", "pembaca_sepakat", "dibaca_dua_orang"


@dg.asset(
    key=["mutu_padan"],
    description="mutu_padan.csv: presisi, recall dan bagian ragu pemadanan menurut kelurahan, cacat dan aturan; "
    "dari kebenaran kota contoh, atau dari label pembaca sampel.",
    kinds={"csv", "duckdb"},
    deps=[
        *(dg.AssetKey(["marts", name]) for name in ("mart_padan", "mart_calon", "mart_keputusan_dasar")),
        dg.AssetKey(["raw", "sampel"]),
        dg.AssetKey(["sampel_baca"]),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            PROMISE,
            asset=dg.AssetKey(["mutu_padan"]),
            description="Setiap aturan yang memutuskan PADAN sebenar yang dijanjikan",
        ),
        dg.AssetCheckSpec(
            AGREEMENT,
            asset=dg.AssetKey(["mutu_padan"]),
            description="Kedua pembaca sampel cukup sepakat (AC1 Gwet), jadi label mereka dapat dipercaya",
        ),
        dg.AssetCheckSpec(
            TWO_READERS,
            asset=dg.AssetKey(["mutu_padan"]),
            description="Sampel yang sudah dibaca, sebagian besar sudah dibaca dua orang; label satu orang hanya sementara",
        ),
    ],
    **COMMON,
)
def match_quality(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Measure the matching, as far as anything is known about what is right."""
    home, period = platform.home, context.partition_key
    path = home.period(period) / "mutu_padan.csv"
    truth = quality.truth_file(home, period)
    with platform.warehouse_of(period) as con:

        def work() -> dict[str, Any]:
            measured = quality.measure(con, home, period)
            files.write_quality(con, path)
            return measured

        stamp = [truth.stat().st_size, truth.stat().st_mtime_ns] if truth else []
        inputs = [*Steps(con).fingerprint_of("dbt/keputusan", "intake/sampel", "oversight/sampel_baca"), *stamp]
        outcome = once(context, con, "oversight/mutu_padan", inputs, work, [path])
    found = outcome.result
    yield dg.MaterializeResult(metadata={**counts(found), **outcome.note})
    broken, agreed, least = found["_di_bawah_janji"], found["_kesepakatan"], sampling.plan()
    read, alone = found["_dibaca"]
    least_of_rules = f"presisi paling sedikit {least.promise}"
    one_reader = f"{alone} dari {read} baris yang dibaca baru dibaca satu orang"
    for name, passed, measured, limit, note in (
        (PROMISE, not broken, f"{len(broken)} aturan di bawah janji", least_of_rules, {"catatan": "; ".join(broken)}),
        (
            AGREEMENT,
            agreed is None or agreed >= least.agreement,
            "belum ada" if agreed is None else f"{agreed:.3f}",
            f"paling sedikit {least.agreement}",
            {},
        ),
        (TWO_READERS, 2 * alone <= read, one_reader, "paling banyak setengahnya", {}),
    ):
        yield dg.AssetCheckResult(
            check_name=name,
            asset_key=["mutu_padan"],
            passed=passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"terukur": measured, "ambang": limit, **note, **outcome.note},
        )


@dg.asset(
    key=["laporan_mutu"],
    description="laporan_mutu.html: setiap pemeriksaan dengan ambang, hasil dan tren; asal setiap kolom; tanpa data pribadi.",
    kinds={"html"},
    deps=[
        dg.AssetKey(["ops", "aduan"]),  # its check is on the page
        *(
            dg.AssetKey([k])
            for k in (
                "berkas_bank",
                "rekonsiliasi_bank",
                "rekonsiliasi_pembayaran",
                "belum_diambil",
                "ringkasan",
                "karantina",
                "keputusan",
                "daftar_kerja",
                "santer",
                "mutu_padan",
                "perjalanan_kartu",
                "penahan",
            )
        ),
    ],
    **COMMON,
)
def quality_report(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The auditors' page of this run. When a gate stops the run, the job's hook writes it instead."""
    path = write_report(context.instance, context.run_id, platform.home, context.partition_key)
    return dg.MaterializeResult(metadata={"berkas": path.name})
