"""Which events of lending the registry acts on, and the one action for each.

They are taken in the order of each loan's version: what is published later is what holds.
"""

from collections.abc import Sequence

from services.registry.credit.rating.actions import promotions
from services.registry.duties.actions import opening as duties
from services.registry.standing.eligibility.actions import borrowings
from services.registry.standing.lists.actions import automatic as lists
from services.registry.standing.lists.actions import corrected
from shared.db import Connection
from shared.events.lending import (
    DefaultConfirmed,
    DefaultLifted,
    DisbursementReversed,
    LoanClosed,
    LoanDisbursed,
    LoanOverdue,
    LoanRestated,
    RecoveryRecorded,
    RecoveryReversed,
    RepaymentRecorded,
)
from shared.events.received import Received
from shared.inbox import Subscription


async def note_overdue(conn: Connection, received: Sequence[Received[LoanOverdue]]) -> None:
    """Note overdue loans and list their borrowers as the pack says (FJ-12)."""
    events = [each.event for each in received]
    await borrowings.project_overdue(conn, events)
    await lists.list_late_borrowers(conn, events)


async def note_defaulted(conn: Connection, received: Sequence[Received[DefaultConfirmed]]) -> None:
    """Note defaults; the malicious ones go on the blacklist and cost their village quota (FJ-12, LG-22)."""
    events = [each.event for each in received]
    await borrowings.project_defaulted(conn, events)
    await lists.list_malicious_defaulters(conn, events)


async def note_closed(conn: Connection, received: Sequence[Received[LoanClosed]]) -> None:
    """Note repaid loans, clear their entries on the lists, and raise the lines of those who paid on time (FJ-10)."""
    events = [each.event for each in received]
    await borrowings.project_closed(conn, events)
    await lists.clear_repaid(conn, events)
    await promotions.raise_credit_limits(conn, events)


async def note_restated(conn: Connection, received: Sequence[Received[LoanRestated]]) -> None:
    """Note how loans stand after a correction; entries and credit limits follow."""
    events = [each.event for each in received]
    await borrowings.project_restated(conn, events)
    overturned = await corrected.settle_restated(conn, events)
    await promotions.settle_restated(conn, events, overturned)


async def note_lifted(conn: Connection, received: Sequence[Received[DefaultLifted]]) -> None:
    """Note defaults that stand no more; a cured household leaves the lists, a wrong default never held (LG-22)."""
    events = [each.event for each in received]
    await borrowings.project_lifted(conn, events)
    overturned = await corrected.settle_lifted(conn, events)
    await promotions.settle_overturned(conn, overturned)


async def note_reversed(conn: Connection, received: Sequence[Received[DisbursementReversed]]) -> None:
    """Forget loans that never stood; entries on the lists over them were wrong, and duties to look after them end."""
    events = [each.event for each in received]
    await borrowings.project_reversed(conn, events)
    await duties.end_reversed(conn, events)
    overturned = await corrected.settle_reversed(conn, events)
    await promotions.settle_overturned(conn, overturned)


async def note_recovery_reversed(conn: Connection, received: Sequence[Received[RecoveryReversed]]) -> None:
    """Note recoveries that were taken back; a loan that one had closed is open, and its entries hold, again (LG-22)."""
    events = [each.event for each in received]
    await borrowings.project_recovery_reversed(conn, events)
    await corrected.settle_reopened(conn, [event for event in events if event.reopened])


SUBSCRIPTIONS = (
    Subscription(
        "registry",
        "lending",
        {
            LoanDisbursed: borrowings.project_disbursed,
            LoanOverdue: note_overdue,
            DefaultConfirmed: note_defaulted,
            LoanClosed: note_closed,
            RepaymentRecorded: borrowings.project_repaid,
            RecoveryRecorded: borrowings.project_recovered,
            RecoveryReversed: note_recovery_reversed,
            LoanRestated: note_restated,
            DefaultLifted: note_lifted,
            DisbursementReversed: note_reversed,
        },
        ordered={"loan"},
    ),
)
