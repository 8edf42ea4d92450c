"""How long something is on public notice (公示, LG-12): working days, and an objection stops the clock. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.policy.terms import PublicNoticeRule
from shared.policy.vocabulary import RegionLevel
from shared.workdays import is_workday


@dataclass(frozen=True, slots=True)
class Pause:
    """The days an objection was open: from the day it was raised to the day it was settled, both included."""

    raised_on: date
    settled_on: date

    def covers(self, day: date) -> bool:
        """Return whether the objection was open on this day."""
        return self.raised_on <= day <= self.settled_on


def days_at(level: RegionLevel, rule: PublicNoticeRule) -> int:
    """Return the working days that an application is public at a level: its own, or those of every level (LG-12)."""
    own = (each.working_days for each in rule.working_days_of_levels or () if each.level is level)
    return next(own, rule.working_days_per_level)


def ends_on(started_on: date, days: int, pauses: Sequence[Pause] = (), *, stops_clock: bool = True) -> date:
    """Return the day on which the last of `days` working days of public notice has run.

    The day of posting is not counted. Where an objection stops the clock, no day is counted from its being raised to
    its settlement, both included; days that several objections cover are left out once, and what was left runs on
    after the settlement. Never earlier than the last settlement. Clause: LG-12.

    Raises:
        CalendarHorizonPassed: the calendar of that year is not announced.
    """
    clock_stopped = pauses if stops_clock else ()
    day, left = started_on, days
    while left > 0:
        day += timedelta(days=1)
        if is_workday(day) and not any(pause.covers(day) for pause in clock_stopped):
            left -= 1
    return max([day, *(pause.settled_on for pause in pauses)])
