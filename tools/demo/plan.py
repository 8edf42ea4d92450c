"""The demonstration's fixed figures: those of a county's document at full size, in proportion at any other.

Fengjie at scale 1: 12 000 spreadsheet rows, 114 of them wrong, 900 registered households that may not borrow, 10 986
that borrow 525 000 000 yuan, a fund of 50 000 000 yuan that covers ten times as much (FJ-13) and is topped up once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from types import MappingProxyType
from typing import Final, Self, TypeVar

from shared.money import yuan
from tools.demo.county_figures import Bar, RowFault
from tools.demo.outline import Outline

SMALLEST_SCALE: Final = Decimal("0.001")
THOUSAND: Final = Decimal(1000)

Key = TypeVar("Key")


class ScaleOutOfRange(ValueError):
    """SCALE lies outside 0.001 to 1."""

    def __init__(self, scale: Decimal) -> None:
        super().__init__(f"SCALE={scale} is outside {SMALLEST_SCALE} to 1; try SCALE=0.01 for a quick look.")


def scale_of(scale: Decimal | float | str) -> Decimal:
    """Return the scale as an exact number.

    Raises:
        ScaleOutOfRange: when it lies outside 0.001 to 1.
    """
    size = Decimal(str(scale))
    if not SMALLEST_SCALE <= size <= 1:
        raise ScaleOutOfRange(size)
    return size


def counts_by_weight(total: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Split `total` by weights into whole numbers; the largest remainders take the rest, earlier keys first."""
    weight_sum = sum(weights.values())
    counts = {key: total * weight // weight_sum for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda key: -(total * weights[key] % weight_sum))  # a stable sort
    for key in by_remainder[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def with_one_of_each(counts: dict[Key, int]) -> dict[Key, int]:
    """Give each empty key one out of the fullest, so that a small county still shows every case."""
    filled = dict(counts)
    for key in filled:
        if filled[key] == 0:
            filled[max(filled, key=lambda other: filled[other])] -= 1
            filled[key] = 1
    return filled


def spread_evenly(counts: Mapping[Key, int]) -> list[Key]:
    """Return each key as often as its count, interleaved so that every stretch of the list has the same mix."""
    places = [((index + 0.5) / count, key) for key, count in counts.items() for index in range(count)]
    return [key for _, key in sorted(places, key=lambda place: place[0])]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How many households of each kind and how much money, in yuan; no money where the outline has no lending."""

    outline: Outline
    scale: Decimal
    rows: int
    row_faults: Mapping[RowFault, int]
    registered_households: int
    bars: Mapping[Bar, int]
    lendable_households: int
    grade_households: Mapping[str, int]
    industry_households: Mapping[str, int]
    term_households: Mapping[int, int]
    amount_lent: Decimal
    amount_below_limits: Decimal
    fund_initial: Decimal
    fund_top_up: Decimal
    top_up_households: int

    @classmethod
    def at(cls, scale: Decimal | float | str, outline: Outline) -> Self:
        """Return the figures at `scale`, 0.001 to 1; the first-round loans add up to `amount_lent` exactly.

        Raises:
            ScaleOutOfRange: when the scale is outside that range.
        """
        size = scale_of(scale)
        lendable = max(1, _nearest(outline.lendable_households * size))
        weights: dict[RowFault | Bar, int] = dict(outline.row_faults.items()) | dict(outline.bars.items())
        unfit = max(len(weights), _nearest(sum(weights.values()) * size))
        unfit_counts = with_one_of_each(counts_by_weight(unfit, weights))
        bars = {key: count for key, count in unfit_counts.items() if isinstance(key, Bar)}
        grades = counts_by_weight(lendable, outline.grade_weights)
        limits_total = yuan(sum(outline.grade_limits[grade] * count for grade, count in grades.items()))
        lent = min(_to_thousand((outline.amount_lent or Decimal(0)) * size, ROUND_HALF_EVEN), limits_total)
        fund_initial = _to_thousand(lent / outline.lent_per_first_fund_yuan, ROUND_DOWN)
        beyond_cover = lent - fund_initial * outline.fund_multiplier
        return cls(
            outline=outline,
            scale=size,
            rows=lendable + unfit,
            row_faults=MappingProxyType({key: n for key, n in unfit_counts.items() if isinstance(key, RowFault)}),
            registered_households=lendable + sum(bars.values()),
            bars=MappingProxyType(bars),
            lendable_households=lendable,
            grade_households=MappingProxyType(grades),
            industry_households=MappingProxyType(counts_by_weight(lendable, outline.industry_weights)),
            term_households=MappingProxyType(counts_by_weight(lendable, outline.term_weights)),
            amount_lent=lent,
            amount_below_limits=limits_total - lent,
            fund_initial=fund_initial,
            fund_top_up=yuan(lent / outline.fund_multiplier) - fund_initial,
            top_up_households=_highest_limits_covering(beyond_cover, outline) if outline.lends else 0,
        )

    @property
    def fund_multiplier(self) -> int:
        """Return how many times the fund its loans may be (FJ-13)."""
        return self.outline.fund_multiplier

    @property
    def grade_limits(self) -> Mapping[str, Decimal]:
        """Return each grade's credit limit, the best grade first (FJ-10)."""
        return self.outline.grade_limits

    @property
    def rows_wrong(self) -> int:
        """Return how many rows the import refuses."""
        return sum(self.row_faults.values())

    @property
    def barred_households(self) -> int:
        """Return how many registered households may not borrow."""
        return sum(self.bars.values())

    @property
    def cover_limit_initial(self) -> Decimal:
        """Return what the fund covers before the top-up (FJ-13)."""
        return self.fund_initial * self.fund_multiplier

    @property
    def fund_paid_in(self) -> Decimal:
        """Return the fund after the top-up: a tenth of everything lent."""
        return self.fund_initial + self.fund_top_up


def _nearest(count: Decimal) -> int:
    return int(count.to_integral_value(ROUND_HALF_EVEN))


def _to_thousand(amount: Decimal, rounding: str) -> Decimal:
    return yuan((amount / THOUSAND).to_integral_value(rounding) * THOUSAND)


def _highest_limits_covering(amount: Decimal, outline: Outline) -> int:
    """Return how many loans of the highest credit limit wait for the top-up; what cover is left before it fits none of
    them.
    """
    return int((amount / max(outline.grade_limits.values())).to_integral_value(ROUND_CEILING))
