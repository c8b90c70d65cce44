"""When a run starts by itself: files in the inbox, and every night. What a run does is in the assets."""

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from ssn_assets.home import Home
from ssn_assets.resources import Platform
from ssn_assets.run_history import write_report
from ssn_assets.settings import home_path
from ssn_assets.steps import PERIODS

QUIET_SECONDS = 60
"""A file younger than this may still be copied in, and others after it."""

KINDS = ("dtks", "dukcapil", "bansos", "verifikasi", "bank", "penyerahan", "sampel")
INBOX_TAG = "ssn/kotak_masuk"
"""On a run that a sensor asked for: the state of the whole inbox, so that files for several folders make one run."""

NOTHING = hashlib.sha256(b"").hexdigest()
"""The fingerprint of an empty folder."""


@dg.failure_hook(name="laporan_mutu_saat_berhenti")
def report_when_stopped(context: dg.HookContext) -> None:
    """A stopped run leaves its quality report as well."""
    run = context.instance.get_run_by_id(context.run_id)
    period = run.tags.get("dagster/partition") if run else None
    if period:
        write_report(context.instance, context.run_id, Home(home_path()).prepare(), period)


TO_BANK = dg.AssetSelection.assets(["batch_bank"], ["kiriman_bank"], ["batch_pembayaran"], ["kiriman_pembayaran"])
"""Sealing is the platform's, releasing is people's: a run never sends."""

bank_job = dg.define_asset_job(
    "bank",
    selection=TO_BANK,
    description="Mengirim batch yang sudah disetujui dua orang dan tidak ditahan rem kebijakan ke outbox/bank/kirim/.",
)

ssn_job = dg.define_asset_job(
    "ssn",
    selection=dg.AssetSelection.all() - TO_BANK,
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


def inbox_files(home: Home, kinds: Sequence[str]) -> list[tuple[Path, os.stat_result]]:
    """What offices dropped into these inbox folders; not what an editor leaves beside an open file."""
    found = (p for kind in kinds for p in sorted(home.inbox(kind).rglob("*")) if not p.name.startswith((".", "~$")))
    return [(path, path.stat()) for path in found if path.is_file()]


def inbox_fingerprint(home: Home, kind: str) -> str:
    """SHA-256 over the contents of an inbox folder, names apart, so that a file copied twice is not news."""
    hashes = set()
    for path, _ in inbox_files(home, [kind]):
        with open(path, "rb") as handle:
            hashes.add(f"{path.parent.name}:{hashlib.file_digest(handle, 'sha256').hexdigest()}")
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def inbox_stamp(home: Home, kinds: Sequence[str]) -> tuple[str, float]:
    """Names, sizes and times of the files in these folders (cheap to ask), and when the newest of them arrived.

    The time is that of the last change on this machine (ctime): a copy may keep the date its sender gave it.
    """
    stats = [(str(path), stat.st_size, stat.st_ctime_ns) for path, stat in inbox_files(home, kinds)]
    return hashlib.sha256(repr(stats).encode()).hexdigest(), max((s[2] for s in stats), default=0) / 1e9


def _inbox_sensor(kind: str) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"kotak_masuk_{kind}",
        job=ssn_job,
        minimum_interval_seconds=60,
        description=f"Menjalankan alur kerja bila ada berkas baru di inbox/{kind}.",
    )
    def new_files(context: dg.SensorEvaluationContext, platform: Platform) -> dg.RunRequest | dg.SkipReason:
        home = platform.home
        stamp, _ = inbox_stamp(home, [kind])
        stamp_before, _, content_before = (context.cursor or f":{NOTHING}").partition(":")
        if stamp == stamp_before:
            return dg.SkipReason("tidak ada berkas baru")
        whole, newest = inbox_stamp(home, KINDS)
        if time.time() - newest < QUIET_SECONDS:
            return dg.SkipReason("berkas masih disalin; ditunggu sampai tenang")
        period = newest_period(context.instance, home)
        content = inbox_fingerprint(home, kind)
        context.update_cursor(f"{stamp}:{content}")
        if content == content_before:
            return dg.SkipReason(
                "isi berkas sama seperti sebelumnya" if content != NOTHING else f"belum ada berkas di inbox/{kind}"
            )
        if period is None:
            return dg.SkipReason("belum ada periode di inbox/dtks")
        asked = context.instance.get_runs(dg.RunsFilter(tags={INBOX_TAG: whole}), limit=1)
        if asked and asked[0].tags.get("dagster/sensor_name") != context.sensor_name:
            return dg.SkipReason(f"sudah termasuk dalam run {asked[0].run_id[:8]}, yang diminta untuk folder lain")
        return dg.RunRequest(run_key=f"{kind}:{period}:{stamp}", partition_key=period, tags={INBOX_TAG: whole})

    return new_files


SENSORS = [_inbox_sensor(kind) for kind in KINDS]


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
