"""The figure that closes a loan on a day (结清金额): what `accounts.rules.early.settlement` works out with arrears."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.lending.loans.rules.prepayment import accrued_interest
from services.lending.loans.rules.schedule import NOTHING, ensure_amount
from shared.policy.vocabulary import DayCount, Rounding


@dataclass(frozen=True, slots=True)
class SettlementFigure:
    """What closes the loan on a day (结清金额): the balance, its interest to that day, and everything still unpaid."""

    on: date
    principal: Decimal
    interest: Decimal
    unpaid_interest: Decimal
    unpaid_penalty: Decimal
    total: Decimal


def settlement_figure(
    balance: Decimal,
    annual_rate_percent: Decimal,
    day_count: DayCount,
    period_from: date,
    on: date,
    rounding: Rounding = Rounding.HALF_UP,
    unpaid_interest: Decimal = NOTHING,
    unpaid_penalty: Decimal = NOTHING,
) -> SettlementFigure:
    """Return what closes the loan on a day, interest accruing on `balance` since `period_from`.

    `balance` includes overdue principal; on the next due date the interest equals that instalment's. What was due
    before and is unpaid, interest and penalty, is given by the caller and kept apart.
    Raises: LoanTermsRefused, PeriodReversed. Clause: SX-5 (penalty is a figure of its own).
    """
    ensure_amount("Unpaid interest", unpaid_interest)
    ensure_amount("Unpaid penalty", unpaid_penalty)
    interest = accrued_interest(balance, annual_rate_percent, day_count, period_from, on, rounding)
    total = balance + interest + unpaid_interest + unpaid_penalty
    return SettlementFigure(on, balance, interest, unpaid_interest, unpaid_penalty, total)
