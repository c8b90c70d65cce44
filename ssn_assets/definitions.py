"""The code location: stages in the data's order, jobs, schedules, sensors. Assembly only; nothing is opened on import."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import dagster as dg

from ssn_assets import transforms
from ssn_assets.automation import SCHEDULES, SENSORS, bank_job, ssn_job
from ssn_assets.bank import assets as bank
from ssn_assets.collection import assets as collection
from ssn_assets.decision import assets as decision
from ssn_assets.freshness import with_freshness
from ssn_assets.intake import assets as intake
from ssn_assets.numbering import assets as numbering
from ssn_assets.oversight import assets as oversight
from ssn_assets.payments import assets as payments
from ssn_assets.progress import step_lines
from ssn_assets.publication import assets as publication
from ssn_assets.resources import Platform
from ssn_assets.sanding import assets as sanding
from ssn_assets.verification import assets as verification

ASSETS = [
    intake.welfare_files,
    intake.registry_files,
    intake.earlier_registry,
    intake.aid_files,
    intake.kelurahan_files,
    intake.bank_files,
    intake.payment_files,
    intake.handover_files,
    intake.label_files,
    intake.run_context,
    sanding.corrected_niks,
    verification.known_cases,
    verification.kelurahan_answers,
    decision.policy,
    transforms.models_to_decision,
    verification.complaint_retention,
    verification.open_complaints,
    verification.work_lists,
    numbering.ssn_numbers,
    bank.known_issuances,
    collection.handovers,
    bank.card_answers,
    bank.cards,
    payments.known_payments,
    payments.payment_answers,
    payments.payments,
    transforms.models_to_publication,
    decision.decisions,
    publication.santer_release,
    bank.bank_file,
    bank.reconciliation,
    payments.payment_batches,
    payments.reconciliation,
    collection.collection,
    oversight.lookup_trail,
    bank.batch_states,
    bank.sent_batches,
    payments.payment_states,
    payments.sent_payments,
    oversight.reader_sample,
    oversight.match_quality,
    oversight.quarantine,
    oversight.funnel,
    oversight.card_journey,
    oversight.quality_report,
]


def _with_links(assets: Sequence[dg.AssetsDefinition]) -> Sequence[Any]:
    """The same assets with links to their code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # said three times for every asset, into the log of every service
        return dg.with_source_code_references(assets)


defs = dg.Definitions(
    assets=_with_links(with_freshness(ASSETS)),
    asset_checks=[publication.registry_usable],
    jobs=[ssn_job, bank_job],
    schedules=SCHEDULES,
    sensors=SENSORS,
    resources={"platform": Platform()},
    executor=dg.in_process_executor,
    loggers={"console": step_lines},
)
