"""Bodies of the legacy-loan API; money is a decimal string in yuan, rates percent a year."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from services.lending.applications.schemas.applications import (
    BATCH_ITEMS_MAX,
    TERM_MONTHS_MAX,
    LoanUse,
    ReasonOut,
)
from services.lending.loans.schemas import GrantedUnder
from shared.errors import WrongValue
from shared.events.base import Percent
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import DayCount, LoanMode, RepaymentMethod
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Code, HappenedOn, Reference


def _plausible(rate: Decimal) -> Decimal:
    if not 0 <= rate < 100:
        raise WrongValue(
            zh="年利率不得为负，且应小于 100%。", en="a yearly rate is not negative and lies below 100 percent"
        )
    return rate


def _divides_a_year(months: int) -> int:
    if 12 % months:
        raise WrongValue(zh="结息周期须能整除 12 个月。", en="a settlement period divides the twelve months of a year")
    return months


SettlementPeriod = Annotated[int, Field(strict=True, ge=1, le=12), AfterValidator(_divides_a_year)]
NO_LEAP_YEAR = 2019
# Terms a contract from before the platform may have of its own (LG-2(h)).
OWN_TERMS = ("day_count", "repayment_method", "settlement_period_months", "settlement_day")
YearlyRate = Annotated[Percent, AfterValidator(_plausible)]


class SettlementDayIn(Body):
    """The day of every year on which interest falls due."""

    month: Annotated[int, Field(strict=True, ge=1, le=12)]
    day: Annotated[int, Field(strict=True, ge=1, le=31)]

    @model_validator(mode="after")
    def _of_every_year(self) -> Self:
        if self.day > monthrange(NO_LEAP_YEAR, self.month)[1]:
            raise WrongValue(
                zh=f"{self.month} 月没有每年都有的 {self.day} 日，请填写每年都有的日期。",
                en=f"month {self.month} has no day {self.day} in every year; name a day that every year has",
            )
        return self


class LegacyLoanIn(LoanUse):
    """One loan from the bank's books.

    Day count, repayment method and interest dates are the contract's own; what is left out is the county's of today.
    """

    contract_number: Reference
    bank_reference: Reference
    product_code: Code | None = None  # None: the county's first product
    principal: PositiveMoney
    granted_on: HappenedOn
    term_months: Annotated[int, Field(strict=True, ge=1, le=TERM_MONTHS_MAX)]
    annual_rate: YearlyRate
    guarantor: Reference | None = None
    day_count: DayCount | None = None
    repayment_method: RepaymentMethod | None = None
    settlement_period_months: SettlementPeriod | None = None
    settlement_day: SettlementDayIn | None = None

    def own_terms(self) -> dict[str, Any]:
        """Return the terms that the contract has of its own, as they are stored."""
        return self.model_dump(mode="json", include=set(OWN_TERMS), exclude_none=True)


class LegacyLoansIn(Body):
    """A bank's loans from before the platform, of households of one county."""

    county_code: CountyCode
    onboarded_on: HappenedOn
    items: Annotated[list[LegacyLoanIn], Field(min_length=1, max_length=BATCH_ITEMS_MAX)]


class Onboarded(Answer):
    """A loan that is on the books now."""

    id: UUID
    contract_number: str
    household_number: str
    granted_under: GrantedUnder
    matures_on: date


class NotOnboarded(Answer):
    """A loan that is not taken on the books, with every reason."""

    contract_number: str
    household_number: str
    reasons: list[ReasonOut]


class LegacyLoansOut(Answer):
    """What became of the bank's legacy loans."""

    onboarded_count: int
    amount: Money
    refused_count: int
    onboarded: list[Onboarded]
    refusals: list[NotOnboarded]


class SettlementDayOut(Answer):
    """The day of every year on which interest falls due."""

    month: int
    day: int


class OwnTermsOut(Answer):
    """The terms that the contract has of its own; what is null is the county's of the day it was onboarded."""

    day_count: DayCount | None = None
    repayment_method: RepaymentMethod | None = None
    settlement_period_months: int | None = None
    settlement_day: SettlementDayOut | None = None


class LegacyLoanOut(Answer):
    """An legacy loan with what is known of it besides."""

    id: UUID
    contract_number: str
    household_number: str
    village_code: str
    bank_code: str
    principal: Money
    principal_outstanding: Money
    granted_on: date
    matures_on: date
    mode: LoanMode
    granted_under: GrantedUnder
    legacy_rule: str | None
    guarantor: str | None
    own_terms: OwnTermsOut
    onboarded_on: date
    recorded_by: str
