"""The bank loop as Dagster assets: answers in, cards reserved, file sealed. The ledger's rules are in the other modules.

Booking the bank's answers, the reconciliation and the queue need no list and no registry: they are done also on a night on
which a gate stops the run.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import expectations, policy_limits
from ssn_assets.bank import answers, brakes, export, profile, queue, reconcile, reservation
from ssn_assets.bank.kind import CARDS
from ssn_assets.batches import chain, events, replies
from ssn_assets.resources import Platform
from ssn_assets.steps import LAST, PERIODS, POOL, suite_results, table_metadata
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
    key=["ops", "jawaban_bank"],
    description="Semua jawaban bank atas kartu, tersimpan selamanya; dicatat juga bila gerbang mutu menghentikan run.",
    kinds={"python", "sqlalchemy"},
    deps=[dg.AssetKey(["raw", "bank"])],
    **{**COMMON, "group_name": "numbering"},  # the card's step rests on it
)
def card_answers(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Keep new lines in the store, then copy what counts of all of them into the warehouse."""
    with platform.warehouse() as con:
        kept = replies.keep(con, platform.store(), CARDS, platform.now())
        with platform.store().connect() as store:
            answers.copy_ledger(con, store)
            answers.load_steps(con, store)
        return dg.MaterializeResult(metadata={"jawaban_bank_baru": kept, **table_metadata(con, "ops.jawaban_bank")})


@dg.asset(
    key=["ops", "kartu"],
    description="Kartu per keluarga: pemegang, langkah terjauh yang dilaporkan bank; kartu baru dan pemblokiran dipesan di sini.",
    kinds={"python", "sqlalchemy"},
    deps=[
        dg.AssetKey(["ops", "jawaban_bank"]),
        dg.AssetKey(["ops", "penyerahan"]),
        dg.AssetKey(["ops", "nomor_ssn"]),
        dg.AssetKey(["marts", "mart_keputusan_dasar"]),
        dg.AssetKey(["intermediate", "int_penduduk"]),
        dg.AssetKey(["intermediate", "int_penduduk_terkait"]),
    ],
    **{**COMMON, "group_name": "numbering"},  # the publication shows the card's step, so it is known before
)
def cards(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Reserve this period's issuances (newest period only), and copy the cards into the warehouse."""
    home, period = platform.home, context.partition_key
    with platform.warehouse_of(period) as con:
        report: dict[str, Any] = {}
        if period == home.periods()[-1]:
            report = reservation.reserve(con, platform.store(), home, period, platform.now())
        reservation.copy_cards(con, platform.store())
        return dg.MaterializeResult(metadata={**report, **table_metadata(con, "ops.kartu")})


@dg.asset(
    key=["berkas_bank"],
    description="penerbitan_NNNN.txt, disegel dan berantai; hanya penerbitan baru, tidak pernah dua kali. Juga pengecualian.csv.",
    kinds={"file"},
    deps=[
        *(dg.AssetKey(key) for key in (["marts", "mart_penerima"], ["santer"], ["ops", "kartu"], ["ops", "pembayaran"])),
        dg.AssetKey(["raw", "bank"]),
    ],
    check_specs=expectations.check_specs(SUITE, ["berkas_bank"]),
    **COMMON,
)
def bank_file(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Seal what is reserved into the next batch; rebuild files that are gone; list the exceptions."""
    home, period = platform.home, context.partition_key
    engine = platform.store()
    with platform.warehouse_of(period) as con:
        if period != home.periods()[-1]:
            report = {"langkah": "periode lama: tidak ada baris bank"}
        elif con.execute("select 1 from ops.publikasi where langkah = 'DITAHAN'").fetchone():
            report = {"langkah": "publikasi ditarik oleh petugas: tidak ada baris bank"}
        else:
            report = export.seal(con, engine, home, period, platform.now())
    restored = chain.restore_handed_over(engine, home, CARDS)
    yield dg.MaterializeResult(metadata={**report, "kiriman_dipulihkan": restored})
    looked = suite_results(context, platform, SUITE, profile.hashes(home), lambda: profile.profile_of(home))
    yield from expectations.as_check_results(["berkas_bank"], looked.result["_suite"], looked.note)


BALANCED, SILENT = "dikirim_sama_dengan_dijawab_dan_diam", "tidak_ada_yang_diam_terlalu_lama"


@dg.asset(
    key=["rekonsiliasi_bank"],
    description="rekonsiliasi.csv: setiap baris terkirim diakui, ditolak atau diam; antrean.csv: yang menunggu orang;"
    " kelurahan/*.xlsx: yang menunggu kelurahan. Dibuat juga bila gerbang mutu menghentikan run.",
    kinds={"file"},
    deps=[dg.AssetKey(["ops", name]) for name in ("jawaban_bank", "jawaban_bayar", "penyerahan", "penerbitan")],
    op_tags={"dagster/priority": LAST},
    check_specs=[
        dg.AssetCheckSpec(
            BALANCED,
            asset=["rekonsiliasi_bank"],
            description="dikirim = diakui + ditolak + diam, dan tidak ada baris tersegel yang hilang",
        ),
        dg.AssetCheckSpec(
            SILENT, asset=["rekonsiliasi_bank"], description="Bank menjawab setiap baris dalam batas hari kebijakan"
        ),
    ],
    **{**COMMON, "group_name": "publication"},  # the work lists show what waits for a kelurahan
)
def reconciliation(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Compare what was sent with what came back; refresh the queue. After tonight's batch is sealed, if it is (LAST)."""
    home, now = platform.home, platform.now()
    days = policy_limits.limits_of(context.partition_key).silent_days
    with platform.warehouse() as con, writing(platform.store()) as store:
        answers.copy_ledger(con, store)
        answers.load_steps(con, store)
        found = reconcile.reconcile(con, store, home, days, now)
        waiting = queue.refresh(con, store, home, now)
    yield dg.MaterializeResult(metadata={**vars(found), "antrean": waiting})
    yield from _reconciliation_checks(found)


def _reconciliation_checks(found: reconcile.Reconciliation) -> Iterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(
        check_name=BALANCED,
        asset_key=["rekonsiliasi_bank"],
        passed=found.balanced,
        metadata={
            "terukur": f"{found.dikirim} = {found.diakui} + {found.ditolak} + {found.diam}",
            "ambang": "sama pada setiap batch, dengan baris sebanyak yang disegel",
        },
    )
    yield dg.AssetCheckResult(
        check_name=SILENT,
        asset_key=["rekonsiliasi_bank"],
        passed=not found.diam_terlalu_lama,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"terukur": f"{found.diam_terlalu_lama} baris", "ambang": "0 baris"},
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
    """Where each batch is; the brakes look at the oldest approved one, with the policy of its period."""
    with platform.store().connect() as store:
        newest = events.newest(store, CARDS)
        first, period = events.oldest(store, APPROVED, CARDS) or (None, context.partition_key)
        limits = policy_limits.limits_of(period)
        held = {b.code: b.words for b in brakes.holding(store, first, limits, platform.now())} if first else {}
    states = [event.keadaan for event in newest.values()]
    yield dg.MaterializeResult(metadata={state: states.count(state) for state in sorted(set(states))})
    thresholds = {
        brakes.NEW_CARDS: f"paling banyak {limits.new_cards_per_day} kartu baru sehari",
        brakes.BLOCKS: f"paling banyak {limits.share_of_blocks:.1%} dari kartu yang beredar",
    }
    for code, name in BRAKES.items():
        yield dg.AssetCheckResult(
            check_name=name,
            passed=code not in held,
            metadata={"terukur": held.get(code, "di bawah batas"), "ambang": thresholds[code]},
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
    from ssn_assets.batches import handover

    outcomes = handover.release(platform.store(), platform.home, CARDS, policy_limits.limits_of, platform.now())
    return dg.MaterializeResult(metadata={f"batch_{o.batch_no}": f"{o.result}: {o.words}" for o in outcomes})
