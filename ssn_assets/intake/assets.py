"""Intake as Dagster assets: each office's files into raw tables, with their border suite. Reading is in the other modules."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import expectations
from ssn_assets.intake import load, profile
from ssn_assets.intake.again import is_due
from ssn_assets.intake.context import registry_usable, write_context
from ssn_assets.intake.inbox import age_days
from ssn_assets.resources import Platform
from ssn_assets.settings import WITA
from ssn_assets.steps import PERIODS, POOL, counts, once, table_metadata
from ssn_assets.warehouse import Steps

OFFICES = {
    "dtks": "Dinas Sosial",
    "dukcapil": "Disdukcapil",
    "bansos": "Dinas Sosial dan OPD",
    "verifikasi": "kelurahan",
    "bank": "Bankaltimtara",
    "pembayaran": "Bankaltimtara",
    "penyerahan": "petugas penyerahan kartu",
    "sampel": "pembaca sampel",
}
PRIORITY = {"dukcapil": "2", "dtks": "1"}
"""The largest first, then the list itself."""
OLDEST = {"dtks": 100, "dukcapil": 40, "bansos": 70}
"""Days after which an office should have sent newer data: DTSEN comes every three months, the others monthly."""
UP_TO_DATE = "data_cukup_baru"
ACCOUNTED = "baris_masuk_sama_dengan_dimuat_dan_karantina"


def _office_asset(
    kind: str, suite: str, description: str, deps: tuple[str, ...] = (), blocking: bool = True
) -> dg.AssetsDefinition:
    """The raw table of one office.

    Args:
        kind: the inbox folder.
        suite: the border suite in expectations/.
        deps: assets that must be there first.
        blocking: whether a failed critical expectation stops the run; the civil registry's does not (its people become
            BELUM), nor does that of hand-overs or of the readers' labels: decisions do not hang on them.
    """
    key = ["raw", kind]
    accounting = dg.AssetCheckSpec(
        ACCOUNTED,
        asset=dg.AssetKey(key),
        blocking=True,
        description="Setiap baris berkas dimuat atau dikarantina; tidak ada yang hilang",
    )
    age = dg.AssetCheckSpec(
        UP_TO_DATE,
        asset=dg.AssetKey(key),
        description=f"Data {OFFICES[kind]} tidak lebih tua dari {OLDEST.get(kind)} hari",
        metadata={"ambang": f"paling banyak {OLDEST.get(kind)} hari"},
    )

    @dg.asset(
        key=key,
        group_name="intake",
        description=description,
        owners=["team:diskominfo"],
        kinds={"python", "duckdb"},
        tags={"pii": "true"},
        metadata={"pengirim": OFFICES[kind]},
        deps=[dg.AssetKey(d.split("/")) for d in deps],
        partitions_def=PERIODS,
        pool=POOL,
        op_tags={"dagster/priority": PRIORITY.get(kind, "0")},
        check_specs=[accounting, *([age] if kind in OLDEST else []), *expectations.check_specs(suite, key, blocking)],
    )
    def office_files(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
        files = load.scan(platform.home, kind, context.partition_key)
        step, today = f"intake/{kind}", platform.now().astimezone(WITA).date()

        def work() -> dict[str, Any]:
            report = load.load(con, platform.home, kind, context.partition_key, files, today)
            return {**report.as_dict(), "_suite": expectations.validate(suite, profile.profile(con, kind))}

        with platform.warehouse() as con:
            known = load.known_ids(con, kind)
            if is_due(con, step, today):
                Steps(con).forget(step)
            outcome = once(context, con, step, [[f.identity for f in files], known], work)
            if outcome.result["berkas_dibaca_lagi"]:
                Steps(con).forget(step)  # not done: the same content must be read again, and the registry is not used by halves
            yield dg.MaterializeResult(metadata={**counts(outcome.result), **table_metadata(con, f"raw.{kind}"), **outcome.note})
        r = outcome.result
        yield dg.AssetCheckResult(
            check_name=ACCOUNTED,
            passed=r["baris_masuk"] == r["baris_dimuat"] + r["baris_karantina"],
            metadata={"terukur": f"{r['baris_masuk']} = {r['baris_dimuat']} + {r['baris_karantina']}", **outcome.note},
        )
        if kind in OLDEST:
            yield _age_result(age_days({f.folder for f in files}, platform.now().date()), OLDEST[kind])
        yield from expectations.as_check_results(key, r["_suite"], outcome.note)

    return office_files


def _age_result(days: int | None, oldest: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=UP_TO_DATE,
        passed=days is not None and days <= oldest,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "terukur": "tidak ada berkas" if days is None else f"{days} hari",
            "ambang": f"paling banyak {oldest} hari",
        },
    )


welfare_files = _office_asset(
    "dtks", "dtks", "Daftar kesejahteraan (DTKS/DTSEN) satu periode, baris demi baris seperti diterima."
)
registry_files = _office_asset(
    "dukcapil",
    "dukcapil",
    "Data kependudukan yang berlaku. Bila tidak ada, kosong atau tidak lolos: semua BELUM dipadankan.",
    blocking=False,
)
aid_files = _office_asset("bansos", "bansos", "Bantuan yang diberikan, pusat dan daerah.")
kelurahan_files = _office_asset("verifikasi", "verifikasi", "Daftar kerja yang sudah diisi kelurahan.", deps=("ops/kasus",))
bank_files = _office_asset("bank", "bank_jawaban", "Jawaban bank atas kartu yang dipesan.", deps=("ops/penerbitan",))
payment_files = _office_asset(
    "pembayaran",
    "bank_pembayaran_jawaban",
    "Jawaban bank atas perintah pembayaran, dari folder yang sama dengan jawaban kartu.",
    deps=("ops/pembayaran_dikenal",),
)
handover_files = _office_asset(
    "penyerahan",
    "penyerahan",
    "Daftar penyerahan kartu yang sudah diisi petugas, di loket dan jemput bola.",
    deps=("ops/penerbitan",),
    blocking=False,
)
label_files = _office_asset("sampel", "sampel", "Lembar sampel pemadanan yang sudah diisi pembaca.", blocking=False)


@dg.asset(
    key=["raw", "dukcapil_lama"],
    group_name="intake",
    description="Data kependudukan sebelumnya, hanya dimuat bila belum dibandingkan dengan yang berlaku.",
    owners=["team:diskominfo"],
    kinds={"python", "duckdb"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["raw", "dukcapil"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def earlier_registry(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The last snapshot used before the one in force, while the two have not been compared."""
    with platform.warehouse() as con:
        report = load.load_earlier_registry(con, platform.home, platform.store(), registry_usable(con))
        return dg.MaterializeResult(metadata={**report, **table_metadata(con, "raw.dukcapil_lama")})


@dg.asset(
    key=["ops", "konteks"],
    group_name="intake",
    description="Periode, tanggal acuan, dan apakah data kependudukan dan bantuan pusat dapat dipakai.",
    owners=["team:diskominfo"],
    kinds={"python", "duckdb"},
    tags={"pii": "false"},
    deps=[dg.AssetKey(["raw", "dtks"]), dg.AssetKey(["raw", "dukcapil"]), dg.AssetKey(["raw", "bansos"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def run_context(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """One row that every model may join: the period and what can be trusted in it."""
    with platform.warehouse() as con:
        found = write_context(con, context.partition_key)
        return dg.MaterializeResult(metadata={**found, **table_metadata(con, "ops.konteks")})
