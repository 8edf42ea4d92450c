"""Allocation of a repayment (还款分配): which due receives what, in a stated order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Final

from services.lending.loans.rules.schedule import ensure_amount
from shared.policy.vocabulary import DueKind

STATED: Final = (DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Due:
    """What is unpaid of one instalment, in yuan."""

    number: int
    due_on: date
    penalty: Decimal
    interest: Decimal
    principal: Decimal

    def owed(self, kind: DueKind) -> Decimal:
        """Return what is unpaid of one kind."""
        match kind:
            case DueKind.PENALTY:
                return self.penalty
            case DueKind.INTEREST:
                return self.interest
            case DueKind.PRINCIPAL:
                return self.principal


@dataclass(frozen=True, slots=True)
class Received:
    """What one instalment receives from a payment, in yuan; penalty is kept apart for ever (SX-5)."""

    number: int
    due_on: date
    penalty: Decimal
    interest: Decimal
    principal: Decimal

    @property
    def total(self) -> Decimal:
        """Return the sum of the three kinds."""
        return self.penalty + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Allocation:
    """What every due receives, oldest first and zeros included, and what is left of the payment."""

    received: tuple[Received, ...]
    remainder: Decimal


def allocate(payment: Decimal, dues: Sequence[Due], order: tuple[DueKind, ...] = STATED) -> Allocation:
    """Give the oldest due what it lacks, kind by kind in the stated order, then the next, until nothing is left.

    Dues may come in any order; each number must occur once, and so must each kind in `order`.
    Raises: ValueError, LoanTermsRefused. Clause: SX-5.
    """
    if sorted(order) != sorted(DueKind):
        raise ValueError(f"The order ({', '.join(order)}) must name penalty, interest and principal once each.")
    ensure_amount("Payment", payment)
    oldest_first = sorted(dues, key=lambda due: (due.due_on, due.number))
    _ensure_dues(oldest_first)
    left = payment
    given: dict[tuple[int, DueKind], Decimal] = {}
    for due, kind in product(oldest_first, order):
        share = min(left, due.owed(kind))
        given[due.number, kind] = share
        left -= share
    received = tuple(
        Received(
            due.number,
            due.due_on,
            penalty=given[due.number, DueKind.PENALTY],
            interest=given[due.number, DueKind.INTEREST],
            principal=given[due.number, DueKind.PRINCIPAL],
        )
        for due in oldest_first
    )
    if sum((row.total for row in received), left) != payment:
        raise AssertionError(f"Allocation of {payment} gave {received} and left {left}.")
    return Allocation(received, left)


def _ensure_dues(dues: Sequence[Due]) -> None:
    if len({due.number for due in dues}) != len(dues):
        raise ValueError(f"Instalments {[due.number for due in dues]} must each occur once: merge the doubles.")
    for due in dues:
        for kind in DueKind:
            ensure_amount(f"Unpaid {kind} of instalment {due.number}", due.owed(kind))
