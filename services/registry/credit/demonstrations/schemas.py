"""What goes in and out about demonstration villages and households."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.money import Money
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, HappenedOn, Text


class ChoiceIn(Body):
    """The yearly choice of a county, on ratings and loans as of one day."""

    county_code: CountyCode
    year: Annotated[int, Field(ge=2000, le=2100)]
    as_of: HappenedOn


class DecisionIn(Body):
    """Another officer's decision; a rejection says why and clears the way for a new proposal."""

    decision: Literal["confirm", "reject"]
    decided_on: HappenedOn
    reason: Text | None = None


class ChoiceOut(Answer):
    """A choice: by which criteria, how many were wanted, how many there were, and who answers for it."""

    id: UUID
    county_code: str
    year: int
    as_of: date
    campaign_id: UUID
    pack_version: int
    village_criteria: list[str]
    household_criteria: list[str]
    villages_requested: int
    villages_available: int
    village_count: int
    households_requested: int
    households_available: int
    household_count: int
    remarks: list[str]  # where there were fewer than wanted
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None


class DemonstrationVillageOut(Answer):
    """A demonstration village with its rank and the figures it was ranked by."""

    rank: int
    village_code: str
    village_name: str | None
    household_count: int
    credit_count: int
    credit_percent: Decimal | None
    repaid_count: int
    on_time_count: int
    on_time_percent: Decimal | None
    average_score: Decimal


class DemonstrationHouseholdOut(Answer):
    """A demonstration household with its rank and the figures it was ranked by."""

    rank: int
    household_id: UUID
    household_number: str
    village_code: str
    grade: str
    credit_limit: Money
    score: Decimal
    on_time_count: int
    late_count: int
