"""How long an application is public (公示, LG-12). Pure: working days, and an objection stops the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.workdays import is_workday


@dataclass(frozen=True, slots=True)
class Pause:
    """The days an objection was open: from the day it was raised to the day it was settled, both included."""

    raised_on: date
    settled_on: date

    def covers(self, day: date) -> bool:
        """Tell whether the clock stood still on this day."""
        return self.raised_on <= day <= self.settled_on


def ends_on(started_on: date, days: int, pauses: Sequence[Pause] = ()) -> date:
    """Return the day on which the last of `days` working days of public notice has run.

    The day of posting is not counted, nor is any day from an objection's being raised to its settlement: what was
    left then runs on after the settlement. Never earlier than the last settlement. Clause: LG-12.

    Raises:
        CalendarHorizonPassed: when the calendar of the year is not announced.
    """
    day, left = started_on, days
    while left > 0:
        day += timedelta(days=1)
        if is_workday(day) and not any(pause.covers(day) for pause in pauses):
            left -= 1
    return max([day, *(pause.settled_on for pause in pauses)])
