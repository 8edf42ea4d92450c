"""What the writer of a cell can have meant: 15 digits, noise of sums, and days in all their forms."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cell_values import day_counted, day_meant, digits_meant, is_shortened_number, number_meant, whole_meant

_MARCH = date(2019, 3, 5)


@pytest.mark.parametrize(
    ("cell", "digits"),
    [(622202123456789.0, "622202123456789"), (6222021234567890.0, None), (1e15, None), (-1.0, None), (1.5, None)],
)
def test_a_number_cell_keeps_fifteen_digits_of_an_account(cell: float, digits: str | None) -> None:
    assert digits_meant(cell) == digits


@given(st.integers(0, 10**15 - 1))
def test_up_to_fifteen_digits_nothing_is_lost(number: int) -> None:
    assert digits_meant(float(number)) == str(number)


@pytest.mark.parametrize(("text", "is_one"), [("5.00236E+17", True), ("6E+15", True), ("5.5", False), ("E1", False)])
def test_a_long_number_that_a_spreadsheet_shortened_is_known(text: str, is_one: bool) -> None:
    assert is_shortened_number(text) is is_one


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1234.5600000000002, "1234.56"),
        ("1234.5600000000001", "1234.56"),
        (0.1 + 0.2, "0.3"),
        (1.1, "1.1"),
        (1e-05, "0.00001"),
        ("1,234.50", "1234.50"),
        ("１２．５", "12.5"),
        ("0.00", "0"),
        ("12,34", None),
        ("1e5", None),
        (1 / 3, None),
        ("-0", None),
        (-0.5, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        ("", None),
    ],
)
def test_the_noise_of_sums_is_no_part_of_a_number(cell: Any, number: str | None) -> None:
    assert number_meant(cell) == (None if number is None else Decimal(number))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_a_sum_of_amounts_is_read_as_the_sum_of_their_fen(fen: list[int]) -> None:
    assert number_meant(sum(each / 100 for each in fen)) == Decimal(sum(fen)) / 100


@pytest.mark.parametrize(("cell", "number"), [("3", 3), ("3.0", 3), (3.0, 3), ("３", 3), ("2.5", None), ("三", None)])
def test_a_whole_number_may_have_idle_decimals(cell: Any, number: int | None) -> None:
    assert whole_meant(cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        *("2019-03-05", "2019/3/5", "2019.3.5", "2019年3月5日", "2019 年 3 月 5 号", "２０１９年３月５日", "20190305"),
        *("2019-03-05 00:00:00", "2019/3/5 0:00", "2019-03-05T12:30:00", "2019年3月5日 8:15", "43529"),
        *(_MARCH, datetime(2019, 3, 5, 12, 30), 43529, 43529.0, 43529.75, 20190305.0),  # noqa: DTZ001
    ],
)
def test_a_day_is_read_in_every_form_in_which_it_is_written(cell: Any) -> None:
    assert day_meant(cell) == _MARCH


@pytest.mark.parametrize(
    "cell",
    [
        *("", "2019", "2019-3", "2019-02-30", "3月5日", "19-3-5", "1899-12-31", "2201-01-01", "5.3.2019"),
        *(datetime(1899, 12, 30), date(1, 1, 1), date(9999, 12, 31), 0, 2019, 2019.0, 1e300, True, None),  # noqa: DTZ001
    ],
)
def test_what_nobody_can_have_meant_is_no_day(cell: Any) -> None:
    assert day_meant(cell) is None


def test_a_workbook_may_count_its_days_from_1904() -> None:
    assert day_meant(42067, is_1904=True) == _MARCH
    assert day_counted(0, is_1904=True) == date(1904, 1, 1)


def test_the_leap_day_of_1900_that_only_spreadsheets_know_moves_no_other_day() -> None:
    days = [day_counted(number, is_1904=False) for number in (1, 59, 60, 61)]
    assert days == [date(1900, 1, 1), date(1900, 2, 28), None, date(1900, 3, 1)]


@given(st.dates(date(1927, 6, 1), date(2150, 12, 31)))
def test_every_form_of_a_day_says_the_same_day(day: date) -> None:
    forms = [f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day} 0:00", day]
    assert {day_meant(form) for form in forms} == {day}
