"""Which events of other services the risk fund acts on, and the one action for each.

Lending's events are taken in the order of each loan's (and each application's) version, so that exposure is never
reduced before it rose.
"""

from services.riskfund.cover.actions import loans
from services.riskfund.recoveries.actions import store_recoveries
from shared.events.lending import (
    ApplicationRefused,
    ApplicationWithdrawn,
    DefaultConfirmed,
    LoanClosed,
    LoanDisbursed,
    RecoveryRecorded,
    RepaymentRecorded,
)
from shared.events.registry import PackCorrected, PolicyPackConfirmed
from shared.inbox import Subscription
from shared.policy.copies import replicate_corrections, replicate_packs

SUBSCRIPTIONS = (
    Subscription(
        "riskfund",
        "registry",
        {PolicyPackConfirmed: replicate_packs, PackCorrected: replicate_corrections},
        ordered=False,
    ),
    Subscription(
        "riskfund",
        "lending",
        {
            ApplicationRefused: loans.release_refused,
            ApplicationWithdrawn: loans.release_withdrawn,
            LoanDisbursed: loans.add_exposure,
            RepaymentRecorded: loans.reduce_exposure,
            LoanClosed: loans.close_loans,
            DefaultConfirmed: loans.note_defaults,
            RecoveryRecorded: store_recoveries,
        },
        ordered={"loan"},
    ),
)
