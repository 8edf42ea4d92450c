"""How far a reference rate may lie from its neighbours in the series before two officers must say that it is meant."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

TENORS: Final = ("up_to_1y", "over_1y_to_5y", "over_5y")
# Percentage points. Every step since 2014 was 0.25 or less and the cut of November 2008 was 1.08; a slipped decimal
# point (43.5 for 4.35) goes far beyond.
STEP_MAX: Final = Decimal("2.00")


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of a series, in percent a year; a tenor is None where none is published."""

    basis: str
    effective_from: date
    up_to_1y: Decimal | None = None
    over_1y_to_5y: Decimal | None = None
    over_5y: Decimal | None = None

    def rate(self, tenor: str) -> Decimal | None:
        """Return the rate of one of the `TENORS`."""
        found: Decimal | None = getattr(self, tenor)
        return found


@dataclass(frozen=True, slots=True)
class UnusualStep:
    """A rate further than `STEP_MAX` from the one before or after it in its series."""

    basis: str
    tenor: str
    effective_from: date
    rate: Decimal
    neighbour_from: date
    neighbour_rate: Decimal


def unusual_steps(known: Collection[Publication], new: Collection[Publication]) -> tuple[UnusualStep, ...]:
    """Return each rate of `new` that lies further than `STEP_MAX` from a neighbour, `known` or `new`, of its series.

    The first rate of a series and tenor has no neighbour before it and is compared with the one after it only.
    """
    series = sorted((*known, *new), key=lambda each: (each.basis, each.effective_from))
    found = [step for tenor in TENORS for step in _steps(series, tenor, set(new))]
    return tuple(sorted(found, key=lambda step: (step.basis, step.effective_from, TENORS.index(step.tenor))))


def _steps(series: Sequence[Publication], tenor: str, new: Collection[Publication]) -> Iterator[UnusualStep]:
    rates = [(each, rate) for each in series if (rate := each.rate(tenor)) is not None]
    for (earlier, before), (later, after) in pairwise(rates):
        if earlier.basis != later.basis or abs(after - before) <= STEP_MAX:
            continue
        if later in new:
            yield UnusualStep(later.basis, tenor, later.effective_from, after, earlier.effective_from, before)
        elif earlier in new:
            yield UnusualStep(earlier.basis, tenor, earlier.effective_from, before, later.effective_from, after)
