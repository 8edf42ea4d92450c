"""What a household owes back is paid in instalments that two officers agreed with it (DZ-7)."""

from typing import Any

import pytest

from services.subsidy.tests.county import Loan, ask, look
from services.subsidy.tests.test_clawbacks import paid_line
from services.subsidy.tests.test_money_back import approved, receive, reverse, sign
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

THREE = (("2018-03-31", "40.00"), ("2018-04-30", "30.00"), ("2018-05-31", "30.00"))


async def plan(
    subsidy: ServiceUnderTest, clawback: str, instalments: tuple[tuple[str, str], ...] = THREE, **who: Any
) -> dict[str, Any]:
    body = {
        "instalments": [{"due_on": day, "amount": amount} for day, amount in instalments],
        "ground": "家庭困难，协议分期",
        "proposed_on": "2018-02-10",
    }
    return await ask(subsidy, f"/clawbacks/{clawback}/plans", Role.POVERTY_OFFICE, body, **who)


async def decide_plan(
    subsidy: ServiceUnderTest, plan_id: str, decision: str = "approve", on: str = "2018-02-11", **who: Any
) -> dict[str, Any]:
    body = {"decision": decision, "decided_on": on}
    return await ask(subsidy, f"/clawback-plans/{plan_id}/decisions", Role.FINANCE_BUREAU, body, **who)


async def late(subsidy: ServiceUnderTest, day: str) -> list[tuple[str, str]]:
    items = (await look(subsidy, f"/clawbacks?late_on={day}"))["items"]
    return [(each["late_amount"], each["next_due_on"]) for each in items]


@pytest.mark.clause("DZ-7(b)")
async def test_each_instalment_is_late_from_the_day_after_its_own(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    asked = await plan(subsidy, clawback, subject="li")
    assert await late(subsidy, "2018-03-04") == [("100.00", "2018-03-03")]  # nothing holds before the second word
    assert (await decide_plan(subsidy, asked["id"], subject="li", expect=403))["code"] == "maker-is-checker"
    assert (await decide_plan(subsidy, asked["id"]))["state"] == "in_force"
    assert await late(subsidy, "2018-03-31") == []
    assert await late(subsidy, "2018-04-01") == [("40.00", "2018-03-31")]
    await receive(subsidy, clawback, "50.00", "T-1")
    assert await late(subsidy, "2018-04-30") == []
    assert await late(subsidy, "2018-05-01") == [("20.00", "2018-04-30")]
    assert await late(subsidy, "2018-06-01") == [("50.00", "2018-04-30")]
    await receive(subsidy, clawback, "50.00", "T-2")
    assert await late(subsidy, "2018-06-01") == []


@pytest.mark.clause("DZ-7(b)")
async def test_what_came_back_before_a_plan_is_no_part_of_it(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    await receive(subsidy, clawback, "60.00", "T-0")
    first = await plan(subsidy, clawback, (("2018-03-31", "10.00"), ("2018-04-30", "30.00")))
    await decide_plan(subsidy, first["id"])
    assert await late(subsidy, "2018-04-01") == [("10.00", "2018-03-31")]
    await receive(subsidy, clawback, "5.00", "T-1")
    assert await late(subsidy, "2018-04-01") == [("5.00", "2018-03-31")]
    second = await plan(subsidy, clawback, (("2018-12-31", "35.00"),))
    await decide_plan(subsidy, second["id"])
    assert await late(subsidy, "2018-06-01") == []
    listed = await look(subsidy, f"/clawbacks/{clawback}/plans")
    assert [each["state"] for each in listed] == ["replaced", "in_force"]  # type: ignore[index]


@pytest.mark.clause("DZ-7(b)")
async def test_what_is_owed_again_beyond_a_plan_is_late_by_the_claw_backs_own_day(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))  # due on 2018-03-03
    receipt = await receive(subsidy, clawback, "90.00", "T-0")
    await decide_plan(subsidy, (await plan(subsidy, clawback, (("2018-05-31", "10.00"),)))["id"])
    await sign(subsidy, await reverse(subsidy, receipt["id"]))
    assert await late(subsidy, "2018-03-03") == []
    assert await late(subsidy, "2018-03-04") == [("90.00", "2018-03-03")]
    assert await late(subsidy, "2018-06-01") == [("100.00", "2018-03-03")]


@pytest.mark.parametrize(
    ("instalments", "code"),
    [
        ((("2018-03-31", "99.99"),), "clawback-instalments-differ"),
        ((("2018-03-31", "50.00"), ("2018-03-31", "50.00")), "clawback-instalments-out-of-order"),
        ((("2018-04-30", "50.00"), ("2018-03-31", "50.00")), "clawback-instalments-out-of-order"),
        ((("2018-02-09", "100.00"),), "clawback-instalments-out-of-order"),
    ],
)
async def test_a_plan_makes_up_what_is_open_day_after_day(
    subsidy: ServiceUnderTest, instalments: tuple[tuple[str, str], ...], code: str
) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    assert (await plan(subsidy, clawback, instalments, expect=409))["code"] == code


async def test_a_plan_is_decided_once_and_overtaken_by_what_came_back(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    asked = (await plan(subsidy, clawback))["id"]
    assert (await plan(subsidy, clawback, expect=409))["code"] == "clawback-plan-proposed"
    await receive(subsidy, clawback, "1.00", "T-1")
    assert (await decide_plan(subsidy, asked, expect=409))["code"] == "clawback-instalments-differ"
    assert (await decide_plan(subsidy, asked, on="2018-02-09", expect=422))["code"] == "date-before-step"
    assert (await decide_plan(subsidy, asked, "return"))["state"] == "refused"
    assert (await decide_plan(subsidy, asked, expect=409))["code"] == "clawback-plan-decided"
    assert (await decide_plan(subsidy, str(new_id()), expect=404))["code"] == "clawback-plan-unknown"
    await receive(subsidy, clawback, "99.00", "T-2")
    assert (await plan(subsidy, clawback, expect=409))["code"] == "clawback-not-open"
