"""Business dates: today in China, months and ages, and that nothing is dated after today or before what it follows."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta, timezone
from typing import Any, Final

from shared.errors import Invalid, WrongValue

CHINA: Final = timezone(timedelta(hours=8))  # the whole country keeps one time, without summer time
# Nobody here was born before, no loan ends after; and the ends of the calendar are infinite to the database's driver.
EARLIEST_DAY: Final = date(1900, 1, 1)
LATEST_DAY: Final = date(2200, 12, 31)


class DateInFuture(Invalid):
    """Something is entered as done on a day that has not come."""

    code = "date-in-future"
    title = "日期晚于今天 Date in the future"

    def __init__(self, field: str, day: date, today: date) -> None:
        super().__init__(
            zh=f"{field} 填为 {day}，晚于今天（{today}）；请更正日期，或到当日再办理。",
            en=f"{field} is {day}, after today ({today}); correct the day, or enter it on that day.",
            field=field,
            day=day.isoformat(),
            today=today.isoformat(),
        )


class DateBeforeStep(Invalid):
    """A step is dated before the one it follows."""

    code = "date-before-step"
    title = "日期早于上一环节 Date before the step before"

    def __init__(self, field: str, day: date, earlier_field: str, earlier_day: date) -> None:
        super().__init__(
            zh=f"{field} 填为 {day}，早于 {earlier_field} 的 {earlier_day}；后一环节不得早于前一环节，请更正日期。",
            en=f"{field} is {day}, before {earlier_field} on {earlier_day}; a step is never dated before the one it "
            "follows, correct the day.",
            field=field,
            day=day.isoformat(),
            earlier_field=earlier_field,
            earlier_day=earlier_day.isoformat(),
        )


class PeriodEmpty(Invalid):
    """A period ends on or before its first day, so no day belongs to it."""

    code = "period-empty"
    title = "期间为空 Period empty"

    def __init__(self, from_field: str, first_day: date, until_field: str, until: date) -> None:
        super().__init__(
            zh=f"{until_field}（{until}）须晚于 {from_field}（{first_day}）：终止日当日不计入期间。",
            en=f"{until_field} ({until}) must lie after {from_field} ({first_day}): the day a period ends no longer "
            "belongs to it.",
            from_field=from_field,
            first_day=first_day.isoformat(),
            until_field=until_field,
            until=until.isoformat(),
        )


class OutsideCalendar(Invalid):
    """So many months from a day lead out of the calendar."""

    code = "outside-calendar"
    title = "超出日历范围 Outside the calendar"

    def __init__(self, day: date, months: int) -> None:
        super().__init__(
            zh=f"自 {day} 起 {months} 个月超出日历范围，请缩短期限。",
            en=f"{months} months from {day} lie outside the calendar; choose a shorter term.",
            day=day.isoformat(),
            months=months,
        )


def today_in_china() -> date:
    """Return the business day it is in China; only the edge asks, everything below is given the day."""
    return datetime.now(CHINA).date()


def believable(day: date) -> date:
    """Return a day that somebody can mean.

    Raises:
        WrongValue: it lies before 1900 or after 2200.
    """
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise WrongValue(
            zh=f"日期应在 {EARLIEST_DAY} 与 {LATEST_DAY} 之间，请更正。",
            en=f"The day must lie between {EARLIEST_DAY} and {LATEST_DAY}; correct it.",
        )
    return day


def ensure_not_in_future(field: str, day: date, today: date) -> None:
    """Refuse a day on which nothing can have happened yet.

    Raises:
        DateInFuture: the day lies after today.
    """
    if day > today:
        raise DateInFuture(field, day, today)


def ensure_not_before(field: str, day: date, earlier_field: str, earlier_day: date) -> None:
    """Refuse a step that is dated before the one it follows; the same day is in order.

    Raises:
        DateBeforeStep: with both fields and days.
    """
    if day < earlier_day:
        raise DateBeforeStep(field, day, earlier_field, earlier_day)


def ensure_period(from_field: str, first_day: date, until_field: str, until: date) -> None:
    """Refuse a period [first_day, until) without any day.

    Raises:
        PeriodEmpty: with both fields and days.
    """
    if until <= first_day:
        raise PeriodEmpty(from_field, first_day, until_field, until)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later (or earlier), or that month's last day when it has no such day.

    Raises:
        OutsideCalendar: there is no such year.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OutsideCalendar(day, months)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(born_on: date, day: date) -> int:
    """Return the whole years lived on a day; someone born on 29 February is a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def date_in_future(field: str) -> Callable[[Mapping[str, Any]], DateInFuture]:
    """Return what refuses a line whose day lies after `today`, from the line's values."""
    return lambda line: DateInFuture(field, _day(line[field]), _day(line["today"]))


def date_before_step(field: str, earlier_field: str) -> Callable[[Mapping[str, Any]], DateBeforeStep]:
    """Return what refuses a line whose day lies before the step it follows, from the line's values."""
    return lambda line: DateBeforeStep(field, _day(line[field]), earlier_field, _day(line[earlier_field]))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
