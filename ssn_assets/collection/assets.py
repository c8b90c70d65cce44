"""Collection as Dagster assets: officers' results in, appointments given, lists and letters out. The rules are elsewhere."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ssn_assets.collection import appointments, lists, results, waiting
from ssn_assets.collection.policy import CollectionPolicy, load
from ssn_assets.resources import Platform
from ssn_assets.settings import WITA
from ssn_assets.steps import PERIODS, POOL, counts, once, table_metadata

COMMON: dict[str, Any] = {"group_name": "collection", "owners": ["team:dinsos"], "tags": {"pii": "true"}}


@dg.asset(
    key=["ops", "penyerahan"],
    description="Semua hasil penyerahan kartu dari petugas, tersimpan selamanya; DISERAHKAN menjadi langkah kartu.",
    kinds={"python", "sqlalchemy"},
    deps=[dg.AssetKey(["raw", "penyerahan"])],
    partitions_def=PERIODS,
    pool=POOL,
    **{**COMMON, "group_name": "numbering"},  # the card's step, which the publication shows, rests on it
)
def handovers(context: dg.AssetExecutionContext, platform: Platform) -> dg.MaterializeResult[None]:
    """Keep new lines in the store, then copy all of them into the warehouse."""
    with platform.warehouse() as con:
        kept = results.save(con, platform.store(), platform.now())
        results.copy(con, platform.store())
        return dg.MaterializeResult(metadata={"hasil_baru": kept, **table_metadata(con, "ops.penyerahan")})


CAPACITY, EVERYONE = "kapasitas_loket_tidak_terlampaui", "setiap_kartu_yang_menunggu_punya_janji"
IN_TIME, SETTLED = "kartu_diambil_sebelum_terlambat", "tidak_ada_hasil_yang_menunggu_orang"

FILES = {
    "daftar_loket": ("penyerahan/loket/*.xlsx: siapa datang kapan ke loket kelurahannya, untuk diisi petugas.", {"xlsx"}),
    "surat_undangan": ("penyerahan/surat/*.pdf: undangan A5 bagi pemegang, dengan kode periksa, tanpa NIK.", {"pdf"}),
    "daftar_jemput_bola": (
        "penyerahan/jemput_bola/: siapa didatangi di rumah, menurut RT; diisi petugas.",
        {"xlsx", "pdf"},
    ),
    "belum_diambil": ("belum_diambil.csv: kartu siap menurut kelurahan dan umur; perhatian.csv: yang menunggu orang.", {"csv"}),
}


@dg.multi_asset(
    name="pengambilan_kartu",  # one step for all: they share tables that are worked out once
    specs=[
        dg.AssetSpec(
            ["ops", "janji"],
            description="Janji pengambilan kartu: satu tempat per kelurahan dan jam; tetap sampai lewat atau kartu diambil.",
            kinds={"python", "sqlalchemy"},
            deps=[
                *(["ops", name] for name in ("kartu", "penyerahan", "jawaban", "aduan", "konteks")),
                *(["raw", "dtks"], ["marts", "mart_keputusan_dasar"], ["intermediate", "int_penduduk"]),
                *(["berkas_bank"], ["rekonsiliasi_bank"]),  # cards that are sealed, and what waits for somebody
            ],
            **COMMON,
        ),
        *(
            dg.AssetSpec([name], description=text, kinds=kinds, deps=[["ops", "janji"]], **COMMON)
            for name, (text, kinds) in FILES.items()
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            CAPACITY, asset=["ops", "janji"], description="Tidak ada jam yang menerima lebih dari kapasitas loketnya sekarang"
        ),
        dg.AssetCheckSpec(
            EVERYONE, asset=["ops", "janji"], description="Setiap kartu siap punya satu janji, kecuali yang diperiksa orang"
        ),
        dg.AssetCheckSpec(IN_TIME, asset=["belum_diambil"], description="Kartu diambil dalam batas hari kebijakan"),
        dg.AssetCheckSpec(SETTLED, asset=["belum_diambil"], description="Tidak ada hasil penyerahan yang menunggu orang"),
    ],
    partitions_def=PERIODS,
    pool=POOL,
)
def collection(context: dg.AssetExecutionContext, platform: Platform) -> Iterator[Any]:
    """Work out who waits, give appointments, and write what counters and walkers need (newest period only)."""
    home, period, now = platform.home, context.partition_key, platform.now()
    if period != home.periods()[-1]:
        yield from _nothing_done()
        return
    today = now.astimezone(WITA).date()
    with platform.warehouse_of(period) as con:
        (until,) = con.execute("select tanggal from ops.konteks").fetchone() or (today,)
        policy = load(until)
        store = platform.store()
        waiting.work_out(con, store, policy.jemput_bola, today)
        given = appointments.give(con, store, home, policy.loket, today, now)
        matters = results.find_matters(con, store, policy, today)
        sums = lists.count_uncollected(con, policy)
        fullest = appointments.fullest_hour(con)

        def work() -> dict[str, Any]:
            lists.write_tables(con, home, period, policy)
            return {**lists.write_lists(con, home, period, policy), **lists.write_letters(con, home, period, policy)}

        outcome = once(context, con, "collection/berkas", _content(con), work, lists.outputs(home, period))
        yield dg.MaterializeResult(asset_key=["ops", "janji"], metadata={**given, **table_metadata(con, "ops.janji")})
    written = {**counts(outcome.result), **outcome.note}
    for name in FILES:
        metadata = {**sums, "perlu_perhatian": matters} if name == "belum_diambil" else written
        yield dg.MaterializeResult(asset_key=[name], metadata=metadata)
    yield from _check_results(policy, sums, given["janji_berlaku"], fullest, matters)


def _nothing_done() -> Iterator[Any]:
    note = {"langkah": "periode lama: janji dan daftar hanya untuk periode terbaru"}
    for key in (["ops", "janji"], *([name] for name in FILES)):
        yield dg.MaterializeResult(asset_key=key, metadata=note)
    for key, names in ((["ops", "janji"], (CAPACITY, EVERYONE)), (["belum_diambil"], (IN_TIME, SETTLED))):
        for name in names:
            yield dg.AssetCheckResult(check_name=name, asset_key=key, passed=True, metadata=note)


def _content(con: Any) -> list[object]:
    """What decides the files: the rows they are written from."""
    found: list[object] = []
    for table in ("ops.pengambilan", "ops.janji", "ops.perhatian_kartu", "ops.belum_diambil"):
        found += con.execute(f"select count(*), bit_xor(hash(t))::varchar from {table} as t").fetchone() or ()
    return found


def _check_results(
    policy: CollectionPolicy, sums: dict[str, int], given: int, fullest: dict[str, int], matters: int
) -> Iterator[dg.AssetCheckResult]:
    """An hour over capacity means that the policy lowered it since; no new appointment is given there."""
    over = [place for place, most in fullest.items() if most > policy.loket.per_hour(place)]
    expected = sums["kartu"] - sums["menunggu_pemeriksaan"]
    late, warn = sums["terlambat"], dg.AssetCheckSeverity.WARN
    for name, key, passed, severity, found, limit in (
        (CAPACITY, ["ops", "janji"], not over, warn, f"{len(over)} loket", "0 loket"),
        (EVERYONE, ["ops", "janji"], given == expected, dg.AssetCheckSeverity.ERROR, f"{given} janji", f"{expected} kartu"),
        (IN_TIME, ["belum_diambil"], not late, warn, f"{late} kartu", f"0 kartu lewat {policy.hari_terlambat} hari"),
        (SETTLED, ["belum_diambil"], not matters, warn, f"{matters} hal", "0 hal (perhatian.csv)"),
    ):
        metadata = {"terukur": found, "ambang": limit}
        yield dg.AssetCheckResult(check_name=name, asset_key=key, passed=passed, severity=severity, metadata=metadata)
