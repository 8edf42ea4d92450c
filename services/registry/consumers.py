"""Which facts of lending the registry acts on; nothing here depends on the order in which they arrive."""

from collections.abc import Sequence

from services.registry.eligibility import borrowings
from services.registry.lists import actions as lists
from services.registry.rating import promotions
from shared.db import Connection
from shared.events.lending import (
    DefaultConfirmed,
    LoanClosed,
    LoanDisbursed,
    LoanOverdue,
    RecoveryRecorded,
    RepaymentRecorded,
)
from shared.inbox import Received, Subscription


async def note_overdue(conn: Connection, received: Sequence[Received[LoanOverdue]]) -> None:
    """Note overdue loans and list their borrowers as the pack says (FJ-12)."""
    facts = [each.event for each in received]
    await borrowings.keep_overdue(conn, facts)
    await lists.list_late_borrowers(conn, facts)


async def note_defaulted(conn: Connection, received: Sequence[Received[DefaultConfirmed]]) -> None:
    """Note defaults; the malicious ones go on the blacklist and cost their village quota (FJ-12, LG-22)."""
    facts = [each.event for each in received]
    await borrowings.keep_defaulted(conn, facts)
    await lists.list_malicious_defaulters(conn, facts)


async def note_closed(conn: Connection, received: Sequence[Received[LoanClosed]]) -> None:
    """Note repaid loans, clear their entries on the lists, and raise the lines of those who paid on time (FJ-10)."""
    facts = [each.event for each in received]
    await borrowings.keep_closed(conn, facts)
    await lists.clear_repaid(conn, facts)
    await promotions.raise_lines(conn, facts)


SUBSCRIPTIONS = (
    Subscription(
        "registry",
        "lending",
        {
            LoanDisbursed: borrowings.keep_disbursed,
            LoanOverdue: note_overdue,
            DefaultConfirmed: note_defaulted,
            LoanClosed: note_closed,
            RepaymentRecorded: borrowings.keep_repaid,
            RecoveryRecorded: borrowings.keep_recovered,
        },
        ordered=False,
    ),
)
