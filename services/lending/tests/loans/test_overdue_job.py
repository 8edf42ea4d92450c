"""Marking overdue loans: once an episode, the same for a repeated date, missed days caught up."""

import asyncio
from typing import Any

import pytest

from services.lending.tests.county import COUNTY, County, as_json, county_with_pack
from shared.access import Role
from shared.events.lending import LoanOverdue
from shared.testing.service import StartService


async def run(county: County, as_of: str, **who: Any) -> Any:
    body = {"as_of": as_of, "county_code": COUNTY}
    return await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE, **who)


async def overdue_events(county: County) -> list[LoanOverdue]:
    events = await county.service.outbox()
    return [LoanOverdue.model_validate_json(as_json(data)) for name, data, *_ in events if name == "loan-overdue"]


@pytest.mark.clause("FJ-12(a)")
async def test_marks_what_is_unpaid_after_its_day_once(county: County) -> None:
    loan, paid = await county.lend("50000.00"), await county.lend("30000.00")
    interest = (await county.installments(paid["id"]))[0]["interest_due"]
    await county.repay(paid["id"], interest, "2017-12-20", "R1")

    assert (await run(county, "2017-12-20")).json()["loans_marked"] == 0
    first = await run(county, "2017-12-21")
    assert first.status_code == 201, first.text
    assert (first.json()["loans_marked"], first.json()["loans_overdue"]) == (1, 1)
    assert (await run(county, "2017-12-21")).json() == first.json()
    assert (await run(county, "2017-12-31")).json()["loans_marked"] == 0
    (event,) = await overdue_events(county)
    assert (str(event.loan_id), str(event.overdue_from)) == (loan["id"], "2017-12-21")
    assert (await county.loan(loan["id"]))["overdue_from"] == "2017-12-21"
    overdue = (await county.get("/api/v1/loans?overdue=true")).json()["items"]
    assert [row["id"] for row in overdue] == [loan["id"]]


async def test_catches_up_on_missed_days_and_starts_a_new_episode_after_a_cure(county: County) -> None:
    loan = await county.lend("50000.00")
    assert (await run(county, "2018-02-01")).json()["loans_marked"] == 1
    due = (await county.get("/api/v1/dues.csv?due_through=2018-02-10")).text.splitlines()[1].split(",")[-1]
    await county.repay(loan["id"], due, "2018-02-10", "R1")
    assert (await county.loan(loan["id"]))["overdue_from"] is None
    assert (await run(county, "2018-12-21")).json()["loans_marked"] == 1
    assert [str(event.overdue_from) for event in await overdue_events(county)] == ["2017-12-21", "2018-12-21"]


async def test_a_part_payment_does_not_end_the_episode(county: County) -> None:
    loan = await county.lend("50000.00")
    await run(county, "2017-12-21")
    await county.repay(loan["id"], "100.00", "2018-01-10", "R1")
    assert (await county.loan(loan["id"]))["overdue_from"] == "2017-12-21"


async def test_days_of_grace_are_waited_for(start_service: StartService) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__grace_days=8)
    await county.lend()
    assert (await run(county, "2017-12-28")).json()["loans_marked"] == 0
    assert (await run(county, "2017-12-29")).json()["loans_marked"] == 1


async def test_grace_that_ends_on_a_day_of_rest_ends_on_the_next_working_day(start_service: StartService) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__grace_days=10)
    loan = await county.lend()
    # 20 December and ten days: Saturday, 30 December; New Year's rest ends on Monday, 1 January.
    assert (await run(county, "2018-01-02")).json()["loans_marked"] == 0
    assert (await run(county, "2018-01-03")).json()["loans_marked"] == 1
    assert (await county.loan(loan["id"]))["overdue_from"] == "2017-12-21"


async def test_two_replicas_at_once_mark_once(county: County) -> None:
    for _ in range(3):
        await county.lend()
    answers = await asyncio.gather(*(run(county, "2017-12-21", subject=f"officer-{number}") for number in range(6)))
    assert {answer.json()["loans_marked"] for answer in answers} == {3}
    assert len(await overdue_events(county)) == 3


async def test_refuses_another_county_a_day_to_come_and_the_wrong_role(county: County) -> None:
    assert (await run(county, "2017-12-21", region="500101")).json()["code"] == "outside-region"
    assert (await run(county, "2199-01-01")).json()["code"] == "date-in-future"
    body = {"as_of": "2017-12-21", "county_code": COUNTY}
    assert (await county.post("/api/v1/jobs/mark-overdue/runs", body)).json()["code"] == "right-missing"
