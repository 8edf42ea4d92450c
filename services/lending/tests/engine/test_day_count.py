"""Day counts against counting every single day, and against the calendar."""

from calendar import isleap
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.day_count import PeriodReversed, days, year_fraction
from shared.policy.vocabulary import DayCount

DATES = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def counted_day_by_day(day_count: DayCount, start: date, end: date) -> Fraction:
    basis = {DayCount.ACT_360: 360, DayCount.ACT_365: 365}
    per_year: dict[int, int] = {}
    for offset in range((end - start).days):
        day = start + timedelta(days=offset)
        in_year = basis.get(day_count) or (366 if isleap(day.year) else 365)
        per_year[in_year] = per_year.get(in_year, 0) + 1
    return sum((Fraction(counted, in_year) for in_year, counted in per_year.items()), Fraction(0))


@given(
    day_count=st.sampled_from([DayCount.ACT_360, DayCount.ACT_365, DayCount.ACT_ACT]),
    start=DATES,
    length=st.integers(0, 1500),
)
def test_actual_fractions_equal_counting_every_day(day_count: DayCount, start: date, length: int) -> None:
    end = start + timedelta(days=length)

    assert year_fraction(day_count, start, end) == counted_day_by_day(day_count, start, end)
    assert days(day_count, start, end) == length


@given(day_count=st.sampled_from(DayCount), three=st.lists(DATES, min_size=3, max_size=3).map(sorted))
def test_adjoining_periods_add_up_exactly(day_count: DayCount, three: list[date]) -> None:
    start, middle, end = three

    parts = year_fraction(day_count, start, middle) + year_fraction(day_count, middle, end)

    assert parts == year_fraction(day_count, start, end)
    assert days(day_count, start, middle) + days(day_count, middle, end) == days(day_count, start, end)


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ("2024-01-15", "2024-02-15", 30),
        ("2024-01-31", "2024-02-29", 30),
        ("2023-01-31", "2023-02-28", 30),
        ("2024-02-28", "2024-02-29", 2),
        ("2024-02-29", "2024-03-31", 30),
        ("2024-03-30", "2024-03-31", 0),
        ("2024-01-01", "2025-01-01", 360),
        ("2024-01-01", "2024-12-31", 359),
    ],
)
def test_thirty_360_counts_every_month_end_as_the_30th(start: str, end: str, counted: int) -> None:
    assert days(DayCount.THIRTY_360, date.fromisoformat(start), date.fromisoformat(end)) == counted


@pytest.mark.parametrize("day_count", DayCount)
def test_refuses_a_period_that_ends_before_it_starts(day_count: DayCount) -> None:
    with pytest.raises(PeriodReversed, match="2024-01-02 to the earlier 2024-01-01") as refused:
        year_fraction(day_count, date(2024, 1, 2), date(2024, 1, 1))

    assert refused.value.code == "period-reversed"


@pytest.mark.parametrize("day_count", DayCount)
def test_an_empty_period_is_no_part_of_a_year(day_count: DayCount) -> None:
    assert year_fraction(day_count, date(2024, 12, 31), date(2024, 12, 31)) == 0
