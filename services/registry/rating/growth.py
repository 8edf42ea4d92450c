"""How a line grows once a loan is repaid on time: gradient increase and rolling grades (FJ-10). Pure."""

from dataclasses import dataclass
from decimal import Decimal

from services.registry.rating.scoring import line_of
from shared.money import yuan
from shared.policy.rating_terms import RatingScheme
from shared.policy.vocabulary import NextLineChoice


@dataclass(frozen=True, slots=True)
class NextLine:
    """The grade and the line for the next loan."""

    grade: str
    line: Decimal


def next_line(grade: str, line: Decimal, principal: Decimal, scheme: RatingScheme) -> NextLine:
    """Return the grade and line after a loan of `principal` was repaid on time (FJ-10).

    Rolling: the grade moves one step along the promotion path (C to B to A). Gradient: the last loan times the
    multiplier. The pack says which one counts; a line never sinks by repaying and never passes the household cap. A
    grade that the scheme no longer knows, from an earlier pack, does not roll.
    """
    rolled = _promoted(grade, scheme)
    rolling = line_of(rolled, scheme) if any(each.code == rolled for each in scheme.grades) else line
    gradient = yuan(principal * scheme.gradient_multiplier) if scheme.gradient_multiplier is not None else line
    if scheme.next_line is NextLineChoice.GRADIENT:
        found = NextLine(grade, gradient)
    elif scheme.next_line is NextLineChoice.ROLLING:
        found = NextLine(rolled, rolling)
    else:
        found = NextLine(rolled, max(rolling, gradient))
    return NextLine(found.grade, min(max(found.line, line), scheme.household_cap))


def _promoted(grade: str, scheme: RatingScheme) -> str:
    path = scheme.promotion_path
    if grade not in path:
        return grade
    return path[min(path.index(grade) + 1, len(path) - 1)]
