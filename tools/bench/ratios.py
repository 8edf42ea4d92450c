"""Judge measurements: medians of alternating runs, the ratio to the floor, and whether the target is met. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Bound(StrEnum):
    """On which side of the target a figure must lie."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must reach."""

    bound: Bound
    value: float

    def is_met_by(self, figure: float) -> bool:
        """Return whether the figure lies on the right side; exactly on the target is met."""
        return figure >= self.value if self.bound is Bound.AT_LEAST else figure <= self.value


@dataclass(frozen=True, slots=True)
class Series:
    """Runs of one thing: what was measured, in which unit, and each run's figure."""

    what: str
    unit: str
    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle run."""
        return median(self.runs)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours beside the floor; without a floor the figure itself is judged."""

    key: str
    zh: str
    en: str
    ours: Series
    floor: Series | None
    target: Target

    @property
    def figure(self) -> float:
        """Return ours divided by the floor, medians both; without a floor ours alone."""
        return self.ours.median if self.floor is None else self.ours.median / self.floor.median

    @property
    def is_met(self) -> bool:
        """Return whether the target is met."""
        return self.target.is_met_by(self.figure)


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that could not be measured: the keys it would have given, what it is, and the error."""

    keys: tuple[str, ...]
    title: str
    reason: str


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
