"""Where a loan stands after its postings: its state, what it is known for, and what is different from before; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.lending.accounts.rules.account import Account, Receipt
from shared.policy.vocabulary import DueKind


@dataclass(frozen=True, slots=True)
class Allocated:
    """What a repayment pays, in yuan, the surcharge of its penalty; a part: number, penalty, interest, principal."""

    penalty: Decimal
    surcharge: Decimal
    interest: Decimal
    principal: Decimal
    held: Decimal
    refunded: Decimal
    parts: tuple[tuple[int, Decimal, Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Position:
    """How a loan stands: what others keep of it."""

    state: str
    principal_outstanding: Decimal
    interest_paid: Decimal
    penalty_paid: Decimal
    held: Decimal
    overdue_from: date | None
    closed_on: date | None
    was_late: bool
    principal_remitted: Decimal
    interest_remitted: Decimal
    penalty_remitted: Decimal
    surcharge_remitted: Decimal  # of the penalty

    @property
    def remitted(self) -> Sequence[Decimal]:
        """Return what is owed no more without having been paid."""
        return self.principal_remitted, self.interest_remitted, self.penalty_remitted, self.surcharge_remitted


def allocations(account: Account) -> dict[UUID, Allocated]:
    """Return what each receipt pays, by kind and by instalment."""
    surcharges = account.surcharges
    return {each.posting.id: _allocated(each, surcharges[each.posting.id]) for each in account.receipts}


def _allocated(receipt: Receipt, surcharge: Decimal) -> Allocated:
    parts = tuple((number, *_kinds(kinds)) for number, kinds in sorted(receipt.parts.items()))
    penalty, interest, principal = (
        receipt.total(kind) for kind in (DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL)
    )
    return Allocated(penalty, surcharge, interest, principal, receipt.held, receipt.refunded, parts)


def _kinds(part: Mapping[DueKind, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    zero = Decimal("0.00")
    return part.get(DueKind.PENALTY, zero), part.get(DueKind.INTEREST, zero), part.get(DueKind.PRINCIPAL, zero)


def position_before(loan: Mapping[str, Any]) -> Position:
    """Return the position of a loan by its row in the books."""
    return Position(**{name: loan[name] for name in Position.__slots__})


def position_after(account: Account, loan: Mapping[str, Any], marked_until: date | None) -> Position:
    """Return the position of a loan after its postings.

    A loan that was marked overdue stays so since the oldest due that is late and unpaid; one that was not is marked by
    the job of the day, which tells it.
    """
    overdue_from = None
    if loan["overdue_from"] is not None or account.defaulted_on is not None:
        overdue_from = account.overdue_from(max(account.as_of, marked_until or account.as_of))
    state = "defaulted" if account.defaulted_on is not None else "active"
    return Position(
        state="closed" if account.closed_on else state,
        principal_outstanding=account.principal_outstanding,
        interest_paid=account.paid(DueKind.INTEREST),
        penalty_paid=account.paid(DueKind.PENALTY),
        held=account.held,
        overdue_from=None if account.closed_on else overdue_from,
        closed_on=account.closed_on,
        was_late=account.was_late,
        principal_remitted=account.remitted(DueKind.PRINCIPAL),
        interest_remitted=account.remitted(DueKind.INTEREST),
        penalty_remitted=account.remitted(DueKind.PENALTY),
        surcharge_remitted=account.surcharge_remitted,
    )


def must_be_restated(
    before: Position, after: Position, were: Mapping[UUID, Allocated], are: Mapping[UUID, Allocated]
) -> bool:
    """Return whether what was published is different: what earlier repayments pay, what was remitted, a closing."""
    return (
        any(are.get(repayment_id) != paid for repayment_id, paid in were.items())
        or before.remitted != after.remitted
        or (before.closed_on is not None and after.closed_on != before.closed_on)
        or (before.was_late and not after.was_late)
    )
