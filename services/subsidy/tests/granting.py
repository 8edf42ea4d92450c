"""Scattered projects of the tests with their lists of direct grants, paid as far as a test wants."""

from typing import Any

from services.subsidy.tests.benefit import HOUSEHOLDS, TOWNSHIP, VILLAGE, ZHIJIN, draft, get, in_force, post
from services.subsidy.tests.benefit import terms as agreed
from services.subsidy.tests.county import confirmed_programme
from services.subsidy.tests.project_steps import LIFE, PAPERS, project_body
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def project_in(service: ServiceUnderTest, state: str, **changes: Any) -> dict[str, Any]:
    """Take a scattered project of Zhijin as far as a state."""
    programme = {
        "county_code": ZHIJIN,
        "year": 2017,
        "name": changes.get("name", "产业扶贫"),
        "budget": "100000.00",
        "fund_sources": ["县级财政"],
        "starts_on": "2017-01-01",
        "ends_on": "2017-12-31",
    }
    programme_id = await confirmed_programme(service, programme, ZHIJIN)
    body = project_body(programme_id, region_code=TOWNSHIP, kind="scattered", **changes)
    project = await post(service, "/projects", Role.TOWNSHIP, body)
    for number, (_, role, operation, said) in enumerate(LIFE):
        if project["state"] == state:
            break
        said = {"happened_on": f"2017-02-{number + 1:02}", "note": "办理", "documents": PAPERS, **said}
        project = await post(service, f"/projects/{project['id']}/{operation}", role, said)
    return project


async def agree(service: ServiceUnderTest, **changes: Any) -> None:
    """Let township and village agree with both households on rolling development for three years."""
    alone: dict[str, Any] = {
        "entity_id": None,
        "entity_name": None,
        "dividend_form": None,
        "grant_rates": [],
        "securities": [],
    }
    body = draft(agreed(**alone, **changes), "GD-1", kind="rolling_development", region_code=VILLAGE)
    await in_force(service, body)


def line(number: int, amount: str = "8000.00", **more: Any) -> dict[str, Any]:
    """Return a household's line."""
    return {"household_id": str(HOUSEHOLDS[number]), "amount": amount, **more}


async def propose(
    service: ServiceUnderTest, project: dict[str, Any], *lines: dict[str, Any], expect: int = 201
) -> dict[str, Any]:
    """Propose households of a project."""
    body = {"proposed_on": "2017-03-01", "documents": PAPERS, "grants": lines or [line(0), line(1)]}
    return await post(service, f"/projects/{project['id']}/grant-lists", Role.TOWNSHIP, body, expect=expect)


async def decide(service: ServiceUnderTest, list_id: str, *, expect: int = 201, **changes: Any) -> dict[str, Any]:
    """Decide on a list as the poverty office."""
    body = {"decision": "approve", "decided_on": "2017-03-02", "note": "公示无异议", **changes}
    return await post(service, f"/grant-lists/{list_id}/decisions", Role.POVERTY_OFFICE, body, expect=expect)


async def send(
    service: ServiceUnderTest, list_id: str, on: str = "2017-03-03", *, expect: int = 201, who: str = "finance_bureau"
) -> dict[str, Any]:
    """Hand the open grants of a list to the bank."""
    path = f"/grant-lists/{list_id}/payment-runs"
    return await post(service, path, Role.FINANCE_BUREAU, {"sent_on": on}, expect=expect, subject=who)


async def transfers(service: ServiceUnderTest, list_id: str) -> list[dict[str, Any]]:
    """Return a list's grants."""
    items: list[dict[str, Any]] = (await get(service, f"/grant-lists/{list_id}/grants"))["items"]
    return items


def result(grant: dict[str, Any], outcome: str = "paid", on: str = "2017-03-04", **changes: Any) -> dict[str, Any]:
    """Return what the bank says of a grant's last transfer."""
    reason = {} if outcome == "paid" else {"reason": "账户已销户"}
    said = {"transfer_id": grant["transfer_id"], "outcome": outcome, "amount": grant["amount"], "settled_on": on}
    return {**said, **reason, **changes}


async def settle(
    service: ServiceUnderTest, list_id: str, *results: dict[str, Any], expect: int = 201, who: str = "cashier"
) -> dict[str, Any]:
    """Send the bank's word."""
    path = f"/grant-lists/{list_id}/results"
    return await post(service, path, Role.FINANCE_BUREAU, {"results": results}, expect=expect, subject=who)
