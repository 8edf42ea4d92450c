"""When a run is due by the pack and the calendar, and when it is late (SX-5)."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.periods.rules import Period, ended_periods
from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    approve,
    confirmed,
    lend,
    look,
    open_programme,
    pack,
    prepare,
    review,
)
from shared.policy.terms import YearlyDay
from shared.testing.service import ServiceUnderTest

SETTLED = YearlyDay(12, 20)


@pytest.mark.clause("SX-5(f)")
def test_quarters_end_on_the_settlement_day_and_are_late_after_another_quarter() -> None:
    latest, before, *_ = ended_periods(3, SETTLED, date(2018, 3, 20))
    assert latest == Period(date(2017, 12, 20), date(2018, 3, 20), date(2018, 6, 20))
    assert before == Period(date(2017, 9, 20), date(2017, 12, 20), date(2018, 3, 20))


@given(
    st.sampled_from([1, 2, 3, 4, 6, 12]),
    st.integers(1, 12),
    st.integers(1, 28),
    st.dates(date(2010, 1, 1), date(2040, 1, 1)),
)
def test_periods_follow_one_another_without_a_gap(months: int, month: int, day: int, as_of: date) -> None:
    found = ended_periods(months, YearlyDay(month, day), as_of)
    assert len(found) == 24 // months
    assert found[0].due_from <= as_of < found[0].late_from
    for later, earlier in pairwise(found):
        assert (earlier.due_from, earlier.late_from) == (later.period_from, later.due_from)
    assert all((each.due_from - each.period_from) > timedelta(27 * months) for each in found)


@pytest.mark.clause("SX-5(f)")
async def test_a_quarter_without_a_run_is_due_and_then_late(subsidy: ServiceUnderTest) -> None:
    yearly, quarterly = (
        "  period_months: {value: 12, clause: FJ-11}\n  covers",
        "  period_months: {value: 3, clause: FJ-11}\n  covers",
    )
    await subsidy.deliver(confirmed(pack((yearly, quarterly)), version=2))
    loan = Loan(pack_version=2)
    await lend(subsidy, loan, loan.paid("10.00", on=date(2017, 12, 18)))
    programme = await open_programme(subsidy)

    async def state(as_of: str) -> tuple[Any, ...]:
        found: Any = await look(subsidy, f"/subsidy-periods?county_code={COUNTY}&as_of={as_of}")
        [one] = [each for each in found if each["period_until"] == "2017-12-20"]
        return one["state"], one["interest_waiting"], one["late_from"], one["programme_ids"]

    assert await state("2017-12-20") == ("due", "10.00", "2018-03-20", [programme])
    assert (await state("2018-03-19"))[0] == "due"
    assert (await state("2018-03-20"))[0] == "late"
    batch = (await prepare(subsidy, programme))["id"]
    await review(subsidy, batch)
    assert (await state("2018-03-20"))[0] == "late"  # a batch nobody approved reimburses nothing
    await approve(subsidy, batch)
    assert (await state("2018-03-20"))[:2] == ("done", "0.00")
