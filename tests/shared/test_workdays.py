"""Working days of years whose holidays were moved or lengthened."""

from datetime import date

import pytest

from shared.workdays import add_workdays, is_workday


@pytest.mark.parametrize("day", [date(2019, 4, 28), date(2019, 5, 5)])
def test_a_sunday_that_was_swapped_is_worked(day: date) -> None:
    assert day.isoweekday() == 7
    assert is_workday(day)


def test_the_spring_festival_of_2020_lasted_until_2_february() -> None:
    assert add_workdays(date(2020, 1, 20), 5) == date(2020, 2, 4)
    assert not is_workday(date(2020, 1, 31))
    assert is_workday(date(2020, 2, 3))
