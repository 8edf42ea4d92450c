"""What goes in and out about ratings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.money import Money
from shared.regions import CountyCode, RegionCode
from shared.web.bodies import Answer, Body, Text

ADJUSTMENTS_MAX = 5000


class CampaignIn(Body):
    """A year's rating of a county, on facts as of one day."""

    county_code: CountyCode
    year: Annotated[int, Field(ge=2000, le=2100)]
    as_of: date


class GradeCount(Answer):
    """How many households have a grade; null is below the lowest band."""

    grade: str | None
    household_count: int


class CampaignOut(Answer):
    """A rating campaign and how far it is (DY-1)."""

    id: UUID
    county_code: str
    year: int
    as_of: date
    pack_version: int
    state: str
    household_count: int
    scored_count: int
    reviewed_count: int
    grades: list[GradeCount]
    publicity_started_on: date | None
    publicity_ends_on: date | None
    finalised_on: date | None
    opened_by: str
    opened_at: datetime


class AdjustmentIn(Body):
    """Another grade than the preliminary one, and why."""

    household_id: UUID
    grade: Annotated[str, Field(min_length=1, max_length=20)]
    reason: Text


class ReviewIn(Body):
    """A rating group's review of a region; what it does not adjust it agrees with."""

    reviewed_on: date
    members: Annotated[list[Text], Field(max_length=50)]
    region_code: RegionCode | None = None  # the whole county if left out
    adjustments: Annotated[tuple[AdjustmentIn, ...], Field(max_length=ADJUSTMENTS_MAX)] = ()


class PublicityIn(Body):
    """The first day on which the result is on show."""

    started_on: date


class FinalisationIn(Body):
    """The day from which the ratings hold."""

    finalised_on: date


class RatingOut(Answer):
    """One household's rating."""

    household_id: UUID
    household_number: str
    village_code: str
    grade: str
    line: Money
    score: Decimal | None
    cause: str
    valid_from: date
    valid_until: date
    is_valid: bool
    collected_on: date | None
    is_stale: bool


class DerivationLineOut(Answer):
    """What one indicator earned and why."""

    code: str
    zh: str
    en: str
    value: Decimal | None
    per: Decimal | None
    threshold: Decimal | None
    points: Decimal
    points_max: Decimal


class HouseholdRatingOut(Answer):
    """A household's ratings, newest first, and how its score comes about."""

    household_id: UUID
    household_number: str
    ratings: list[RatingOut]
    collected_on: date | None
    derivation: list[DerivationLineOut]
    score: Decimal | None
    preliminary_grade: str | None
