"""The repayment schedule (还款计划): what falls due when, exact to the fen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

from services.lending.loans.rules.day_count import RuleRefused, days, year_fraction
from services.lending.loans.rules.due_dates import MAX_INSTALLMENTS, due_dates
from services.lending.loans.rules.rates import Rates
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding

NOTHING = Decimal("0.00")
FEN = Decimal("0.01")
# What NUMERIC(18,2) holds.
MAX_AMOUNT = Decimal("9999999999999999.99")
# No lawful contract comes near; the limit keeps every figure within what the ledger can hold.
MAX_RATE_PERCENT = Decimal(1000)
MAX_RATE_PLACES = 10
# The principal of an instalment, given its number and its interest.
PrincipalRule = Callable[[int, Decimal], Decimal]


class LoanTermsRefused(RuleRefused):
    """An amount, a rate or the due dates of a loan cannot be worked with."""

    code = "loan-terms-refused"


class ScheduleImpossible(RuleRefused):
    """The instalment does not even cover the interest of its own period."""

    code = "schedule-impossible"

    def __init__(self, number: int, interest: Decimal, amount: Decimal) -> None:
        super().__init__(
            zh=f"第 {number} 期还款额 {amount} 元不足以支付该期利息 {interest} 元，"
            "请提前该期还款日或选择其他还款方式。",
            en=f"Instalment {number} of {amount} does not cover its interest of {interest}: move its due date nearer "
            "or choose another repayment method.",
        )
        self.number = number
        self.interest = interest
        self.amount = amount


@dataclass(frozen=True, slots=True)
class Installment:
    """One row of the schedule; `balance` is what is left after it, `days` are counted by the loan's day count.

    Its interest is that of [`period_from`, `due_on`), which has `days` days: calendar days for ACT/*, days of 30-day
    months for 30/360. Only the last row of a bullet loan charges interest; all its rows count from disbursement,
    since nothing is settled before.
    """

    number: int
    due_on: date
    days: int
    principal: Decimal
    interest: Decimal
    total: Decimal
    balance: Decimal
    period_from: date


@dataclass(frozen=True, slots=True)
class Quote:
    """The schedule a borrower would get, and all the interest in it."""

    installments: tuple[Installment, ...]
    total_interest: Decimal


@dataclass(frozen=True, slots=True)
class _Loan:
    principal: Decimal
    annual_rate_percent: Decimal | Rates
    day_count: DayCount
    periods: tuple[tuple[date, date], ...]
    rounding: Rounding

    def interest(self, balance: Decimal, period_from: date, until: date) -> Decimal:
        exact = exact_interest(Fraction(balance), self.annual_rate_percent, self.day_count, period_from, until)
        return in_fen(exact, self.rounding)


def in_fen(amount: Fraction, rounding: Rounding) -> Decimal:
    """Round an exact amount in yuan, zero or more, to whole fen."""
    fen = amount * 100
    whole = floor(fen + Fraction(1, 2)) if rounding == Rounding.HALF_UP else round(fen)
    return Decimal(whole).scaleb(-2)


def ensure_amount(name: str, amount: Decimal) -> None:
    """Refuse an amount that is not zero or more yuan in whole fen, within NUMERIC(18,2).

    Raises: LoanTermsRefused.
    """
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT or amount != amount.quantize(FEN):
        raise LoanTermsRefused(
            zh=f"{name}（{amount}）须为 0.00 至 {MAX_AMOUNT} 元，最小单位为分。",
            en=f"{name} {amount} must be 0.00 to {MAX_AMOUNT} yuan in whole fen.",
        )


def ensure_rate(annual_rate_percent: Decimal | Rates) -> None:
    """Refuse a yearly rate outside 0 to 1000 percent, or with more than ten decimal places.

    Raises: LoanTermsRefused.
    """
    if isinstance(annual_rate_percent, Rates):
        for rate in (annual_rate_percent.first, *(rate for _, rate in annual_rate_percent.later)):
            ensure_rate(rate)
        return
    exponent = annual_rate_percent.as_tuple().exponent
    in_range = annual_rate_percent.is_finite() and 0 <= annual_rate_percent <= MAX_RATE_PERCENT
    if not in_range or (isinstance(exponent, int) and exponent < -MAX_RATE_PLACES):
        raise LoanTermsRefused(
            zh=f"年利率 {annual_rate_percent} 须为 0 至 {MAX_RATE_PERCENT}，最多 {MAX_RATE_PLACES} 位小数。",
            en=f"Annual rate {annual_rate_percent} must be 0 to {MAX_RATE_PERCENT} percent with at most "
            f"{MAX_RATE_PLACES} decimal places.",
        )


def exact_interest(
    balance: Fraction, annual_rate_percent: Decimal | Rates, day_count: DayCount, period_from: date, until: date
) -> Fraction:
    """Return the interest in yuan on `balance` for [`period_from`, `until`), unrounded; each span at its own rate.

    Raises: PeriodReversed.
    """
    rates = annual_rate_percent if isinstance(annual_rate_percent, Rates) else Rates(annual_rate_percent)
    spans = rates.spans(period_from, until)
    weighed = sum((Fraction(rate) * year_fraction(day_count, start, end) for start, end, rate in spans), Fraction(0))
    return balance * weighed / 100


def installments(
    principal: Decimal,
    annual_rate_percent: Decimal | Rates,
    day_count: DayCount,
    method: RepaymentMethod,
    disbursed_on: date,
    due_on: Sequence[date],
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[Installment, ...]:
    """Return one instalment per due date; the last one takes the remainder and leaves a balance of 0.00.

    Interest is rounded once per period, on the balance as it stands in whole fen. The level amount of
    `equal_installment` is solved for the real days of every period and then rounded, to the fen nearest to it or the
    one beside it, whichever leaves the last instalment closest to the others.
    Raises: LoanTermsRefused, ScheduleImpossible. Clauses: LG-2, FJ-11.
    """
    loan = _loan(principal, annual_rate_percent, day_count, disbursed_on, due_on, rounding)
    match method:
        case RepaymentMethod.INTEREST_ONLY:
            rows = _rows(loan, lambda number, interest: NOTHING)
        case RepaymentMethod.EQUAL_PRINCIPAL:
            rows = _equal_principal_rows(loan)
        case RepaymentMethod.EQUAL_INSTALLMENT:
            rows = _level_rows(loan)
        case RepaymentMethod.BULLET:
            rows = _bullet_rows(loan)
    _assert_adds_up(rows, principal)
    return rows


def quote(
    *,
    principal: Decimal,
    annual_rate_percent: Decimal,
    day_count: DayCount,
    repayment_method: RepaymentMethod,
    disbursed_on: date,
    installment_count: int,
    period_months: int,
    first_due_on: date | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> Quote:
    """Return the schedule and total interest a loan on these terms would have.

    Raises: DueDatesRefused, LoanTermsRefused, ScheduleImpossible.
    """
    due_on = due_dates(disbursed_on, installment_count, period_months, first_due_on)
    rows = installments(principal, annual_rate_percent, day_count, repayment_method, disbursed_on, due_on, rounding)
    return Quote(rows, sum((row.interest for row in rows), NOTHING))


def _loan(
    principal: Decimal,
    annual_rate_percent: Decimal | Rates,
    day_count: DayCount,
    disbursed_on: date,
    due_on: Sequence[date],
    rounding: Rounding,
) -> _Loan:
    ensure_amount("Principal", principal)
    if principal == 0:
        raise LoanTermsRefused(
            zh="本金不得为 0.00 元，至少填写 0.01 元。", en="A principal of 0.00 is no loan: give at least 0.01."
        )
    ensure_rate(annual_rate_percent)
    if not 1 <= len(due_on) <= MAX_INSTALLMENTS:
        raise LoanTermsRefused(
            zh=f"不能有 {len(due_on)} 个还款日，请填 1 至 {MAX_INSTALLMENTS} 个。",
            en=f"{len(due_on)} due dates are not possible: give 1 to {MAX_INSTALLMENTS}.",
        )
    periods = tuple(pairwise((disbursed_on, *due_on)))
    for period_from, until in periods:
        if until <= period_from:
            raise LoanTermsRefused(
                zh=f"还款日 {until} 须晚于 {period_from}，请从放款日起按先后顺序填写还款日。",
                en=f"Due date {until} must lie after {period_from}: give due dates in ascending order after "
                "disbursement.",
            )
    return _Loan(principal.quantize(FEN), annual_rate_percent, day_count, periods, rounding)


def _fixed_principal(amount: Decimal) -> PrincipalRule:
    return lambda number, interest: amount


def _fixed_total(amount: Decimal) -> PrincipalRule:
    def principal_of(number: int, interest: Decimal) -> Decimal:
        if interest > amount:
            raise ScheduleImpossible(number, interest, amount)
        return amount - interest

    return principal_of


def _rows(loan: _Loan, principal_of: PrincipalRule) -> tuple[Installment, ...]:
    rows: list[Installment] = []
    balance = loan.principal
    for number, (period_from, due_on) in enumerate(loan.periods, start=1):
        interest = loan.interest(balance, period_from, due_on)
        is_last = number == len(loan.periods)
        principal = balance if is_last else min(principal_of(number, interest), balance)
        balance -= principal
        counted = days(loan.day_count, period_from, due_on)
        rows.append(
            Installment(number, due_on, counted, principal, interest, principal + interest, balance, period_from)
        )
    return tuple(rows)


def _equal_principal_rows(loan: _Loan) -> tuple[Installment, ...]:
    share = Fraction(loan.principal) / len(loan.periods)
    rows = _rows(loan, _fixed_principal(in_fen(share, loan.rounding)))
    return _rows(loan, _fixed_principal(_whole_fen(share))) if _is_repaid_early(rows) else rows


def _level_rows(loan: _Loan) -> tuple[Installment, ...]:
    exact = _level_amount(loan)
    level = in_fen(exact, loan.rounding)
    rows = _rows(loan, _fixed_total(level))
    if _is_repaid_early(rows):
        return _rows_or_none(loan, _whole_fen(exact)) or rows
    # Interest is rounded in every row, so the nearest fen does not always leave the smallest remainder for the last
    # instalment; the fen beside it may leave less.
    gap = rows[-1].total - level
    beside = level + FEN.copy_sign(gap)
    other = _rows_or_none(loan, beside) if gap else None
    if other is None or _is_repaid_early(other) or abs(other[-1].total - beside) >= abs(gap):
        return rows
    return other


def _rows_or_none(loan: _Loan, level: Decimal) -> tuple[Installment, ...] | None:
    try:
        return _rows(loan, _fixed_total(level))
    except ScheduleImpossible:
        return None


def _is_repaid_early(rows: Sequence[Installment]) -> bool:
    # A few fen in many parts: rounded up they are repaid too early, rounded down the last row takes the rest.
    return any(row.balance == 0 for row in rows[:-1])


def _whole_fen(amount: Fraction) -> Decimal:
    return Decimal(floor(amount * 100)).scaleb(-2)


def _level_amount(loan: _Loan) -> Fraction:
    # principal = amount x (sum of discount factors), the factors multiplied up from the last period to the first.
    discounted = Fraction(0)
    for period_from, until in reversed(loan.periods):
        growth = 1 + exact_interest(Fraction(1), loan.annual_rate_percent, loan.day_count, period_from, until)
        discounted = (1 + discounted) / growth
    return Fraction(loan.principal) / discounted


def _bullet_rows(loan: _Loan) -> tuple[Installment, ...]:
    disbursed_on, matures_on = loan.periods[0][0], loan.periods[-1][1]
    rows = []
    for number, (_, due_on) in enumerate(loan.periods[:-1], start=1):
        waited = days(loan.day_count, disbursed_on, due_on)
        rows.append(Installment(number, due_on, waited, NOTHING, NOTHING, NOTHING, loan.principal, disbursed_on))
    interest = loan.interest(loan.principal, disbursed_on, matures_on)
    counted = days(loan.day_count, disbursed_on, matures_on)
    total = loan.principal + interest
    rows.append(Installment(len(rows) + 1, matures_on, counted, loan.principal, interest, total, NOTHING, disbursed_on))
    return tuple(rows)


def _assert_adds_up(rows: Sequence[Installment], principal: Decimal) -> None:
    balance = principal
    for row in rows:
        balance -= row.principal
        if row.principal < 0 or row.interest < 0 or row.total != row.principal + row.interest or row.balance != balance:
            raise AssertionError(f"Instalment {row} does not continue from the row before.")
    if balance != 0:
        raise AssertionError(f"Instalments repay {principal - balance} of a principal of {principal}.")
