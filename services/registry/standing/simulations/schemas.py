"""What goes in and out about simulations."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registry.standing.eligibility.schemas import ReasonOut
from shared.money import Money
from shared.regions import CountyOrPart
from shared.web.bodies import Answer, Body, Day


class Change(StrEnum):
    """What another pack changes for an application."""

    NEWLY_ELIGIBLE = "newly_eligible"
    NEWLY_REFUSED = "newly_refused"
    OTHER_REASONS = "other_reasons"
    OTHER_LIMIT = "other_limit"


class SimulationIn(Body):
    """The applications of `[period_from, period_until)`, of the whole county or a part of it."""

    period_from: Day
    period_until: Day
    region_code: CountyOrPart | None = None


class CountAndAmount(Answer):
    """Applications and what they asked for together, CNY."""

    count: int
    amount: Money


class ReasonChange(ReasonOut):
    """Applications against which a reason stood and would stand, and those for which that differs."""

    before: int
    after: int
    added: int
    added_amount: Money
    removed: int
    removed_amount: Money


class TownshipChange(Answer):
    """One township's applications."""

    township_code: str
    application_count: int
    eligible_before_count: int
    eligible_after_count: int
    newly_eligible_count: int
    newly_refused_count: int


class GradeChange(Answer):
    """Households of one grade before and one after; null: below the lowest band."""

    grade_before: str | None
    grade_after: str | None
    households: int


class Rescoring(Answer):
    """The last campaign scored again under the pack: grades and credit limits by the score alone, before any review."""

    campaign_id: UUID
    households: int
    changed: int
    credit_limits_before: Money
    credit_limits_after: Money
    grades: list[GradeChange]


class Sentence(Answer):
    """One sentence in both languages."""

    zh: str
    en: str


class SimulationOut(Answer):
    """What would change; `above_maximum` counts what is above the new largest loan only, `amount` what is too much."""

    id: UUID
    pack_id: UUID
    county_code: str
    region_code: str
    period_from: date
    period_until: date
    applications: CountAndAmount
    eligible_before: CountAndAmount
    eligible_after: CountAndAmount
    newly_eligible: CountAndAmount
    newly_refused: CountAndAmount
    above_maximum: CountAndAmount
    reasons: list[ReasonChange]
    townships: list[TownshipChange]
    rescoring: Rescoring | None
    sentences: list[Sentence]
    run_by: str
    run_at: datetime


class AffectedOut(Answer):
    """An application that the pack would change, with its reasons and the credit limit it was and would be judged
    by.
    """

    question_id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    as_of: date
    amount: Money
    term_months: int
    change: Change
    reasons_before: list[ReasonOut]
    reasons_after: list[ReasonOut]
    credit_limit_before: Money | None
    credit_limit_after: Money | None
