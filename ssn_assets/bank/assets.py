"""The bank loop as Dagster assets: answers in, cards reserved, file sealed. The ledger's rules are in the other modules."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import expectations
from ssn_assets.bank import answers, export, profile, reservation
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, suite_results, table_metadata

SUITE = "bank_penerbitan"
COMMON: dict[str, Any] = {
    "group_name": "bank",
    "owners": ["team:dinsos"],
    "tags": {"pii": "true"},
    "partitions_def": PERIODS,
    "pool": POOL,
}


@dg.asset(
    key=["ops", "penerbitan"],
    description="Semua penerbitan kartu yang pernah dipesan, untuk mengenali jawaban bank.",
    kinds={"sqlalchemy", "duckdb"},
    **{**COMMON, "group_name": "intake"},  # what the store knew before this run
)
def known_issuances(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The ledger's ids."""
    with platform.warehouse() as con:
        answers.copy_issuances(con, platform.store())
        return dg.MaterializeResult(metadata=table_metadata(con, "ops.penerbitan"))


@dg.asset(
    key=["ops", "kartu"],
    description="Kartu per keluarga: pemegang, langkah terjauh yang dilaporkan bank; kartu baru dan pemblokiran dipesan di sini.",
    kinds={"python", "sqlalchemy"},
    deps=[
        dg.AssetKey(["raw", "bank"]),
        dg.AssetKey(["ops", "nomor_ssn"]),
        dg.AssetKey(["marts", "mart_keputusan_dasar"]),
        dg.AssetKey(["intermediate", "int_penduduk"]),
        dg.AssetKey(["intermediate", "int_penduduk_terkait"]),
    ],
    **{**COMMON, "group_name": "numbering"},  # the publication shows the card's step, so it is known before
)
def cards(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Keep the bank's answers, reserve this period's issuances (newest period only), and copy the cards into the warehouse."""
    home, period = platform.home, context.partition_key
    with platform.warehouse() as con:
        kept = answers.save_answers(con, platform.store(), platform.now())
        report: dict[str, Any] = {}
        if period == home.periods()[-1]:
            report = reservation.reserve(con, platform.store(), home, period, platform.now())
        reservation.copy_cards(con, platform.store())
        return dg.MaterializeResult(metadata={"jawaban_bank_baru": kept, **report, **table_metadata(con, "ops.kartu")})


@dg.asset(
    key=["berkas_bank"],
    description="penerbitan_NNNN.txt, disegel dan berantai; hanya penerbitan baru, tidak pernah dua kali. Juga pengecualian.csv.",
    kinds={"file"},
    deps=[
        dg.AssetKey(["marts", "mart_penerima"]),
        dg.AssetKey(["santer"]),
        dg.AssetKey(["ops", "kartu"]),
        dg.AssetKey(["raw", "bank"]),
    ],
    check_specs=expectations.check_specs(SUITE, ["berkas_bank"]),
    **COMMON,
)
def bank_file(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Seal what is reserved into the next batch; rebuild sealed files that are gone; list the exceptions."""
    home, period = platform.home, context.partition_key
    with platform.warehouse() as con:
        if period != home.periods()[-1]:
            report = {"langkah": "periode lama: tidak ada baris bank"}
        elif con.execute("select 1 from ops.publikasi where langkah = 'DITAHAN'").fetchone():
            report = {"langkah": "publikasi ditarik oleh petugas: tidak ada baris bank"}
        else:
            report = export.seal(con, platform.store(), home, period, platform.now())
    yield dg.MaterializeResult(metadata=report)
    looked = suite_results(context, platform, SUITE, profile.hashes(home), lambda: profile.profile_of(home))
    yield from expectations.as_check_results(["berkas_bank"], looked.result["_suite"], looked.note)
