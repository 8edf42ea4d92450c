"""How a budget may be adjusted: up, down, or from one of its sources to another; pure (DZ-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.subsidy.programmes.refusals import (
    BudgetBelowPromised,
    ReversalDiffers,
    SourceBelowPromised,
    SourcesNotSplit,
)
from shared.money import ZERO

AdjustmentKind = Literal["raise", "lower", "move"]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a budget, in yuan: of `fund_source`, or from another source into it."""

    kind: AdjustmentKind
    amount: Decimal
    fund_source: str
    from_source: str | None = None

    def takes_from(self) -> str | None:
        """Return the source that gives less afterwards; None where none does."""
        return {"raise": None, "lower": self.fund_source, "move": self.from_source}[self.kind]

    def opposite(self) -> "Adjustment":
        """Return what takes this one back."""
        if self.from_source is not None:
            return Adjustment("move", self.amount, self.from_source, self.fund_source)
        return Adjustment("lower" if self.kind == "raise" else "raise", self.amount, self.fund_source)


def ensure_possible(
    change: Adjustment, available: Decimal, sources: Mapping[str, Decimal], promised: Mapping[str, Decimal]
) -> None:
    """Refuse a change that takes away what is promised: of the budget as a whole, or of one of its sources.

    Args:
        available: what the programme has left, in yuan.
        sources: what each source gives of the budget; empty where it is not split.
        promised: what projects were promised and paid out of each source.

    Raises:
        BudgetBelowPromised, SourcesNotSplit, SourceBelowPromised.
    """
    if change.kind == "lower" and change.amount > available:
        raise BudgetBelowPromised(change.amount, available)
    if change.kind == "move" and not sources:
        raise SourcesNotSplit
    source = change.takes_from()
    if source is None or not sources:
        return
    left = max(ZERO, sources.get(source, ZERO) - promised.get(source, ZERO))
    if change.amount > left:
        raise SourceBelowPromised(source, change.amount, left)


def ensure_reverses(change: Adjustment, wrong: Adjustment) -> None:
    """Refuse as the reversal of a wrong change what is not its exact opposite.

    Raises:
        ReversalDiffers.
    """
    if change != wrong.opposite():
        raise ReversalDiffers(wrong.opposite().kind, wrong.amount)
