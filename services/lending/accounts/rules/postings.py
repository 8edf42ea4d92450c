"""What an account is computed from: the contract as it was signed, and the facts that were posted on it (记账凭证).

A receipt is a fact: who paid, how much, on which day, under which reference of the bank. What it pays is derived from
all postings together (`replay`), never stored as a fact. The order of postings comes from their content alone, the day
they count for, their kind and their reference, so that the order in which they were booked cannot matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.lending.loans.rules.schedule import Installment
from services.lending.loans.rules.surcharge import LEAST_OF_MISUSE
from shared.policy.vocabulary import DayCount, DueKind, Payer, RepaymentMethod, Rounding, UnpaidInterest


class PostingKind(StrEnum):
    """What is posted after the disbursement; on one day they count in this order."""

    MISUSE_ENDED = "misuse_ended"
    MISUSE = "misuse"
    REMISSION = "remission"
    RATE = "rate"
    REPAYMENT = "repayment"
    PREPAYMENT = "prepayment"
    REFUND = "refund"
    DEFAULT = "default"


# Stored with each loan's last posting: a rank never changes, so what comes before the rate is below zero.
RANK: Final[Mapping[PostingKind, int]] = {kind: rank for rank, kind in enumerate(PostingKind, start=-3)}
OrderKey = tuple[date, int, str]


@dataclass(frozen=True, slots=True)
class Posting:
    """One fact: money received, refunded, remitted or misused (yuan, above zero), a default, or another rate.

    A default and a rate have no amount; `annual_rate` is the rate, in percent a year, that holds from the day on.
    A remission `remits` one kind of what is unpaid on its day, up to its amount. What is misused bears the rate of
    misuse from its day until it is repaid, or its end is posted.
    """

    id: UUID
    kind: PostingKind
    value_on: date
    reference: str  # of the bank; of a decision its id
    amount: Decimal = Decimal("0.00")
    annual_rate: Decimal | None = None
    payer: Payer = Payer.BORROWER  # of money received; what it pays does not depend on it
    remits: DueKind | None = None
    accelerates: bool = False  # of a default: all principal falls due that day (提前到期)

    @property
    def key(self) -> OrderKey:
        """Return what orders postings: content, never the moment of booking."""
        return self.value_on, RANK[self.kind], self.reference


@dataclass(frozen=True, slots=True)
class RestDays:
    """Days of rest and the working day that ends each; a due day on one is met then (Civil Code, Article 203)."""

    next_workday: Mapping[date, date] = field(default_factory=dict)

    def met_on(self, due_on: date) -> date:
        """Return the day on which a due is met: its own, or the working day after the rest it lies in."""
        return self.next_workday.get(due_on, due_on)

    def late_after(self, due_on: date, grace_days: int) -> date:
        """Return the last day on which a due is not late; a grace that ends on a day of rest ends after it."""
        return self.met_on(due_on + timedelta(days=grace_days))


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms an account runs under, as they were signed; rates in percent a year, the schedule unchanged."""

    principal: Decimal
    annual_rate: Decimal
    penalty_multiplier: Decimal
    day_count: DayCount
    repayment_method: RepaymentMethod
    rounding: Rounding
    disbursed_on: date
    early_payment_window_days: int
    grace_days: int
    prepayment_allowed: bool
    allocation_order: tuple[DueKind, ...]
    schedule: tuple[Installment, ...]
    tolerance: Decimal = Decimal("0.00")  # what a due that was paid may lack and is met all the same
    unpaid_interest_bears: UnpaidInterest = UnpaidInterest.PENALTY_RATE
    misuse_multiplier: Decimal = LEAST_OF_MISUSE  # the rate of misused principal is the contract's times this

    @property
    def matures_on(self) -> date:
        """Return the last due day."""
        return self.schedule[-1].due_on

    def window_until(self, day: date) -> date:
        """Return the last due day whose interest may be paid on a day (FJ-11)."""
        return day + timedelta(days=self.early_payment_window_days)
