"""kill -9 while a duty is ordered and done and a borrower is reminded: the step repeats, and stands on file once."""

import pytest

from tests.faults.convergence import ensure_settled
from tests.faults.loans import shared_loan
from tests.faults.test_killed_corrections import ROUNDS, Correcting, correcting
from tests.journeys.tiny_county import Place

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_duty_that_is_ordered_done_and_taken_back_is_killed_at_every_step(lent: Place, failpoint: str) -> None:
    work = Correcting(lent, shared_loan(lent), failpoint)
    offices, township = lent.county.offices, work.loan.village_code[:9]
    head, deputy = offices["poverty.office"], offices["poverty.deputy"]
    order = {"kind": "rectification", "region_code": township, "text": f"补齐档案 {failpoint}"}
    days = {"ordered_on": "2017-12-01", "due_on": "2017-12-20"}
    given = await work.killed(lambda: head.post("/duties", {**order, **days}), "registry")
    said = {"done_on": "2017-12-05", "text": "已补齐", "evidence": [{"reference": "整改报告2017-1"}]}
    path = f"/duties/{given['id']}"
    done = await work.killed(lambda: offices.township(township).post(f"{path}/records", said), "registry")
    why = {"withdrawn_on": "2017-12-06", "reason": "报告有误"}
    await work.killed(lambda: deputy.post(f"/duty-records/{done['id']}/withdrawals", why), "registry")
    await work.killed(lambda: offices.township(township).post(f"{path}/records", said), "registry")

    [ours] = [
        duty
        for duty in await head.every("/duties", region_code=township, kind="rectification", as_of="2018-01-01")
        if duty["ordered"] == order["text"]
    ]
    assert (ours["id"], ours["state"]) == (given["id"], "done")
    records = (await head.get(path))["records"]
    assert sorted((record["withdrawn_on"] is None) for record in records) == [False, True]
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_reminder_that_is_given_by_file_and_by_hand_is_killed_at_every_step(
    lent: Place, failpoint: str
) -> None:
    work = correcting(lent, failpoint)
    asked = await work.clerk.every("/reminders-due", as_of="2017-11-20", within_days=60)
    [due] = [each for each in asked if each["loan_id"] == work.loan.loan_id][:1]
    said = {"due_on": due["due_on"], "days_before": due["days_before"], "channel": "telephone", "reminded_by": "李明"}
    said |= {"reminded_on": "2017-11-20", "amount": due["interest"]}
    given = await work.killed(lambda: work.clerk.post(f"{work.path}/reminders", said))
    why = {"withdrawn_on": "2017-11-21", "reason": "未接通"}
    await work.killed(lambda: work.chief.post(f"/reminders/{given['id']}/withdrawals", why))
    await work.killed(lambda: work.clerk.post(f"{work.path}/reminders", {**said, "reminded_on": "2017-11-21"}))

    kept = await work.clerk.every(f"{work.path}/reminders")
    assert sorted((row["reminded_on"], row["withdrawn_on"]) for row in kept) == [
        ("2017-11-20", "2017-11-21"),
        ("2017-11-21", None),
    ]
    await ensure_settled(lent)
