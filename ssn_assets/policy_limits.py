"""The policy's brakes on what goes to the bank, by the period of a batch: policy files in, the bank's limits out.

Between stages, which do not know each other. What a brake measures is `bank/` and `payments/`; the files: `decision/policies/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssn_assets.bank.brakes import Limits
    from ssn_assets.decision.schema import Policy
    from ssn_assets.payments.brakes import PaymentLimits


def limits_of(period: str) -> Limits:
    """The policy's brakes for a card batch of a period.

    Raises:
        PolicyError: there is no policy for it.
    """
    from ssn_assets.bank.brakes import Limits

    rem = _policy(period).rem
    return Limits(rem.kartu_baru_per_hari, rem.bagian_blokir, rem.hari_diam)


def payment_limits_of(period: str) -> PaymentLimits:
    """The policy's brakes for a payment batch of a period; without an amount in the policy everything waits for a person.

    Raises:
        PolicyError: there is no policy for it.
    """
    from ssn_assets.payments.brakes import PaymentLimits

    pay = _policy(period).pembayaran
    return PaymentLimits(pay.rupiah_per_hari, pay.kenaikan_keluarga) if pay else PaymentLimits(0, 0.0)


def _policy(period: str) -> Policy:
    import calendar
    from datetime import date

    from ssn_assets.decision.policy import load_policy

    year, month = int(period[:4]), int(period[5:])
    return load_policy(date(year, month, calendar.monthrange(year, month)[1]))
