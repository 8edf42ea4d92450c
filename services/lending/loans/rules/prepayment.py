"""Early repayment (提前还款): interest accrued to a day, and partial prepayment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.lending.loans.rules.day_count import RuleRefused
from services.lending.loans.rules.rates import Rates
from services.lending.loans.rules.schedule import (
    NOTHING,
    Installment,
    ensure_amount,
    ensure_rate,
    exact_interest,
    in_fen,
    installments,
)
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding


class PrepaymentRefused(RuleRefused):
    """The prepayment does not fit the loan as it stands on that day."""

    code = "prepayment-refused"


@dataclass(frozen=True, slots=True)
class Prepayment:
    """A partial prepayment split into accrued interest and principal, and the instalments that replace the old ones."""

    paid_on: date
    interest: Decimal
    principal: Decimal
    balance: Decimal
    installments: tuple[Installment, ...]


def accrued_interest(
    balance: Decimal,
    annual_rate_percent: Decimal | Rates,
    day_count: DayCount,
    period_from: date,
    until: date,
    rounding: Rounding = Rounding.HALF_UP,
) -> Decimal:
    """Return the interest in yuan on `balance` for [`period_from`, `until`), rounded once.

    Raises: LoanTermsRefused, PeriodReversed.
    """
    ensure_amount("Balance", balance)
    ensure_rate(annual_rate_percent)
    return in_fen(exact_interest(Fraction(balance), annual_rate_percent, day_count, period_from, until), rounding)


def prepay(
    remaining: Sequence[Installment],
    amount: Decimal,
    paid_on: date,
    annual_rate_percent: Decimal | Rates,
    day_count: DayCount,
    method: RepaymentMethod,
    rounding: Rounding = Rounding.HALF_UP,
) -> Prepayment:
    """Split a prepayment and return the instalments that follow it until the old maturity (期限不变).

    They are numbered on from the first remaining one.

    `remaining` are the instalments not yet due, in order; what was due before must be paid already, so on a due date
    that day's instalment is paid first. The amount pays the interest accrued on the whole balance to the day, then
    principal; paying exactly the settlement figure leaves no instalments.
    Raises: PrepaymentRefused, LoanTermsRefused, ScheduleImpossible.
    """
    ensure_amount("Prepayment", amount)
    _ensure_in_current_period(remaining, paid_on)
    current = remaining[0]
    balance = current.balance + current.principal
    interest = accrued_interest(balance, annual_rate_percent, day_count, current.period_from, paid_on, rounding)
    _ensure_amount_fits(amount, interest, balance, paid_on)
    principal = amount - interest
    left = balance - principal
    if left == 0:
        return Prepayment(paid_on, interest, principal, NOTHING, ())
    due_on = tuple(row.due_on for row in remaining)
    rows = installments(left, annual_rate_percent, day_count, method, paid_on, due_on, rounding)
    renumbered = tuple(replace(row, number=row.number + current.number - 1) for row in rows)
    return Prepayment(paid_on, interest, principal, left, renumbered)


def _ensure_in_current_period(remaining: Sequence[Installment], paid_on: date) -> None:
    if not remaining:
        raise PrepaymentRefused(
            zh="没有可提前归还的各期，请将款项用于归还到期款项。",
            en="No instalment remains to be prepaid: post the payment to what is due.",
        )
    current = remaining[0]
    if not current.period_from <= paid_on < current.due_on:
        raise PrepaymentRefused(
            zh=f"{paid_on} 的提前还款不在当期（{current.period_from} 至 {current.due_on}）内，"
            "请先归还届时已到期的款项。",
            en=f"A prepayment on {paid_on} is outside the current period {current.period_from} to {current.due_on}: "
            "post instalments due by then first.",
        )


def _ensure_amount_fits(amount: Decimal, interest: Decimal, balance: Decimal, paid_on: date) -> None:
    if amount <= interest:
        raise PrepaymentRefused(
            zh=f"{paid_on} 提前还款 {amount} 元不足以归还本金：应计利息 {interest} 元，请增加金额。",
            en=f"A prepayment of {amount} on {paid_on} repays no principal: {interest} of interest has accrued, pay "
            "more.",
        )
    if amount > balance + interest:
        raise PrepaymentRefused(
            zh=f"提前还款 {amount} 元超过 {paid_on} 结清所需的 {balance + interest} 元，请按结清金额归还。",
            en=f"A prepayment of {amount} is more than the {balance + interest} that closes the loan on {paid_on}: "
            "pay that figure.",
        )
