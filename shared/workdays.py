"""China's working days, with the swapped weekends, from the maintained `chinesecalendar` package.

The package knows only years the State Council has announced. Whether a day beyond is worked raises
`CalendarHorizonPassed` instead of guessing; the last day for an act follows from what the law alone says of it, for
no step may wait for a notice.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from chinese_calendar.constants import holidays, workdays

from shared.errors import Refused


class CalendarHorizonPassed(Refused):
    """The official holiday calendar for that year is not known yet."""

    code = "calendar-horizon-passed"
    title = "节假日安排未公布 Holiday calendar not announced"

    def __init__(self, day: date) -> None:
        super().__init__(
            zh=f"本版本尚无 {day.year} 年的法定工作日安排，请安装国务院办公厅通知发布后的新版本。",
            en=f"The official working days of {day.year} are not known to this release; "
            "install the release that follows the State Council's notice.",
            day=day.isoformat(),
        )


SATURDAY: Final = 5  # of date.weekday()
# The package's own function looks for the first and last of its years at every call, which takes most of its time.
_ANNOUNCED_YEARS: Final = range(min(holidays).year, max(holidays).year + 1)
FIRST_ANNOUNCED_DAY: Final = date(_ANNOUNCED_YEARS.start, 1, 1)  # small loans of this kind are younger


# Days that a place has of its own beside China's: whether it rests on them. Autonomous areas set holidays (National
# measures on holidays, Article 4), and any county may have a day of its own.
OwnDays = Mapping[date, bool]
NO_OWN_DAYS: Final[OwnDays] = MappingProxyType({})


def is_workday(day: date, own: OwnDays = NO_OWN_DAYS) -> bool:
    """Return whether `day` is a working day in China, or where a place has days of its `own`, there.

    Raises:
        CalendarHorizonPassed: when the year has not been announced.
    """
    if day.year not in _ANNOUNCED_YEARS:
        raise CalendarHorizonPassed(day)
    if day in own:
        return not own[day]
    return day in workdays or (day.weekday() < SATURDAY and day not in holidays)


def workday_from(day: date, own: OwnDays = NO_OWN_DAYS) -> date:
    """Return the day itself, or the next working day after it where it is a day of rest.

    The last day of a period that falls on a day of rest is the day after the rest (Civil Code, Article 203). Days of a
    year that is not announced yet stand as they are until it is.
    """
    try:
        while not is_workday(day, own):
            day += timedelta(days=1)
    except CalendarHorizonPassed:
        return day
    return day


def rest_days(own: OwnDays = NO_OWN_DAYS) -> Iterator[tuple[date, date]]:
    """Yield every day of rest of the announced years with the working day that follows it, in order."""
    day = FIRST_ANNOUNCED_DAY
    while True:
        try:
            if not is_workday(day, own):
                yield day, workday_from(day, own)
        except CalendarHorizonPassed:
            return
        day += timedelta(days=1)


def own_rest_days(own: OwnDays) -> dict[date, date]:
    """Return what a place's days of rest are where they are not China's: the working day that ends each.

    A day of work there that is a day of rest elsewhere ends itself.
    """
    everywhere, here = dict(rest_days()), dict(rest_days(own))
    changed = {day for day in everywhere.keys() | here.keys() if everywhere.get(day) != here.get(day)}
    return {day: here.get(day, day) for day in sorted(changed)}


# Month and day of New Year, Labour Day and National Day (National measures on holidays 2024, Article 2). The holidays
# that follow the moon, and what is swapped, are known by the year's notice.
_HOLIDAYS_OF_THE_LAW: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def add_workdays(start: date, count: int) -> date:
    """Return the `count`-th working day after `start` (`start` itself is not counted).

    In a year that is not announced yet Monday to Friday are worked, but for the holidays that the law gives a date.
    """
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= _is_worked_as_far_as_known(day)
    return day


def _is_worked_as_far_as_known(day: date) -> bool:
    try:
        return is_workday(day)
    except CalendarHorizonPassed:
        return day.weekday() < SATURDAY and (day.month, day.day) not in _HOLIDAYS_OF_THE_LAW


def workdays_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`; zero when `end` is not after `start`."""
    return sum(is_workday(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))
