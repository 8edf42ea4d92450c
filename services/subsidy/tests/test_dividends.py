"""Dividends over HTTP: a year is prepared, reviewed, approved and paid, and set right by differences."""

import asyncio
from typing import Any

import pytest

from services.subsidy.tests.benefit import (
    HOUSEHOLDS,
    TOWNSHIP,
    VILLAGE,
    ZHIJIN,
    confirm_packs,
    draft,
    equity_terms,
    get,
    in_force,
    post,
    terms,
)
from services.subsidy.tests.reversing import decide_back, propose_back
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Start the service with two counties."""
    return await start_service("subsidy", prepared=confirm_packs)


async def prepare(
    service: ServiceUnderTest, agreement: str, year: int = 1, *, on: str = "2018-01-05", expect: int = 201, **more: Any
) -> dict[str, Any]:
    """Prepare a year as the township."""
    body = {"year_number": year, "prepared_on": on, **more}
    return await post(service, f"/agreements/{agreement}/dividend-runs", Role.TOWNSHIP, body, expect=expect)


async def step(
    service: ServiceUnderTest, run: str, name: str, *, decision: str = "approve", on: str = "2018-01-06", **who: Any
) -> dict[str, Any]:
    """Review or approve a run."""
    role = Role.FINANCE_BUREAU if name == "reviews" else Role.POVERTY_OFFICE
    body = {"decision": decision, "decided_on": on}
    return await post(service, f"/dividend-runs/{run}/{name}", role, body, **who)


async def grant(service: ServiceUnderTest, agreement: str, year: int = 1, **more: Any) -> dict[str, Any]:
    """Take a year through preparation, review and approval."""
    run = await prepare(service, agreement, year, **more)
    on = more.get("on", "2018-01-05")
    await step(service, run["id"], "reviews", on=on)
    return await step(service, run["id"], "approvals", on=on)


def payment(number: int, amount: str, reference: str, on: str = "2018-01-20", **more: str) -> dict[str, Any]:
    """Return a transfer to one of the households."""
    return {
        "household_id": str(HOUSEHOLDS[number]),
        "amount": amount,
        "paid_on": on,
        "bank_reference": reference,
        **more,
    }


async def pay(service: ServiceUnderTest, agreement: str, total: str, *items: Any, **more: Any) -> dict[str, Any]:
    """Record transfers as the township."""
    body = {"total_amount": total, "items": items}
    return await post(service, f"/agreements/{agreement}/dividend-payments", Role.TOWNSHIP, body, **more)


async def arrears(service: ServiceUnderTest, as_of: str) -> list[tuple[str, str, str | None]]:
    """Return what of dividends is to be done in the township on a day."""
    found = await get(service, f"/agreement-duties?region_code={TOWNSHIP}&as_of={as_of}&within_days=0")
    return [
        (each["duty"], each["due_on"], each["amount"]) for each in found["items"] if each["duty"].startswith("dividend")
    ]


@pytest.mark.clause("ZJ-4(a)")
async def test_a_year_is_prepared_reviewed_approved_and_paid_in_parts(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(terms()))
    assert (await prepare(service, agreement, on="2017-12-31", expect=422))["code"] == "date-before-step"
    assert (await prepare(service, agreement, 4, expect=409))["code"] == "dividend-year-unknown"
    stated: dict[str, Any] = {"yield_amount": "1.00", "yield_document": "S-1"}
    assert (await prepare(service, agreement, expect=409, **stated))["code"] == "dividend-yield-missing"
    assert await arrears(service, "2018-01-05") == [("dividend_run", "2018-01-01", None)]
    year = {"year_number": 1, "prepared_on": "2018-01-05"}
    path = f"/api/v1/agreements/{agreement}/dividend-runs"
    officers = [service.headers(Role.TOWNSHIP, region=ZHIJIN, subject=each) for each in ("township", "wang")]
    both = await asyncio.gather(*(service.client.post(path, json=year, headers=each) for each in officers))
    assert sorted(each.status_code for each in both) == [201, 409]
    [run] = [each.json() for each in both if each.status_code == 201]
    assert [each["amount"] for each in run["lines"]] == ["500.00", "1000.00"]
    assert (await prepare(service, agreement, expect=409))["code"] == "dividend-run-open"
    own = await step(service, run["id"], "reviews", subject=run["prepared_by"], expect=403)
    assert own["code"] == "maker-is-checker"
    assert (await step(service, run["id"], "approvals", expect=409))["code"] == "dividend-run-decided"
    assert (await step(service, str(new_id()), "approvals", expect=404))["code"] == "dividend-run-unknown"
    await step(service, run["id"], "reviews")
    again = await step(service, run["id"], "approvals", subject=str(Role.FINANCE_BUREAU), expect=403)
    assert again["code"] == "maker-is-checker"
    approved = await step(service, run["id"], "approvals")
    assert (approved["state"], approved["decided_as"], approved["due_on"]) == (
        "approved",
        "poverty_office",
        "2018-01-31",
    )
    assert (await prepare(service, agreement, expect=409))["code"] == "no-dividend-due"
    name, event, version, region = (await service.outbox())[-1]
    assert (name, event["amount"], version, region) == ("dividend-run-approved", "1500.00", 1, VILLAGE)

    before = payment(0, "500.00", "R-0", "2018-01-05")
    assert (await pay(service, agreement, "500.00", before, expect=422))["code"] == "date-before-step"
    paid = await pay(service, agreement, "700.00", payment(0, "500.00", "R-1"), payment(1, "200.00", "R-2"))
    assert [(each["paid"], each["arrears"]) for each in paid["accounts"]] == [("500.00", "0.00"), ("200.00", "0.00")]
    assert await arrears(service, "2018-01-31") == []
    assert await arrears(service, "2018-02-01") == [("dividend_arrears", "2018-01-31", "800.00")]
    for wrong in (payment(1, "800.01", "R-3"), payment(1, "1.00", "R-1")):
        refusal = await pay(service, agreement, wrong["amount"], wrong, expect=409)
        assert refusal["code"] == "payment-above-dividend"
    came_back = next(each for each in paid["payments"] if each["bank_reference"] == "R-1")["id"]
    day: dict[str, Any] = {"returned_on": "2018-01-25", "region": ZHIJIN}
    path = f"/dividend-payments/{came_back}/returns"
    proposed = await propose_back(service, path, "2018-01-26", **day)
    held = await get(service, f"/agreements/{agreement}/dividend-accounts?as_of=2018-01-31")
    assert held["accounts"][0]["paid"] == "500.00"  # nothing came back before a second person says so
    await decide_back(service, "agreement", proposed["id"], "2018-01-27", region=ZHIJIN)
    returned = await get(service, f"/agreements/{agreement}/dividend-accounts?as_of=2018-01-31")
    assert returned["accounts"][0]["paid"] == "0.00"
    lost = await propose_back(service, path, "2018-01-27", expect=404, **day)
    assert lost["code"] == "dividend-payment-unknown"
    assert await arrears(service, "2018-02-01") == [("dividend_arrears", "2018-01-31", "1300.00")]


@pytest.mark.clause("ZJ-5(a)")
async def test_a_restated_yield_is_a_run_of_differences(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(equity_terms(), delegate_name="赵六"))
    assert (await prepare(service, agreement, expect=409))["code"] == "dividend-yield-missing"
    first = await grant(service, agreement, yield_amount="1000.00", yield_document="S-1")
    assert [each["amount"] for each in first["lines"]] == ["233.33", "466.67"]
    lower = await grant(service, agreement, on="2018-03-01", yield_amount="900.00", yield_document="S-2")
    assert [(each["amount"], each["reduced"]) for each in lower["lines"]] == [("0.00", "23.33"), ("0.00", "46.67")]
    accounts = await get(service, f"/agreements/{agreement}/dividend-accounts?as_of=2018-03-01")
    assert [each["granted"] for each in accounts["accounts"]] == ["210.00", "420.00"]


async def test_a_run_is_returned_or_outdated_by_what_changed_since(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(terms()))
    run = await prepare(service, agreement)
    assert (await step(service, run["id"], "reviews", decision="return"))["state"] == "returned"
    run = await prepare(service, agreement)
    await step(service, run["id"], "reviews")
    other = terms(shares=[{"household_id": str(HOUSEHOLDS[0]), "grant_amount": "30000.00"}])
    correction = {"terms": other, "reason": "分户", "proposed_on": "2018-01-06"}
    await post(service, f"/agreements/{agreement}/corrections", Role.TOWNSHIP, correction)
    decision = {"decision": "accept", "decided_on": "2018-01-06"}
    await post(service, f"/agreements/{agreement}/correction-decisions", Role.POVERTY_OFFICE, decision)
    assert (await step(service, run["id"], "approvals", expect=409))["code"] == "dividend-run-outdated"
    assert (await step(service, run["id"], "approvals", decision="return"))["state"] == "returned"
    assert [each["amount"] for each in (await prepare(service, agreement))["lines"]] == ["1500.00"]


@pytest.mark.clause("ZJ-4(b)")
async def test_the_security_pays_what_the_entity_owes(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(terms()))
    await grant(service, agreement)
    draw = {"amount": "1500.01", "reason": "主体拖欠分红", "proposed_on": "2018-02-10"}
    path = f"/agreements/{agreement}/security-draws"
    assert (await post(service, path, Role.TOWNSHIP, draw, expect=409))["code"] == "draw-above-limit"
    proposed = await post(service, path, Role.TOWNSHIP, draw | {"amount": "1500.00"})
    twice = await post(service, path, Role.TOWNSHIP, draw | {"amount": "0.01"}, expect=409)
    assert twice["values"]["most"] == "0.00"
    from_security = payment(1, "1000.00", "R-9", "2018-02-12", security_draw_id=proposed["id"])
    early = await pay(service, agreement, "1000.00", from_security, expect=404)
    assert early["code"] == "security-draw-unknown"
    decide, decision = f"/security-draws/{proposed['id']}/decisions", {"decision": "accept", "decided_on": "2018-02-11"}
    own = await post(service, decide, Role.POVERTY_OFFICE, decision, subject=str(Role.TOWNSHIP), expect=403)
    assert own["code"] == "maker-is-checker"
    assert (await post(service, decide, Role.POVERTY_OFFICE, decision))["state"] == "accepted"
    again = await post(service, decide, Role.POVERTY_OFFICE, decision, expect=404)
    assert again["code"] == "security-draw-unknown"
    await pay(service, agreement, "1000.00", from_security)
    end = {"reason": "主体停业", "ends_on": "2017-12-31", "principal_due_on": "2018-06-30", "principal_to": VILLAGE}
    early = await post(
        service,
        f"/agreements/{agreement}/terminations",
        Role.TOWNSHIP,
        end | {"proposed_on": "2018-02-12"},
        expect=422,
    )
    assert early["code"] == "date-before-step"
    assert await arrears(service, "2018-02-12") == [("dividend_arrears", "2018-01-31", "500.00")]
