"""In which order a debtor is pursued, and when a bad record is reported (FJ-12, LG-22). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.lending.pursuits.refusals import DefaultNotMalicious, LaterStepRestsOnIt, StepNeedsAnother

# Lawful collection comes before a suit, a suit before a judgment, a judgment before its enforcement.
RESTS_ON: Final = {"suit": "demand", "judgment": "suit", "enforcement": "judgment"}
REPORTS: Final = frozenset({"credit_database", "farmers_credit_system"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step that stands, against one debtor."""

    kind: str
    happened_on: date


def ensure_in_order(kind: str, happened_on: date, earlier: Sequence[Step], malicious_from: date | None) -> None:
    """Refuse a step whose ground is missing on its day.

    Args:
        earlier: the steps against the same debtor that stand.
        malicious_from: the day on which a malicious default was confirmed, or None.

    Raises:
        StepNeedsAnother: for example a suit without a demand before it.
        DefaultNotMalicious: a bad record is reported of malicious evasion only, once it is confirmed.
    """
    ground = RESTS_ON.get(kind)
    if ground is not None and not any(each.kind == ground and each.happened_on <= happened_on for each in earlier):
        raise StepNeedsAnother(kind, ground)
    if kind in REPORTS and (malicious_from is None or malicious_from > happened_on):
        raise DefaultNotMalicious(kind)


def ensure_nothing_rests_on(step: Step, others: Sequence[Step]) -> None:
    """Refuse to withdraw a step that another one still needs.

    Raises:
        LaterStepRestsOnIt: with the kind that needs it.
    """
    for kind in (each for each, ground in RESTS_ON.items() if ground == step.kind):
        first = min((each.happened_on for each in others if each.kind == kind), default=None)
        grounds = [each.happened_on for each in others if each.kind == step.kind]
        if first is not None and min(grounds, default=date.max) > first:
            raise LaterStepRestsOnIt(kind)
