"""What is remitted of what fell due (减免): a lack within the contract's tolerance, or what two persons decide.

Remitted is not received: it is no part of any receipt, nobody subsidises it, and the bank bears it.
"""

from datetime import date

from services.lending.accounts.rules.account import KINDS, Account, Due
from services.lending.accounts.rules.postings import Posting
from services.lending.loans.rules.schedule import NOTHING
from shared.policy.vocabulary import DueKind


def within_tolerance(account: Account, day: date) -> None:
    """Remit what dues that have fallen due by a day lack within tolerance, once money came for them."""
    for due in account.live:
        if due.due_on <= day and is_small(account, due):
            for kind in KINDS:
                account.remit(due, kind, due.unpaid(kind), day)


def is_small(account: Account, due: Due) -> bool:
    """Return whether a due was paid but for a difference within the contract's tolerance (尾差)."""
    return (
        not due.of_misuse
        and due.paid > 0
        and NOTHING < sum(map(due.unpaid, KINDS), NOTHING) <= account.contract.tolerance
    )


def by_decision(account: Account, posting: Posting) -> None:
    """Remit up to the amount that two persons decided of what is unpaid on the day, the oldest due first."""
    left, kind = posting.amount, posting.remits or DueKind.PENALTY
    fallen = [due for due in account.live if due.due_on <= posting.value_on]
    for due in sorted(fallen, key=lambda due: (due.due_on, due.number)):
        share = min(left, due.unpaid(kind))
        account.remit(due, kind, share, posting.value_on, posting.id)
        left -= share
