"""Verification as Dagster assets: cases known, answers kept, work lists out. Reading and drawing are in the other modules."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import bank_matters
from ssn_assets.complaints import rules
from ssn_assets.keys import case_key_pads
from ssn_assets.resources import Platform
from ssn_assets.settings import WITA
from ssn_assets.steps import PERIODS, POOL, counts, once, table_metadata
from ssn_assets.verification import answers, complaints
from ssn_assets.verification.worklist import all_there, write_worklists
from ssn_assets.warehouse import Steps


@dg.multi_asset(
    name="known_cases",
    specs=[
        dg.AssetSpec(
            ["ops", table],
            group_name="intake",  # what the store knew before this run
            description=text,
            owners=["team:diskominfo"],
            kinds={"sqlalchemy", "duckdb"},
            tags={"pii": "false"},
        )
        for table, text in {
            "kasus": "Semua kasus yang pernah dikirim ke kelurahan.",
            "kunci": "Kunci pembuat id kasus: nomor kasus tidak mengatakan apa pun tentang NIK.",
        }.items()
    ],
    partitions_def=PERIODS,
    pool=POOL,
)
def known_cases(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[dg.MaterializeResult[None]]:
    """The cases ever sent, and the key that names cases."""
    with platform.warehouse() as con:
        answers.copy_cases(con, platform.store())
        outer, inner = case_key_pads(platform.home)
        con.execute("create or replace table ops.kunci as select ?::blob as luar, ?::blob as dalam", [outer, inner])
        for table in ("kasus", "kunci"):
            yield dg.MaterializeResult(asset_key=["ops", table], metadata=table_metadata(con, f"ops.{table}"))


@dg.asset(
    key=["ops", "jawaban"],
    group_name="verification",
    description="Semua jawaban kelurahan, tersimpan selamanya; yang terbaru per kasus yang berlaku.",
    owners=["team:diskominfo"],
    kinds={"python", "sqlalchemy"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["raw", "verifikasi"])],
    partitions_def=PERIODS,
    pool=POOL,
)
def kelurahan_answers(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Keep new answers in the store, then copy all of them into the warehouse."""
    with platform.warehouse() as con:
        kept = answers.save_answers(con, platform.store(), platform.now())
        answers.copy_answers(con, platform.store())
        return dg.MaterializeResult(metadata={"jawaban_baru": kept, **table_metadata(con, "ops.jawaban")})


AGE_COLUMNS = dg.TableSchema(
    [dg.TableColumn(name, "string") for name in ("jenis", "kelurahan", "umur_hari")]
    + [dg.TableColumn(name, "int") for name in ("tiket", "suara", "lewat_tenggat")]
)
IN_TIME = "aduan_dijawab_sebelum_tenggat"


@dg.asset(
    key=["ops", "aduan_simpan"],
    group_name="verification",
    description="Aturan simpan aduan: cerita, NIK dan kontak dihapus pada waktunya, juga bila gerbang mutu menghentikan run.",
    owners=["team:dinsos"],
    kinds={"python", "sqlalchemy"},
    tags={"pii": "false"},
    partitions_def=PERIODS,
    pool=POOL,
)
def complaint_retention(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Delete what may not be kept any longer; needs nothing else of the run."""
    return dg.MaterializeResult(metadata=complaints.forget(platform.store(), platform.home, rules.load(), platform.now()))


@dg.asset(
    key=["ops", "aduan"],
    group_name="verification",
    description="Sanggahan dan pengaduan yang terbuka, menurut jenis, kelurahan dan umur; lembar XLSX per kelurahan.",
    owners=["team:dinsos"],
    kinds={"python", "sqlalchemy"},
    tags={"pii": "true"},
    deps=[dg.AssetKey(["intermediate", "int_penduduk"]), complaint_retention],
    partitions_def=PERIODS,
    pool=POOL,
    check_specs=[
        dg.AssetCheckSpec(
            IN_TIME,
            asset=dg.AssetKey(["ops", "aduan"]),
            description="Setiap sanggahan dan pengaduan dijawab sebelum tenggat jenisnya (complaints/aturan.yaml)",
            metadata={"ambang": "tidak ada yang lewat tenggat"},
        )
    ],
)
def open_complaints(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Copy the open tickets into the warehouse, write them on sheets for the offices, and say how old they are."""
    now = platform.now()
    with platform.warehouse() as con:
        done = complaints.refresh(con, platform.store(), platform.home, now)
        done["berkas"] = complaints.write_sheets(platform.home, complaints.lines(con, platform.home, rules.load()))
        ages = complaints.ageing(con, now.astimezone(WITA).date())
        shown = {"umur": dg.TableMetadataValue([dg.TableRecord(a) for a in ages], AGE_COLUMNS)} if ages else {}
        yield dg.MaterializeResult(metadata={**done, **shown, **table_metadata(con, "ops.aduan")})
    late = {a["jenis"]: sum(b["lewat_tenggat"] for b in ages if b["jenis"] == a["jenis"]) for a in ages}
    yield dg.AssetCheckResult(
        check_name=IN_TIME,
        passed=not any(late.values()),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "terukur": ", ".join(f"{kind} {count}" for kind, count in late.items() if count) or "tidak ada",
            "ambang": "tidak ada yang lewat tenggat",
        },
    )


@dg.asset(
    key=["daftar_kerja"],
    group_name="publication",
    description="Daftar kerja XLSX per kelurahan: kasus yang belum dijawab, yang paling berisiko dulu; lembar Aduan, Bank.",
    owners=["team:dinsos"],
    kinds={"xlsx"},
    tags={"pii": "true"},
    deps=[
        *(dg.AssetKey(["marts", name]) for name in ("mart_kasus", "mart_keputusan_dasar")),
        open_complaints,
        dg.AssetKey(["rekonsiliasi_bank"]),
    ],
    partitions_def=PERIODS,
    pool=POOL,
)
def work_lists(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Remember the cases, then write the sheets; without a usable registry the sheets of the last run stay."""
    home, period = platform.home, context.partition_key
    with platform.warehouse_of(period) as con:
        usable = con.execute("select registri_dipakai from ops.konteks").fetchone()
        if not usable or not usable[0]:
            return dg.MaterializeResult(metadata={"langkah": "daftar kerja tidak diubah: data kependudukan tidak dapat dipakai"})

        waiting, refused = complaints.waiting(con, rules.load()), bank_matters.waiting(con)

        def work() -> dict[str, object]:
            answers.record_cases(con, platform.store(), period)
            return write_worklists(con, home, period, waiting, refused)

        inputs = [*Steps(con).fingerprint_of("dbt/keputusan"), *waiting.items(), *refused.items()]
        step = "verification/daftar_kerja"
        outcome = once(context, con, step, inputs, work)
        if outcome.skipped and not all_there(home, period, outcome.result["_daftar"]):
            Steps(con).forget(step)
            outcome = once(context, con, step, inputs, work)
    return dg.MaterializeResult(metadata={**counts(outcome.result), **outcome.note})
