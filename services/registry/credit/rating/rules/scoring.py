"""How a household's answers become a score, a grade and a credit limit, line by line (ZJ-1, LG-10). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from shared.policy.rating_terms import Grade, Indicator, RatingScheme
from shared.policy.vocabulary import BetterWhen

NO_POINTS: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class DerivationLine:
    """What one indicator earned: the answer, the divisor if any, the threshold met, the points."""

    code: str
    zh: str
    en: str
    value: Decimal | None
    per: Decimal | None
    threshold: Decimal | None
    points: Decimal
    points_max: Decimal


@dataclass(frozen=True, slots=True)
class Derivation:
    """A score with how it came about."""

    lines: tuple[DerivationLine, ...]
    total: Decimal


def answers_of(facts: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the facts that were collected, as JSON holds them, as exact numbers by the code of their indicator."""
    return {code: Decimal(str(value)) for code, value in facts.items()}


def score(answers: Mapping[str, Decimal], scheme: RatingScheme) -> Derivation:
    """Return the points of every indicator of the scheme and their sum.

    A fact that was not collected earns nothing, and so does a ratio whose divisor is zero or missing.
    """
    lines = tuple(_line(indicator, answers) for indicator in scheme.indicators)
    return Derivation(lines, sum((line.points for line in lines), NO_POINTS))


def grade_of(total: Decimal, scheme: RatingScheme) -> Grade | None:
    """Return the best grade whose band the score reaches, or None below the lowest band."""
    return next((grade for grade in scheme.grades if total >= grade.score_min), None)


def credit_limit_of(grade_code: str, scheme: RatingScheme) -> Decimal:
    """Return the credit limit of a grade, never above the household cap (FJ-10)."""
    credit_limit = next(grade.credit_limit for grade in scheme.grades if grade.code == grade_code)
    return min(credit_limit, scheme.household_cap)


def _line(indicator: Indicator, answers: Mapping[str, Decimal]) -> DerivationLine:
    value = answers.get(indicator.code)
    per = answers.get(indicator.per) if indicator.per is not None else None
    met = None
    if value is not None and (indicator.per is None or (per is not None and per > 0)):
        # The threshold is multiplied by the divisor instead of dividing the value, so that no digit is lost.
        scale = per if per is not None else Decimal(1)
        for step in indicator.steps:
            reached = value - step.threshold * scale
            if reached == 0 or (reached > 0) == (indicator.better_when is BetterWhen.HIGHER):
                met = step
    return DerivationLine(
        indicator.code,
        indicator.zh,
        indicator.en,
        value,
        per,
        met.threshold if met else None,
        met.points if met else NO_POINTS,
        indicator.points_max,
    )
