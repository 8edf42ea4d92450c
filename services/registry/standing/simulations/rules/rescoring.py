"""A campaign scored again under another scheme: grades and limits by the score alone (LG-10, FJ-10). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from services.registry.credit.rating.rules.scoring import answers_of, credit_limit_of, grade_of, score
from shared.money import ZERO
from shared.policy.household_facts import HouseholdFacts
from shared.policy.rating_terms import RatingScheme

# Grades before and after, None below the lowest band.
GradePair = tuple[str | None, str | None]


@dataclass(frozen=True)
class Rescoring:
    """The scheme by which a campaign scored, and the one by which it is scored again."""

    before: RatingScheme
    after: RatingScheme

    @cached_property
    def _credit_limits(self) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        return _credit_limits(self.before), _credit_limits(self.after)

    def grade(self, scored: Mapping[str, Any]) -> str | None:
        """Return the grade that the facts of the campaign give now."""
        grade = grade_of(score(answers_of(scored), self.after).total, self.after)
        return grade.code if grade else None

    def rated(self, facts: HouseholdFacts, scored: Mapping[str, Any], grade_before: str | None) -> HouseholdFacts:
        """Return the facts with the new grade and limit in place of those that the campaign itself gave the household.

        A limit that a group reviewed or that grew by repaying is not the campaign's own and stays.
        """
        rating, (before, after) = facts.rating, self._credit_limits
        if rating is None or (rating.grade, rating.credit_limit) != (grade_before, before.get(rating.grade)):
            return facts
        grade = self.grade(scored)
        again = None if grade is None else replace(rating, grade=grade, credit_limit=after[grade])
        return replace(facts, rating=again)

    def result(self, pairs: Counter[GradePair]) -> dict[str, Any]:
        """Return as JSON data what changes for the campaign's households, counted by grade before and after."""
        before, after = self._credit_limits
        limits = {pair: (before.get(pair[0] or ""), after.get(pair[1] or "")) for pair in pairs}
        changed = (count for pair, count in pairs.items() if (pair[0], limits[pair][0]) != (pair[1], limits[pair][1]))
        return {
            "households": pairs.total(),
            "changed": sum(changed),
            "credit_limits_before": _total((count, limits[pair][0]) for pair, count in pairs.items()),
            "credit_limits_after": _total((count, limits[pair][1]) for pair, count in pairs.items()),
            "grades": [
                {"grade_before": pair[0], "grade_after": pair[1], "households": pairs[pair]}
                for pair in sorted(pairs, key=_lowest_band_last)
            ],
        }


def _credit_limits(scheme: RatingScheme) -> dict[str, Decimal]:
    return {grade.code: credit_limit_of(grade.code, scheme) for grade in scheme.grades}


def _total(limits: Iterable[tuple[int, Decimal | None]]) -> str:
    """Return the sum as text: a JSON number would come back as a binary fraction."""
    return str(sum((count * limit for count, limit in limits if limit is not None), ZERO))


def _lowest_band_last(pair: GradePair) -> tuple[tuple[bool, str], ...]:
    return tuple((grade is None, grade or "") for grade in pair)
