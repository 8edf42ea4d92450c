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

    def stepped(self, day: date, rate: Decimal) -> "Rates":
        """Return these rates until a day and one rate from it on; the day is no step where the rate is the same."""
        kept = Rates(self.first, tuple(step for step in self.later if step[0] < day))
        return kept if kept.last == rate else kept.changed(day, rate)

    def spans(self, period_from: date, until: date) -> Iterator[tuple[date, date, Decimal]]:
        """Yield the parts of [`period_from`, `until`) that have one rate each, in order; one part if it has no day."""
        cuts = [day for day, _ in self.later if period_from < day < until]
        for start, end in zip((period_from, *cuts), (*cuts, until), strict=True):
            yield start, end, self.on(start)


def corrected(held: Rates, right: Rates, lent_on: date, from_on: date | None) -> Rates:
    """Return the rates of a contract that rested on a wrong publication, put right.

    Nobody pays for the mistake of a publication: days for which the rate was too high bear the right one, days for
    which it was too low keep it, and from the day `from_on` of the correction the right rates hold. With None, for a
    loan that is repaid, only what was too high is put right.
    """
    put_right = Rates(held.first)
    steps = {day for day, _ in (*held.later, *right.later) if day > lent_on}
    asked_from = None if from_on is None else max(from_on, lent_on)
    for day in sorted({lent_on, *steps} | ({asked_from} if asked_from else set())):
        is_past = asked_from is None or day < asked_from
        put_right = put_right.stepped(day, min(held.on(day), right.on(day)) if is_past else right.on(day))
    return put_right
