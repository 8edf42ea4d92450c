"""Which events of other services the risk fund acts on, and the one action for each.

Lending's events are taken in the order of each loan's (and each application's) version, so that exposure is never
reduced before it rose.
"""

from collections.abc import Sequence

from services.riskfund.claims.actions import ending, pursuing
from services.riskfund.cover.actions import corrections, loans
from services.riskfund.recoveries.actions import reverse_recoveries, store_recoveries
from shared.db import Connection
from shared.events.lending import (
    ApplicationRefused,
    ApplicationWithdrawn,
    DefaultConfirmed,
    DefaultLifted,
    DisbursementReversed,
    LoanClosed,
    LoanDisbursed,
    LoanRestated,
    PursuitStepRecorded,
    RecoveryRecorded,
    RecoveryReversed,
    RepaymentRecorded,
)
from shared.events.received import Received
from shared.events.registry import PackCorrected, PolicyPackConfirmed
from shared.inbox import Subscription
from shared.policy.copies import replicate_corrections, replicate_packs


async def note_closed(conn: Connection, received: Sequence[Received[LoanClosed]]) -> None:
    """End the cover of loans on which nothing is owed any more, and claims on them that are not paid."""
    await loans.close_loans(conn, received)
    await ending.end_groundless(conn, [ending.of_closed(each.event) for each in received])


async def note_restated(conn: Connection, received: Sequence[Received[LoanRestated]]) -> None:
    """Let exposure follow restated loans, and look at claims that rest on earlier figures."""
    events = [each.event for each in received]
    await corrections.restate_loans(conn, events)
    grounds = [ending.of_restated(event) for event in events]
    await ending.end_groundless(conn, [ground for ground in grounds if ground is not None])


async def note_lifted(conn: Connection, received: Sequence[Received[DefaultLifted]]) -> None:
    """Note defaults that stand no more; claims on them are void, or two persons look at them."""
    events = [each.event for each in received]
    await corrections.lift_defaults(conn, events)
    await ending.end_groundless(conn, [ending.of_lifted(event) for event in events])


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
            LoanClosed: note_closed,
            DefaultConfirmed: loans.note_defaults,
            LoanRestated: note_restated,
            DisbursementReversed: corrections.cancel_loans,
            DefaultLifted: note_lifted,
            PursuitStepRecorded: pursuing.store_steps,
            RecoveryRecorded: store_recoveries,
            RecoveryReversed: reverse_recoveries,
        },
        ordered={"loan"},
    ),
)
