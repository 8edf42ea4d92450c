"""Working days of years whose holidays were moved or lengthened."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from shared.workdays import FIRST_ANNOUNCED_DAY, CalendarHorizonPassed, add_workdays, is_workday


@pytest.mark.parametrize("day", [date(2019, 4, 28), date(2019, 5, 5)])
def test_a_sunday_that_was_swapped_is_worked(day: date) -> None:
    assert day.isoweekday() == 7
    assert is_workday(day)


def test_the_spring_festival_of_2020_lasted_until_2_february() -> None:
    assert add_workdays(date(2020, 1, 20), 5) == date(2020, 2, 4)
    assert not is_workday(date(2020, 1, 31))
    assert is_workday(date(2020, 2, 3))


def test_a_last_day_in_a_year_not_announced_yet_counts_by_the_law_alone() -> None:
    new_year = next(date(year, 1, 1) for year in range(2020, 2100) if _is_unannounced(date(year, 1, 1)))
    worked = [day for day in (new_year + timedelta(days=n) for n in range(1, 12)) if day.isoweekday() < 6]
    assert [add_workdays(new_year - timedelta(days=1), count) for count in range(1, 6)] == worked[:5]
    labour_day = new_year.replace(month=4, day=30)
    assert add_workdays(labour_day, 1) > labour_day + timedelta(days=2)


def _is_unannounced(day: date) -> bool:
    try:
        is_workday(day)
    except CalendarHorizonPassed:
        return True
    return False


def test_every_announced_day_is_what_the_calendar_says_and_the_years_around_are_refused() -> None:
    day, seen = FIRST_ANNOUNCED_DAY, 0
    while True:
        try:
            expected = chinese_calendar.is_workday(day)
        except NotImplementedError:
            break
        assert is_workday(day) is expected, day
        day, seen = day + timedelta(days=1), seen + 1
    assert seen > 8000
    for unannounced in (day, FIRST_ANNOUNCED_DAY - timedelta(days=1)):
        with pytest.raises(CalendarHorizonPassed):
            is_workday(unannounced)
