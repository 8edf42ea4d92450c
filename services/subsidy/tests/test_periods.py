"""When a run is due by the pack and the calendar, and when it is late (SX-5)."""

import asyncio
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
    ask,
    confirmed,
    lend,
    look,
    open_programme,
    pack,
    prepare,
    review,
)
from shared.access import Role
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


async def _note(subsidy: ServiceUnderTest, day: str) -> tuple[int, int]:
    body = {"county_code": COUNTY, "as_of": day}
    found = await ask(subsidy, "/jobs/note-late-periods/runs", Role.SERVICE_CENTRE, body)
    return found["late_count"], found["done_count"]


async def _noted(subsidy: ServiceUnderTest, **asked: str) -> list[dict[str, Any]]:
    query = "&".join(f"{key}={value}" for key, value in {"county_code": COUNTY, **asked}.items())
    items: list[dict[str, Any]] = (await look(subsidy, f"/late-subsidy-periods?{query}"))["items"]
    return items


@pytest.mark.clause("SX-5(f)")
async def test_a_late_run_is_a_duty_of_the_office_that_prepares_until_nothing_waits(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25", on=date(2017, 6, 1)))
    assert await _note(subsidy, "2018-12-19") == (0, 0)
    assert await _note(subsidy, "2018-12-20") == (1, 0)
    assert await _note(subsidy, "2018-12-20") == (1, 0)  # a day that ran answers what it found
    assert await _note(subsidy, "2018-12-21") == (0, 0)
    (duty,) = await _noted(subsidy, is_open="true")
    assert (duty["period_from"], duty["late_from"], duty["office"]) == ("2016-12-20", "2018-12-20", "service_centre")
    assert (duty["loans_waiting"], duty["interest_waiting"], duty["noted_on"]) == (1, "1776.25", "2018-12-20")

    batch = (await prepare(subsidy, await open_programme(subsidy)))["id"]
    assert await _note(subsidy, "2018-12-22") == (0, 0)  # prepared is not yet approved
    await review(subsidy, batch)
    await approve(subsidy, batch)
    assert await _note(subsidy, "2018-12-23") == (0, 1)
    assert await _noted(subsidy, is_open="true") == []
    termination = {"kind": "return", "reason": "有误", "proposed_on": "2018-12-24"}
    path = f"/subsidy-batches/{batch}/terminations"
    proposed = (await ask(subsidy, path, Role.POVERTY_OFFICE, termination))["id"]
    decision = {"decision": "approve", "decided_on": "2018-12-24"}
    await ask(subsidy, f"/batch-terminations/{proposed}/decisions", Role.FINANCE_BUREAU, decision)
    assert await _note(subsidy, "2018-12-25") == (1, 0)
    assert await _note(subsidy, "2021-12-25") == (0, 0)  # what is long gone by is still open
    (again,) = await _noted(subsidy)
    assert (again["id"], again["noted_on"], again["done_on"]) == (duty["id"], "2018-12-25", None)

    recorded = [each for each in await subsidy.outbox() if each[0].startswith("subsidy-period")]
    assert [(name, version) for name, _, version, _ in recorded] == [
        ("subsidy-period-late", 1),
        ("subsidy-period-caught-up", 2),
        ("subsidy-period-late", 3),
    ]
    assert recorded[0][1]["interest_waiting"] == "1776.25"
    hidden = await look(subsidy, "/late-subsidy-periods", region="500237")
    assert hidden["items"] == []


async def test_two_days_at_once_note_a_late_period_once(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00", on=date(2017, 6, 1)))
    days = [f"2018-12-2{number}" for number in range(5)]
    assert sorted(await asyncio.gather(*(_note(subsidy, day) for day in days)))[-1] == (1, 0)
    assert len(await _noted(subsidy)) == 1
