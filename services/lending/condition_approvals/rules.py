"""Which offices must agree to a loan that misses a condition, and by when (LG-9). Pure."""

from collections.abc import Collection, Sequence
from datetime import date

from shared.policy.terms import ConditionConsequence
from shared.policy.vocabulary import Consequence, Office
from shared.workdays import add_workdays


def offices_asked(said: Sequence[ConditionConsequence] | None, unmet: Collection[str]) -> dict[Office, int]:
    """Return the offices that the county asks about these unmet conditions, in its order, each with its working days.

    An office that is asked about several has the fewest days that the county gives it.
    """
    found: dict[Office, int] = {}
    for each in said or ():
        if each.consequence is Consequence.WITH_APPROVAL and each.condition in unmet and each.office is not None:
            days = each.working_days or 1
            found[each.office] = min(days, found.get(each.office, days))
    return found


def due_on(asked_on: date, working_days: int) -> date:
    """Return the last day for an office's answer; its silence neither approves nor refuses."""
    return add_workdays(asked_on, working_days)
