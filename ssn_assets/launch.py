"""Running the Dagster job of one period in this process, and saying how it went. The job itself is in `automation.py`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ssn_assets import beside, suites
from ssn_assets.home import Home
from ssn_assets.intake import ahead
from ssn_assets.settings import use_dagster_home
from ssn_assets.warehouse import claim, keep_open

if TYPE_CHECKING:
    from dagster import DagsterInstance


@dataclass
class RunOutcome:
    """How a run ended."""

    run_id: str
    period: str
    stopped: bool
    reasons: list[str] = field(default_factory=list)
    counted: bool = True
    """Whether it came as far as the funnel; if not, the funnel on disk is an earlier run's."""


def run_period(home: Home, period: str) -> RunOutcome:
    """Run the job `ssn` for a period, print progress, reasons for stopping, and the funnel.

    Args:
        home: where to read and write; SSN_HOME must name it.
        period: YYYY-MM, a folder in inbox/dtks.

    Raises:
        HomeBusy: another process is running in this home.
    """
    claim(home.prepare())
    with beside.second_process():
        ahead.begin(home, period)
        beside.begin(suites.warm_up)
        return _run_period(home, period)


def _run_period(home: Home, period: str) -> RunOutcome:
    use_dagster_home()
    import warnings

    import dagster as dg

    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    from ssn_assets.automation import newest_period
    from ssn_assets.definitions import defs
    from ssn_assets.run_history import stopped_by

    with dg.DagsterInstance.get() as instance, keep_open(home):
        close_dead_runs(instance)
        newest_period(instance, home)
        print(f"Periode {period}, home {home.root}", file=sys.stderr)
        result = defs.resolve_job_def("ssn").execute_in_process(instance=instance, partition_key=period, raise_on_error=False)
        reasons = [] if result.success else stopped_by(instance, result.run_id)
    counted = any(e.is_step_success and e.step_key == "ringkasan" for e in result.all_events)
    outcome = RunOutcome(result.run_id, period, not result.success, reasons, counted)
    _say(home, outcome)
    return outcome


def close_dead_runs(instance: DagsterInstance) -> None:
    """Say of runs whose process was killed that they failed, and free what they held; or the next run would wait for them.

    Call it with the home claimed: a run that has begun a step and does not hold the home is dead.
    """
    import dagster as dg

    going_on = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for run in instance.get_runs(dg.RunsFilter(statuses=going_on)):
        if instance.get_run_step_stats(run.run_id):
            instance.report_run_failed(run, "The process of this run was killed.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _say(home: Home, outcome: RunOutcome) -> None:
    from ssn_assets.oversight.summary import funnel_lines

    for line in funnel_lines(home, outcome.period) if outcome.counted else []:
        print(line)
    if outcome.stopped:
        print("\nBERHENTI. Publikasi yang berlaku tidak berubah. Sebabnya:", file=sys.stderr)
        for reason in outcome.reasons:
            print(f"  - {reason}", file=sys.stderr)
    print(f"\nHasil: {home.period(outcome.period)}  (laporan untuk auditor: laporan_mutu.html)")
