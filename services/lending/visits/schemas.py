"""What goes in and out about visits."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.applications import LoanRequestIn
from shared.money import Money
from shared.web.bodies import Answer, Body, Code, HappenedOn, LongText, Reference, Text

INDICATORS_MAX = 100
Collected = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$")]
VisitState = Literal["open", "filed", "withdrawn"]


class VisitIn(LoanRequestIn):
    """What one visit collected of a household, and the loan that the household asks for at it."""

    bank_code: Reference
    product_code: Code | None = None  # None: the county's first product
    visited_on: HappenedOn
    group_name: Annotated[Text, Field(max_length=60)] | None = None
    answers: Annotated[dict[Code, Collected], Field(min_length=1, max_length=INDICATORS_MAX)]


class VisitGrantIn(Body):
    """The day on which the visit's household is rated and its application filed."""

    granted_on: HappenedOn


class VisitWithdrawalIn(Body):
    """Why nothing comes of a visit: the household does not want the loan, or something was collected wrongly."""

    withdrawn_on: HappenedOn
    reason: LongText


class VisitOut(Answer):
    """A visit: what was asked for, and, once granted, the grade, the limit and the application.

    `application_state` is `refused` where the household may not borrow; the application then says why.
    """

    id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    bank_code: str
    product_code: str
    visited_on: date
    answers: dict[str, str]
    amount: Money
    term_months: int
    purpose: str
    opened_by: str
    opened_as: str
    opened_at: datetime
    state: VisitState
    granted_on: date | None
    granted_by: str | None
    granted_as: str | None
    score: Decimal | None
    grade: str | None
    credit_limit: Money | None
    application_id: UUID | None
    application_state: State | None
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None
