"""The demonstration's fixed figures, true to Fengjie's document at full size and in proportion at any other.

At scale 1: 12 000 spreadsheet rows, 114 of them wrong, 900 registered households that may not borrow, 10 986 that
borrow 525 000 000 yuan, a fund of 50 000 000 yuan that covers ten times as much (FJ-13) and is topped up once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self, TypeVar

from shared.money import yuan

START_ON: Final = date(2017, 3, 1)  # ages are counted on this day
SMALLEST_SCALE: Final = Decimal("0.001")
THOUSAND: Final = Decimal(1000)

LENDABLE_HOUSEHOLDS: Final = 10_986
AMOUNT_LENT: Final = Decimal(525_000_000)
FUND_MULTIPLIER: Final = 10
# 525 million lent on a first 50 million: the fund must be topped up to a tenth of the loans (FJ-13).
LENT_PER_FIRST_FUND_YUAN: Final = Decimal("10.5")

GRADE_LINES: Final[Mapping[str, Decimal]] = MappingProxyType(
    {"A": Decimal(50_000), "B": Decimal(40_000), "C": Decimal(30_000)}  # FJ-10
)
GRADE_WEIGHTS: Final[Mapping[str, int]] = MappingProxyType({"A": 88, "B": 8, "C": 4})
INDUSTRY_WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {"planting": 4007, "breeding": 4412, "mixed": 1600, "processing_tourism": 787}  # FJ-8
)
TERM_WEIGHTS: Final[Mapping[int, int]] = MappingProxyType({12: 45, 24: 25, 36: 30})

Key = TypeVar("Key")


class RowFault(StrEnum):
    """Why a spreadsheet row is refused at import."""

    WRONG_CHECK_DIGIT = "wrong_check_digit"
    DUPLICATE = "duplicate"  # the same resident ID again, further down in the same file
    UNKNOWN_VILLAGE = "unknown_village"


class Bar(StrEnum):
    """Why a registered household may not borrow."""

    FOUR_KINDS = "four_kinds"
    OVER_AGE = "over_age"
    NO_CAPACITY = "no_capacity"  # without full civil capacity, or unable to work
    BAD_RECORD = "bad_record"


FAULT_WEIGHTS: Final[Mapping[RowFault | Bar, int]] = MappingProxyType(
    {
        RowFault.WRONG_CHECK_DIGIT: 40,
        RowFault.DUPLICATE: 40,
        RowFault.UNKNOWN_VILLAGE: 34,
        Bar.FOUR_KINDS: 300,
        Bar.OVER_AGE: 300,
        Bar.NO_CAPACITY: 100,
        Bar.BAD_RECORD: 200,
    }
)


class ScaleOutOfRange(ValueError):
    """SCALE lies outside 0.001 to 1."""

    def __init__(self, scale: Decimal) -> None:
        super().__init__(f"SCALE={scale} is outside {SMALLEST_SCALE} to 1; try SCALE=0.01 for a quick look.")


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
    amount_below_lines: Decimal
    fund_multiplier: int
    fund_initial: Decimal
    fund_top_up: Decimal
    top_up_households: int

    @classmethod
    def at(cls, scale: Decimal | float | str) -> Self:
        """Return the figures at `scale`, 0.001 to 1; the first-round loans add up to `amount_lent` exactly.

        Raises:
            ScaleOutOfRange: when the scale is outside that range.
        """
        size = Decimal(str(scale))
        if not SMALLEST_SCALE <= size <= 1:
            raise ScaleOutOfRange(size)
        lendable = _nearest(LENDABLE_HOUSEHOLDS * size)
        unfit = max(len(FAULT_WEIGHTS), _nearest(sum(FAULT_WEIGHTS.values()) * size))
        unfit_counts = with_one_of_each(counts_by_weight(unfit, FAULT_WEIGHTS))
        bars = {key: count for key, count in unfit_counts.items() if isinstance(key, Bar)}
        grades = counts_by_weight(lendable, GRADE_WEIGHTS)
        lines_total = yuan(sum(GRADE_LINES[grade] * count for grade, count in grades.items()))
        lent = min(_to_thousand(AMOUNT_LENT * size, ROUND_HALF_EVEN), lines_total)
        fund_initial = _to_thousand(lent / LENT_PER_FIRST_FUND_YUAN, ROUND_DOWN)
        return cls(
            scale=size,
            rows=lendable + unfit,
            row_faults=MappingProxyType({key: n for key, n in unfit_counts.items() if isinstance(key, RowFault)}),
            registered_households=lendable + sum(bars.values()),
            bars=MappingProxyType(bars),
            lendable_households=lendable,
            grade_households=MappingProxyType(grades),
            industry_households=MappingProxyType(counts_by_weight(lendable, INDUSTRY_WEIGHTS)),
            term_households=MappingProxyType(counts_by_weight(lendable, TERM_WEIGHTS)),
            amount_lent=lent,
            amount_below_lines=lines_total - lent,
            fund_multiplier=FUND_MULTIPLIER,
            fund_initial=fund_initial,
            fund_top_up=yuan(lent / FUND_MULTIPLIER) - fund_initial,
            top_up_households=_highest_lines_covering(lent - fund_initial * FUND_MULTIPLIER),
        )

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


def _highest_lines_covering(amount: Decimal) -> int:
    """Return how many loans of the highest line wait for the top-up; what cover is left before it fits none of them."""
    return int((amount / max(GRADE_LINES.values())).to_integral_value(ROUND_CEILING))
