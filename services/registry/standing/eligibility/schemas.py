"""What goes in and out of the question who may borrow, for one household or for a region."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.registry.asking import AskerRegions
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import Consequence, LoanMode, LoanSecurity, ProjectStage
from shared.regions import CountyCode, CountyOrPart
from shared.web.bodies import Answer, BankCode, Body, Code, Day, OneHousehold

REQUESTS_MAX = 5000
OTHER_INDUSTRIES_MAX = 10


class LoanRequestIn(Body):
    """What is asked for; purpose, industry and bank where they are known already."""

    amount: PositiveMoney
    term_months: Annotated[int, Field(ge=1, le=600)]
    industry: Code | None = None
    purpose: Code | None = None
    bank_code: BankCode | None = None
    mode: LoanMode = LoanMode.DIRECT
    granted_on: Day | None = None
    product_code: Code | None = None  # None: the county's first product


class ExposureIn(Body):
    """What the lender's own books show of the household, without this request."""

    open_loans: Annotated[int, Field(strict=True, ge=0)]
    owed: Money
    under_way: Money


class StatementIn(Body):
    """What an application says besides; what is left out is not judged (JN-3, JN-4, MS-1, MS-2, XX-1)."""

    project_stage: ProjectStage | None = None
    project_investment: Money | None = None
    repayable_amount: Money | None = None
    security: LoanSecurity | None = None
    accepts_supervision: bool | None = None
    volunteers: bool | None = None
    takes_part: bool | None = None


class EligibilityRequest(OneHousehold, StatementIn, LoanRequestIn):
    """One household and what it asks for, by id or by its number."""

    other_industries: Annotated[tuple[Code, ...], Field(max_length=OTHER_INDUSTRIES_MAX)] = ()
    borrower_member_id: UUID | None = None
    entity_id: UUID | None = None
    exposure: ExposureIn | None = None


class EligibilityChecksIn(Body):
    """Many questions about one day."""

    as_of: Day
    county_code: CountyCode | None = None  # settles a household number that several counties use
    asker_regions: AskerRegions = None
    for_application: bool = False
    items: Annotated[list[EligibilityRequest], Field(min_length=1, max_length=REQUESTS_MAX)]


class ReasonOut(Answer):
    """One reason against, in words that say what to do, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


class LoanConditionOut(ReasonOut):
    """A condition that is not met and does not refuse the loan, and what follows of it."""

    consequence: Consequence


class EligibilityOut(Answer):
    """The answer about one household: every reason, none when it may borrow, and the conditions of the loan then."""

    household_id: UUID | None
    household_number: str | None
    household_version: int | None
    village_code: str | None
    product_code: str | None
    eligible: bool
    grade: str | None
    credit_limit: Money | None
    entity_id: UUID | None
    reasons: list[ReasonOut]
    conditions: list[LoanConditionOut]


class CitedClauseOut(Answer):
    """A clause that a reason rests on, as the pack lists it: in which document, where, and what it says in short."""

    id: str
    document_zh: str
    document_en: str
    at: str | None
    zh: str
    en: str


class EligibilityChecksOut(Answer):
    """The answers in the order of the questions, and the clauses that their reasons name."""

    as_of: date
    items: list[EligibilityOut]
    clauses: list[CitedClauseOut]


class EligibilityScreeningIn(LoanRequestIn):
    """The same loan request for every household of a region that is still on the register on that day."""

    region_code: CountyOrPart
    as_of: Day


class ReasonCount(ReasonOut):
    """A reason and the number of households against which it stands."""

    households: int


class ConditionCount(LoanConditionOut):
    """A condition of loans that are granted all the same, and how many of those who may borrow it concerns."""

    households: int


class TownshipCount(Answer):
    """One township's households and how many of them may borrow."""

    township_code: str
    household_count: int
    eligible_count: int


class EligibilityScreeningOut(Answer):
    """A screening and its counts; a household with several reasons counts for each.

    Households where no pack holds on that day, or one without the product asked for, cannot be judged;
    `without_pack_count` says how many there are.
    """

    id: UUID
    county_code: str
    region_code: str
    as_of: date
    pack_ids: list[UUID]
    loan_request: LoanRequestIn
    household_count: int
    without_pack_count: int
    eligible_count: int
    reasons: list[ReasonCount]
    conditions: list[ConditionCount]
    clauses: list[CitedClauseOut]
    townships: list[TownshipCount]
    requested_by: str
    requested_at: datetime


class ScreeningAnswerOut(Answer):
    """One household's answer: every reason in its order, none when it may borrow, and the loan's conditions."""

    household_id: UUID
    household_number: str
    village_code: str
    eligible: bool
    reasons: list[ReasonOut]
    conditions: list[LoanConditionOut]
