"""The yearly rates of a contract over its life (利率分段): interest is counted span by span, each at its own rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a contract in percent a year: the first from the beginning, each later one from its day on.

    The days of the later ones ascend.
    """

    first: Decimal
    later: tuple[tuple[date, Decimal], ...] = ()

    @property
    def last(self) -> Decimal:
        """Return the rate after the last change."""
        return self.later[-1][1] if self.later else self.first

    def on(self, day: date) -> Decimal:
        """Return the rate of a day."""
        return next((rate for since, rate in reversed(self.later) if since <= day), self.first)

    def changed(self, day: date, rate: Decimal) -> "Rates":
        """Return these rates until a day, and one rate from it on."""
        return Rates(self.first, (*(step for step in self.later if step[0] < day), (day, rate)))

    def spans(self, period_from: date, until: date) -> Iterator[tuple[date, date, Decimal]]:
        """Yield the parts of [`period_from`, `until`) that have one rate each, in order; one part if it has no day."""
        cuts = [day for day, _ in self.later if period_from < day < until]
        for start, end in zip((period_from, *cuts), (*cuts, until), strict=True):
            yield start, end, self.on(start)


def corrected(held: Rates, right: Decimal, lent_on: date, from_on: date | None) -> Rates:
    """Return the rates of a contract that rested on a wrong publication, put right.

    Nobody pays for the mistake of a publication: days for which the rate was too high bear the right one, days for
    which it was too low keep it, and from the day `from_on` of the correction the right rate holds. With None, for a
    loan that is repaid, only what was too high is put right.
    """
    put_right = Rates(held.first)
    for day in (lent_on, *(day for day, _ in held.later if day > lent_on)):
        put_right = _step(put_right, day, min(held.on(day), right))
    return put_right if from_on is None else _step(put_right, max(from_on, lent_on), right)


def _step(rates: Rates, day: date, rate: Decimal) -> Rates:
    kept = Rates(rates.first, tuple(step for step in rates.later if step[0] < day))
    return kept if kept.last == rate else kept.changed(day, rate)
