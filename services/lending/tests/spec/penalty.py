"""Penalty interest (罚息) on what was not paid when due; never part of the subsidy (SX-5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from services.lending.loans.rules.day_count import PeriodReversed, RuleRefused, days
from services.lending.loans.rules.schedule import NOTHING, ensure_amount, ensure_rate, exact_interest, in_fen
from shared.policy.vocabulary import DayCount, Rounding

# Banks charge 1.3 to 1.5 times the contract rate; ten is far beyond what any contract may say.
MAX_MULTIPLIER = Decimal(10)


class PenaltyTermsRefused(RuleRefused):
    """The overdue amounts, payments or penalty terms contradict each other."""

    code = "penalty-terms-refused"


class GraceRule(StrEnum):
    """What happens to the days of grace of a due that is paid after them."""

    FREE = "free"  # 宽限期内不计罚息: they never carry penalty
    FORFEITED = "forfeited"  # 超过宽限期自到期日起计: what is still unpaid carries penalty from the due date


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


@dataclass(frozen=True, slots=True)
class _Window:
    period_from: date
    until: date
    grace_days: int
    grace_rule: GraceRule


def penalty_interest(
    dues: Sequence[OverdueDue],
    period_from: date,
    until: date,
    annual_rate_percent: Decimal,
    multiplier: Decimal,
    day_count: DayCount,
    grace_days: int = 0,
    grace_rule: GraceRule = GraceRule.FREE,
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[Penalty, ...]:
    """Return the penalty for [`period_from`, `until`) on each due, in the order given.

    Overdue amount x contract rate x `multiplier` x days / basis, over the segments between payments. The day after the
    due date is the first day late; a payment on a day stops the penalty from that day. Windows that follow one another
    add up (each rounded once per due): forfeited grace days fall in the window in which the grace ends.
    Raises: PenaltyTermsRefused, LoanTermsRefused, PeriodReversed. Clause: SX-5.
    """
    if until < period_from:
        raise PeriodReversed(period_from, until)
    ensure_rate(annual_rate_percent)
    if not multiplier.is_finite() or not 0 <= multiplier <= MAX_MULTIPLIER or grace_days < 0:
        raise PenaltyTermsRefused(
            zh=f"罚息倍数 {multiplier} 须为 0 至 {MAX_MULTIPLIER}，宽限期 {grace_days} 天不得为负，请更正。",
            en=f"Multiplier {multiplier} must be 0 to {MAX_MULTIPLIER} and {grace_days} days of grace zero or more: "
            "correct the terms.",
        )
    for due in dues:
        _ensure_payments_fit(due)
    window = _Window(period_from, until, grace_days, grace_rule)
    return tuple(_penalty_on(due, window, annual_rate_percent, multiplier, day_count, rounding) for due in dues)


def total_penalty(penalties: Iterable[Penalty]) -> Decimal:
    """Return the sum of penalties in yuan; it is booked apart from interest. Clause: SX-5."""
    return sum((penalty.amount for penalty in penalties), NOTHING)


def _ensure_payments_fit(due: OverdueDue) -> None:
    ensure_amount("Overdue amount", due.amount)
    for payment in due.payments:
        ensure_amount("Late payment", payment.amount)
        if payment.paid_on < due.due_on:
            raise PenaltyTermsRefused(
                zh=f"{payment.paid_on} 的还款早于第 {due.number} 期到期日 {due.due_on}，不属逾期还款，"
                "请从逾期金额中扣除。",
                en=f"A payment on {payment.paid_on} before instalment {due.number} fell due on {due.due_on} is not "
                "late: "
                "take it off the overdue amount instead.",
            )
    paid = sum((payment.amount for payment in due.payments), NOTHING)
    if paid > due.amount:
        raise PenaltyTermsRefused(
            zh=f"第 {due.number} 期还款 {paid} 元超过逾期金额 {due.amount} 元，请将余额分配给其他应还项。",
            en=f"Payments of {paid} on instalment {due.number} are more than the overdue {due.amount}: "
            "allocate the surplus to another due.",
        )


def _penalty_on(
    due: OverdueDue,
    window: _Window,
    annual_rate_percent: Decimal,
    multiplier: Decimal,
    day_count: DayCount,
    rounding: Rounding,
) -> Penalty:
    segments = tuple(
        PenaltySegment(start, end, days(day_count, start, end), overdue) for start, end, overdue in _spans(due, window)
    )
    exact = sum(
        (
            exact_interest(Fraction(part.overdue), annual_rate_percent, day_count, part.period_from, part.until)
            for part in segments
        ),
        Fraction(0),
    )
    return Penalty(due.number, due.due_on, in_fen(exact * Fraction(multiplier), rounding), segments)


def _spans(due: OverdueDue, window: _Window) -> list[tuple[date, date, Decimal]]:
    grace_end = due.due_on + timedelta(days=window.grace_days)
    spans = []
    if window.grace_rule == GraceRule.FORFEITED and window.period_from <= grace_end < window.until:
        spans.append((due.due_on, grace_end, due.unpaid_on(grace_end)))
    start = max(window.period_from, grace_end)
    changes = sorted({payment.paid_on for payment in due.payments if start < payment.paid_on < window.until})
    edges = [start, *changes, window.until]
    spans += [(edge, following, due.unpaid_on(edge)) for edge, following in pairwise(edges)]
    return [(first, last, overdue) for first, last, overdue in spans if first < last and overdue > 0]
