"""Bodies of the legacy-loan API; money is a decimal string in yuan, rates percent a year."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

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
from shared.policy.vocabulary import LoanMode
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Code, HappenedOn, Reference


def _plausible(rate: Decimal) -> Decimal:
    if not 0 <= rate < 100:
        raise WrongValue(
            zh="年利率不得为负，且应小于 100%。", en="a yearly rate is not negative and lies below 100 percent"
        )
    return rate


YearlyRate = Annotated[Percent, AfterValidator(_plausible)]


class LegacyLoanIn(LoanUse):
    """One loan from the bank's books."""

    contract_number: Reference
    bank_reference: Reference
    product_code: Code | None = None  # None: the county's first product
    principal: PositiveMoney
    granted_on: HappenedOn
    term_months: Annotated[int, Field(strict=True, ge=1, le=TERM_MONTHS_MAX)]
    annual_rate: YearlyRate
    guarantor: Reference | None = None


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
    onboarded_on: date
    recorded_by: str
