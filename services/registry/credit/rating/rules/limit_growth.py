"""How a credit limit grows once a loan is repaid on time: gradient increase and rolling grades (FJ-10). Pure."""

from dataclasses import dataclass
from decimal import Decimal

from services.registry.credit.rating.rules.scoring import credit_limit_of
from shared.money import yuan
from shared.policy.rating_terms import RatingScheme
from shared.policy.vocabulary import NextLimitChoice


@dataclass(frozen=True, slots=True)
class NextLimit:
    """The grade and the credit limit for the next loan."""

    grade: str
    credit_limit: Decimal


def next_limit(grade: str, credit_limit: Decimal, principal: Decimal, scheme: RatingScheme) -> NextLimit:
    """Return the grade and credit limit after a loan of `principal` was repaid on time (FJ-10).

    Rolling: the grade moves one step along the promotion path (C to B to A). Gradient: the last loan times the
    multiplier. The pack says which one counts; a credit limit never sinks by repaying and never passes the household
    cap. A grade that the scheme no longer knows, from an earlier pack, does not roll.
    """
    rolled = _promoted(grade, scheme)
    rolling = credit_limit_of(rolled, scheme) if any(each.code == rolled for each in scheme.grades) else credit_limit
    gradient = yuan(principal * scheme.gradient_multiplier) if scheme.gradient_multiplier is not None else credit_limit
    if scheme.next_limit is NextLimitChoice.GRADIENT:
        found = NextLimit(grade, gradient)
    elif scheme.next_limit is NextLimitChoice.ROLLING:
        found = NextLimit(rolled, rolling)
    else:
        found = NextLimit(rolled, max(rolling, gradient))
    return NextLimit(found.grade, min(max(found.credit_limit, credit_limit), scheme.household_cap))


def _promoted(grade: str, scheme: RatingScheme) -> str:
    path = scheme.promotion_path
    if grade not in path:
        return grade
    return path[min(path.index(grade) + 1, len(path) - 1)]
