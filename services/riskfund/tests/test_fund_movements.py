"""Movements of the fund's money that two persons decide: interest, money back to the county, wrong contributions."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.riskfund.funds.rules.cover_limit import free_money, limit_of
from services.riskfund.tests.county import County, fengjie, refusal
from shared.access import Role
from shared.ids import new_id
from shared.policy.pack import PolicyPack


@pytest.fixture
async def paid_in(county: County) -> County:
    """Return the county with 10 000 yuan in its fund since 2017-01-05."""
    await county.open_fund("10000.00")
    return county


async def propose(county: County, kind: str, amount: str, on: str = "2018-03-21", **more: Any) -> httpx.Response:
    """Propose a movement as the finance bureau."""
    subject = more.pop("subject", "proposer")
    body = {"kind": kind, "amount": amount, "moved_on": on, "bank_reference": f"M-{new_id()}", "reason": "对账单"}
    return await county.post(f"/funds/{county.fund_id}/movements", {**body, **more}, Role.FINANCE_BUREAU, subject)


async def decide(
    county: County, movement_id: str, decision: str = "approve", role: Role = Role.POVERTY_OFFICE, **more: Any
) -> httpx.Response:
    """Decide on a movement as a second person."""
    subject = more.pop("subject", "second")
    body = {"decision": decision, "decided_on": "2018-03-22", "reason": "已核对", **more}
    return await county.post(f"/funds/{county.fund_id}/movements/{movement_id}/decisions", body, role, subject)


async def moved(county: County, kind: str, amount: str, **more: Any) -> dict[str, Any]:
    """Propose a movement and have it booked."""
    proposed = await propose(county, kind, amount, **more)
    assert proposed.status_code == 201, proposed.text
    booked = await decide(county, proposed.json()["id"])
    assert booked.status_code == 201, booked.text
    found: dict[str, Any] = booked.json()
    return found


async def contribution_of(county: County) -> str:
    """Return the id of the only contribution."""
    found = await county.service.database.pool.fetchval("SELECT id FROM contribution")
    return str(found)


async def test_interest_of_the_account_belongs_to_the_fund_and_covers_loans(paid_in: County) -> None:
    waiting = (await propose(paid_in, "interest", "12.34")).json()
    assert (waiting["state"], (await paid_in.fund())["balance"]) == ("proposed", "10000.00")
    booked = (await decide(paid_in, waiting["id"])).json()
    assert (booked["state"], booked["decided_by"]) == ("booked", "second")
    shown = await paid_in.fund()
    assert (shown["balance"], shown["paid_in"], shown["interest"]) == ("10012.34", "10000.00", "12.34")
    assert shown["cover"]["limit"] == "100123.40"
    above = await propose(paid_in, "withdrawal", "10000.01")
    assert refusal(above) == (409, "more-than-may-leave"), "the interest stays"


async def test_money_goes_back_to_the_county_as_far_as_no_loan_needs_it(paid_in: County) -> None:
    loan = await paid_in.lend("50000.00")
    await paid_in.reserve([(new_id(), "30000.01")])
    above = await propose(paid_in, "withdrawal", "2000.00")
    assert refusal(above) == (409, "more-than-may-leave")
    assert above.json()["values"]["most"] == "1999.99"
    await moved(paid_in, "withdrawal", "1999.99")
    shown = await paid_in.fund()
    assert (shown["balance"], shown["paid_in"], shown["cover"]["available"]) == ("8000.01", "8000.01", "0.09")
    await paid_in.service.deliver_all([paid_in.repaid(loan, "50000.00"), paid_in.closed(loan)])
    await moved(paid_in, "withdrawal", "5000.00")
    assert (await paid_in.fund())["balance"] == "3000.01"


async def test_money_that_left_since_cannot_leave_on_an_earlier_day(paid_in: County) -> None:
    await moved(paid_in, "withdrawal", "6000.00")
    assert refusal(await propose(paid_in, "withdrawal", "4000.01", "2017-06-01")) == (409, "more-than-may-leave")
    assert refusal(await propose(paid_in, "withdrawal", "1.00", "2017-01-04")) == (409, "more-than-may-leave")
    assert refusal(await propose(paid_in, "interest", "1.00", "2017-01-02")) == (422, "date-before-step")


async def test_a_contribution_booked_too_high_is_taken_back_on_its_own_day(paid_in: County) -> None:
    contribution = await contribution_of(paid_in)
    above = await propose(paid_in, "reversal", "10000.01", contribution_id=contribution)
    assert refusal(above) == (409, "more-than-may-leave")
    await moved(paid_in, "reversal", "9000.00", contribution_id=contribution)
    shown = await paid_in.fund()
    assert (shown["balance"], shown["paid_in"], shown["cover"]["limit"]) == ("1000.00", "1000.00", "10000.00")
    entries = (await paid_in.get(f"/funds/{paid_in.fund_id}/entries")).json()["items"]
    assert [(each["kind"], each["entered_on"]) for each in entries] == [
        ("contribution", "2017-01-05"),
        ("reversal", "2017-01-05"),
    ]
    assert entries[1]["reverses"] == entries[0]["id"]
    again = await propose(paid_in, "reversal", "1.00", contribution_id=contribution)
    assert refusal(again) == (404, "contribution-unknown")


async def test_nobody_decides_alone_and_nothing_is_decided_twice(paid_in: County) -> None:
    waiting = (await propose(paid_in, "interest", "1.00", subject="one")).json()["id"]
    alone = await decide(paid_in, waiting, role=Role.FINANCE_BUREAU, subject="one")
    assert refusal(alone) == (403, "maker-is-checker")
    assert refusal(await decide(paid_in, waiting, decided_on="2018-03-20")) == (422, "date-before-step")
    answers = await asyncio.gather(*(decide(paid_in, waiting, subject=f"second-{n}") for n in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404]
    assert (await paid_in.fund())["interest"] == "1.00"
    refused = (await propose(paid_in, "interest", "999.00")).json()["id"]
    assert (await decide(paid_in, refused, "refuse")).json()["state"] == "refused"
    assert refusal(await decide(paid_in, refused)) == (404, "fund-movement-unknown")
    listed = (await paid_in.get(f"/funds/{paid_in.fund_id}/movements")).json()["items"]
    assert [each["state"] for each in listed] == ["booked", "refused"]


async def test_only_the_offices_that_manage_the_account_move_its_money(paid_in: County) -> None:
    path = f"/funds/{paid_in.fund_id}/movements"
    body = {"kind": "interest", "amount": "1.00", "moved_on": "2018-03-21", "bank_reference": "X", "reason": "对账单"}
    for role in (Role.BANK, Role.POVERTY_OFFICE, Role.AUDITOR):
        assert refusal(await paid_in.post(path, body, role, organisation="x")) == (403, "right-missing"), role
    outside = await paid_in.post(path, body, Role.FINANCE_BUREAU, region="500237")
    assert refusal(outside) == (404, "fund-unknown")
    without = await propose(paid_in, "reversal", "1.00")
    assert refusal(without) == (422, "invalid-request")


async def test_the_same_transfer_is_booked_once(paid_in: County) -> None:
    await moved(paid_in, "interest", "1.00", bank_reference="SAME")
    again = (await propose(paid_in, "interest", "1.00", bank_reference="SAME")).json()["id"]
    assert refusal(await decide(paid_in, again)) == (409, "bank-reference-used")


@given(
    st.decimals("0", "1000000", places=2),
    st.decimals("0", "9000000", places=2),
    st.decimals("1", "12", places=2),
)
def test_what_is_free_may_leave_and_one_fen_more_may_not(balance: Decimal, used: Decimal, multiplier: Decimal) -> None:
    rule = PolicyPack.model_validate(fengjie(fund__multiplier=str(multiplier))).fund_rule()
    free = free_money(balance, used, rule)
    assert 0 <= free <= balance
    if free:
        assert limit_of(balance - free, rule) >= used
    if free < balance:
        assert limit_of(balance - free - Decimal("0.01"), rule) < used
