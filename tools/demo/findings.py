"""What rating and eligibility screening found, stored for the summary."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Area:
    """How many groups, villages or townships are credit areas (ZJ-1)."""

    level: str
    areas: int
    credit: int


@dataclass(frozen=True)
class Rated:
    """What the rating came to; `credit_limit_total` is written in yuan."""

    final_on: date
    households_by_grade: dict[str | None, int]
    rated_households: int
    rated_percent: str
    credit_limit_total: str
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class Demonstration:
    """The year's demonstration villages and households: how many the pack wants and how many were chosen (FJ-10)."""

    villages: int
    villages_requested: int
    households: int
    households_requested: int


@dataclass(frozen=True)
class ReasonCount:
    """One reason against borrowing, with its clause, and how many households it stands against."""

    code: str
    zh: str
    en: str
    clause: str
    households: int


@dataclass(frozen=True)
class Screening:
    """The answer for the county: what was asked for in yuan and months, who may have it, and what bars the others."""

    amount: Decimal
    term_months: int
    households: int
    eligible: int
    reasons: tuple[ReasonCount, ...]
