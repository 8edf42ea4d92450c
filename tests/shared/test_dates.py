"""Business dates: today in China, months and ages, nothing in the future and no step before the one it follows."""

import json
from calendar import monthrange
from datetime import MAXYEAR, UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dates import (
    CHINA,
    DateBeforeStep,
    DateInFuture,
    OutsideCalendar,
    add_months,
    age_on,
    ensure_not_before,
    ensure_not_in_future,
    today_in_china,
)
from shared.web.bodies import Body, HappenedOn

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-1200, 1200)


def test_a_day_begins_in_china_eight_hours_before_it_begins_in_greenwich() -> None:
    assert datetime(2018, 12, 31, 16, 0, tzinfo=UTC).astimezone(CHINA).date() == date(2019, 1, 1)
    before = datetime.now(CHINA).date()
    assert before <= today_in_china() <= datetime.now(CHINA).date()


@given(DAYS, DAYS)
def test_only_days_after_today_are_in_the_future(day: date, today: date) -> None:
    if day <= today:
        ensure_not_in_future("paid_on", day, today)
        return
    with pytest.raises(DateInFuture) as refused:
        ensure_not_in_future("paid_on", day, today)
    assert refused.value.values == {"field": "paid_on", "day": str(day), "today": str(today)}


@given(DAYS, DAYS)
def test_a_step_is_on_the_day_of_the_one_it_follows_or_later(day: date, earlier: date) -> None:
    if day >= earlier:
        ensure_not_before("approved_on", day, "reviewed_on", earlier)
        return
    with pytest.raises(DateBeforeStep) as refused:
        ensure_not_before("approved_on", day, "reviewed_on", earlier)
    assert refused.value.values == {
        "field": "approved_on",
        "day": str(day),
        "earlier_field": "reviewed_on",
        "earlier_day": str(earlier),
    }


def test_months_clamp_to_the_last_day() -> None:
    assert add_months(date(2019, 11, 30), 3) == date(2020, 2, 29)
    assert add_months(date(2018, 12, 31), 0) == date(2018, 12, 31)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert add_months(date(2020, 2, 29), 12) == date(2021, 2, 28)
    assert add_months(date(2020, 2, 29), 48) == date(2024, 2, 29)


@given(DAYS, MONTHS)
def test_so_many_months_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, monthrange(found.year, found.month)[1])


@pytest.mark.parametrize(
    ("day", "months"), [(date(1, 1, 1), -1), (date(MAXYEAR, 12, 31), 1), (date(2018, 1, 1), 10**6)]
)
def test_refuses_months_that_lead_out_of_the_calendar(day: date, months: int) -> None:
    with pytest.raises(OutsideCalendar):
        add_months(day, months)


@given(DAYS, st.integers(0, 120))
def test_a_year_older_on_the_birthday_and_not_the_day_before(born_on: date, years: int) -> None:
    birthday = add_months(born_on, 12 * years)
    if (birthday.month, birthday.day) != (born_on.month, born_on.day):
        birthday += timedelta(days=1)  # someone born on 29 February waits for 1 March
    assert age_on(born_on, birthday) == years
    assert age_on(born_on, birthday - timedelta(days=1)) == years - 1


class _Visit(Body):
    visited_on: HappenedOn


class _Report(Body):
    reported_on: HappenedOn
    died_on: HappenedOn | None = None
    visits: tuple[_Visit, ...] = ()
    due_on: date | None = None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reported_on": "{}"}, "reported_on"),
        ({"reported_on": "2018-01-01", "died_on": "{}"}, "died_on"),
        ({"reported_on": "2018-01-01", "visits": [{"visited_on": "2018-01-01"}, {"visited_on": "{}"}]}, "visited_on"),
        ({"visits": 1, "reported_on": "{}"}, "reported_on"),  # whatever else is wrong with the body
    ],
)
def test_a_body_refuses_tomorrow_by_the_fields_name(body: dict[str, object], field: str) -> None:
    tomorrow = str(today_in_china() + timedelta(days=1))
    with pytest.raises(DateInFuture) as refused:
        _Report.model_validate_json(json.dumps(body).replace("{}", tomorrow))
    assert (refused.value.values["field"], refused.value.values["day"]) == (field, tomorrow)


def test_a_body_takes_today_and_a_planned_day_to_come() -> None:
    today = today_in_china()
    taken = _Report(reported_on=today, due_on=today + timedelta(days=30))
    assert (taken.reported_on, taken.due_on) == (today, today + timedelta(days=30))
