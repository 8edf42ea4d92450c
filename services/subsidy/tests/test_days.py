"""The days of a subsidy: nothing is dated after today or before the step it follows."""

from datetime import timedelta
from typing import Any

import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    approve,
    approved_batch,
    ask,
    confirm,
    instructions,
    lend,
    look,
    open_programme,
    paid_rows,
    pay,
    prepare,
    review,
)
from shared.access import Role
from shared.dates import today_in_china
from shared.testing.service import ServiceUnderTest

TOMORROW = str(today_in_china() + timedelta(days=1))


def _order(answer: dict[str, Any]) -> tuple[str, str, str, str]:
    assert answer["code"] == "date-before-step", answer
    values = answer["values"]
    return values["field"], values["day"], values["earlier_field"], values["earlier_day"]


async def _interest(subsidy: ServiceUnderTest) -> str:
    """Let interest of 100.00 be paid on 2017-12-18 and return the programme that reimburses it."""
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    return await open_programme(subsidy)


@pytest.mark.clause("DZ-7")
async def test_no_step_of_a_batch_is_dated_tomorrow(subsidy: ServiceUnderTest) -> None:
    programme = await _interest(subsidy)
    later = await prepare(subsidy, programme, expect=422, prepared_on=TOMORROW)
    assert (later["code"], later["values"]["field"]) == ("date-in-future", "prepared_on")
    batch = str((await prepare(subsidy, programme))["id"])
    said = {"decision": "approve", "note": "核对无误"}
    path = f"/subsidy-batches/{batch}"
    for step, field, role in (
        ("reviews", "reviewed_on", Role.POVERTY_OFFICE),
        ("approvals", "approved_on", Role.FINANCE_BUREAU),
    ):
        refused = await ask(subsidy, f"{path}/{step}", role, {**said, field: TOMORROW}, expect=422)
        assert (refused["code"], refused["values"]["field"]) == ("date-in-future", field)
    assert (await look(subsidy, path))["state"] == "prepared"


@pytest.mark.clause("DZ-7")
async def test_each_step_of_a_batch_is_on_the_day_of_the_one_before_or_later(subsidy: ServiceUnderTest) -> None:
    programme = await _interest(subsidy)
    early = await prepare(subsidy, programme, expect=422, prepared_on="2017-12-17")
    assert _order(early) == ("prepared_on", "2017-12-17", "interest_paid_on", "2017-12-18")
    batch = str((await prepare(subsidy, programme, prepared_on="2017-12-18"))["id"])
    said = {"decision": "approve", "note": "核对无误"}
    path = f"/subsidy-batches/{batch}"

    async def reviewed(day: str, expect: int) -> dict[str, Any]:
        body = {**said, "reviewed_on": day}
        return await ask(subsidy, f"{path}/reviews", Role.POVERTY_OFFICE, body, expect=expect)

    async def approved(day: str, expect: int) -> dict[str, Any]:
        body = {**said, "approved_on": day}
        return await ask(subsidy, f"{path}/approvals", Role.FINANCE_BUREAU, body, expect=expect)

    early = await reviewed("2017-12-17", 422)
    assert _order(early) == ("reviewed_on", "2017-12-17", "prepared_on", "2017-12-18")
    await reviewed("2017-12-20", 201)
    assert _order(await approved("1999-12-31", 422)) == ("approved_on", "1999-12-31", "prepared_on", "2017-12-18")
    assert _order(await approved("2017-12-19", 422)) == ("approved_on", "2017-12-19", "reviewed_on", "2017-12-20")
    await approved("2017-12-20", 201)
    early = await pay(subsidy, batch, expect=422, paid_on="2017-12-19")
    assert _order(early) == ("paid_on", "2017-12-19", "approved_on", "2017-12-20")
    assert (await pay(subsidy, batch, paid_on=TOMORROW))["paid_on"] == TOMORROW  # the money is to go out then


@pytest.mark.clause("DZ-7")
async def test_a_return_file_pays_nobody_in_another_century(subsidy: ServiceUnderTest) -> None:
    loans = [Loan() for _ in range(3)]
    for loan in loans:
        await lend(subsidy, loan, loan.paid("100.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))  # approved on 2017-12-27
    run = (await pay(subsidy, batch))["id"]
    sent = await instructions(subsidy, run)
    days = ("1901-01-01", "2099-12-31", "2017-12-27")
    rows = [[row[0], "paid", row[4], day, ""] for row, day in zip(sent, days, strict=True)]
    done = await confirm(subsidy, run, rows)
    assert (done["paid_count"], done["amount_paid"], done["batch_state"]) == (1, "100.00", "paying")
    assert [(line["code"], line["instruction_id"]) for line in done["refused_lines"]] == [
        ("date-before-step", sent[0][0]),
        ("date-in-future", sent[1][0]),
    ]
    assert all("2017-12-27" in line["reason"] or "2099-12-31" in line["reason"] for line in done["refused_lines"])
    rejected = [[row[0], "rejected", row[4], TOMORROW, "账号有误"] for row in sent[:2]]
    assert (await confirm(subsidy, run, rejected))["refused_count"] == 2
    assert (await confirm(subsidy, run, paid_rows(sent[:2], "2017-12-29")))["batch_state"] == "settled"
    report = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}")
    assert report["by_quarter"] == [{"quarter": "2017Q4", "amount": "300.00", "households": 3}]


@pytest.mark.clause("DZ-7")
async def test_a_claw_back_follows_the_payment_and_its_approval_the_proposal(subsidy: ServiceUnderTest) -> None:
    programme = await _interest(subsidy)
    batch = str((await prepare(subsidy, programme))["id"])
    await review(subsidy, batch)
    await approve(subsidy, batch)
    run = (await pay(subsidy, batch))["id"]
    await confirm(subsidy, run, paid_rows(await instructions(subsidy, run)))  # on 2017-12-29
    (line,) = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]

    async def proposed(day: str, expect: int) -> dict[str, Any]:
        body = {"line_id": line["id"], "reason": "重复申报", "decided_on": day}
        return await ask(subsidy, "/clawbacks", Role.POVERTY_OFFICE, body, expect=expect)

    async def decided(clawback: str, day: str, expect: int) -> dict[str, Any]:
        body = {"decision": "approve", "approved_on": day}
        return await ask(subsidy, f"/clawbacks/{clawback}/approvals", Role.FINANCE_BUREAU, body, expect=expect)

    assert (await proposed(TOMORROW, 422))["code"] == "date-in-future"
    assert _order(await proposed("2017-12-28", 422)) == ("decided_on", "2017-12-28", "paid_on", "2017-12-29")
    clawback = (await proposed("2017-12-29", 201))["id"]
    assert (await decided(clawback, TOMORROW, 422))["code"] == "date-in-future"
    assert _order(await decided(clawback, "2017-12-28", 422))[2:] == ("decided_on", "2017-12-29")
    assert (await decided(clawback, "2017-12-29", 201))["state"] == "approved"


async def test_a_programme_may_lie_ahead_and_money_added_to_it_may_not(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy, year=today_in_china().year + 1)
    body = {"amount": "1.00", "fund_source": "县级财政", "decided_on": TOMORROW, "note": "追加"}
    path = f"/programmes/{programme}/supplements"
    refused = await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=422)
    assert (refused["code"], refused["values"]["field"]) == ("date-in-future", "decided_on")
    await ask(subsidy, path, Role.FINANCE_BUREAU, {**body, "decided_on": str(today_in_china())})


async def test_a_period_may_end_after_the_batch_was_prepared(subsidy: ServiceUnderTest) -> None:
    programme = await _interest(subsidy)
    batch = await prepare(subsidy, programme, prepared_on="2017-12-20")
    assert (batch["prepared_on"], batch["period_until"], batch["amount"]) == ("2017-12-20", "2018-01-01", "100.00")
