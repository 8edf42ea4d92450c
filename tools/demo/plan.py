"""The demonstration's exact figures: those of a county's document at full size, in proportion at any other.

Fengjie at scale 1: 12 000 spreadsheet rows, 114 of them wrong, 900 registered households that may not borrow, 10 986
that borrow 525 000 000 yuan, a fund of 50 000 000 yuan that covers ten times as much (FJ-13) and is topped up once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final, Self, TypeVar

from shared.money import ZERO, yuan
from tools.demo.county_figures import Bar, RowFault
from tools.demo.outline import Outline
from tools.demo.refused import DemoRefused

SMALLEST_SCALE: Final = Decimal("0.001")
THOUSAND: Final = Decimal(1000)

Key = TypeVar("Key")


def scale_of(scale: Decimal | float | str) -> Decimal:
    """Return the scale as an exact number.

    Raises:
        DemoRefused: it is no number from 0.001 to 1.
    """
    try:
        size = Decimal(str(scale))
    except InvalidOperation:
        size = Decimal("NaN")
    if not size.is_finite() or not SMALLEST_SCALE <= size <= 1:
        raise DemoRefused(
            zh=f"SCALE={scale}：请给 {SMALLEST_SCALE} 到 1 之间的数，例如 SCALE=0.01。",
            en=f"SCALE={scale}: give a number from {SMALLEST_SCALE} to 1, for example SCALE=0.01.",
        )
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
    """How many households of each kind and how much money, in yuan."""

    outline: Outline
    scale: Decimal
    rows: int
    row_faults: Mapping[RowFault, int]
    registered_households: int
    bars: Mapping[Bar, int]
    lendable_households: int
    borrowing_households: int
    grade_households: Mapping[str, int]  # of those that may borrow
    borrowing_grades: Mapping[str, int]  # of those that do
    industry_households: Mapping[str, int]
    term_households: Mapping[int, int]
    amount_lent: Decimal
    amount_lent_again: Decimal  # within the year, to households that repaid a short loan
    turnover_households: int
    amount_below_limits: Decimal
    fund_initial: Decimal
    fund_top_up: Decimal

    @classmethod
    def at(cls, scale: Decimal | float | str, outline: Outline) -> Self:
        """Return the figures at `scale`, 0.001 to 1; the first-round loans add up to `amount_lent` exactly.

        What a document's amount has beyond all credit limits is lent again within the year, to as few as it takes.

        Raises:
            DemoRefused: the scale is outside that range.
        """
        size = scale_of(scale)
        lendable = max(1, _nearest(outline.lendable_households * size))
        borrowing = min(lendable, max(1, _nearest(outline.borrowing_households * size)))
        weights: dict[RowFault | Bar, int] = dict(outline.row_faults.items()) | dict(outline.bars.items())
        unfit = max(len(weights), _nearest(sum(weights.values()) * size))
        unfit_counts = with_one_of_each(counts_by_weight(unfit, weights))
        bars = {key: count for key, count in unfit_counts.items() if isinstance(key, Bar)}
        grades = counts_by_weight(lendable, outline.grade_weights)
        borrowing_grades = counts_by_weight(borrowing, grades)
        limits_total = yuan(sum(outline.loan_limits[grade] * count for grade, count in borrowing_grades.items()))
        lent = _lent(outline, size, limits_total, borrowing)
        again = _lent_again(outline, size, lent)
        turnover = _turnover_households(again, outline.loan_limits, borrowing_grades)
        fund_initial = min(_first_money(outline, size), lent)
        return cls(
            outline=outline,
            scale=size,
            rows=lendable + unfit,
            row_faults=MappingProxyType({key: n for key, n in unfit_counts.items() if isinstance(key, RowFault)}),
            registered_households=lendable + sum(bars.values()),
            bars=MappingProxyType(bars),
            lendable_households=lendable,
            borrowing_households=borrowing,
            grade_households=MappingProxyType(grades),
            borrowing_grades=MappingProxyType(borrowing_grades),
            industry_households=MappingProxyType(counts_by_weight(borrowing, outline.industry_weights)),
            term_households=MappingProxyType(counts_by_weight(borrowing - turnover, outline.term_weights)),
            amount_lent=lent,
            amount_lent_again=again,
            turnover_households=turnover,
            amount_below_limits=limits_total - lent,
            fund_initial=fund_initial,
            fund_top_up=_top_up(lent, fund_initial, outline),
        )

    @property
    def fund_multiplier(self) -> Decimal:
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
    def cover_limit_initial(self) -> Decimal:
        """Return what the fund covers before the top-up (FJ-13)."""
        return self.fund_initial * self.fund_multiplier

    @property
    def fund_paid_in(self) -> Decimal:
        """Return the fund after the top-up, which covers everything lent."""
        return self.fund_initial + self.fund_top_up


def _nearest(count: Decimal) -> int:
    return int(count.to_integral_value(ROUND_HALF_EVEN))


def _to_thousand(amount: Decimal, rounding: str) -> Decimal:
    return yuan((amount / THOUSAND).to_integral_value(rounding) * THOUSAND)


def _lent(outline: Outline, scale: Decimal, limits_total: Decimal, borrowing: int) -> Decimal:
    """Return what the first round lends: the document's amount, or a share of the limits, within what loans allow."""
    wanted = limits_total * outline.asked_share if outline.amount_lent is None else outline.amount_lent * scale
    wanted = max(_to_thousand(wanted, ROUND_HALF_EVEN), outline.loan_min * borrowing)
    return limits_total - _to_thousand(max(limits_total - wanted, Decimal(0)), ROUND_DOWN)


def _lent_again(outline: Outline, scale: Decimal, lent: Decimal) -> Decimal:
    """Return what the document's amount has beyond what the first round can lend, where short loans turn over."""
    if outline.amount_lent is None or outline.turnover_months is None:
        return ZERO
    return max(_to_thousand(outline.amount_lent * scale, ROUND_HALF_EVEN) - lent, ZERO)


def _turnover_households(again: Decimal, limits: Mapping[str, Decimal], households: Mapping[str, int]) -> int:
    """Return the fewest households whose limits hold what is lent again."""
    found, left = 0, again
    for grade in sorted(limits, key=lambda grade: -limits[grade]):
        wanted = min(households[grade], int((max(left, ZERO) / limits[grade]).to_integral_value(ROUND_CEILING)))
        found, left = found + wanted, left - wanted * limits[grade]
    return found


def _first_money(outline: Outline, scale: Decimal) -> Decimal:
    """Return the fund's first money in proportion, in whole thousands, never nothing."""
    return _to_thousand(outline.fund_initial * scale, ROUND_DOWN) or min(yuan(outline.fund_initial), yuan(THOUSAND))


def _top_up(lent: Decimal, fund_initial: Decimal, outline: Outline) -> Decimal:
    """Return what the county has to pay in besides, in whole steps; zero when the first money covers everything."""
    missing = max(lent / outline.fund_multiplier - fund_initial, Decimal(0))
    return yuan((missing / outline.fund_step).to_integral_value(ROUND_CEILING) * outline.fund_step)
