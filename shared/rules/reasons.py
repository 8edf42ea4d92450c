"""A reason against a loan, or a condition under which it is granted, in words (DZ-4). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.policy.terms import ConditionConsequence
from shared.policy.vocabulary import Consequence, ProductCondition, SoftCondition

_USUAL_CONSEQUENCE: Final[Mapping[str, Consequence]] = {
    SoftCondition.NORMAL_TERM: Consequence.WITH_REASON,
    ProductCondition.NOT_COVERED: Consequence.WITHOUT_COVER,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against a loan: the clause it rests on, and a sentence in both languages that says what to do."""

    code: str
    clause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A reason that does not refuse the loan, and what follows of it in its place."""

    consequence: Consequence
    reason: Reason


def bears(conditions: Iterable[Condition], consequence: Consequence) -> bool:
    """Return whether a loan under these conditions has this consequence."""
    return any(condition.consequence is consequence for condition in conditions)


def weighed(
    unmet: Iterable[Reason], said: Sequence[ConditionConsequence] | None
) -> tuple[tuple[Reason, ...], tuple[Condition, ...]]:
    """Return which unmet conditions refuse a loan, by what the county's pack `said`, and what the others set (MS-1)."""
    found = [Condition(_consequence_of(reason.code, said or ()), reason) for reason in unmet]
    refused = tuple(each.reason for each in found if each.consequence is Consequence.REFUSED)
    return refused, tuple(each for each in found if each.consequence is not Consequence.REFUSED)


def _consequence_of(code: str, said: Sequence[ConditionConsequence]) -> Consequence:
    usual = _USUAL_CONSEQUENCE.get(code, Consequence.REFUSED)
    return next((each.consequence for each in said if each.condition == code), usual)
