"""Repayment plans derived anew: a plan that the service drew up by a wrong rule is seen."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

import asyncpg
import pytest

from services.lending.accounts.rules.account import Account
from services.lending.collections.actions import planning
from services.lending.collections.schemas import RepaymentPlanIn
from shared.access import Grant, Principal, Role
from shared.money import ZERO
from tests.reconcile.county import County
from tools.reconcile.program import check_world

# The first test of a worker lives through the county, which takes a while on a busy machine.
pytestmark = pytest.mark.timeout(300)

AGREED: Final = """
SELECT p.loan_id, l.village_code, p.agreed_on, p.arrears,
  (SELECT i.due_on FROM plan_installment i WHERE i.plan_id = p.id) AS due_on
FROM repayment_plan p JOIN loan l ON l.id = p.loan_id ORDER BY p.id LIMIT 1
"""
FORGOTTEN: Final = "DELETE FROM plan_installment; DELETE FROM repayment_plan"
Drawing = Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[None]]


async def agreed(county: County) -> Any:
    """Return a plan of the county that was lived through."""
    connection = await asyncpg.connect(county.owner_url("lending"))
    try:
        return await connection.fetchrow(AGREED)
    finally:
        await connection.close()


def drawn_again(plan: Any, amount: Any) -> Drawing:
    """Return how the service draws up a plan for the same day and loan, of one instalment."""

    async def draw(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        officer = Principal("another", "another", (Grant(Role.VILLAGE, plan["village_code"]),))
        body = RepaymentPlanIn.model_validate(
            {
                "agreed_on": plan["agreed_on"].isoformat(),
                "office": "work_team",
                "person": "队长",
                "paper_reference": "HKJH-2",
                "note": "重新约定",
                "installments": [{"due_on": plan["due_on"].isoformat(), "amount": f"{amount:.2f}"}],
            }
        )
        await planning.draw_plan(connection, officer, plan["loan_id"], body)

    return draw


async def seen(county: County, plan: Any, amount: Any) -> set[str]:
    async with county.with_fault("lending", FORGOTTEN, by=drawn_again(plan, amount)) as world:
        (result,) = await check_world(world, ["L13"])
    assert result.findings.compared
    return {each.what for each in result.findings.listed}


async def test_a_plan_drawn_up_by_the_service_agrees(county: County) -> None:
    plan = await agreed(county)
    assert await seen(county, plan, plan["arrears"]) == set()


async def test_a_plan_of_less_than_the_arrears_is_seen(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "ensure_plan", lambda *_: None)
    plan = await agreed(county)
    assert await seen(county, plan, plan["arrears"] - 1) == {"as much as the arrears"}


async def test_arrears_without_penalty_are_seen(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_penalty(account: Account, day: date) -> Any:
        return sum((due.overdue_base for due in account.live if due.due_on <= day), ZERO)

    monkeypatch.setattr(Account, "arrears", without_penalty)
    plan = await agreed(county)
    assert "arrears of its day, in fen" in await seen(county, plan, plan["arrears"])
