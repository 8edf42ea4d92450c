"""When what returns falls due, by the rule of each day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dates import add_months
from shared.rules.periods import Every, Period, RuleFrom, periods

DAY = timedelta(days=1)
DAYS = st.dates(date(2015, 1, 1), date(2021, 12, 31))
RHYTHMS = st.one_of(st.builds(Every, months=st.integers(1, 12)), st.builds(Every, days=st.integers(1, 40)), st.none())


@st.composite
def rules(draw: st.DrawFn) -> list[RuleFrom]:
    """Draw what holds from day to day, the first rule long ago or not."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    return [RuleFrom(day, draw(RHYTHMS)) for day in days]


def rule_on(found: list[RuleFrom], day: date) -> Every | None:
    """Return the rhythm on a day, looked up rule by rule."""
    return next((each.every for each in reversed(found) if each.begins_on <= day), None)


@pytest.mark.parametrize(
    ("every", "opens"),
    [
        (Every(months=3), ["2020-01-31", "2020-04-30", "2020-07-31", "2020-10-31"]),
        (Every(months=1), ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]),
        (Every(days=7), ["2020-01-31", "2020-02-07", "2020-02-14", "2020-02-21"]),
        (Every(days=1), ["2020-01-31", "2020-02-01", "2020-02-02", "2020-02-03"]),
    ],
    ids=["every three months", "every month, the month's end kept", "every week", "every day"],
)
def test_turns_follow_each_other_and_fall_due_on_their_last_day(every: Every, opens: list[str]) -> None:
    found = periods(date(2020, 1, 31), [RuleFrom(date(2017, 1, 1), every)], date(2020, 12, 31))[:4]
    assert [each.opens_on.isoformat() for each in found] == opens
    assert [each.due_on + DAY for each in found[:3]] == [each.opens_on for each in found[1:]]


def test_another_rhythm_starts_anew_and_what_had_opened_keeps_its_day() -> None:
    changed = [
        RuleFrom(date(2020, 1, 1), Every(months=12)),
        RuleFrom(date(2020, 3, 10), Every(months=12)),
        RuleFrom(date(2020, 5, 10), Every(months=1)),
        RuleFrom(date(2020, 7, 1), None),
    ]
    assert periods(date(2019, 1, 1), changed, date(2021, 1, 1)) == (
        Period(date(2020, 1, 1), date(2020, 12, 31)),
        Period(date(2020, 5, 10), date(2020, 6, 9)),
        Period(date(2020, 6, 10), date(2020, 7, 9)),
    )


def test_a_turn_opens_on_the_very_day_asked_for_and_not_a_day_before() -> None:
    monthly = [RuleFrom(date(2020, 1, 1), Every(months=1))]
    assert len(periods(date(2020, 1, 1), monthly, date(2020, 1, 31))) == 1
    assert len(periods(date(2020, 1, 1), monthly, date(2020, 2, 1))) == 2
    assert periods(date(2020, 1, 2), monthly, date(2020, 1, 1)) == ()


@given(found=rules(), begins_on=DAYS, through=DAYS)
def test_each_day_under_a_rule_lies_in_a_turn_that_opened_under_it(
    found: list[RuleFrom], begins_on: date, through: date
) -> None:
    turns = periods(begins_on, found, through)
    assert [each.opens_on for each in turns] == sorted({each.opens_on for each in turns})
    assert all(begins_on <= each.opens_on <= min(through, each.due_on) for each in turns)
    day = max(begins_on, found[0].begins_on)
    while day <= through:
        every = rule_on(found, day)
        last = max((each for each in turns if each.opens_on <= day), key=lambda each: each.opens_on, default=None)
        if every is not None:
            assert last is not None
            assert day <= last.due_on
            assert rule_on(found, last.opens_on) == every
        day += timedelta(days=13)


@given(found=rules(), begins_on=DAYS, through=DAYS, missed=st.integers(0, 800))
def test_days_that_were_missed_are_caught_up_with_the_same_turns(
    found: list[RuleFrom], begins_on: date, through: date, missed: int
) -> None:
    earlier = periods(begins_on, found, through - timedelta(days=missed))
    assert periods(begins_on, found, through)[: len(earlier)] == earlier


@given(begins_on=DAYS, months=st.integers(1, 12), times=st.integers(0, 40))
def test_the_ends_of_months_never_drift(begins_on: date, months: int, times: int) -> None:
    turns = periods(begins_on, [RuleFrom(begins_on, Every(months=months))], add_months(begins_on, months * times))
    assert turns[times].opens_on == add_months(begins_on, months * times)
