"""Allocation of a repayment (还款分配): which due receives what, in a stated order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.lending.loans.rules.day_count import RuleRefused
from services.lending.loans.rules.schedule import ensure_amount


class AllocationRefused(RuleRefused):
    """The order or the dues cannot be walked."""

    code = "allocation-refused"


class DueKind(StrEnum):
    """A part of what a borrower owes on one due date."""

    PENALTY = "penalty"  # 罚息
    INTEREST = "interest"  # 利息
    PRINCIPAL = "principal"  # 本金


class Walk(StrEnum):
    """Which is exhausted first."""

    COMPONENT_FIRST = "component_first"  # all penalty, then all interest, then all principal; the oldest due first
    OLDEST_INSTALLMENT_FIRST = "oldest_installment_first"  # the oldest due in full before the next


@dataclass(frozen=True, slots=True)
class AllocationOrder:
    """The stated order: every kind exactly once, and how dues are walked. Raises: AllocationRefused."""

    kinds: tuple[DueKind, ...] = (DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL)
    walk: Walk = Walk.OLDEST_INSTALLMENT_FIRST

    def __post_init__(self) -> None:
        """Refuse an order that leaves a kind out or names it twice."""
        if sorted(self.kinds) != sorted(DueKind):
            named = ", ".join(self.kinds)
            raise AllocationRefused(
                zh=f"还款顺序（{named}）须包含罚息、利息、本金各一次。",
                en=f"The order ({named}) must name penalty, interest and principal once each.",
            )


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


def allocate(payment: Decimal, dues: Sequence[Due], order: AllocationOrder) -> Allocation:
    """Walk the dues in the stated order and give each what it lacks until the payment is used up.

    Dues may come in any order; each number must occur once.
    Raises: AllocationRefused, LoanTermsRefused. Clause: SX-5.
    """
    ensure_amount("Payment", payment)
    oldest_first = sorted(dues, key=lambda due: (due.due_on, due.number))
    _ensure_dues(oldest_first)
    left = payment
    given: dict[tuple[int, DueKind], Decimal] = {}
    for due, kind in _steps(oldest_first, order):
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
        raise AllocationRefused(
            zh=f"各期期数须互不相同：{[due.number for due in dues]}，请合并重复的期数。",
            en=f"Instalments {[due.number for due in dues]} must each occur once: merge the doubles.",
        )
    for due in dues:
        for kind in DueKind:
            ensure_amount(f"Unpaid {kind} of instalment {due.number}", due.owed(kind))


def _steps(dues: Sequence[Due], order: AllocationOrder) -> Iterator[tuple[Due, DueKind]]:
    if order.walk == Walk.COMPONENT_FIRST:
        return ((due, kind) for kind in order.kinds for due in dues)
    return ((due, kind) for due in dues for kind in order.kinds)
