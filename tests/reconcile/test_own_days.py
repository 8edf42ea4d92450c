"""A county's own days of rest and work, as the reconciliation reads them by its own code."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.workdays import workday_from
from tools.reconcile.contract_terms import known_days
from tools.reconcile.loan_parts import met_on

DAYS = st.dates(date(2018, 9, 1), date(2019, 5, 31))
FIRST, SECOND = date(2019, 3, 11), date(2019, 3, 12)


def at(hour: int) -> datetime:
    """Return an hour of the day on which days were confirmed."""
    return datetime(2019, 3, 14, hour, tzinfo=UTC)


@given(day=DAYS, own=st.dictionaries(DAYS, st.booleans(), max_size=40))
def test_a_due_day_is_met_when_the_services_say_so_whatever_days_a_county_has(day: date, own: dict[date, bool]) -> None:
    assert met_on(day, own) == workday_from(day, own)


def test_days_count_from_the_moment_in_which_they_were_confirmed_until_they_are_taken_back() -> None:
    entered = (at(1), "rest", [FIRST, SECOND]), (at(3), "as_national", [SECOND]), (at(5), "work", [FIRST])
    loan = {"own_days": list(entered)}
    rest = dict.fromkeys((FIRST, SECOND), True)
    found = [known_days(loan, moment) for moment in (at(1), at(2), at(4), at(6), None)]
    assert found == [{}, rest, {FIRST: True}, {FIRST: False}, {FIRST: False}]
