"""The bank loop as Dagster assets: answers in, cards reserved, file sealed. The ledger's rules are in the other modules."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import expectations
from ssn_assets.bank import answers, brakes, events, export, handover, profile, queue, reconcile, reservation
from ssn_assets.resources import Platform
from ssn_assets.steps import PERIODS, POOL, suite_results, table_metadata
from ssn_assets.store.bank_schema import APPROVED
from ssn_assets.store.engine import writing

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


BALANCED, SILENT = "dikirim_sama_dengan_dijawab_dan_diam", "tidak_ada_yang_diam_terlalu_lama"


@dg.asset(
    key=["rekonsiliasi_bank"],
    description="rekonsiliasi.csv: setiap baris yang dikirim diakui, ditolak atau diam; antrean.csv: yang menunggu orang.",
    kinds={"file"},
    deps=[dg.AssetKey(["berkas_bank"]), dg.AssetKey(["ops", "kartu"]), dg.AssetKey(["ops", "kebijakan"])],
    check_specs=[
        dg.AssetCheckSpec(BALANCED, asset=["rekonsiliasi_bank"], description="dikirim = diakui + ditolak + diam, tiap batch"),
        dg.AssetCheckSpec(
            SILENT, asset=["rekonsiliasi_bank"], description="Bank menjawab setiap baris dalam batas hari kebijakan"
        ),
    ],
    **COMMON,
)
def reconciliation(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Compare what was sent with what came back, keep the queue, and restore what was handed over."""
    home, engine = platform.home, platform.store()
    with platform.warehouse() as con, writing(engine) as store:
        answers.copy_ledger(con, store)
        answers.load_steps(con, store)
        found = reconcile.reconcile(con, store, home, _limits(con).silent_days, platform.now())
        waiting = queue.refresh(con, store, home, platform.now())
    restored = handover.restore(engine, home)
    yield dg.MaterializeResult(metadata={**vars(found), "antrean": waiting, "dipulihkan": restored})
    measured = f"{found.dikirim} = {found.diakui} + {found.ditolak} + {found.diam}"
    yield dg.AssetCheckResult(check_name=BALANCED, passed=found.balanced, metadata={"terukur": measured})
    yield dg.AssetCheckResult(
        check_name=SILENT,
        passed=not found.diam_terlalu_lama,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"terukur": f"{found.diam_terlalu_lama} baris"},
    )


BRAKES = {brakes.NEW_CARDS: "rem_kartu_baru_per_hari", brakes.BLOCKS: "rem_bagian_blokir"}


@dg.asset(
    key=["batch_bank"],
    description="Keadaan setiap batch; rem kebijakan menahan pengiriman batch yang sudah disetujui, bukan penyegelannya.",
    kinds={"sqlalchemy"},
    deps=[dg.AssetKey(["berkas_bank"]), dg.AssetKey(["ops", "kebijakan"])],
    check_specs=[
        dg.AssetCheckSpec(name, asset=["batch_bank"], blocking=True, description="Batch berikutnya di bawah batas kebijakan")
        for name in BRAKES.values()
    ],
    **COMMON,
)
def batch_states(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Where each batch is; the brakes look at the oldest approved one."""
    with platform.warehouse() as con:
        limits = _limits(con)
    with platform.store().connect() as store:
        newest = events.newest(store)
        approved = [number for number, event in sorted(newest.items()) if event.keadaan == APPROVED]
        held = {b.code: b.words for b in brakes.holding(store, approved[0], limits, platform.now())} if approved else {}
    states = [event.keadaan for event in newest.values()]
    yield dg.MaterializeResult(metadata={state: states.count(state) for state in sorted(set(states))})
    for code, name in BRAKES.items():
        yield dg.AssetCheckResult(
            check_name=name, passed=code not in held, metadata={"terukur": held.get(code, "di bawah batas")}
        )


@dg.asset(
    key=["kiriman_bank"],
    description="outbox/bank/kirim/: yang disetujui dua orang, disandi ke kunci bank dan ditandatangani.",
    kinds={"file"},
    deps=[dg.AssetKey(["batch_bank"])],
    **COMMON,
)
def sent_batches(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Release what both agreed on and no brake holds. A held batch is released by a person: `ssn bank release`."""
    with platform.warehouse() as con:
        limits = _limits(con)
    outcomes = handover.release(platform.store(), platform.home, lambda period: limits, platform.now())
    return dg.MaterializeResult(metadata={f"batch_{o.batch_no}": f"{o.result}: {o.words}" for o in outcomes})


def _limits(con: Any) -> brakes.Limits:
    row = con.execute("select kartu_baru_per_hari, bagian_blokir, hari_diam from ops.kebijakan").fetchone()
    return brakes.Limits(*row)
