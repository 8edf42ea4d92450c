"""What goes in and out about ratings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.money import Money
from shared.person_names import PersonName
from shared.regions import CountyCode, RegionCode
from shared.web.bodies import Answer, BankCode, Body, HappenedOn, Text, alone_stands_for

ADJUSTMENTS_MAX = 5000


GradeCode = Annotated[str, Field(min_length=1, max_length=20)]
GroupName = Annotated[Text, Field(max_length=60)]


class CampaignIn(Body):
    """A year's rating of a county, on facts as of one day; with a bank by that bank's own standard (LG-10)."""

    county_code: CountyCode
    bank_code: BankCode | None = None  # the county's own rating if left out
    year: Annotated[int, Field(ge=2000, le=2100)]
    as_of: HappenedOn


class ScoringIn(Body):
    """The day to which surveys count; the campaign's own if left out."""

    facts_as_of: HappenedOn | None = None


class GradeCount(Answer):
    """How many households have a grade; null is below the lowest band."""

    grade: str | None
    household_count: int


class AreaCount(Answer):
    """How many groups, villages or townships reached the pack's share of credit households (ZJ-1)."""

    level: str
    area_count: int
    credit_count: int
    credit_percent: Decimal | None


CampaignState = Literal["opened", "scored", "on_public_notice", "final"]


class CampaignSummary(Answer):
    """Which rating a campaign is and where it stands, without its figures."""

    id: UUID
    county_code: str
    bank_code: str | None  # null: the county's own rating
    year: int
    as_of: date
    pack_version: int
    state: CampaignState
    public_notice_started_on: date | None
    finalised_on: date | None
    opened_by: str
    opened_at: datetime


class CampaignOut(CampaignSummary):
    """A rating campaign and how far it is (DY-1)."""

    facts_as_of: date | None  # surveys to this day count; null until it is scored
    household_count: int
    scored_count: int
    stale_count: int  # scored on facts that were due to be collected again on that day (DZ-4b)
    reviewed_count: int
    open_objection_count: int
    grades: list[GradeCount]
    areas: list[AreaCount]  # once final
    public_notice_ends_on: date | None


class AdjustmentIn(Body):
    """Another grade than the preliminary one, and why."""

    household_id: UUID
    grade: GradeCode
    reason: Text


class ReviewMemberIn(Body):
    """A member of the rating group; the ID number tells whose family it is and is not kept."""

    name: PersonName
    resident_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None


Member = Annotated[ReviewMemberIn, alone_stands_for("name", PersonName | ReviewMemberIn)]


class ReviewIn(Body):
    """A rating group's review of a region; what it does not adjust it agrees with.

    The members' own families are left out and wait for another group.
    """

    reviewed_on: HappenedOn
    members: Annotated[list[Member], Field(max_length=50)]
    region_code: RegionCode | None = None  # the whole county if left out
    group_name: GroupName | None = None  # one group (村民组) of the village
    adjustments: Annotated[tuple[AdjustmentIn, ...], Field(max_length=ADJUSTMENTS_MAX)] = ()


class ReviewOut(Answer):
    """One review: who, when, where, what it changed and whom it left to another group."""

    id: UUID
    region_code: str
    group_name: str | None
    members: list[str]
    reviewed_on: date
    reviewed_by: str
    reviewed_at: datetime
    adjustment_count: int
    omitted: list[UUID]  # the members' own families


class PublicNoticeIn(Body):
    """The first day on which the result is on public notice."""

    started_on: HappenedOn


class FinalisationIn(Body):
    """The day from which the ratings hold."""

    finalised_on: HappenedOn


class ScoreOut(Answer):
    """A household's place in a campaign: what it scored and why, line by line, and its grade so far."""

    household_id: UUID
    household_number: str
    village_code: str
    group_name: str | None
    collected_on: date
    is_stale: bool
    score: Decimal
    preliminary_grade: str | None
    grade: str | None
    reviewed: bool
    adjustment_reason: str | None
    public_notice_ends_on: date | None
    open_objection_count: int
    derivation: list["DerivationLineOut"]


class ObjectionIn(Body):
    """An objection against a household's grade while it is on public notice; say nothing that names the objector."""

    household_id: UUID
    grounds: Text
    raised_on: HappenedOn


class SettlementIn(Body):
    """How an objection ends: upheld names the right grade (null: none), dismissed leaves it and names none."""

    outcome: Literal["upheld", "dismissed"]
    grade: GradeCode | None = None
    reason: Text
    settled_on: HappenedOn


class ObjectionOut(Answer):
    """An objection and, once settled, how it ended."""

    id: UUID
    campaign_id: UUID
    household_id: UUID
    village_code: str
    grounds: str
    raised_on: date
    recorded_by: str
    outcome: str | None
    grade_before: str | None
    grade_after: str | None
    reason: str | None
    settled_on: date | None
    settled_by: str | None
    public_notice_ends_on: date


class AreaOut(Answer):
    """A group, village or township with its share of credit households (ZJ-1, SX-5a)."""

    key: str
    level: str
    region_code: str
    group_name: str | None
    household_count: int
    credit_count: int
    credit_percent: Decimal | None
    percent_min: Decimal
    is_credit: bool
    as_of: date


class RatingOut(Answer):
    """One household's rating; without grade and credit limit it was taken away by a later campaign."""

    household_id: UUID
    household_number: str
    village_code: str
    bank_code: str | None
    grade: str | None
    credit_limit: Money | None
    score: Decimal | None
    cause: str
    valid_from: date
    valid_until: date
    is_valid: bool
    collected_on: date | None
    is_stale: bool


class VisitRatingIn(Body):
    """Which household is rated at which visit, by the survey of that day, and for which bank."""

    visit_id: UUID
    household_id: UUID
    surveyed_on: HappenedOn
    rated_on: HappenedOn
    bank_code: BankCode | None = None


class VisitRatingOut(Answer):
    """What a visit's rating came to; the rating and its limit hold from `valid_from` on."""

    visit_id: UUID
    household_id: UUID
    bank_code: str | None
    surveyed_on: date
    rated_on: date
    rated_by: str
    office: str
    score: Decimal
    grade: str
    credit_limit: Money
    valid_from: date
    valid_until: date


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
    is_stale: bool
    derivation: list[DerivationLineOut]
    score: Decimal | None
    preliminary_grade: str | None


class EntryCounts(Answer):
    """How many rated households have complete data in the system (电子化录入率, ZJ-7)."""

    rated_count: int
    complete_count: int  # the latest survey answers all that the form asks
    complete_percent: Decimal | None


class TownshipEntry(EntryCounts):
    """A township's part."""

    township_code: str


class EntryRateOut(EntryCounts):
    """The electronic entry rate of a region on a day, by township (ZJ-7)."""

    region_code: str
    as_of: date
    asked: list[str]  # the facts that the form collects
    townships: list[TownshipEntry]


class StageCounts(Answer):
    """How far a township, or the whole county, is; each count is part of the one before it."""

    household_count: int
    surveyed_count: int  # with a survey that is not stale
    scored_count: int
    reviewed_count: int
    on_public_notice_count: int
    rated_count: int  # credit households: with a final grade
    rated_percent: Decimal | None  # of all farm households on file (ZJ-1)
    poor_credit_count: int
    poor_credit_percent: Decimal | None  # of the credit households, how many are poor (ZJ-1)
    credit_limit_count: int
    credit_limit_total: Money
    loan_count: int
    loan_total: Money
    lent_count: int  # households lent to (DY-1)
    # Poor households, which are those in a state that may borrow; the three rates side by side, each over the one
    # before it: rated of the poor, with a credit limit of the rated, lent to of those with a credit limit (DY-1, DY-4).
    poor_count: int
    poor_rated_count: int  # with a final result: a credit limit or none
    poor_rated_percent: Decimal | None
    poor_credit_limit_count: int
    poor_credit_limit_percent: Decimal | None
    poor_lent_count: int
    poor_lent_percent: Decimal | None


class TownshipProgress(StageCounts):
    """A township's progress."""

    township_code: str


class WeekProgress(Answer):
    """What happened in one week of the campaign; week 1 begins on `as_of`, week 0 is everything before."""

    week: int
    starts_on: date | None
    surveyed_count: int
    reviewed_count: int
    rated_count: int
    rated_percent: Decimal | None  # of all households, to the end of the week
    credit_limit_count: int
    credit_limit_total: Money
    loan_count: int
    loan_total: Money


class ProgressOut(StageCounts):
    """A campaign's progress as of a day (DY-1)."""

    campaign_id: UUID
    county_code: str
    bank_code: str | None
    year: int
    state: str
    as_of: date
    townships: list[TownshipProgress]
    weeks: list[WeekProgress]
