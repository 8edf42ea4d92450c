"""What goes in and out of the question who may borrow."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.money import Money, PositiveMoney
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Code

REQUESTS_MAX = 5000


class EligibilityRequest(Body):
    """One household and what it asks for, by id or by its number."""

    household_id: UUID | None = None
    household_number: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    amount: PositiveMoney
    term_months: Annotated[int, Field(ge=1, le=600)]
    industry: Code | None = None
    purpose: Code | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.household_id is None) == (self.household_number is None):
            raise ValueError("name the household by household_id or by household_number, not both")
        return self


class EligibilityChecksIn(Body):
    """Many questions about one day."""

    as_of: date
    county_code: CountyCode | None = None  # settles a household number that several counties use
    items: Annotated[list[EligibilityRequest], Field(min_length=1, max_length=REQUESTS_MAX)]


class ReasonOut(Answer):
    """One reason against, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


class EligibilityOut(Answer):
    """The answer about one household: every reason, none when it may borrow."""

    household_id: UUID | None
    household_number: str | None
    household_version: int | None
    village_code: str | None
    eligible: bool
    grade: str | None
    line: Money | None
    reasons: list[ReasonOut]


class EligibilityChecksOut(Answer):
    """The answers in the order of the questions."""

    as_of: date
    items: list[EligibilityOut]
