"""Penalty interest (罚息) on what was not paid when due; never part of the subsidy (SX-5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from services.lending.loans.rules.day_count import PeriodReversed, days
from services.lending.loans.rules.schedule import NOTHING, ensure_amount, ensure_rate, exact_interest, in_fen
from shared.policy.vocabulary import DayCount, Rounding
from shared.workdays import workday_from

# Banks charge 1.3 to 1.5 times the contract rate; ten is far beyond what any contract may say.
MAX_MULTIPLIER = Decimal(10)


@dataclass(frozen=True, slots=True)
class LatePayment:
    """Money that reached an overdue amount; it lowers the penalty from its day on."""

    paid_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OverdueDue:
    """An amount in yuan that fell due and was not paid then, and what was paid on it after the due date."""

    number: int
    due_on: date
    amount: Decimal
    payments: tuple[LatePayment, ...] = ()

    def unpaid_on(self, day: date) -> Decimal:
        """Return what is still unpaid at the end of `day`."""
        return self.amount - sum((payment.amount for payment in self.payments if payment.paid_on <= day), NOTHING)


@dataclass(frozen=True, slots=True)
class PenaltySegment:
    """A stretch of days [`period_from`, `until`) over which the overdue amount stayed the same."""

    period_from: date
    until: date
    days: int
    overdue: Decimal


@dataclass(frozen=True, slots=True)
class Penalty:
    """Penalty interest on one due, rounded once, and the segments it was counted over."""

    number: int
    due_on: date
    amount: Decimal
    segments: tuple[PenaltySegment, ...]


def penalty_interest(
    dues: Sequence[OverdueDue],
    period_from: date,
    until: date,
    annual_rate_percent: Decimal,
    multiplier: Decimal,
    day_count: DayCount,
    grace_days: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[Penalty, ...]:
    """Return the penalty for [`period_from`, `until`) on each due, in the order given.

    Overdue amount x contract rate x `multiplier` x days / basis, over the segments between payments. The day after the
    due date is the first day late, a due date or an end of grace on a day of rest being moved to the next working day
    (Civil Code, Article 203); days of grace never carry penalty; a payment on a day stops the penalty from that
    day. Windows that follow one another add up (each rounded once per due).
    Raises: ValueError, LoanTermsRefused, PeriodReversed. Clause: SX-5.
    """
    if until < period_from:
        raise PeriodReversed(period_from, until)
    ensure_rate(annual_rate_percent)
    if not multiplier.is_finite() or not 0 <= multiplier <= MAX_MULTIPLIER or grace_days < 0:
        raise ValueError(
            f"Multiplier {multiplier} must be 0 to {MAX_MULTIPLIER}, {grace_days} days of grace zero or more."
        )
    found = []
    for due in dues:
        _ensure_payments_fit(due)
        segments = _segments(due, period_from, until, grace_days, day_count)
        amount = _rounded(segments, annual_rate_percent, multiplier, day_count, rounding)
        found.append(Penalty(due.number, due.due_on, amount, segments))
    return tuple(found)


def total_penalty(penalties: Iterable[Penalty]) -> Decimal:
    """Return the sum of penalties in yuan; it is booked apart from interest. Clause: SX-5."""
    return sum((penalty.amount for penalty in penalties), NOTHING)


def _ensure_payments_fit(due: OverdueDue) -> None:
    ensure_amount("Overdue amount", due.amount)
    for payment in due.payments:
        ensure_amount("Late payment", payment.amount)
        if payment.paid_on < due.due_on:
            raise ValueError(f"A payment on {payment.paid_on} before {due.due_on} is not late.")
    paid = sum((payment.amount for payment in due.payments), NOTHING)
    if paid > due.amount:
        raise ValueError(f"Payments of {paid} on instalment {due.number} are more than the overdue {due.amount}.")


def _rounded(
    segments: Sequence[PenaltySegment],
    annual_rate_percent: Decimal,
    multiplier: Decimal,
    day_count: DayCount,
    rounding: Rounding,
) -> Decimal:
    exact = sum(
        (
            exact_interest(Fraction(part.overdue), annual_rate_percent, day_count, part.period_from, part.until)
            for part in segments
        ),
        Fraction(0),
    )
    return in_fen(exact * Fraction(multiplier), rounding)


def _segments(
    due: OverdueDue, period_from: date, until: date, grace_days: int, day_count: DayCount
) -> tuple[PenaltySegment, ...]:
    start = max(period_from, workday_from(due.due_on + timedelta(days=grace_days)))
    changes = sorted({payment.paid_on for payment in due.payments if start < payment.paid_on < until})
    return tuple(
        PenaltySegment(first, last, days(day_count, first, last), overdue)
        for first, last in pairwise([start, *changes, until])
        if first < last and (overdue := due.unpaid_on(first)) > 0
    )
