"""The periods of a pack on the calendar. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.dates import add_months
from shared.policy.terms import YearlyDay

YEARS_SHOWN: Final = 2
LEAP_YEAR: Final = 2000  # has every day that a year can have


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `period_from` up to `due_from`, on which its run is due; from `late_from` on it is late."""

    period_from: date
    due_from: date
    late_from: date


def ended_periods(months: int, settlement: YearlyDay, as_of: date) -> list[Period]:
    """Return the periods of the last two years that have ended on a day, the latest first (SX-5(f)).

    A period has `months` months and they are counted from the settlement day of each year. Its run is due from the day
    on which it ends, and late once the next one has ended without it: then a whole period passed with no run.
    """
    years = range(as_of.year - YEARS_SHOWN - 1, as_of.year + 2)
    first = date(LEAP_YEAR, settlement.month, settlement.day)
    settled_on = [add_months(first, 12 * (year - LEAP_YEAR)) for year in years]
    ends = sorted(add_months(day, -each) for day in settled_on for each in range(0, 12, months))
    found = [Period(*three) for three in zip(ends, ends[1:], ends[2:], strict=False)]
    since = add_months(as_of, -12 * YEARS_SHOWN)
    return [each for each in reversed(found) if since < each.due_from <= as_of]
