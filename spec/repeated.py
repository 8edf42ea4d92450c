"""How much of the interest paid on a loan counts, where instalments overlap: the rule, pure and exact (SX-5).

Amounts are compared, not days. Interest paid ahead for an instalment and a settlement before its end are two
instalments over the same days; together they may bring what the contract bears for these days, each once, and what is
above it repeats days.
"""

from calendar import isleap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from shared.policy.vocabulary import DayCount


@dataclass(frozen=True, slots=True)
class Paid:
    """Interest paid for one instalment's days [`period_from`, `period_until`); `order` sorts payments by content."""

    number: int
    period_from: date
    period_until: date
    amount: Decimal
    order: tuple[date, bool, str, int, str]


def counted(
    paid: Sequence[Paid], principal: Decimal, rate_on: Callable[[date], Decimal], day_count: DayCount
) -> list[Decimal]:
    """Return how much of each payment counts, in the order given: all of it unless its instalment overlaps another.

    `rate_on` is the contract's rate of a day, in percent a year.
    """
    found = {}
    for cluster in _clusters(paid):
        crowded = len({each.number for each in cluster}) > 1
        days: set[date] = set()
        so_far = Decimal("0.00")
        for each in sorted(cluster, key=lambda one: one.order):
            days |= set(_days(each))
            borne = _interest(principal, rate_on, day_count, days)
            whole = so_far + each.amount
            now = min(whole, max(so_far, borne)) if crowded else whole
            found[each.order], so_far = now - so_far, now
    return [found[each.order] for each in paid]


def _clusters(paid: Sequence[Paid]) -> list[list[Paid]]:
    clusters: list[list[Paid]] = []
    until = date.min
    for each in sorted(paid, key=lambda one: (one.period_from, one.period_until)):
        if each.period_from >= until:
            clusters.append([])
        clusters[-1].append(each)
        until = max(until, each.period_until)
    return clusters


def _days(paid: Paid) -> Iterable[date]:
    count = max((paid.period_until - paid.period_from).days, 1)
    return (paid.period_from + timedelta(number) for number in range(count))


def _interest(
    principal: Decimal, rate_on: Callable[[date], Decimal], day_count: DayCount, days: Iterable[date]
) -> Decimal:
    weighed = sum((Fraction(rate_on(day)) * _part_of_year(day_count, day) for day in days), Fraction(0))
    exact = Fraction(principal) * weighed / 100
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _part_of_year(day_count: DayCount, day: date) -> Fraction:
    match day_count:
        case DayCount.ACT_360:
            return Fraction(1, 360)
        case DayCount.ACT_365:
            return Fraction(1, 365)
        case DayCount.ACT_ACT:
            return Fraction(1, 366 if isleap(day.year) else 365)
        case DayCount.THIRTY_360:
            return Fraction(_commercial(day + timedelta(1)) - _commercial(day), 360)


def _commercial(day: date) -> int:
    is_last = (day + timedelta(1)).month != day.month
    return day.year * 360 + day.month * 30 + (30 if is_last else min(day.day, 30))
