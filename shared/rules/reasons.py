"""A reason against a loan, or a condition under which it is granted, in words (DZ-4). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.policy.vocabulary import Consequence


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
