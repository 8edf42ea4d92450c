"""Bodies of the question what publications of rates do to loans; amounts are yuan, rates percent a year."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.lending.loans.schemas import LoanState, Rate
from shared.events.base import Percent
from shared.money import Money
from shared.policy.vocabulary import RateBasis
from shared.web.bodies import Answer, Body, Day, HappenedOn


class RatePublicationIn(Body):
    """A publication as it would be, in percent a year; with every column null nothing is published for the day."""

    basis: RateBasis
    effective_from: Day
    up_to_1y: Percent | None = None
    over_1y_to_5y: Percent | None = None
    over_5y: Percent | None = None


class RateConsequencesIn(Body):
    """Publications that are not confirmed yet, as of a day, and where the list of loans goes on."""

    publications: Annotated[list[RatePublicationIn], Field(min_length=1, max_length=500)]
    as_of: HappenedOn
    after: UUID | None = None
    limit: Annotated[int, Field(strict=True, ge=0, le=500)] = 100


class RateConsequenceOut(Answer):
    """What a publication does to one loan: its rates, and all interest and penalty before and after.

    `kept_because` says why a contract keeps its rate although the publication says otherwise; then nothing changes.
    """

    loan_id: UUID
    contract_number: str
    bank_code: str
    village_code: str
    state: LoanState
    rate_before: Rate
    rate_after: Rate
    interest_before: Money
    interest_after: Money
    penalty_before: Money
    penalty_after: Money
    held_after: Money
    kept_because: str | None


class RateConsequencesOut(Answer):
    """What publications would do to loans: how many change, all their interest before and after, and which they are."""

    loan_count: int
    kept_count: int
    interest_before: Money
    interest_after: Money
    penalty_before: Money
    penalty_after: Money
    items: list[RateConsequenceOut]
    next: UUID | None
