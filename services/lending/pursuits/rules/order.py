"""In which order a debtor is pursued, and when a bad record is reported (FJ-12, LG-20b, LG-22). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.lending.pursuits.refusals import DefaultNotMalicious, LaterStepRestsOnIt, StepNeedsAnother

# Lawful collection comes before a suit, a suit before a judgment, a judgment before its enforcement.
_HOUSEHOLD: Final = {"suit": "demand", "judgment": "suit", "enforcement": "judgment"}
# The entity that used the money is first held to repay as agreed, then pursued (LG-20b).
RESTS_ON: Final = {"household": _HOUSEHOLD, "entity": {"demand": "agreement_call", **_HOUSEHOLD}}
REPORTS: Final = frozenset({"credit_database", "farmers_credit_system"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step against a debtor, household or entity."""

    kind: str
    happened_on: date
    debtor: str = "household"


def pursued_since(debtor: str, kind: str, due_from: date | None, reported_on: date | None) -> date | None:
    """Return the first day on which a step may be taken, None: there is no ground yet.

    A household is pursued once its default is reported (LG-22); an entity that used the money is held to repay as
    agreed from the day something is due, and pursued as soon as that is overdue (LG-20b).

    Args:
        due_from: the oldest due day of which something is unpaid.
        reported_on: the day of the first default report that stands.
    """
    if debtor == "household" or due_from is None:
        return reported_on
    first = due_from if kind == "agreement_call" else due_from + timedelta(days=1)
    return min(first, reported_on or first)


def ensure_in_order(step: Step, earlier: Sequence[Step], malicious_from: date | None) -> None:
    """Refuse a step whose ground is missing on its day.

    Args:
        earlier: the steps against the same debtor that stand.
        malicious_from: the day on which a malicious default was confirmed, or None.

    Raises:
        StepNeedsAnother: for example a suit without a demand before it.
        DefaultNotMalicious: a bad record is reported of malicious evasion only, once it is confirmed.
    """
    ground = RESTS_ON[step.debtor].get(step.kind)
    if ground is not None and not any(each.kind == ground and each.happened_on <= step.happened_on for each in earlier):
        raise StepNeedsAnother(step.kind, ground)
    if step.kind in REPORTS and (malicious_from is None or malicious_from > step.happened_on):
        raise DefaultNotMalicious(step.kind)


def ensure_nothing_rests_on(step: Step, others: Sequence[Step]) -> None:
    """Refuse to withdraw a step that another one still needs.

    Raises:
        LaterStepRestsOnIt: with the kind that needs it.
    """
    for kind in (each for each, ground in RESTS_ON[step.debtor].items() if ground == step.kind):
        first = min((each.happened_on for each in others if each.kind == kind), default=None)
        grounds = [each.happened_on for each in others if each.kind == step.kind]
        if first is not None and min(grounds, default=date.max) > first:
            raise LaterStepRestsOnIt(kind)
