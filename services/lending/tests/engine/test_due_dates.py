"""Due dates, month ends, settlement days and maturity."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.due_dates import (
    DueDatesRefused,
    SettlementDay,
    due_dates,
    maturity_on,
    settlement_due_dates,
)
from shared.dates import OutsideCalendar, add_months

DATES = st.dates(date(2015, 1, 1), date(2030, 12, 31))
TWENTIETH_OF_DECEMBER = SettlementDay((12,), 20)


def test_month_ends_clamp_and_come_back() -> None:
    assert due_dates(date(2023, 1, 31), 3, 1) == (date(2023, 2, 28), date(2023, 3, 31), date(2023, 4, 30))
    assert due_dates(date(2024, 1, 31), 1, 1) == (date(2024, 2, 29),)


@given(disbursed_on=DATES, count=st.integers(1, 60), period_months=st.integers(1, 12))
def test_due_dates_keep_their_day_or_the_last_of_the_month(disbursed_on: date, count: int, period_months: int) -> None:
    dates = due_dates(disbursed_on, count, period_months)

    assert len(dates) == count
    for number, day in enumerate(dates, start=1):
        assert (day.year * 12 + day.month) - (disbursed_on.year * 12 + disbursed_on.month) == number * period_months
        is_month_end = (day + timedelta(days=1)).day == 1
        assert day.day == disbursed_on.day or (day.day < disbursed_on.day and is_month_end)


def test_maturity_of_36_months_is_the_same_day_three_years_later() -> None:
    assert maturity_on(date(2017, 3, 15), 36) == date(2020, 3, 15)
    assert maturity_on(date(2016, 2, 29), 36) == date(2019, 2, 28)
    with pytest.raises(DueDatesRefused):
        maturity_on(date(2017, 3, 15), 0)


@pytest.mark.clause("FJ-11")
def test_interest_is_due_on_every_20_december_and_at_maturity() -> None:
    dates = settlement_due_dates(date(2017, 3, 15), date(2019, 3, 15), TWENTIETH_OF_DECEMBER)

    assert dates == (date(2017, 12, 20), date(2018, 12, 20), date(2019, 3, 15))


@pytest.mark.clause("FJ-11")
@pytest.mark.parametrize(
    ("disbursed_on", "matures_on", "expected"),
    [
        (date(2017, 12, 20), date(2018, 12, 20), [date(2018, 12, 20)]),
        (date(2017, 12, 19), date(2018, 12, 21), [date(2017, 12, 20), date(2018, 12, 20), date(2018, 12, 21)]),
        (date(2017, 1, 5), date(2017, 7, 5), [date(2017, 7, 5)]),
    ],
)
def test_disbursement_and_maturity_around_the_20_december(
    disbursed_on: date, matures_on: date, expected: list[date]
) -> None:
    assert list(settlement_due_dates(disbursed_on, matures_on, TWENTIETH_OF_DECEMBER)) == expected


def test_quarterly_settlement_on_the_21st() -> None:
    quarterly = SettlementDay.every(3, 12, 21)

    assert quarterly == SettlementDay((3, 6, 9, 12), 21)
    assert settlement_due_dates(date(2023, 5, 4), date(2024, 5, 4), quarterly) == (
        date(2023, 6, 21),
        date(2023, 9, 21),
        date(2023, 12, 21),
        date(2024, 3, 21),
        date(2024, 5, 4),
    )


def test_settlement_periods_are_counted_back_from_the_named_month() -> None:
    assert SettlementDay.every(12, 12, 20) == TWENTIETH_OF_DECEMBER
    assert SettlementDay.every(6, 5, 31) == SettlementDay((5, 11), 31)
    assert SettlementDay.every(1, 12, 20).months == tuple(range(1, 13))


def test_a_settlement_day_beyond_the_month_is_its_last_day() -> None:
    dates = settlement_due_dates(date(2024, 1, 1), date(2024, 7, 1), SettlementDay((2, 6), 31))

    assert dates == (date(2024, 2, 29), date(2024, 6, 30), date(2024, 7, 1))


@given(
    disbursed_on=DATES,
    term_months=st.integers(1, 60),
    months=st.sets(st.integers(1, 12), min_size=1).map(tuple),
    day=st.integers(1, 31),
)
def test_settlement_dates_ascend_inside_the_loan_and_end_with_maturity(
    disbursed_on: date, term_months: int, months: tuple[int, ...], day: int
) -> None:
    matures_on = maturity_on(disbursed_on, term_months)

    dates = settlement_due_dates(disbursed_on, matures_on, SettlementDay(months, day))

    assert list(dates) == sorted(set(dates))
    assert dates[0] > disbursed_on
    assert dates[-1] == matures_on
    between = {disbursed_on + timedelta(days=offset) for offset in range(1, (matures_on - disbursed_on).days)}
    expected = {
        each
        for each in between
        if each.month in months
        and (each.day == day or (each.day < day and (each + timedelta(days=1)).month != each.month))
    }
    assert set(dates[:-1]) == expected


@pytest.mark.parametrize(
    ("months", "day"), [((), 20), ((0,), 20), ((13,), 20), ((12, 12), 20), ((12,), 0), ((12,), 32)]
)
def test_refuses_settlement_days_that_do_not_exist(months: tuple[int, ...], day: int) -> None:
    with pytest.raises(DueDatesRefused):
        SettlementDay(months, day)


@pytest.mark.parametrize("period_months", [0, 5, 24])
def test_refuses_settlement_periods_that_do_not_divide_a_year(period_months: int) -> None:
    with pytest.raises(DueDatesRefused):
        SettlementDay.every(period_months, 12, 20)


def test_refuses_a_maturity_before_disbursement_and_endless_settlements() -> None:
    with pytest.raises(DueDatesRefused):
        settlement_due_dates(date(2017, 3, 15), date(2017, 3, 15), TWENTIETH_OF_DECEMBER)
    with pytest.raises(DueDatesRefused):
        settlement_due_dates(date(2017, 3, 15), date(9999, 1, 1), TWENTIETH_OF_DECEMBER)


def test_months_may_be_counted_backwards() -> None:
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    with pytest.raises(OutsideCalendar):
        add_months(date(1, 1, 1), -1)
