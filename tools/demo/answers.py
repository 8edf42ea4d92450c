"""Answers to a pack's rating questions that lead to a wanted grade, by trying and checking against the scheme."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from random import Random
from typing import Final

from shared.policy.rating_terms import Indicator, RatingScheme
from shared.policy.vocabulary import BetterWhen

TRIES_MAX: Final = 300
MOVES_MAX: Final = 500
COARSE_FROM: Final = 2_000  # people state larger figures in hundreds
COARSE_STEP: Final = 100
WORST_OVER_FIRST_STEP: Final = Decimal("1.3")


class GradeUnreachable(ValueError):
    """No answers were found that reach the grade."""

    def __init__(self, grade: str | None) -> None:
        self.grade = grade
        super().__init__(
            f"No answers reach grade {grade!r} under the pack's indicators; check the points against the grade's score."
        )


def points_earned(indicator: Indicator, answers: Mapping[str, int]) -> Decimal:
    """Return the points of one indicator; a missing answer or a division by zero earns nothing."""
    value = _value(indicator, answers)
    if value is None:
        return Decimal(0)
    met = [step.points for step in indicator.steps if _meets(value, step.threshold, indicator.better_when)]
    return max(met, default=Decimal(0))


def score(scheme: RatingScheme, answers: Mapping[str, int]) -> Decimal:
    """Return the sum of the points of all indicators."""
    return sum((points_earned(indicator, answers) for indicator in scheme.indicators), Decimal(0))


def grade_of(scheme: RatingScheme, answers: Mapping[str, int]) -> str | None:
    """Return the best grade whose least score the answers reach, or None."""
    reached = score(scheme, answers)
    return next((grade.code for grade in scheme.grades if reached >= grade.score_min), None)


def indicator_answers(
    target_grade: str | None,
    rng: Random,
    scheme: RatingScheme,
    known: Mapping[str, int] | None = None,
    at_most: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Return whole-number answers, keyed by indicator code (and divisor code), that earn exactly `target_grade`.

    Without a target they earn less than the lowest grade. `known` fixes answers that follow from the household
    (`labourers`); `at_most` bounds others by it (`migrant_workers`). Everything in `known` comes back with the rest.

    Raises:
        GradeUnreachable: when no answers were found.
    """
    fixed, bounds = dict(known or {}), dict(at_most or {})
    for _ in range(TRIES_MAX):
        answers = _answers_near(target_grade, rng, scheme, fixed, bounds)
        if grade_of(scheme, answers) == target_grade:
            return answers
    raise GradeUnreachable(target_grade)


def _answers_near(
    target_grade: str | None, rng: Random, scheme: RatingScheme, fixed: Mapping[str, int], bounds: Mapping[str, int]
) -> dict[str, int]:
    answers = dict(fixed)
    given = sum((points_earned(i, answers) for i in scheme.indicators if i.code in fixed), Decimal(0))
    lowest, below = _score_band(scheme, target_grade)
    asked = [_Question(i, bounds.get(i.code)) for i in scheme.indicators if i.code not in fixed]
    if given + sum(question.points[question.best] for question in asked) < lowest:
        raise GradeUnreachable(target_grade)
    levels = _levels_between(asked, lowest - given, None if below is None else below - given, rng)
    by_divisor_first = sorted(zip(asked, levels, strict=True), key=lambda pair: pair[0].indicator.per is not None)
    for question, level in by_divisor_first:
        per = question.indicator.per
        divisor = 1 if per is None else answers.setdefault(per, rng.randint(2, 6))
        answers[question.indicator.code] = question.answer(level, divisor, rng)
    return answers


def _score_band(scheme: RatingScheme, target_grade: str | None) -> tuple[Decimal, Decimal | None]:
    better: Decimal | None = None
    for grade in scheme.grades:  # best first
        if grade.code == target_grade:
            return grade.score_min, better
        better = grade.score_min
    if target_grade is None:
        return Decimal(0), better
    raise GradeUnreachable(target_grade)


def _levels_between(asked: Sequence["_Question"], lowest: Decimal, below: Decimal | None, rng: Random) -> list[int]:
    """Return how many steps each answer meets, moved one at a time until the points lie in the band."""
    levels = [rng.randint(question.worst, question.best) for question in asked]
    for _ in range(MOVES_MAX):
        total = sum((question.points[level] for question, level in zip(asked, levels, strict=True)), Decimal(0))
        if total >= lowest and (below is None or total < below):
            break
        move = 1 if total < lowest else -1
        movable = [i for i, question in enumerate(asked) if question.worst <= levels[i] + move <= question.best]
        if not movable:
            break
        levels[rng.choice(movable)] += move
    return levels


class _Question:
    """One indicator and the levels an answer can reach: level n meets the first n steps and no more."""

    def __init__(self, indicator: Indicator, at_most: int | None) -> None:
        self.indicator, self.at_most = indicator, at_most
        self.thresholds = tuple(step.threshold for step in indicator.steps)
        self.points = (Decimal(0), *(step.points for step in indicator.steps))
        self.is_higher = indicator.better_when is BetterWhen.HIGHER
        self.worst, self.best = 0, len(indicator.steps)
        if self.is_higher and self.thresholds[0] <= 0:
            self.worst = 1  # every answer meets the first step
        if at_most is not None and indicator.per is None:
            within = [level for level in range(self.worst, self.best + 1) if self._range(level, 1)[0] <= at_most]
            self.worst, self.best = within[0], within[-1]

    def answer(self, level: int, divisor: int, rng: Random) -> int:
        """Return a whole answer at the level, as far as whole numbers allow."""
        first, last = self._range(level, divisor)
        if self.at_most is not None:
            last = max(first, min(last, self.at_most))
        if last - first >= COARSE_FROM:
            first = -(-first // COARSE_STEP) * COARSE_STEP
            return rng.randrange(first, last + 1, COARSE_STEP)
        return rng.randint(first, last)

    def _range(self, level: int, divisor: int) -> tuple[int, int]:
        """Return the least and greatest answer of the level; the open ends stop where answers stay believable."""
        first, last = self._higher(level, divisor) if self.is_higher else self._lower(level, divisor)
        return max(first, 0), max(last, first, 0)

    def _higher(self, level: int, divisor: int) -> tuple[int, int]:
        low = self.thresholds[level - 1] if level else Decimal(0)
        first = _whole(low * divisor, ROUND_CEILING)
        if level < len(self.thresholds):
            return first, _whole(self.thresholds[level] * divisor, ROUND_CEILING) - 1
        before = self.thresholds[level - 2] if level > 1 else Decimal(0)
        top = low if low <= 1 else low + (low - before) / 2  # yes/no questions end at 1
        return first, _whole(top * divisor, ROUND_FLOOR)

    def _lower(self, level: int, divisor: int) -> tuple[int, int]:
        high = self.thresholds[level - 1] if level else self.thresholds[0] * WORST_OVER_FIRST_STEP
        last = _whole(high * divisor, ROUND_FLOOR)
        if level < len(self.thresholds):
            return _whole(self.thresholds[level] * divisor, ROUND_FLOOR) + 1, last
        return (last // 2 if last >= COARSE_STEP else 0), last  # nobody lives on nothing, but many owe nothing


def _whole(value: Decimal, rounding: str) -> int:
    return int(value.to_integral_value(rounding))


def _value(indicator: Indicator, answers: Mapping[str, int]) -> Decimal | None:
    answer = answers.get(indicator.code)
    if answer is None:
        return None
    if indicator.per is None:
        return Decimal(answer)
    divisor = answers.get(indicator.per, 0)
    return Decimal(answer) / divisor if divisor else None


def _meets(value: Decimal, threshold: Decimal, better_when: BetterWhen) -> bool:
    return value >= threshold if better_when is BetterWhen.HIGHER else value <= threshold
