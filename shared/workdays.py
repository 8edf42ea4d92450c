"""China's working days, with the swapped weekends, from the maintained `chinesecalendar` package.

The package knows only years the State Council has announced; a date beyond raises `CalendarHorizonPassed`
instead of guessing.
"""

from collections.abc import Iterator
from datetime import date, timedelta
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


def is_workday(day: date) -> bool:
    """Return whether `day` is a working day in China.

    Raises:
        CalendarHorizonPassed: when the year has not been announced.
    """
    if day.year not in _ANNOUNCED_YEARS:
        raise CalendarHorizonPassed(day)
    return day in workdays or (day.weekday() < SATURDAY and day not in holidays)


def workday_from(day: date) -> date:
    """Return the day itself, or the next working day after it where it is a day of rest.

    The last day of a period that falls on a day of rest is the day after the rest (Civil Code, Article 203). Days of a
    year that is not announced yet stand as they are until it is.
    """
    try:
        while not is_workday(day):
            day += timedelta(days=1)
    except CalendarHorizonPassed:
        return day
    return day


def rest_days() -> Iterator[tuple[date, date]]:
    """Yield every day of rest of the announced years with the working day that follows it, in order."""
    day = FIRST_ANNOUNCED_DAY
    while True:
        try:
            if not is_workday(day):
                yield day, workday_from(day)
        except CalendarHorizonPassed:
            return
        day += timedelta(days=1)


def add_workdays(start: date, count: int) -> date:
    """Return the `count`-th working day after `start` (`start` itself is not counted)."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def workdays_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`; zero when `end` is not after `start`."""
    return sum(is_workday(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))
