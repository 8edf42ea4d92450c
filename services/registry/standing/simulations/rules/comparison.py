"""What another pack changes for each application, and the sums of it. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from shared.money import ZERO
from shared.rules.reasons import Reason


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it was answered, and as it would be; a limit is that of the rating it was judged by."""

    question_id: UUID
    village_code: str
    amount: Decimal
    codes_before: tuple[str, ...]
    credit_limit_before: Decimal | None
    reasons_after: tuple[Reason, ...]
    credit_limit_after: Decimal | None

    @property
    def codes_after(self) -> tuple[str, ...]:
        """Return the codes of the reasons that would stand against it."""
        return tuple(reason.code for reason in self.reasons_after)

    @property
    def change(self) -> str | None:
        """Return what the pack changes, or None: the answer first, then its reasons, then the limit."""
        if bool(self.codes_before) != bool(self.reasons_after):
            return "newly_refused" if self.reasons_after else "newly_eligible"
        if self.codes_before != self.codes_after:
            return "other_reasons"
        return "other_limit" if self.credit_limit_before != self.credit_limit_after else None


@dataclass(slots=True)
class _Sum:
    """A number of applications and what they ask for together, CNY."""

    count: int = 0
    amount: Decimal = ZERO

    def add(self, amount: Decimal) -> None:
        self.count += 1
        self.amount += amount

    def plain(self) -> dict[str, Any]:
        # Amounts are written as text: JSON numbers would come back as binary fractions.
        return {"count": self.count, "amount": str(self.amount)}


@dataclass(slots=True)
class _ReasonSums:
    """How many applications a reason stands against, before and after, and those for which that differs."""

    before: int = 0
    after: int = 0
    added: _Sum = field(default_factory=_Sum)
    removed: _Sum = field(default_factory=_Sum)

    def add(self, amount: Decimal, before: bool, after: bool) -> None:
        self.before += before
        self.after += after
        if before != after:
            (self.added if after else self.removed).add(amount)

    def plain(self, code: str) -> dict[str, Any]:
        return {
            "code": code,
            "before": self.before,
            "after": self.after,
            "added": self.added.count,
            "added_amount": str(self.added.amount),
            "removed": self.removed.count,
            "removed_amount": str(self.removed.amount),
        }


# What is summed up over the period, and what a township's number of it is called.
_COUNTS: Final = {
    "applications": "application_count",
    "eligible_before": "eligible_before_count",
    "eligible_after": "eligible_after_count",
    "newly_eligible": "newly_eligible_count",
    "newly_refused": "newly_refused_count",
}


class Comparison:
    """The sums over a period's applications, one added after the other, under a pack's largest loan."""

    def __init__(self, amount_max: Decimal) -> None:
        self._amount_max = amount_max
        self._sums = {name: _Sum() for name in (*_COUNTS, "above_maximum")}
        self._reasons: dict[str, _ReasonSums] = {}
        self._townships: dict[str, Counter[str]] = {}

    def add(self, each: Application) -> None:
        """Count one application."""
        before, after = set(each.codes_before), set(each.codes_after)
        kinds = ["applications"]
        kinds += ["eligible_before"] if not before else []
        kinds += ["eligible_after"] if not after else []
        kinds += [each.change] if each.change in ("newly_eligible", "newly_refused") else []
        township = self._townships.setdefault(each.village_code[:9], Counter())
        for kind in kinds:
            self._sums[kind].add(each.amount)
            township[kind] += 1
        # Only what the new largest loan adds: some were above the old one already.
        if each.amount > self._amount_max and "amount-above-maximum" not in before:
            self._sums["above_maximum"].add(each.amount - self._amount_max)
        for code in before | after:
            self._reasons.setdefault(code, _ReasonSums()).add(each.amount, code in before, code in after)

    def result(self, rescoring: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return everything that was counted as JSON data."""
        townships = (
            {"township_code": code, **{count: found[name] for name, count in _COUNTS.items()}}
            for code, found in sorted(self._townships.items())
        )
        return {
            **{name: each.plain() for name, each in self._sums.items()},
            "reasons": [each.plain(code) for code, each in self._reasons.items()],
            "townships": list(townships),
            "rescoring": rescoring,
        }
