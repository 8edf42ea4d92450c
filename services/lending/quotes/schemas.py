"""Request and response of a quote; amounts in yuan, rates in percent a year."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.events.base import Percent
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding
from shared.web.bodies import Answer, Body, Day


class LoanQuoteIn(Body):
    """The terms of a loan that someone thinks about."""

    principal: PositiveMoney
    annual_rate: Percent
    day_count: DayCount
    repayment_method: RepaymentMethod
    disbursed_on: Day
    installment_count: Annotated[int, Field(strict=True, ge=1)]
    period_months: Annotated[int, Field(strict=True, ge=1)]
    first_due_on: Day | None = None
    rounding: Rounding = Rounding.HALF_UP


class QuotedInstallment(Answer):
    """What falls due on one day, and what is left afterwards."""

    number: int
    due_on: date
    days: int
    principal: Money
    interest: Money
    total_due: Money
    balance: Money


class LoanQuote(Answer):
    """The whole schedule."""

    installments: list[QuotedInstallment]
    total_interest: Money
