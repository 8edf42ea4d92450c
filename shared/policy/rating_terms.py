"""What scoring, grading and credit limits need to know, as plain frozen values; the rating part of `terms`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shared.policy.vocabulary import BetterWhen, HouseholdCriterion, NextLimitChoice, VillageCriterion

NO_LIMIT: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class IndicatorStep:
    """Points earned once a value reaches the threshold (or does not exceed it, when lower is better)."""

    threshold: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Indicator:
    """One collected fact and the points it earns.

    The value is what was collected under `code`, divided by what was collected under `per` when that is set (a
    division by zero earns nothing). Steps run from the fewest points to the most; the best step that the value meets
    counts, and a value that meets none earns nothing.
    """

    code: str
    zh: str
    en: str
    better_when: BetterWhen
    steps: tuple[IndicatorStep, ...]
    per: str | None = None

    @property
    def points_max(self) -> Decimal:
        """Return the weight of this indicator: the most points it can earn."""
        return max(step.points for step in self.steps)


@dataclass(frozen=True, slots=True)
class Grade:
    """A band of the score (from `score_min` up to the next better grade) and its credit limit.

    A limit of zero is none: the grade is known and counted, and does not borrow.
    """

    code: str
    score_min: Decimal
    credit_limit: Decimal


@dataclass(frozen=True, slots=True)
class GradeLimit:
    """The credit limit of a grade as a county's file states it, or in two languages why the grade has none (DY-1)."""

    code: str
    credit_limit: Decimal | None = None
    zh: str | None = None
    en: str | None = None

    @property
    def limit_or_none(self) -> Decimal:
        """Return the credit limit in yuan; zero where the grade has none."""
        return self.credit_limit or NO_LIMIT


@dataclass(frozen=True, slots=True)
class GradeBand:
    """The least score of a grade as a county's file states it."""

    code: str
    score_min: Decimal


@dataclass(frozen=True, slots=True)
class AreaThreshold:
    """The share of credit households that makes a group, village or township a credit one (ZJ-1, SX-5a)."""

    level: str
    share_min: Decimal


@dataclass(frozen=True, slots=True)
class CreditSystem:
    """The credit information system through which a county collects, by its names (DZ-4b)."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class BankScheme:
    """A bank's own way of scoring, grading and giving credit limits; everything else is the county's (LG-10)."""

    bank_code: str
    indicators: tuple[Indicator, ...]
    grade_limits: tuple[GradeLimit, ...]  # best first
    grade_bands: tuple[GradeBand, ...]  # best first
    promotion_path: tuple[str, ...] = ()  # worst first; empty when this bank's credit limits do not roll


@dataclass(frozen=True, slots=True)
class RatingScheme:
    """How a household is scored, graded, given a credit limit, and how the credit limit grows (FJ-10, LG-10, ZJ-1)."""

    indicators: tuple[Indicator, ...]
    grades: tuple[Grade, ...]  # best first
    valid_months: int
    recollect_months: int
    group_review_members_min: int
    gradient_multiplier: Decimal | None
    promotion_path: tuple[str, ...]  # worst first, for example ("C", "B", "A"); empty when credit limits do not roll
    next_limit: NextLimitChoice
    area_thresholds: tuple[AreaThreshold, ...]
    demonstration_villages_per_year: int | None
    demonstration_households_per_year: int | None
    household_cap: Decimal
    bank_schemes: tuple[BankScheme, ...] | None = None
    earned_limit_kept: bool | None = None  # None: kept
    at_visit: bool | None = None  # None: campaigns alone rate
    collected_through: CreditSystem | None = None  # None: the county names no system and no schedule
    loan_certificates: bool | None = None  # None: the county issues none
    demonstration_village_criteria: tuple[VillageCriterion, ...] | None = None  # None: the platform's order
    demonstration_household_criteria: tuple[HouseholdCriterion, ...] | None = None
