"""Request and response of a quote; amounts in yuan, rates in percent a year."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from shared.events.base import Percent
from shared.money import Money, PositiveMoney
from shared.policy.household_facts import Code
from shared.policy.vocabulary import DayCount, LenderKind, PovertyState, RateForm, RepaymentMethod, Rounding
from shared.regions import RegionCode
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


class ProductRate(Answer):
    """The rate of a term on the day asked about: the published one and the county's margin."""

    up_to_months: int
    annual_rate: Percent


class ProductOut(Answer):
    """A loan product of a county as its pack in force has it; several may stand beside each other."""

    product_code: str
    zh: str
    en: str
    pack_version: int
    eligible_states: list[PovertyState]
    lender_kinds: list[LenderKind]
    amount_min: Money
    amount_max: Money
    term_months_min: int
    term_months_max: int
    rate_form: RateForm
    rates: list[ProductRate]
    subsidy_share: Decimal
    covered_by_fund: bool


class ProductsOut(Answer):
    """All loan products of a county, its first one first."""

    region_code: str
    as_of: date
    items: list[ProductOut]


class ProductQuoteIn(Body):
    """What somebody would borrow, of which product of the county, and the rate that the bank states, if it does."""

    region_code: RegionCode
    product_code: Code | None = None  # None: the county's first product
    principal: PositiveMoney
    term_months: Annotated[int, Field(strict=True, ge=1)]
    disbursed_on: Day
    annual_rate: Percent | None = None


class ProductQuote(Answer):
    """The contract that a bank would sign: its rate, its maturity and its schedule by the county's rules."""

    product_code: str
    pack_version: int
    rate_form: RateForm
    county_rate: Percent
    annual_rate: Percent
    matures_on: date
    installments: list[QuotedInstallment]
    total_interest: Money
    subsidy_share: Decimal
    covered_by_fund: bool
