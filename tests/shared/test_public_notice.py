"""Working days of public notice, and the clock that an objection stops (LG-12)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.terms import NoticeDays, PublicNoticeRule
from shared.policy.vocabulary import RegionLevel
from shared.rules.public_notice import Pause, days_at, ends_on
from shared.workdays import add_workdays, is_workday, workdays_between

DAYS = st.dates(date(2017, 1, 1), date(2018, 10, 1))


@pytest.mark.clause("LG-12(b)")
@pytest.mark.parametrize(
    ("started_on", "days", "expected"),
    [
        ("2017-01-10", 5, "2017-01-17"),  # a Tuesday: the weekend is not counted
        ("2017-01-14", 5, "2017-01-20"),  # a Saturday
        ("2017-01-18", 5, "2017-01-24"),  # Sunday 22 January was a working day
        ("2017-01-24", 5, "2017-02-06"),  # Spring Festival; Saturday 4 February was a working day
        ("2017-01-10", 0, "2017-01-10"),
    ],
)
def test_five_working_days_after_the_posting(started_on: str, days: int, expected: str) -> None:
    assert ends_on(date.fromisoformat(started_on), days) == date.fromisoformat(expected)


@pytest.mark.clause("LG-12(c)")
@pytest.mark.parametrize(
    ("raised_on", "settled_on", "expected"),
    [
        ("2017-01-12", "2017-01-16", "2017-01-20"),  # one day had run; four are left after the settlement
        ("2017-01-10", "2017-01-13", "2017-01-20"),  # raised on the day of posting: all five are left
        ("2017-01-17", "2017-01-17", "2017-01-18"),  # raised on the last day: that day is still to come
        ("2017-01-18", "2017-01-20", "2017-01-20"),  # raised after the last day: nothing left but the settlement
    ],
)
def test_an_objection_stops_the_clock(raised_on: str, settled_on: str, expected: str) -> None:
    pause = Pause(date.fromisoformat(raised_on), date.fromisoformat(settled_on))
    assert ends_on(date(2017, 1, 10), 5, [pause]) == date.fromisoformat(expected)


@pytest.mark.clause("LG-12(c)")
@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], "2018-06-11"),
        ([("2018-06-06", "2018-06-07")], "2018-06-13"),
        ([("2018-06-06", "2018-06-08"), ("2018-06-06", "2018-06-08")], "2018-06-14"),
        ([("2018-06-06", "2018-06-07"), ("2018-06-07", "2018-06-08")], "2018-06-14"),
    ],
    ids=["undisturbed", "dismissed the next day", "two at once", "one after the other"],
)
def test_the_days_of_raising_and_settling_do_not_count_and_overlaps_count_once(
    pauses: list[tuple[str, str]], expected: str
) -> None:
    open_days = [Pause(date.fromisoformat(raised), date.fromisoformat(settled)) for raised, settled in pauses]
    assert ends_on(date(2018, 6, 4), 5, open_days) == date.fromisoformat(expected)


@pytest.mark.clause("LG-12(c)")
def test_where_the_clock_runs_on_the_notice_only_waits_for_the_settlement() -> None:
    early, late = Pause(date(2018, 6, 5), date(2018, 6, 6)), Pause(date(2018, 6, 6), date(2018, 6, 20))
    assert ends_on(date(2018, 6, 4), 5, [early], stops_clock=False) == date(2018, 6, 11)
    assert ends_on(date(2018, 6, 4), 5, [early, late], stops_clock=False) == date(2018, 6, 20)


def test_overlapping_objections_stop_it_once() -> None:
    pauses = [Pause(date(2017, 1, 11), date(2017, 1, 13)), Pause(date(2017, 1, 12), date(2017, 1, 12))]
    assert ends_on(date(2017, 1, 10), 5, pauses) == add_workdays(date(2017, 1, 13), 5)


@given(DAYS, st.integers(0, 15))
def test_without_objections_it_is_so_many_working_days(started_on: date, days: int) -> None:
    end = ends_on(started_on, days)
    assert end == add_workdays(started_on, days)
    assert workdays_between(started_on, end) == days


@given(DAYS, st.integers(1, 15), st.integers(0, 30), st.integers(0, 30))
def test_the_days_left_run_after_the_settlement(started_on: date, days: int, wait: int, length: int) -> None:
    raised_on = started_on + timedelta(days=wait)
    settled_on = raised_on + timedelta(days=length)
    ran = workdays_between(started_on, raised_on - timedelta(days=1))
    expected = add_workdays(settled_on, max(days - ran, 0))
    if ran >= days:
        expected = max(settled_on, add_workdays(started_on, days))
    assert ends_on(started_on, days, [Pause(raised_on, settled_on)]) == expected


@given(DAYS, st.integers(1, 10), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10)), max_size=4))
def test_exactly_the_days_asked_for_were_free_of_objections(
    started_on: date, days: int, waits: list[tuple[int, int]]
) -> None:
    pauses = []
    for wait, length in waits:
        raised_on = started_on + timedelta(days=wait)
        pauses.append(Pause(raised_on, raised_on + timedelta(days=length)))
    end = ends_on(started_on, days, pauses)
    free = [
        day
        for offset in range(1, (end - started_on).days + 1)
        if is_workday(day := started_on + timedelta(days=offset)) and not any(pause.covers(day) for pause in pauses)
    ]
    assert len(free) >= days
    assert end >= free[days - 1]


@given(DAYS, st.integers(1, 10), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10)), max_size=4))
def test_neither_the_order_of_objections_nor_one_said_twice_matters(
    started_on: date, days: int, waits: list[tuple[int, int]]
) -> None:
    pauses = [
        Pause(started_on + timedelta(days=wait), started_on + timedelta(days=wait + length)) for wait, length in waits
    ]
    end = ends_on(started_on, days, pauses)
    assert ends_on(started_on, days, [*reversed(pauses), *pauses]) == end
    assert end >= ends_on(started_on, days, pauses[1:]) >= ends_on(started_on, days)


def test_a_level_has_its_own_working_days_or_the_usual_ones() -> None:
    levels = (RegionLevel.VILLAGE, RegionLevel.TOWNSHIP)
    usual = PublicNoticeRule(levels, 5, True, (), 5)
    own = PublicNoticeRule(levels, 5, True, (), 5, working_days_of_levels=(NoticeDays(RegionLevel.VILLAGE, 7),))
    assert [days_at(level, usual) for level in levels] == [5, 5]
    assert [days_at(level, own) for level in levels] == [7, 5]
