"""When a run starts by itself: files in the inbox, and every night. What a run does is in the assets."""

import hashlib
from collections.abc import Iterator

import dagster as dg

from ssn_assets.home import Home
from ssn_assets.resources import Platform
from ssn_assets.run_history import write_report
from ssn_assets.settings import home_path
from ssn_assets.steps import PERIODS

QUIET_SECONDS = 60
"""A file younger than this may still be copied in."""


@dg.failure_hook(name="laporan_mutu_saat_berhenti")
def report_when_stopped(context: dg.HookContext) -> None:
    """A stopped run leaves its quality report as well."""
    run = context.instance.get_run_by_id(context.run_id)
    period = run.tags.get("dagster/partition") if run else None
    if period:
        write_report(context.instance, context.run_id, Home(home_path()).prepare(), period)


ssn_job = dg.define_asset_job(
    "ssn",
    selection=dg.AssetSelection.all(),
    hooks={report_when_stopped},
    config={"loggers": {"console": {}}},
    description="Dari berkas Dinas Sosial sampai publikasi SANTER dan berkas bank, untuk satu periode.",
)


def newest_period(instance: dg.DagsterInstance, home: Home) -> str | None:
    """The newest period in the inbox, after telling Dagster of every period there."""
    periods = home.periods()
    missing = [p for p in periods if not instance.has_dynamic_partition(PERIODS.name or "", p)]
    if missing:
        instance.add_dynamic_partitions(PERIODS.name or "", missing)
    return periods[-1] if periods else None


def inbox_fingerprint(home: Home, kind: str) -> str:
    """SHA-256 over the contents of an inbox folder, names apart, so that a file copied twice is not news."""
    hashes = set()
    for path in sorted(home.inbox(kind).rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            with open(path, "rb") as handle:
                hashes.add(f"{path.parent.name}:{hashlib.file_digest(handle, 'sha256').hexdigest()}")
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def inbox_stamp(home: Home, kind: str) -> tuple[str, float]:
    """Names, sizes and times of a folder's files (cheap), and the newest time."""
    stats = [(str(p), s.st_size, s.st_mtime_ns) for p in sorted(home.inbox(kind).rglob("*")) if p.is_file() and (s := p.stat())]
    newest = max((s[2] for s in stats), default=0) / 1e9
    return hashlib.sha256(repr(stats).encode()).hexdigest(), newest


def _inbox_sensor(kind: str) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"kotak_masuk_{kind}",
        job=ssn_job,
        minimum_interval_seconds=60,
        description=f"Menjalankan alur kerja bila ada berkas baru di inbox/{kind}.",
    )
    def new_files(context: dg.SensorEvaluationContext, platform: Platform) -> Iterator[dg.RunRequest | dg.SkipReason]:
        home = platform.home
        stamp, newest = inbox_stamp(home, kind)
        if stamp == context.cursor:
            yield dg.SkipReason("tidak ada berkas baru")
        elif platform.now().timestamp() - newest < QUIET_SECONDS:
            yield dg.SkipReason("berkas masih disalin; ditunggu sampai tenang")
        else:
            period = newest_period(context.instance, home)
            context.update_cursor(stamp)
            if period is None:
                yield dg.SkipReason("belum ada periode di inbox/dtks")
            else:
                yield dg.RunRequest(run_key=f"{kind}:{period}:{inbox_fingerprint(home, kind)}", partition_key=period)

    return new_files


SENSORS = [_inbox_sensor(kind) for kind in ("dtks", "dukcapil", "bansos", "verifikasi", "bank", "sampel")]


@dg.schedule(
    name="setiap_malam",
    job=ssn_job,
    cron_schedule="0 1 * * *",
    execution_timezone="Asia/Makassar",
    description="Setiap malam pukul 01.00 WITA untuk periode terbaru.",
)
def nightly(context: dg.ScheduleEvaluationContext, platform: Platform) -> dg.RunRequest | dg.SkipReason:
    """The newest period, whether or not a sensor saw something."""
    period = newest_period(context.instance, platform.home)
    return dg.RunRequest(partition_key=period) if period else dg.SkipReason("belum ada periode di inbox/dtks")


SCHEDULES = [nightly]
