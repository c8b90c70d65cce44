"""Monthly payments as Dagster assets: what is known, orders, the sealed file, its release. The rules are in the other modules."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets import expectations, policy_limits
from ssn_assets.batches import chain, events, replies
from ssn_assets.payments import answers, brakes, export, matters, orders, profile, reconcile
from ssn_assets.payments.kind import PAYMENTS
from ssn_assets.resources import Platform
from ssn_assets.steps import LAST, PERIODS, POOL, suite_results, table_metadata
from ssn_assets.store.bank_schema import APPROVED
from ssn_assets.store.engine import writing

SUITE = "bank_pembayaran"
BALANCED = "rupiah_dikirim_sama_dengan_dijawab_dan_diam"
COMMON: dict[str, Any] = {
    "group_name": "payments",
    "owners": ["team:dinsos"],
    "tags": {"pii": "true"},
    "partitions_def": PERIODS,
    "pool": POOL,
}


@dg.asset(
    key=["ops", "pembayaran_dikenal"],
    description="Pembayaran yang pernah masuk berkas bank, untuk mengenali jawaban bank.",
    kinds={"sqlalchemy", "duckdb"},
    **{**COMMON, "group_name": "intake"},  # what the store knew before this run
)
def known_payments(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """The payment ledger's ids."""
    with platform.warehouse() as con:
        answers.copy_ids(con, platform.store())
        return dg.MaterializeResult(metadata=table_metadata(con, "ops.pembayaran_dikenal"))


@dg.asset(
    key=["ops", "jawaban_bayar"],
    description="Semua jawaban bank atas pembayaran, tersimpan selamanya; dicatat juga bila gerbang mutu menghentikan run.",
    kinds={"python", "sqlalchemy"},
    deps=[dg.AssetKey(["raw", "pembayaran"])],
    **{**COMMON, "group_name": "numbering"},  # the payment's step rests on it
)
def payment_answers(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Keep new lines in the store, copy what counts of all of them into the warehouse, and find what waits for people."""
    engine, now = platform.store(), platform.now()
    with platform.warehouse() as con:
        kept = replies.keep(con, engine, PAYMENTS, now)
        with engine.connect() as store:
            answers.load(con, store)
            orders.load_requests(con, store)
        odd = matters.find(con, _silent_days(context), now)
        metadata = {"jawaban_bank_baru": kept, "janggal": odd, **table_metadata(con, "ops.jawaban_bayar")}
        return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    key=["ops", "pembayaran"],
    description="Pembayaran bulanan per kartu dengan langkah terjauh; satu pesanan per keluarga dan bulan dibuat di sini.",
    kinds={"python", "sqlalchemy"},
    deps=[
        dg.AssetKey(["ops", "jawaban_bayar"]),
        dg.AssetKey(["ops", "kartu"]),
        dg.AssetKey(["ops", "kebijakan"]),
        dg.AssetKey(["marts", "mart_keputusan_dasar"]),
    ],
    **{**COMMON, "group_name": "numbering"},  # the publication shows the payment's step, so it is known before
)
def payments(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Order this period's payments (newest period only), and copy them into the warehouse."""
    home, period, engine, now = platform.home, context.partition_key, platform.store(), platform.now()
    with platform.warehouse_of(period) as con:
        report: dict[str, Any] = {}
        if period == home.periods()[-1]:
            report = orders.order(con, engine, home, period, now)
        with engine.connect() as store:
            answers.copy_payments(con, store)
            orders.load_requests(con, store)
        report["janggal"] = matters.find(con, _silent_days(context), now)  # an order of tonight ends a failed one's matter
        return dg.MaterializeResult(metadata={**report, **table_metadata(con, "ops.pembayaran")})


@dg.asset(
    key=["berkas_pembayaran"],
    description="pembayaran_NNNN.txt, disegel dan berantai; hanya pesanan baru, satu per keluarga dan bulan.",
    kinds={"file"},
    deps=[dg.AssetKey(["ops", "pembayaran"]), dg.AssetKey(["santer"]), dg.AssetKey(["berkas_bank"])],
    check_specs=expectations.check_specs(SUITE, ["berkas_pembayaran"]),
    **COMMON,
)
def payment_batches(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Seal what is ordered into the next batch; rebuild files that are gone."""
    home, period, now, engine = platform.home, context.partition_key, platform.now(), platform.store()
    with platform.warehouse_of(period) as con:
        if period != home.periods()[-1]:
            report = {"langkah": "periode lama: tidak ada baris bank", **export.restore(engine, home, now)}
        elif con.execute("select 1 from ops.publikasi where langkah = 'DITAHAN'").fetchone():
            report = {
                "langkah": "publikasi ditarik oleh petugas: tidak ada baris bank",
                **export.restore(engine, home, now),
            }
        else:
            report = export.seal(engine, home, period, now)
    restored = chain.restore_handed_over(engine, home, PAYMENTS)
    yield dg.MaterializeResult(metadata={**report, "kiriman_dipulihkan": restored})
    looked = suite_results(context, platform, SUITE, profile.hashes(home), lambda: profile.profile_of(home))
    yield from expectations.as_check_results(["berkas_pembayaran"], looked.result["_suite"], looked.note)


@dg.asset(
    key=["rekonsiliasi_pembayaran"],
    description="rekonsiliasi_pembayaran.csv: setiap rupiah terkirim berhasil, gagal, kembali atau belum dijawab."
    " Dibuat juga bila gerbang mutu menghentikan run.",
    kinds={"file"},
    deps=[dg.AssetKey(["ops", "jawaban_bayar"])],
    op_tags={"dagster/priority": LAST},
    check_specs=[
        dg.AssetCheckSpec(
            BALANCED,
            asset=["rekonsiliasi_pembayaran"],
            description="dikirim = berhasil + gagal + retur + diam, dalam baris dan rupiah, tiap batch",
        ),
    ],
    **COMMON,
)
def reconciliation(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Compare what was sent with what came back. After tonight's batch is sealed, if it is (LAST)."""
    with platform.warehouse() as con, writing(platform.store()) as store:
        found = reconcile.reconcile(con, store, platform.home, _silent_days(context), platform.now())
    yield dg.MaterializeResult(metadata=vars(found))
    yield dg.AssetCheckResult(
        check_name=BALANCED,
        passed=found.balanced,
        metadata={
            "terukur": f"{found.dikirim} = {found.berhasil} + {found.gagal} + {found.retur} + {found.diam}",
            "ambang": "sama pada setiap batch, juga dalam rupiah",
        },
    )


BRAKES = {brakes.RUPIAH: "rem_rupiah_per_hari", brakes.FAMILIES: "rem_kenaikan_keluarga"}


@dg.asset(
    key=["batch_pembayaran"],
    description="Keadaan setiap batch pembayaran; rem kebijakan menahan pengirimannya, bukan penyegelannya.",
    kinds={"sqlalchemy"},
    deps=[dg.AssetKey(["berkas_pembayaran"]), dg.AssetKey(["ops", "kebijakan"])],
    check_specs=[
        dg.AssetCheckSpec(
            name, asset=["batch_pembayaran"], blocking=True, description="Batch berikutnya di bawah batas kebijakan"
        )
        for name in BRAKES.values()
    ],
    **COMMON,
)
def payment_states(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Where each payment batch is; the brakes look at the oldest approved one, with the policy of its period."""
    with platform.store().connect() as store:
        newest = events.newest(store, PAYMENTS)
        first, period = events.oldest(store, APPROVED, PAYMENTS) or (None, context.partition_key)
        limits = policy_limits.payment_limits_of(period)
        held = {b.code: b.words for b in brakes.holding(store, first, limits, platform.now())} if first else {}
    states = [event.keadaan for event in newest.values()]
    yield dg.MaterializeResult(metadata={state: states.count(state) for state in sorted(set(states))})
    thresholds = {
        brakes.RUPIAH: f"paling banyak Rp{limits.rupiah_per_day:,} sehari",
        brakes.FAMILIES: f"paling banyak {limits.more_families:.0%} lebih dari bulan sebelumnya",
    }
    for code, name in BRAKES.items():
        yield dg.AssetCheckResult(
            check_name=name,
            passed=code not in held,
            metadata={"terukur": held.get(code, "di bawah batas"), "ambang": thresholds[code]},
        )


@dg.asset(
    key=["kiriman_pembayaran"],
    description="outbox/bank/kirim/: pembayaran yang disetujui dua orang; tidak pernah kepada keluarga yang sudah diblokir.",
    kinds={"file"},
    deps=[dg.AssetKey(["batch_pembayaran"]), dg.AssetKey(["kiriman_bank"])],  # a block is at the bank before the money
    **COMMON,
)
def sent_payments(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Release what both agreed on and no brake holds. A held batch is released by a person: `ssn bank release`."""
    from ssn_assets.batches import handover

    limits_of = policy_limits.payment_limits_of
    outcomes = handover.release(platform.store(), platform.home, PAYMENTS, limits_of, platform.now())
    return dg.MaterializeResult(metadata={f"batch_{o.batch_no}": f"{o.result}: {o.words}" for o in outcomes})


def _silent_days(context: dg.AssetExecutionContext) -> int:
    """The policy's patience, from its file: a stopped run has no ops.kebijakan."""
    return policy_limits.limits_of(context.partition_key).silent_days
