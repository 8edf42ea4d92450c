"""When officers may set a loan's class: worse than the rule gives, never better (LG-43). Pure."""

from typing import Final

from services.lending.classes.refusals import ClassNotWorse, NoClassToLift
from shared.policy.vocabulary import LoanClass

# From the best to the worst.
ORDER: Final = tuple(LoanClass)


def is_worse(one: LoanClass, other: LoanClass) -> bool:
    """Return whether a class is worse than another."""
    return ORDER.index(one) > ORDER.index(other)


def ensure_reviewable(asked: LoanClass | None, by_rule: LoanClass, set_by_officers: LoanClass | None) -> None:
    """Refuse a class that is no worse than the rule's, and to lift one that nobody set.

    Args:
        asked: the class proposed; None: back to what the rule gives.
        by_rule: what the days past due give on the day of the proposal.
        set_by_officers: the class that two officers set and that holds on that day.

    Raises:
        ClassNotWorse, NoClassToLift
    """
    if asked is None:
        if set_by_officers is None:
            raise NoClassToLift
    elif not is_worse(asked, by_rule):
        raise ClassNotWorse(asked, by_rule)
